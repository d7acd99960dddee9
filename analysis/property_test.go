package analysis

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"attune/internal/vig"
)

// anyScript draws a session of up to four people who do whatever they like.
func anyScript(t *rapid.T) script {
	s := script{
		length: sec(rapid.Float64Range(0.1, 100).Draw(t, "length")),
		hz:     rapid.Float64Range(1, 10).Draw(t, "hz"),
		seed:   rapid.Uint64().Draw(t, "seed"),
		noise:  rapid.Float64Range(0, 2).Draw(t, "noise"),
		missed: rapid.Float64Range(0, 0.6).Draw(t, "missed"),
		spread: rapid.Float64Range(0, 0.9).Draw(t, "spread"),
		silent: rapid.Bool().Draw(t, "silent"),
	}
	somewhen := func(label string) []vig.Span {
		var out []vig.Span
		for range rapid.IntRange(0, 30).Draw(t, label+" count") {
			at := rapid.Float64Range(0, s.length.Seconds()).Draw(t, label)
			out = append(out, from(at, at+rapid.Float64Range(0.1, 6).Draw(t, label+" length")))
		}
		return out
	}
	for range rapid.IntRange(0, 4).Draw(t, "people") {
		h := rapid.Float64Range(0.02, 0.6).Draw(t, "size")
		yaw := rapid.Float64Range(-90, 90)
		s.people = append(s.people, actor{
			box:      vig.Box{X: rapid.Float64Range(-0.1, 1).Draw(t, "x"), Y: rapid.Float64Range(-0.1, 1).Draw(t, "y"), W: h / 2, H: h},
			pitch:    rapid.Float64Range(80, 500).Draw(t, "pitch"),
			away:     yaw.Draw(t, "away"),
			toward:   yaw.Draw(t, "toward"),
			turned:   somewhen("turned"),
			smiling:  somewhen("smiling"),
			speaking: somewhen("speaking"),
			moving:   somewhen("moving"),
			absent:   somewhen("absent"),
		})
	}
	return s
}

// lively draws a session of two in which much happens, so that there is
// something to suggest.
func lively(t *rapid.T) script {
	s := script{
		length: sec(rapid.Float64Range(60, 90).Draw(t, "length")),
		hz:     rapid.Float64Range(2, 10).Draw(t, "hz"),
		seed:   rapid.Uint64().Draw(t, "seed"),
		noise:  rapid.Float64Range(0, 1).Draw(t, "noise"),
		people: []actor{theAdult(), theChild()},
	}
	for at := 3.0; at < s.length.Seconds()-20; {
		w := s.exchange(at, rapid.IntRange(0, 1).Draw(t, "begins"), rapid.IntRange(2, 12).Draw(t, "turns"),
			rapid.Float64Range(0.3, 2.5).Draw(t, "length"), rapid.Float64Range(-0.2, 2).Draw(t, "gap"))
		at = w.End.Seconds() + rapid.Float64Range(0.2, 20).Draw(t, "pause")
	}
	return s
}

func TestResultsHoldWhatIsPromised(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		draw func(*rapid.T) script
	}{{"anything", anyScript}, {"lively", lively}} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			suggested := 0
			rapid.Check(t, func(t *rapid.T) {
				rec := tc.draw(t).recording()
				r := Analyze(rec, Config{})
				checkResult(t, rec, r)
				if again := Analyze(rec, Config{}); !reflect.DeepEqual(r, again) {
					t.Fatal("the same recording gives another result")
				}
				suggested += len(r.Moments)
			})
			if tc.name == "lively" && suggested == 0 {
				t.Error("no moment in any session: nothing was tested")
			}
		})
	}
}

