package analysis

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"attune/internal/vig"
)

func cues(m vig.Moment) []vig.Cue {
	var out []vig.Cue
	for _, e := range m.Evidence {
		out = append(out, e.Cue)
	}
	return out
}

// The adult is turned to the child, still and silent; then the child begins,
// and is answered.
func TestWaiting(t *testing.T) {
	t.Parallel()
	scene := func(wait float64) script {
		s := script{length: time.Minute, seed: 4, noise: 1, people: []actor{theAdult(), theChild()}}
		start := 30 - wait
		s.people[0].turned = []vig.Span{from(start, 40)}
		s.people[1].turned = []vig.Span{from(30.2, 40)}
		s.people[1].speaking = []vig.Span{from(30, 31)}
		s.people[0].speaking = []vig.Span{from(31.6, 32.6)}
		return s
	}
	for _, tc := range []struct {
		name  string
		shape func(*script)
		wait  float64
		want  bool
	}{
		{"waits", func(*script) {}, 4.5, true},
		{"turned too late", func(*script) {}, 1.5, false},
		{"speaks meanwhile", func(s *script) { s.people[0].speaking = append(s.people[0].speaking, from(28, 29)) }, 4.5, false},
		{"moves meanwhile", func(s *script) { s.people[0].moving = []vig.Span{from(28, 29.5)} }, 4.5, false},
		{"looks away meanwhile", func(s *script) { s.people[0].turned = []vig.Span{from(25, 28), from(31, 40)} }, 4.5, false},
		{"not seen", func(s *script) { s.people[0].absent = []vig.Span{from(26, 29.5)} }, 4.5, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := scene(tc.wait)
			tc.shape(&s)
			r := Analyze(s.recording(), Config{})
			got := false
			for _, m := range r.Moments {
				if slices.Contains(cues(m), vig.CueWaiting) {
					got = true
					if !slices.Contains(m.Principles, vig.EncouragingInitiatives) {
						t.Errorf("principles: %v", m.Principles)
					}
				}
			}
			if got != tc.want {
				t.Errorf("waiting: %v, want %v: %+v", got, tc.want, r.Moments)
			}
		})
	}
}

// One cue alone is no moment; two that agree are.
func TestASingleCueIsNoMoment(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		shape func(a, b *actor)
		want  []vig.Cue // that the one moment must show; nil for no moment
	}{
		{"a glance", func(a, _ *actor) { a.turned = []vig.Span{from(20, 24)} }, nil},
		{"a smile", func(a, _ *actor) { a.smiling = []vig.Span{from(20, 24)} }, nil},
		{"a voice", func(a, _ *actor) { a.speaking = []vig.Span{from(20, 22)} }, nil},
		{"both smile, not turned", func(a, b *actor) {
			a.smiling, b.smiling = []vig.Span{from(20, 24)}, []vig.Span{from(20, 24)}
		}, nil},
		{"turned to each other", func(a, b *actor) {
			a.turned, b.turned = []vig.Span{from(20, 26)}, []vig.Span{from(20, 26)}
		}, nil},
		{"a turn of the head, returned", func(a, b *actor) {
			a.turned, b.turned = []vig.Span{from(20, 26)}, []vig.Span{from(21, 26)}
		}, []vig.Cue{vig.CueFacing, vig.CueMutualFacing}},
		{"turned to each other, and both smile", func(a, b *actor) {
			a.turned, b.turned = []vig.Span{from(20, 26)}, []vig.Span{from(20, 26)}
			a.smiling, b.smiling = []vig.Span{from(21, 25)}, []vig.Span{from(22, 26)}
		}, []vig.Cue{vig.CueMutualFacing, vig.CueSharedSmile}},
		{"turned to each other, and one speaks", func(a, b *actor) {
			a.turned, b.turned = []vig.Span{from(20, 26)}, []vig.Span{from(20, 26)}
			a.speaking = []vig.Span{from(22, 23.5)}
		}, []vig.Cue{vig.CueMutualFacing, vig.CueVoice}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := script{length: 40 * time.Second, seed: 4, noise: 1, people: []actor{theAdult(), theChild()}}
			tc.shape(&s.people[0], &s.people[1])
			r := Analyze(s.recording(), Config{})
			if tc.want == nil {
				if len(r.Moments) > 0 {
					t.Fatalf("moments: %+v", r.Moments)
				}
				if len(r.Notes) == 0 {
					t.Error("no note says why there is none")
				}
				return
			}
			if len(r.Moments) != 1 {
				t.Fatalf("moments: %+v", r.Moments)
			}
			for _, c := range tc.want {
				if !slices.Contains(cues(r.Moments[0]), c) {
					t.Errorf("%v shows %v, want %v", r.Moments[0].Span, cues(r.Moments[0]), tc.want)
				}
			}
		})
	}
}

