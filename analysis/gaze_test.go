package analysis

import (
	"testing"
	"time"

	"attune/internal/vig"
)

func TestEyesThatLookPast(t *testing.T) {
	t.Parallel()
	f := &film{aspect: 16.0 / 9}
	a := vig.Box{X: 0.2, Y: 0.3, W: 0.1, H: 0.2}
	right, below := vig.Box{X: 0.6, Y: 0.35, W: 0.1, H: 0.2}, vig.Box{X: 0.22, Y: 0.7, W: 0.1, H: 0.2}
	for _, tc := range []struct {
		name string
		from vig.Box
		to   vig.Box
		eyes vig.Reading
		want bool
	}{
		{"to the other", a, right, vig.Read(70), false},
		{"just nearer to the other", a, right, vig.Read(46), false},
		{"nearer to the camera", a, right, vig.Read(44), true},
		{"to the other side", a, right, vig.Read(-70), true},
		{"to the left", right, a, vig.Read(-60), false},
		{"past, at the left", right, a, vig.Read(-30), true},
		{"not seen", a, right, vig.Reading{}, false},
		{"of somebody below they are not asked", a, below, vig.Read(30), false},
	} {
		if got := f.looksPast(tc.from, tc.to, tc.eyes); got != tc.want {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
}

// A head that is turned to the other, with eyes that are seen to look past,
// is not turned to them; eyes are seen on one sample in three.
func TestEyesRefineFacing(t *testing.T) {
	t.Parallel()
	s := script{length: 20 * time.Second, seed: 2, people: []actor{theAdult(), theChild()}}
	s.people[0].turned = []vig.Span{from(0, 20)}
	rec := s.recording()
	for i := range rec.Observations {
		if o := &rec.Observations[i]; i%3 == 0 && len(o.Faces) > 0 {
			eyes := 70.0
			if o.Time >= 10*time.Second {
				eyes = 25
			}
			for j := range o.Faces {
				o.Faces[j].Gaze = vig.Read(eyes)
				if o.Faces[j].Yaw.Value < 0 {
					o.Faces[j].Gaze = vig.Read(-eyes)
				}
			}
		}
	}
	f := newFilm(rec)
	ps := follow(f)
	meetFirst(f, ps)
	orderTwo(ps)
	got := newFacings(f, ps).spans(f, 0, 1)
	if want := from(0, 10); len(got) != 1 || got[0].IoU(want) < 0.9 {
		t.Errorf("turned to each other in %v, want %v", got, want)
	}
}

func TestEvidenceSaysWhetherEyesWereSeen(t *testing.T) {
	t.Parallel()
	s := script{length: 20 * time.Second, seed: 2, people: []actor{theAdult(), theChild()}}
	f := newFilm(s.recording())
	ps := follow(f)
	m := &meeting{film: f, two: [2]*person{ps[0], ps[1]}}
	for i, o := range f.observations {
		if from(5, 15).Contains(o.Time) {
			ps[0].gaze[i] = vig.Read(60)
		}
	}
	for _, tc := range []struct {
		span vig.Span
		who  []int
		want string
	}{
		{from(6, 12), []int{0}, byEyes},
		{from(12, 17), []int{0}, byEyes},
		{from(14, 18), []int{0}, byHead},
		{from(6, 12), []int{1}, byHead},
		{from(6, 12), []int{0, 1}, byHead},
	} {
		if got := m.seenBy(tc.span, tc.who...); got != tc.want {
			t.Errorf("%v of %v is seen %q, want %q", tc.span, tc.who, got, tc.want)
		}
	}
}