// Whatever a recording holds, there is a result.
func TestNothingInARecordingPanics(t *testing.T) {
	t.Parallel()
	number := rapid.OneOf(rapid.Float64(), rapid.Float64Range(-1, 1), rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), 0}))
	reading := rapid.Custom(func(t *rapid.T) vig.Reading {
		return vig.Reading{Value: number.Draw(t, "value"), Seen: rapid.Bool().Draw(t, "seen")}
	})
	face := rapid.Custom(func(t *rapid.T) vig.Face {
		return vig.Face{
			Box:     vig.Box{X: number.Draw(t, "x"), Y: number.Draw(t, "y"), W: number.Draw(t, "w"), H: number.Draw(t, "h")},
			Tracked: rapid.Bool().Draw(t, "tracked"),
			Yaw:     reading.Draw(t, "yaw"), Pitch: reading.Draw(t, "pitch"), Smile: reading.Draw(t, "smile"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.Int64Range(0, int64(3*time.Minute))
		rec := vig.Recording{Duration: time.Duration(at.Draw(t, "duration")), Aspect: number.Draw(t, "aspect")}
		for range rapid.IntRange(0, 60).Draw(t, "observations") {
			rec.Observations = append(rec.Observations, vig.Observation{
				Time:   time.Duration(at.Draw(t, "time")), // in no order
				Faces:  rapid.SliceOfN(face, 0, 4).Draw(t, "faces"),
				Motion: rapid.SliceOfN(rapid.Uint8(), 0, 3).Draw(t, "motion"),
			})
		}
		rec.Sound = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) vig.SoundFrame {
			return vig.SoundFrame{Level: number.Draw(t, "level"), Pitch: number.Draw(t, "pitch")}
		}), 0, 200).Draw(t, "sound")
		checkResult(t, rec, Analyze(rec, Config{}))
	})
}

// checkResult checks what is promised of any result.
func checkResult(t *rapid.T, rec vig.Recording, r Result) {
	film := newFilm(rec).span
	inside := func(what string, s vig.Span) {
		if s.Start < 0 || s.End > film.End || s.End < s.Start {
			t.Fatalf("%s %v is not inside the film %v", what, s, film)
		}
	}
	if len(r.Scenes) != len(rec.Observations) {
		t.Fatalf("%d scenes of %d observations", len(r.Scenes), len(rec.Observations))
	}
	for _, c := range r.Chains {
		if c.Initiator == c.Receiver || c.Initiator == "" || c.Receiver == "" {
			t.Fatalf("chain between %q and %q", c.Initiator, c.Receiver)
		}
	}
	for i, m := range r.Moments {
		if m.Rank != i+1 {
			t.Fatalf("moment %d has rank %d", i, m.Rank)
		}
		inside("moment", m.Span)
		if l := m.Span.Length(); l < leastMoment || l > longestMoment {
			t.Fatalf("moment of %v", l)
		}
		if m.Coverage < leastSeen || m.Coverage > 1 {
			t.Fatalf("coverage %v", m.Coverage)
		}
		for _, o := range r.Moments[:i] {
			if o.Span.Overlap(m.Span) > 0 {
				t.Fatalf("%v and %v overlap", o.Span, m.Span)
			}
		}
		for _, u := range r.Turns {
			for _, edge := range []time.Duration{m.Span.Start, m.Span.End} {
				if u.Span.Start < edge && edge < u.Span.End {
					t.Fatalf("moment %v is cut inside the turn %v", m.Span, u.Span)
				}
			}
		}
		if len(m.Evidence) == 0 || len(m.Principles) == 0 {
			t.Fatalf("moment without evidence or principle: %+v", m)
		}
		for _, e := range m.Evidence {
			if e.Span.Length() == 0 || e.Span.Overlap(m.Span) != e.Span.Length() {
				t.Fatalf("evidence %v is not inside the moment %v", e, m.Span)
			}
			if strings.ContainsAny(e.Text, "{}%") || !strings.HasSuffix(e.Text, ".") {
				t.Fatalf("evidence reads %q", e.Text)
			}
			checkWords(t, e.Text)
		}
	}
	if len(r.Moments) > (Config{}).wanted(film.Length()) {
		t.Fatalf("%d moments in %v", len(r.Moments), film)
	}
	for _, id := range r.DraftReel {
		if !slices.ContainsFunc(r.Moments, func(m vig.Moment) bool { return m.ID == id }) {
			t.Fatalf("the reel names %s", id)
		}
	}
	for _, s := range r.Signals {
		for i, p := range s.Points {
			if p.Value.Seen && !(p.Value.Value >= 0 && p.Value.Value <= 1) {
				t.Fatalf("%s is %v", s.Name, p.Value)
			}
			if i > 0 && p.Time < s.Points[i-1].Time {
				t.Fatalf("%s goes back in time", s.Name)
			}
		}
	}
	for _, n := range r.Notes {
		checkWords(t, n)
	}
}