// Without sound, turns of movement and gaze make chains too.
func TestChainsWithoutSound(t *testing.T) {
	t.Parallel()
	s := script{length: time.Minute, seed: 4, noise: 1, silent: true, people: []actor{theAdult(), theChild()}}
	s.people[1].turned = []vig.Span{from(20, 30)}
	s.people[0].turned = []vig.Span{from(21.2, 30)}
	s.people[1].moving = []vig.Span{from(20.3, 21.3), from(24.4, 25.4)}
	s.people[0].moving = []vig.Span{from(22.2, 23.4), from(26.5, 27.5)}
	r := Analyze(s.recording(), Config{})
	if len(r.Moments) != 1 || r.Moments[0].Evidence[0].Cue != vig.CueTurns {
		t.Fatalf("moments: %+v", r.Moments)
	}
	if iou := r.Moments[0].Span.IoU(from(20, 27.5)); iou < 0.6 {
		t.Errorf("%v, want about 20 s to 27.5 s", r.Moments[0].Span)
	}
	if !slices.Contains(r.Notes, noteNoSound) {
		t.Errorf("notes: %q", r.Notes)
	}
	for _, e := range r.Moments[0].Evidence {
		if strings.Contains(e.Text, "sound") {
			t.Errorf("%q in a film without sound", e.Text)
		}
	}
}

func TestMovementLeavesOutCameraAndNeighbour(t *testing.T) {
	t.Parallel()
	s := script{length: 40 * time.Second, seed: 4, people: []actor{theAdult(), theChild()}}
	s.people[1].moving = []vig.Span{from(10, 12)}
	rec := s.recording()
	for i := range rec.Observations {
		if o := &rec.Observations[i]; from(20, 24).Contains(o.Time) {
			for c := range o.Motion {
				o.Motion[c] += 15 // the camera is carried
			}
		}
	}
	r := Analyze(rec, Config{})
	for _, sc := range r.Scenes[1:] {
		adult, child := sc.Motion[r.People[0].ID], sc.Motion[r.People[1].ID]
		if adult > 0.1 {
			t.Fatalf("at %v the adult moves by %.2f", sc.Time, adult)
		}
		if (child > 0.3) != during(s.people[1].moving, sc.Time) {
			t.Fatalf("at %v the child moves by %.2f", sc.Time, child)
		}
	}
}

