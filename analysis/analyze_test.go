package analysis

import (
	"testing"
	"time"

	"attune/internal/vig"
)

func TestChainsAreFound(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		shape func(*script)
	}{
		{"plain", func(*script) {}},
		{"noise", func(s *script) { s.noise, s.missed = 1, 0.1 }},
		{"2 Hz", func(s *script) { s.hz = 2 }},
		{"3 Hz", func(s *script) { s.hz = 3 }},
		{"15 Hz", func(s *script) { s.hz, s.noise = 15, 1 }},
		{"VFR", func(s *script) { s.spread, s.noise = 0.9, 1 }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := script{length: 2 * time.Minute, hz: 6, seed: 3, people: []actor{theAdult(), theChild()}}
			type truth struct {
				span   vig.Span
				begins int
			}
			var want []truth
			for i, at := range []float64{14, 50, 90} {
				want = append(want, truth{s.exchange(at, (i+1)%2, 5, 1.1, 0.7), (i + 1) % 2})
			}
			tc.shape(&s)
			r := Analyze(s.recording(), Config{})
			if len(r.People) != 2 || r.People[0].Role != vig.RoleAdult || r.People[1].Role != vig.RoleChild {
				t.Fatalf("people: %+v", r.People)
			}
			if len(r.Moments) != 3 {
				t.Errorf("%d moments, want 3: %v", len(r.Moments), r.Moments)
			}
			for _, w := range want {
				var best vig.Moment
				for _, m := range r.Moments {
					if m.Span.IoU(w.span) > best.Span.IoU(w.span) {
						best = m
					}
				}
				if iou := best.Span.IoU(w.span); iou < 0.5 {
					t.Errorf("chain at %v: best IoU %.2f of %v", w.span, iou, r.Moments)
				}
				found := false
				for _, c := range r.Chains {
					if c.Span.IoU(w.span) >= 0.6 {
						found = true
						if c.Initiator != r.People[w.begins].ID {
							t.Errorf("chain at %v: %s began, want %s", w.span, c.Initiator, r.People[w.begins].ID)
						}
					}
				}
				if !found {
					t.Errorf("no chain at %v: %v", w.span, r.Chains)
				}
			}
			if t.Failed() {
				for _, m := range r.Moments {
					t.Logf("%s %v %.2f %v", m.ID, m.Span, m.Coverage, m.Principles)
					for _, e := range m.Evidence {
						t.Logf("    %v %v %v %s", e.Cue, e.People, e.Span, e.Text)
					}
				}
				t.Log(r.Notes, r.DraftReel)
			}
		})
	}
}
