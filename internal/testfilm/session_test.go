package testfilm

import (
	"fmt"
	"testing"
	"time"

	"attune/internal/vig"
)

func TestSession(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		for d, chains := range map[time.Duration]int{
			8 * time.Second: 0, 14 * time.Second: 1, 20 * time.Second: 1, time.Minute: 3, 10 * time.Minute: 8,
		} {
			s := Session(seed, d)
			if len(s.Chains) != chains {
				t.Fatalf("seed %d, %v: %d chains, want %d", seed, d, len(s.Chains), chains)
			}
			for i := range s.Actors {
				checkActor(t, fmt.Sprintf("seed %d, %v", seed, d), &s.Actors[i], d)
			}
			quiet := time.Duration(0) // the end of the chain before
			for i, c := range s.Chains {
				at := fmt.Sprintf("seed %d, %v, chain %d at %v", seed, d, i, c.Span)
				if c.Span.Start < quiet+2*time.Second || c.Span.End > d-time.Second {
					t.Errorf("%s: not inside the film, or no pause before it", at)
				}
				if l := c.Span.Length(); l < 3*time.Second || l > 13*time.Second {
					t.Errorf("%s: %v long", at, l)
				}
				quiet = c.Span.End
				checkChain(t, at, c)
			}
		}
	}
}

func checkActor(t *testing.T, at string, a *Actor, d time.Duration) {
	t.Helper()
	for name, track := range map[string]Track{"yaw": a.Yaw, "pitch": a.Pitch, "smile": a.Smile, "move": a.Move} {
		for i := range track {
			if i > 0 && track[i].At < track[i-1].At || track[i].At > d {
				t.Errorf("%s: %s of %s: key %d at %v", at, name, a.Name, i, track[i].At)
			}
		}
	}
	for i, v := range a.Voices {
		if i > 0 && v.Span.Start < a.Voices[i-1].Span.End || v.Span.End > d || v.Span.Length() <= 0 {
			t.Errorf("%s: voice of %s at %v", at, a.Name, v.Span)
		}
	}
}

func checkChain(t *testing.T, at string, c Chain) {
	t.Helper()
	kinds := []StepKind{Initiative, Reception, Response, SecondTurn}
	for i, s := range c.Steps {
		want := Further
		if i < len(kinds) {
			want = kinds[i]
		}
		if s.Kind != want {
			t.Errorf("%s: step %d is %q, want %q", at, i, s.Kind, want)
		}
		if s.Span.Start < c.Span.Start || s.Span.End > c.Span.End {
			t.Errorf("%s: step %d at %v lies outside", at, i, s.Span)
		}
		if i == 0 {
			continue
		}
		if late := s.Span.Start - c.Steps[i-1].Span.Start; late < 300*time.Millisecond || late > 3*time.Second {
			t.Errorf("%s: step %d begins %v after the one before", at, i, late)
		}
		if i >= 2 {
			// A voice answers what came before it.
			pause := s.Span.Start - c.Steps[i-1].Span.End
			if pause < 300*time.Millisecond || pause > time.Second {
				t.Errorf("%s: pause of %v before step %d", at, pause, i)
			}
		}
		if (s.Who == c.Initiator) != (i%2 == 1 && i > 1) && i > 2 {
			t.Errorf("%s: step %d by %s", at, i, s.Who)
		}
	}
}

// TestDistractors looks for everything that only looks like a part of a chain:
// without it, finding chains would prove nothing.
func TestDistractors(t *testing.T) {
	t.Parallel()
	truth := Film{Width: 640, Height: 360, Duration: 10 * time.Minute}.whole().truth()
	inChain := func(at time.Duration) bool {
		for _, c := range truth.Chains {
			if (vig.Span{Start: c.Span.Start - time.Second, End: c.Span.End + 2*time.Second}).Contains(at) {
				return true
			}
		}
		return false
	}
	for _, r := range []vig.Role{vig.RoleAdult, vig.RoleChild} {
		p := truth.Role(r)
		seen := map[string]time.Duration{}
		for i, s := range p.States {
			if inChain(time.Duration(i) * truth.Step) {
				continue
			}
			for what, is := range map[string]bool{"speaks": s.Speaking, "faces the other": s.Facing != "", "moves": s.Moving > 0.5, "smiles": s.Smile > 0.5} {
				if is {
					seen[what] += truth.Step
				}
			}
		}
		for _, what := range []string{"speaks", "faces the other", "moves", "smiles"} {
			if seen[what] < 3*time.Second {
				t.Errorf("%s %s outside the chains for %v", p.Name, what, seen[what])
			}
		}
	}
	if len(truth.Waits) < 3 {
		t.Errorf("waits: %v", truth.Waits)
	}
	for _, s := range truth.MutualFacing {
		if !inChain(s.Start) {
			t.Errorf("mutual facing outside the chains: %v", s)
		}
	}
}

func TestOtherScripts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		script *Script
		people int
		mutual bool
	}{
		"never turn": {NeverTurn(3, time.Minute), 2, false},
		"alone":      {Alone(3, time.Minute), 1, false},
		"passing":    {Passing(3, time.Minute), 3, true},
		"changing":   {Changing(3, time.Minute), 2, false},
		"nobody":     {Nobody(), 0, false},
	} {
		truth := Film{Script: c.script}.whole().truth()
		if len(truth.People) != c.people || (len(truth.MutualFacing) > 0) != c.mutual {
			t.Errorf("%s: %d people, mutual facing %v", name, len(truth.People), truth.MutualFacing)
		}
		for _, p := range truth.People {
			for i, s := range p.States {
				if s.Facing != "" && (!c.mutual || p.Role == vig.RoleUnknown) {
					t.Fatalf("%s: %s faces %s in state %d", name, p.Name, s.Facing, i)
				}
			}
		}
	}
}
