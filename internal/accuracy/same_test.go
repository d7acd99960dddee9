package accuracy

import (
	"testing"
	"time"

	"attune/internal/testfilm"
	"attune/internal/vig"
)

func seconds(start, end float64) vig.Span {
	return vig.Span{Start: time.Duration(start * 1e9), End: time.Duration(end * 1e9)}
}

func TestBestKept(t *testing.T) {
	t.Parallel()
	a := []vig.Span{seconds(0, 10), seconds(20, 30), seconds(40, 50), seconds(60, 70)}
	b := []vig.Span{seconds(41, 51), seconds(2, 9), seconds(80, 90), seconds(20, 30)}
	if kept, of := BestKept(a, b); kept != 2 || of != 3 {
		t.Errorf("%d of %d, want 2 of 3: the fourth of b does not count", kept, of)
	}
	if kept, of := BestKept(nil, b); kept != 0 || of != 0 {
		t.Errorf("%d of %d of nothing", kept, of)
	}
}

func TestEndsWithin(t *testing.T) {
	t.Parallel()
	chains := []testfilm.Chain{{Span: seconds(10, 20)}, {Span: seconds(40, 50)}, {Span: seconds(80, 90)}}
	close, of := EndsWithin(chains, []vig.Span{seconds(9.5, 22), seconds(39.5, 50.9)}, time.Second)
	if close != 3 || of != 4 {
		t.Errorf("%d of %d, want 3 of 4", close, of)
	}
}

func TestSwaps(t *testing.T) {
	t.Parallel()
	film := testfilm.Film{Script: testfilm.Changing(1, time.Minute), Duration: time.Minute, Width: 640, Height: 360}
	truth := film.Truth()
	var rec vig.Recording
	var scenes [2][]vig.Scene // right ones, and with the two taken for each other from half a minute on
	for at := time.Duration(0); at < time.Minute; at += 200 * time.Millisecond {
		o := vig.Observation{Time: at}
		right, wrong := vig.Scene{Time: at}, vig.Scene{Time: at}
		for k := range truth.People {
			state := truth.At(&truth.People[k], at)
			if !state.InView {
				continue
			}
			o.Faces = append(o.Faces, vig.Face{Box: state.Box})
			ids := []vig.PersonID{"p1", "p2"}
			right.Faces = append(right.Faces, vig.FaceOf{Person: ids[k]})
			if at > 30*time.Second {
				ids[0], ids[1] = ids[1], ids[0]
			}
			wrong.Faces = append(wrong.Faces, vig.FaceOf{Person: ids[k]})
		}
		rec.Observations = append(rec.Observations, o)
		scenes[0], scenes[1] = append(scenes[0], right), append(scenes[1], wrong)
	}
	if n := Swaps(truth, rec, scenes[0]); n != 0 {
		t.Errorf("%d swaps, want none", n)
	}
	if n := Swaps(truth, rec, scenes[1]); n != 2 {
		t.Errorf("%d swaps of two people taken for each other, want 2", n)
	}
}

func TestLabelledSwaps(t *testing.T) {
	t.Parallel()
	box := vig.Box{X: 0.1, Y: 0.1, W: 0.1, H: 0.2}
	var labels []Label
	var rec vig.Recording
	var scenes []vig.Scene
	for i, id := range []vig.PersonID{"p1", "", "p1", "p2", "p2"} {
		at := time.Duration(i) * time.Second
		labels = append(labels, Label{Time: at, Person: "a", Box: box})
		rec.Observations = append(rec.Observations, vig.Observation{Time: at, Faces: []vig.Face{{Box: box}}})
		scenes = append(scenes, vig.Scene{Time: at, Faces: []vig.FaceOf{{Person: id}}})
	}
	if n := LabelledSwaps(labels, rec, scenes); n != 1 {
		t.Errorf("%d swaps, want 1", n)
	}
}
