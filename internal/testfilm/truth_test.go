package testfilm

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"attune/internal/vig"
)

func TestTruth(t *testing.T) {
	t.Parallel()
	truth := Film{}.whole().truth()
	adult, child := truth.Role(vig.RoleAdult), truth.Role(vig.RoleChild)
	if want := 1500; len(adult.States) != want || len(child.States) != want {
		t.Fatalf("%d and %d states, want %d", len(adult.States), len(child.States), want)
	}
	for _, c := range truth.Chains {
		var faced time.Duration
		for _, m := range truth.MutualFacing {
			faced += m.Overlap(c.Span)
		}
		if faced < c.Span.Length()/2 {
			t.Errorf("chain %v: faced for %v only", c.Span, faced)
		}
		for _, s := range c.Steps {
			if p := truth.Role(vig.Role(s.Who)); s.Kind != Reception && !truth.At(p, (s.Span.Start+s.Span.End)/2).Speaking {
				t.Errorf("%s is silent in %q at %v", s.Who, s.Kind, s.Span)
			}
		}
	}
	for i, s := range adult.States {
		if (s.Facing == "child") != (s.Yaw >= FacingYaw) {
			t.Fatalf("state %d: yaw %v, facing %q", i, s.Yaw, s.Facing)
		}
		if o := child.States[i]; (o.Facing == "adult") != (o.Yaw <= -FacingYaw) {
			t.Fatalf("state %d: yaw %v, facing %q", i, o.Yaw, o.Facing)
		}
		if s.Box.W <= 0 || s.Box.X < 0 || s.Box.X+s.Box.W > 1 || s.Box.Y < 0 || s.Box.Y+s.Box.H > 1 || !s.InView {
			t.Fatalf("state %d: box %v", i, s.Box)
		}
	}

	path := filepath.Join(t.TempDir(), "truth.json")
	if err := truth.Save(path); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(truth, loaded); diff != "" {
		t.Error(diff)
	}
}

func TestTruthOfShortFilm(t *testing.T) {
	t.Parallel()
	long := Session(0, time.Minute)
	d := (long.Chains[1].Span.Start + long.Chains[1].Span.End) / 2
	truth := Film{Script: long, Duration: d}.whole().truth()
	if diff := cmp.Diff(long.Chains[:1], truth.Chains); diff != "" {
		t.Error(diff)
	}
	for _, p := range truth.People {
		for _, v := range p.Voices {
			if v.End > d {
				t.Errorf("%s speaks at %v, after the end at %v", p.Name, v, d)
			}
		}
	}
}
