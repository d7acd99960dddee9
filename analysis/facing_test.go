package analysis

import (
	"slices"
	"testing"
	"time"

	"attune/internal/vig"
)

func TestOffAxis(t *testing.T) {
	t.Parallel()
	f := &film{aspect: 16.0 / 9}
	a := vig.Box{X: 0.2, Y: 0.3, W: 0.1, H: 0.2}
	at := func(x, y, h float64) vig.Box { return vig.Box{X: x, Y: y, W: h / 2, H: h} }
	for _, tc := range []struct {
		name       string
		from, to   vig.Box
		yaw, pitch float64
		want       bool
	}{
		{"to the right", a, at(0.6, 0.3, 0.2), 40, 0, true},
		{"profile", a, at(0.6, 0.3, 0.2), 90, 0, true},
		{"beyond profile", a, at(0.6, 0.3, 0.2), 110, 0, true},
		{"to the camera", a, at(0.6, 0.3, 0.2), 8, 0, false},
		{"a little", a, at(0.6, 0.3, 0.2), 20, 0, false},
		{"away", a, at(0.6, 0.3, 0.2), -60, 0, false},
		{"to the left", at(0.6, 0.3, 0.2), a, -40, 0, true},
		{"to the left, away", at(0.6, 0.3, 0.2), a, 40, 0, false},
		{"down to a child in front", a, at(0.21, 0.6, 0.16), 0, -35, true},
		{"level above a child in front", a, at(0.21, 0.6, 0.16), 0, 0, false},
		{"up to an adult above", at(0.21, 0.6, 0.16), a, 0, 30, true},
		{"aside, with the other below", a, at(0.21, 0.6, 0.16), 45, 0, false},
		{"down and right", a, at(0.4, 0.6, 0.16), 22, -20, true},
		{"somebody nearer the camera, half turned", at(0.2, 0.3, 0.12), at(0.6, 0.4, 0.3), 23, 0, true},
		{"somebody farther off, half turned", at(0.2, 0.3, 0.3), at(0.6, 0.3, 0.12), 28, 0, false},
		{"somebody farther off", at(0.2, 0.3, 0.3), at(0.6, 0.3, 0.12), 45, 0, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			along, across := f.offAxis(tc.from, tc.to, tc.yaw, vig.Read(tc.pitch))
			if got := along <= 1 && across <= 1; got != tc.want {
				t.Errorf("%.2f off the axis along, %.2f across: %v, want %v", along, across, got, tc.want)
			}
		})
	}
}

// facingOf returns the spans in which the first of two actors is turned to the
// second, as found.
func facingOf(s script) (spans, []answer, *film) {
	f := newFilm(s.recording())
	ps := follow(f)
	meetFirst(f, ps)
	orderTwo(ps)
	fs := newFacings(f, ps)
	return fs.spans(f, 0, 1), fs[0][1], f
}

func TestFacingDoesNotFlicker(t *testing.T) {
	t.Parallel()
	for _, hz := range []float64{2, 6, 15} {
		s := script{length: 60 * time.Second, hz: hz, seed: 2, noise: 1, people: []actor{theAdult(), theChild()}}
		s.people[0].toward = 32 // near the edge of the cone
		s.people[0].turned = []vig.Span{from(10, 20), from(30, 45)}
		got, _, _ := facingOf(s)
		if len(got) != 2 {
			t.Fatalf("%v Hz: %v", hz, got)
		}
		for k, want := range s.people[0].turned {
			if iou := got[k].IoU(want); iou < 0.9 {
				t.Errorf("%v Hz: %v, want %v", hz, got[k], want)
			}
		}
	}
}

func TestFacingNotSeenIsNotNo(t *testing.T) {
	t.Parallel()
	s := script{length: 30 * time.Second, seed: 2, people: []actor{theAdult(), theChild()}}
	s.people[0].absent = []vig.Span{from(10, 12)}
	s.people[1].absent = []vig.Span{from(20, 28)}
	_, a, f := facingOf(s)
	for i, o := range f.observations {
		want := no
		switch at := o.Time; {
		case during(s.people[0].absent, at):
			want = notSeen // no head to read
		case from(23.2, 24.8).Contains(at):
			want = notSeen // for too long nobody knows where the other is
		case during(s.people[1].absent, at):
			continue
		}
		if a[i] != want {
			t.Fatalf("at %v: %v, want %v", o.Time, a[i], want)
		}
	}
}

// Somebody whose head was cut by the picture's edge when it was last seen may
// have left: who was turned there may go on, nobody begins.
func TestNobodyTurnsToOneWhoLeft(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		x      float64 // of the child's box
		turned vig.Span
		want   bool // at 12.5 s
	}{
		{"inside, begun after", 0.6, from(11.5, 14), true},
		{"at the edge, begun after", 0.94, from(11.5, 14), false},
		{"at the edge, begun before", 0.94, from(8, 14), true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := script{length: 30 * time.Second, seed: 2, people: []actor{theAdult(), theChild()}}
			s.people[0].turned = []vig.Span{tc.turned}
			s.people[1].box.X = tc.x
			s.people[1].absent = []vig.Span{from(10, 30)}
			_, a, f := facingOf(s)
			i := slices.IndexFunc(f.observations, func(o vig.Observation) bool { return o.Time >= sec(12.5) })
			if got := a[i] == yes; got != tc.want {
				t.Errorf("turned at 12.5 s: %v, want %v", got, tc.want)
			}
		})
	}
}

func TestOfThreeTheNearestIsFaced(t *testing.T) {
	t.Parallel()
	s := script{length: 20 * time.Second, seed: 3, people: []actor{
		{box: vig.Box{X: 0.1, Y: 0.3, W: 0.08, H: 0.16}, away: 50},
		{box: vig.Box{X: 0.4, Y: 0.3, W: 0.08, H: 0.16}, away: 50},
		{box: vig.Box{X: 0.8, Y: 0.3, W: 0.08, H: 0.16}, away: 0},
	}}
	r := Analyze(s.recording(), Config{})
	for _, sc := range r.Scenes {
		for k, want := range []int{1, 2, -1} {
			got := sc.Faces[k].Facing
			if want < 0 && len(got) > 0 || want >= 0 && (len(got) != 1 || got[0] != sc.Faces[want].Person) {
				t.Fatalf("at %v actor %d faces %v: %+v", sc.Time, k, got, sc.Faces)
			}
		}
	}
}

// Who passes behind two people is nearer in the picture, not in the room.
func TestOneWhoPassesBehindIsNotFaced(t *testing.T) {
	t.Parallel()
	s := script{length: 30 * time.Second, seed: 3, noise: 0.5, people: []actor{theAdult(), theChild()}}
	s.people[0].turned = []vig.Span{from(0, 30)}
	s.people = append(s.people, actor{box: vig.Box{X: 0.45, Y: 0.2, W: 0.06, H: 0.12}, away: 60})
	r := Analyze(s.recording(), Config{})
	for _, sc := range r.Scenes[3:] {
		if got := sc.Faces[0].Facing; len(got) != 1 || got[0] != sc.Faces[1].Person {
			t.Fatalf("at %v the adult faces %v: %+v", sc.Time, got, sc.Faces)
		}
	}
}
