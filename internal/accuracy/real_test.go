package accuracy

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"attune/internal/vig"
)

func TestReadLabels(t *testing.T) {
	t.Parallel()
	labels, err := ReadLabels(strings.NewReader("# c\n0.5\ta\t0.1\t0.2\t0.3\t0.4\tseen\t-45\tlevel\tyes\tbc\n0.5\tb\t0\t0\t1\t1\taway\t?\t?\tunsure\t?\n"))
	if err != nil || len(labels) != 2 {
		t.Fatalf("%v, %v", labels, err)
	}
	a, b := labels[0], labels[1]
	if a.Time != 500*time.Millisecond || a.Box.W != 0.3 || !a.Seen || a.Yaw != vig.Read(-45) || a.Smile != vig.Read(1) || len(a.Facing) != 2 || !a.Told {
		t.Errorf("the first line became %+v", a)
	}
	if b.Seen || b.Yaw.Seen || b.Smile.Seen || b.Told {
		t.Errorf("the second line became %+v", b)
	}
	for _, bad := range []string{"0\ta\n", "x\ta\t0\t0\t1\t1\tseen\t0\tlevel\tno\t-\n", "0\ta\t0\t0\t1\t1\tseen\tleft\tlevel\tno\t-\n"} {
		if _, err := ReadLabels(strings.NewReader(bad)); vig.CodeOf(err) != vig.CodeInvalid {
			t.Errorf("%q: got %v, want an error of code invalid", bad, err)
		}
	}
}

func TestLabelsOfTheProject(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../testdata/labels/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no labels: %v", err)
	}
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		labels, err := ReadLabels(file)
		file.Close()
		if err != nil || len(labels) == 0 {
			t.Errorf("%s: %d labels, %v", name, len(labels), err)
		}
	}
}

func TestCompareReal(t *testing.T) {
	t.Parallel()
	box := func(x float64) vig.Box { return vig.Box{X: x, Y: 0.2, W: 0.1, H: 0.2} }
	labels := []Label{
		{Person: "a", Box: box(0.1), Seen: true, Told: true, Facing: []string{"b"}, Yaw: vig.Read(45), Smile: vig.Read(1)},
		{Person: "b", Box: box(0.5), Seen: true, Told: true, Facing: []string{"a"}, Yaw: vig.Read(-45), Smile: vig.Read(0)},
		{Person: "c", Box: box(0.8), Seen: true, Told: false},
	}
	rec := vig.Recording{Observations: []vig.Observation{{Faces: []vig.Face{
		{Box: box(0.11), Yaw: vig.Read(35), Smile: vig.Read(0.7)},
		{Box: box(0.5), Yaw: vig.Read(5), Smile: vig.Read(0.2)},
		{Box: vig.Box{X: 0.3, Y: 0.7, W: 0.1, H: 0.1}},
	}}}}
	scenes := []vig.Scene{{Faces: []vig.FaceOf{
		{Person: "p1", Facing: []vig.PersonID{"p2"}}, {Person: "p2"}, {},
	}}}
	r := CompareReal(labels, rec, scenes)
	if want := (Counts{TruePositive: 2, FalseNegative: 1, FalsePositive: 1}); r.Faces != want {
		t.Errorf("faces %+v, want %+v", r.Faces, want)
	}
	// a faces b: found; b faces a: missed; a and b to c: rightly not.
	if want := (Counts{TruePositive: 1, FalseNegative: 1, TrueNegative: 2}); r.Facing != want {
		t.Errorf("facing %+v, want %+v", r.Facing, want)
	}
	// c was not found.
	if want := (Counts{TruePositive: 1, FalseNegative: 1}); r.Both != want {
		t.Errorf("facing where both were found %+v, want %+v", r.Both, want)
	}
	if want := (Counts{FalseNegative: 1}); r.Mutual != want {
		t.Errorf("mutual %+v, want %+v", r.Mutual, want)
	}
	if want := (Counts{TruePositive: 1, FalseNegative: 1}); r.Side != want {
		t.Errorf("side %+v, want %+v", r.Side, want)
	}
	if got := r.YawError(); got != 30 {
		t.Errorf("yaw is off by %v, want (10 + 50) ÷ 2", got)
	}
	if got := r.Smiles.AUC(); got != 1 {
		t.Errorf("AUC %v, want 1", got)
	}
	if got := (Smiles{Smiling: []float64{0.1, 0.6}, Still: []float64{0.5, 0.5}}).AUC(); got != 0.5 {
		t.Errorf("AUC %v, want 0.5", got)
	}
	if !math.IsNaN((Smiles{}).AUC()) {
		t.Error("AUC of nothing is a number")
	}
}

func TestPlainRule(t *testing.T) {
	t.Parallel()
	face := func(x, yaw float64) vig.Face {
		return vig.Face{Box: vig.Box{X: x, Y: 0.2, W: 0.1, H: 0.2}, Yaw: vig.Read(yaw)}
	}
	o := vig.Observation{Faces: []vig.Face{face(0.1, 40), face(0.4, -30), face(0.7, -25), {Box: vig.Box{X: 0.8, W: 0.1, H: 0.2}}}}
	for _, tc := range []struct {
		i, j         int
		anyone, near bool
	}{
		{0, 1, true, true},
		{0, 2, true, false}, // behind the nearest
		{1, 0, true, true},
		{1, 2, false, false}, // the other side
		{2, 1, false, false}, // not turned by more than 25°
		{3, 0, false, false}, // yaw was not seen
		{0, -1, false, false},
		{-1, 0, false, false},
	} {
		if got := plainAny(o, tc.i, tc.j); got != tc.anyone {
			t.Errorf("%d to %d: %v, want %v", tc.i, tc.j, got, tc.anyone)
		}
		if got := plainNearest(o, tc.i, tc.j); got != tc.near {
			t.Errorf("%d to the nearest, %d: %v, want %v", tc.i, tc.j, got, tc.near)
		}
	}
}

func TestInterval(t *testing.T) {
	t.Parallel()
	mean := func(v []float64) float64 {
		sum := 0.0
		for _, x := range v {
			sum += x
		}
		return sum / float64(len(v))
	}
	low, high := Interval([]float64{0, 0, 1, 1, 1, 0, 1, 0, 1, 0}, mean)
	// ±1.96 × 0.5 ÷ √10 around a half.
	if math.Abs(low-0.2) > 0.1 || math.Abs(high-0.8) > 0.1 {
		t.Errorf("interval %v to %v, want about 0.2 to 0.8", low, high)
	}
	if low, high := Interval([]float64{3, 3}, mean); low != 3 || high != 3 {
		t.Errorf("interval of the same: %v to %v", low, high)
	}
}
