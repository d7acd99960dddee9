package accuracy

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"attune/internal/testfilm"
	"attune/internal/vig"
)

func span(start, end float64) vig.Span {
	at := func(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
	return vig.Span{Start: at(start), End: at(end)}
}

func TestF1(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		counts Counts
		want   float64
	}{
		{"nothing true, nothing found", Counts{TrueNegative: 9}, 1},
		{"nothing true, something found", Counts{FalsePositive: 1}, 0},
		{"half", Counts{TruePositive: 1, FalsePositive: 1, FalseNegative: 1}, 0.5},
		{"all", Counts{TruePositive: 3}, 1},
	} {
		if got := test.counts.F1(); math.Abs(got-test.want) > 1e-9 {
			t.Errorf("%s: F1 = %v, want %v", test.name, got, test.want)
		}
	}
}

func TestMutualFacing(t *testing.T) {
	t.Parallel()
	truth := &testfilm.Truth{MutualFacing: []vig.Span{span(1, 3)}}
	both := []vig.FaceOf{
		{Person: "p1", Facing: []vig.PersonID{"p2"}},
		{Person: "p2", Facing: []vig.PersonID{"p1"}},
	}
	one := []vig.FaceOf{{Person: "p1", Facing: []vig.PersonID{"p2"}}, {Person: "p2"}}
	got := MutualFacing(truth, []vig.Scene{
		{Time: 0, Faces: both},              // found, not true
		{Time: time.Second, Faces: both},    // found, true
		{Time: 2 * time.Second, Faces: one}, // missed
		{Time: 3 * time.Second, Faces: one}, // rightly not found: the span is over
		{Time: 4 * time.Second, Faces: nil}, // rightly not found
		{Time: 5 * time.Second, Faces: both[:1]},
	})
	want := Counts{TruePositive: 1, FalsePositive: 1, FalseNegative: 1, TrueNegative: 3}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestChainsAndBaselines(t *testing.T) {
	t.Parallel()
	chains := []testfilm.Chain{{Span: span(10, 20)}, {Span: span(40, 50)}}
	film := time.Minute
	right := []vig.Span{span(8, 21), span(39, 52)}
	if got := ChainsFound(chains, right); got != 2 {
		t.Errorf("two right spans show %d chains, want 2", got)
	}
	if got := ChainsFound(chains, []vig.Span{span(20, 40), span(0, 13)}); got != 0 {
		t.Errorf("spans between the chains show %d, want 0", got)
	}
	random := RandomFound(chains, right, film, 1)
	if random <= 0.2 || random >= 1.9 {
		t.Errorf("random spans show %v chains on average, want some and not all", random)
	}
	if again := RandomFound(chains, right, film, 1); again != random {
		t.Errorf("the same seed gave %v and %v", random, again)
	}
	// Gaps of (60−26)/3 s: [11.3, 24.3) and [35.7, 48.7) show both.
	if got := EvenFound(chains, right, film); got != 2 {
		t.Errorf("even spans show %d chains, want 2", got)
	}
}

func TestScatteredStayApartInTheFilm(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	film := time.Minute
	for range 200 {
		spans := scattered([]vig.Span{span(0, 5), span(0, 20), span(0, 10)}, film, rng)
		for i, s := range spans {
			if s.Start < 0 || s.End > film || i > 0 && s.Start < spans[i-1].End {
				t.Fatalf("spans %v leave the film or overlap", spans)
			}
		}
	}
}

func TestCutError(t *testing.T) {
	t.Parallel()
	truth := &testfilm.Truth{}
	for n := range 100 {
		truth.Frames = append(truth.Frames, time.Duration(n)*40*time.Millisecond)
	}
	run := func(from, to int) (n []int) {
		for ; from < to; from++ {
			n = append(n, from)
		}
		return n
	}
	clips := []vig.Span{span(1, 2), span(0, 0.4)} // frames 25–49 and 0–9
	for _, test := range []struct {
		name    string
		numbers []int
		want    int
	}{
		{"exact", append(run(25, 50), run(0, 10)...), 0},
		{"one early", append(run(24, 50), run(0, 10)...), 1},
		{"one short", append(run(25, 49), run(0, 10)...), 1},
		{"one off at both ends", append(run(24, 49), run(0, 10)...), 2},
		{"left over", append(run(25, 50), run(0, 13)...), 3},
		{"not read", append(run(25, 50), -1, 1, 2, 3, 4, 5, 6, 7, 8, 9), 2},
		{"nothing", nil, 25},
	} {
		if got := CutError(truth, clips, test.numbers); got != test.want {
			t.Errorf("%s: %d frames off, want %d", test.name, got, test.want)
		}
	}
}

func TestFacesFound(t *testing.T) {
	t.Parallel()
	state := testfilm.State{Box: vig.Box{X: 0.2, Y: 0.2, W: 0.1, H: 0.2}, InView: true}
	truth := &testfilm.Truth{Step: time.Second, People: []testfilm.Person{{Name: "adult", States: []testfilm.State{state, state}}}}
	rec := vig.Recording{Observations: []vig.Observation{
		{Time: 0, Faces: []vig.Face{{Box: vig.Box{X: 0.21, Y: 0.18, W: 0.1, H: 0.22}}, {Box: vig.Box{X: 0.7, Y: 0.7, W: 0.1, H: 0.1}}}},
		{Time: time.Second},
	}}
	if got, want := FacesFound(truth, rec), (Counts{TruePositive: 1, FalsePositive: 1, FalseNegative: 1}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
