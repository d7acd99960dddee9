package analysis

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"attune/internal/accuracy"
	"attune/internal/testfilm"
	"attune/internal/vig"
)

// seen is the recording of a scripted session as a fair detector would make
// it: yaw ±6°, boxes ±2 %, faces missed now and then, voices with syllables.
// What only the picture can show is measured on films (make accuracy).
func seen(film *testfilm.Script, length time.Duration, hz float64, seed uint64) vig.Recording {
	rng := rand.New(rand.NewPCG(seed, 3))
	rec := vig.Recording{Duration: length, Aspect: 16.0 / 9}
	for k := 0; ; k++ {
		t := sec(float64(k) / hz)
		if t >= length {
			break
		}
		o := vig.Observation{Time: t, Motion: make(vig.MotionGrid, vig.MotionColumns*vig.MotionRows)}
		for c := range o.Motion {
			o.Motion[c] = uint8(rng.IntN(3))
		}
		for i := range film.Actors {
			a := &film.Actors[i]
			x := a.X + a.Shift.At(t)
			h := 0.7 * a.Size
			b := vig.Box{X: x - h/2*0.8/rec.Aspect, Y: a.Y - h/2, W: h * 0.8 / rec.Aspect, H: h}
			stir(o.Motion, b, a.Move.At(t), rng)
			missed := 0.03
			if math.Abs(a.Yaw.At(t)) > 60 {
				missed = 0.2
			}
			if x < 0 || x > 1 || rng.Float64() < missed {
				continue
			}
			jitter := func() float64 { return h * 0.02 * rng.NormFloat64() }
			o.Faces = append(o.Faces, vig.Face{
				Box:        vig.Box{X: b.X + jitter(), Y: b.Y + jitter(), W: b.W, H: b.H + jitter()},
				Confidence: 0.9,
				Yaw:        vig.Read(a.Yaw.At(t) + 6*rng.NormFloat64()),
				Pitch:      vig.Read(a.Pitch.At(t) + 6*rng.NormFloat64()),
				Smile:      vig.Read(max(0, min(1, 0.1+0.75*a.Smile.At(t)+0.1*rng.NormFloat64()))),
			})
		}
		rec.Observations = append(rec.Observations, o)
	}
	for i := range int(length / vig.SoundStep) {
		t := time.Duration(i) * vig.SoundStep
		f := vig.SoundFrame{Level: -55 + rng.NormFloat64()}
		for k := range film.Actors {
			for _, v := range film.Actors[k].Voices {
				if v.Span.Contains(t) {
					f = vig.SoundFrame{Level: -20 + 4*math.Sin(25*t.Seconds()), Pitch: v.Pitch * (1 + 0.03*rng.NormFloat64())}
				}
			}
		}
		rec.Sound = append(rec.Sound, f)
	}
	return rec
}

// stir adds the movement of somebody whose face is at b: at rest hardly any.
func stir(g vig.MotionGrid, b vig.Box, move float64, rng *rand.Rand) {
	for c := range g {
		x := (float64(c%vig.MotionColumns) + 0.5) / vig.MotionColumns
		y := (float64(c/vig.MotionColumns) + 0.5) / vig.MotionRows
		mx, my := b.Center()
		if math.Abs(x-mx) < b.W && y > my-b.H/2 && y < my+3*b.H {
			g[c] += uint8(0.5 + 6*move + rng.Float64())
		}
	}
}

// Of the chains of scripted sessions nearly all are found among the
// suggestions, far more than by chance, and the suggestions begin and end
// close to them.
func TestSessionsChainsAreSuggested(t *testing.T) {
	t.Parallel()
	var chains, found, rightInitiator, closeEnds int
	var random float64
	for seed := range uint64(6) {
		for _, length := range []time.Duration{time.Minute, 10 * time.Minute} {
			film := testfilm.Session(seed, length)
			r := Analyze(seen(film, length, 6, seed), Config{})
			suggested := spansOf(r)
			chains += len(film.Chains)
			found += accuracy.ChainsFound(film.Chains, suggested)
			random += accuracy.RandomFound(film.Chains, suggested, length, seed)
			for _, c := range film.Chains {
				best := slices.MaxFunc(suggested, func(a, b vig.Span) int { return cmp.Compare(a.IoU(c.Span), b.IoU(c.Span)) })
				// The margin is a second, and speech is heard a frame longer.
				const near = margin + 2*vig.SoundStep
				if (best.Start-c.Span.Start).Abs() <= near && (best.End-c.Span.End).Abs() <= near {
					closeEnds++
				} else {
					t.Logf("seed %d, %v: the chain at %v is suggested as %v", seed, length, c.Span, best)
				}
				for _, d := range r.Chains {
					if d.Span.IoU(c.Span) >= accuracy.ChainIoU && roleOf(r, d.Initiator) == c.Initiator {
						rightInitiator++
						break
					}
				}
			}
		}
	}
	t.Logf("%d chains, %d suggested, %.1f by chance, %d with both ends within a second, %d with the right initiator",
		chains, found, random, closeEnds, rightInitiator)
	share := func(n int) float64 { return float64(n) / float64(chains) }
	if share(found) < 0.95 || float64(found) < 3*random {
		t.Errorf("%.2f of the chains are suggested", share(found))
	}
	if share(closeEnds) < 0.95 {
		t.Errorf("%.2f of the chains are suggested with both ends", share(closeEnds))
	}
	if share(rightInitiator) < 0.85 {
		t.Errorf("%.2f of the chains have the right initiator", share(rightInitiator))
	}
}

func spansOf(r Result) []vig.Span {
	var out []vig.Span
	for _, m := range r.Moments {
		out = append(out, m.Span)
	}
	return out
}

// The same film at half the rate, or measured with other errors, as when it is
// encoded otherwise, gives the same best three suggestions.
func TestTheBestAreTheSameAtOtherRates(t *testing.T) {
	t.Parallel()
	const length = 10 * time.Minute
	var same, best int
	for seed := range uint64(3) {
		film := testfilm.Session(seed, length)
		want := spansOf(Analyze(seen(film, length, 6, seed), Config{}))[:3]
		for _, hz := range []float64{3, 6} {
			got := spansOf(Analyze(seen(film, length, hz, seed+100), Config{}))[:3]
			for _, w := range want {
				best++
				if slices.ContainsFunc(got, func(g vig.Span) bool { return g.IoU(w) >= 0.5 }) {
					same++
				}
			}
		}
	}
	if same < best-1 {
		t.Errorf("%d of %d are the same", same, best)
	}
}

func roleOf(r Result, id vig.PersonID) string {
	for _, p := range r.People {
		if p.ID == id {
			return string(p.Role)
		}
	}
	return ""
}

func TestSessionsWithoutMeetingGiveNothing(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5) {
		for name, film := range map[string]*testfilm.Script{
			"never turn": testfilm.NeverTurn(seed, 2*time.Minute),
			"alone":      testfilm.Alone(seed, 2*time.Minute),
			"nobody":     testfilm.Nobody(),
		} {
			t.Run(fmt.Sprint(name, seed), func(t *testing.T) {
				t.Parallel()
				r := Analyze(seen(film, 2*time.Minute, 6, seed), Config{})
				if len(r.Moments) > 0 {
					t.Errorf("%d moments, the first %+v", len(r.Moments), r.Moments[0])
				}
				if len(r.Notes) == 0 {
					t.Error("no note says why")
				}
			})
		}
	}
}