// Two signals that rise and fall together for half a minute, the one a second
// after the other, are told from two that do not.
func TestMovingTogether(t *testing.T) {
	t.Parallel()
	const hz, sessions = 6, 20
	var found, elsewhere, unrelated time.Duration
	for seed := range uint64(sessions) {
		f := &film{span: from(0, 180)}
		rng := rand.New(rand.NewPCG(2, seed))
		walk := func() []float64 {
			out := make([]float64, 180*hz)
			v := 0.0
			for i := range out {
				v = 0.9*v + 0.15*rng.NormFloat64()
				out[i] = math.Abs(v)
			}
			return out
		}
		x, y := walk(), walk()
		var leads, follows, own []vig.Reading
		for i := range x {
			f.observations = append(f.observations, vig.Observation{Time: sec(float64(i) / hz)})
			f.until = append(f.until, sec(float64(i+1)/hz))
			leads, own = append(leads, vig.Read(x[i])), append(own, vig.Read(y[i]))
			if i >= 60*hz && i < 90*hz {
				y[i] = x[i-hz] + 0.02*rng.NormFloat64()
			}
			follows = append(follows, vig.Read(y[i]))
		}
		with := together(f, leads, follows)
		found += with.overlap(from(60, 90)) / sessions
		elsewhere += (with.length() - with.overlap(from(55, 95))) / sessions
		unrelated += together(f, leads, own).length() / sessions
		short := &film{span: from(0, 30), observations: f.observations[:30*hz], until: f.until[:30*hz]}
		if s := together(short, leads[:30*hz], leads[:30*hz]); s != nil {
			t.Errorf("a film too short to tell gives %v", s)
		}
	}
	if found < 25*time.Second {
		t.Errorf("together for %v of 30 s", found)
	}
	// One window in twenty is above the 95th percentile by chance.
	if most := 18 * time.Second; elsewhere > most || unrelated > most {
		t.Errorf("together for %v elsewhere, for %v of 180 s in unrelated films", elsewhere, unrelated)
	}
}

func TestNotes(t *testing.T) {
	t.Parallel()
	s := script{length: 30 * time.Second, seed: 1, people: []actor{theAdult(), theChild()}}
	one := s
	one.people = s.people[:1]
	apart := s
	apart.people = []actor{theAdult(), theChild()}
	apart.people[0].absent = []vig.Span{from(0, 15)}
	apart.people[1].absent = []vig.Span{from(15, 30)}
	apart.people[1].box = vig.Box{X: 0.8, Y: 0.7, W: 0.04, H: 0.08}
	for _, tc := range []struct {
		name string
		rec  vig.Recording
		want string
	}{
		{"nothing", vig.Recording{}, noteNoPicture},
		{"nobody", script{length: 10 * time.Second}.recording(), noteNobody},
		{"one", one.recording(), noteOne},
		{"apart", apart.recording(), noteApart},
		{"not turned", s.recording(), noteNotTurned},
		{"no voice", s.recording(), noteNoVoice},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := Analyze(tc.rec, Config{})
			if !slices.Contains(r.Notes, tc.want) {
				t.Errorf("notes %q, want %q", r.Notes, tc.want)
			}
			if len(r.Moments) > 0 {
				t.Errorf("moments: %v", r.Moments)
			}
		})
	}
}

func TestAsManyMomentsAsTheLengthAllows(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		film time.Duration
		cfg  Config
		want int
	}{
		{10 * time.Second, Config{}, 3},
		{time.Minute, Config{}, 3},
		{5 * time.Minute, Config{}, 5},
		{10 * time.Minute, Config{}, 8},
		{20 * time.Minute, Config{}, 13},
		{2 * time.Hour, Config{}, 24},
		{5 * time.Minute, Config{Most: 2}, 2},
		{time.Minute, Config{Most: 9}, 3},
	} {
		if got := tc.cfg.wanted(tc.film); got != tc.want {
			t.Errorf("%v: %d, want %d", tc.film, got, tc.want)
		}
	}
}

func TestDraftReelTakesTheBestThatFit(t *testing.T) {
	t.Parallel()
	ms := []vig.Moment{
		{ID: "m1", Span: from(300, 310)}, {ID: "m2", Span: from(20, 30)}, {ID: "m3", Span: from(100, 110)}, {ID: "m4", Span: from(200, 210)},
	}
	if got := draftReel(ms); !slices.Equal(got, []string{"m2", "m3", "m1"}) {
		t.Errorf("%v: want the best three in order of the film", got)
	}
	if got := draftReel(ms[:2]); !slices.Equal(got, []string{"m2", "m1"}) {
		t.Errorf("of two: %v", got)
	}
	if got := draftReel(nil); got != nil {
		t.Errorf("of none: %v", got)
	}
}
