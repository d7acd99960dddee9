package analysis

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"time"

	"attune/internal/vig"
)

// script is a session whose truth is known: who does what, when.
type script struct {
	length time.Duration
	hz     float64
	seed   uint64
	noise  float64 // 1: yaw ±5°, box ±2 %, level ±1 dB, movement ±2 steps
	missed float64 // share of faces that the detector misses
	spread float64 // by how much the times of samples vary, as a share of their distance
	silent bool    // the film has no sound
	people []actor
}

// actor is one person of a script.
type actor struct {
	box      vig.Box
	pitch    float64 // of the voice, Hz
	worn     vig.Colours
	away     float64 // yaw when not turned to anybody
	toward   float64 // yaw when turned to the other
	turned   []vig.Span
	smiling  []vig.Span
	speaking []vig.Span
	moving   []vig.Span
	absent   []vig.Span
	// moved gives another box for a time; nil for one who stays.
	moved func(t time.Duration) vig.Box
}

func sec(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func from(start, end float64) vig.Span { return vig.Span{Start: sec(start), End: sec(end)} }

func during(ss []vig.Span, t time.Duration) bool {
	return slices.ContainsFunc(ss, func(s vig.Span) bool { return s.Contains(t) })
}

// theAdult sits at left and is turned to the right when turned to the child.
func theAdult() actor {
	return actor{box: vig.Box{X: 0.25, Y: 0.25, W: 0.1, H: 0.2}, pitch: 190, away: -20, toward: 50}
}

func theChild() actor {
	return actor{box: vig.Box{X: 0.6, Y: 0.4, W: 0.08, H: 0.16}, pitch: 330, away: 20, toward: -50}
}

func (s script) recording() vig.Recording {
	rng := rand.New(rand.NewPCG(s.seed, 7))
	hz := s.hz
	if hz == 0 {
		hz = 6
	}
	rec := vig.Recording{Duration: s.length, Aspect: 16.0 / 9}
	for k := 0; ; k++ {
		t := sec((float64(k) + s.spread*(rng.Float64()-0.5)) / hz)
		if k == 0 {
			t = 0
		}
		if t >= s.length {
			break
		}
		rec.Observations = append(rec.Observations, s.observe(t, k > 0, rng))
	}
	if !s.silent {
		rec.Sound = s.listen(rng)
	}
	return rec
}

func (s script) observe(t time.Duration, motion bool, rng *rand.Rand) vig.Observation {
	o := vig.Observation{Time: t}
	var boxes []vig.Box
	for _, a := range s.people {
		b := a.box
		if a.moved != nil {
			b = a.moved(t)
		}
		boxes = append(boxes, b)
		if during(a.absent, t) || rng.Float64() < s.missed {
			continue
		}
		jitter := func() float64 { return s.noise * 0.02 * rng.NormFloat64() }
		face := vig.Face{
			Box:        vig.Box{X: b.X + b.W*jitter(), Y: b.Y + b.H*jitter(), W: b.W * (1 + jitter()), H: b.H * (1 + jitter())},
			Confidence: 0.95,
			Yaw:        vig.Read(a.away + s.noise*5*rng.NormFloat64()),
			Pitch:      vig.Read(s.noise * 4 * rng.NormFloat64()),
			Smile:      vig.Read(max(0, min(1, 0.15+s.noise*0.08*rng.NormFloat64()))),
		}
		if a.worn != (vig.Colours{}) {
			face.Colours = inTheLight(a.worn, s.noise, rng)
		}
		if during(a.turned, t) {
			face.Yaw.Value += a.toward - a.away
		}
		if during(a.smiling, t) {
			face.Smile.Value = max(0, min(1, 0.85+s.noise*0.08*rng.NormFloat64()))
		}
		o.Faces = append(o.Faces, face)
	}
	if !motion {
		return o
	}
	o.Motion = make(vig.MotionGrid, vig.MotionColumns*vig.MotionRows)
	grain := rng.Uint64()
	for c := range o.Motion {
		// Three bits of a hash for each cell, of variance 0.75: as much as the
		// sensor's noise, and cheaper to draw.
		grain = grain*6364136223846793005 + 1442695040888963407
		o.Motion[c] = uint8(2 + s.noise*float64(bits.OnesCount64(grain>>61))/1.5)
	}
	for k, a := range s.people {
		if !during(a.moving, t) {
			continue
		}
		b := boxes[k]
		for c := range o.Motion {
			x := (float64(c%vig.MotionColumns) + 0.5) / vig.MotionColumns
			y := (float64(c/vig.MotionColumns) + 0.5) / vig.MotionRows
			if math.Abs(x-b.X-b.W/2) < b.W && y > b.Y && y < b.Y+4*b.H {
				o.Motion[c] += 12
			}
		}
	}
	return o
}

// Clothes and hair: a blue shirt and dark hair; a red one and fair hair. The
// first are as far from each other as two people of the real films are in the
// median, 0.4.
var (
	bluish  = worn(map[int]float64{8: 0.35, 9: 0.2, 12: 0.25, 13: 0.2}, map[int]float64{12: 0.6, 13: 0.3, 2: 0.1})
	reddish = worn(map[int]float64{0: 0.4, 1: 0.2, 8: 0.05, 9: 0.05, 12: 0.1, 13: 0.2}, map[int]float64{12: 0.3, 13: 0.3, 2: 0.4})
	whitish = worn(map[int]float64{15: 1}, map[int]float64{15: 1}) // a wall
)

func worn(clothes, hair map[int]float64) (c vig.Colours) {
	for k, v := range clothes {
		c.Clothes()[k] = uint8(255 * v)
	}
	for k, v := range hair {
		c.Hair()[k] = uint8(255 * v)
	}
	return c
}

// inTheLight is c as a camera shows it: up to a third of it is something else
// that is in the way, and each bin is off by a fifth.
func inTheLight(c vig.Colours, noise float64, rng *rand.Rand) vig.Colours {
	for _, part := range [][]uint8{c.Clothes(), c.Hair()} {
		hidden := min(1, noise) * rng.Float64() / 3
		for k, v := range part {
			seen := float64(v) * (1 - hidden) * max(0, 1+0.2*noise*rng.NormFloat64())
			if k >= 12 {
				seen += 255 * hidden / 4
			}
			part[k] = uint8(min(255, seen))
		}
	}
	return c
}

func (s script) listen(rng *rand.Rand) []vig.SoundFrame {
	out := make([]vig.SoundFrame, int(s.length/vig.SoundStep))
	for i := range out {
		t := time.Duration(i) * vig.SoundStep
		out[i] = vig.SoundFrame{Level: -52 + s.noise*rng.NormFloat64()}
		for _, a := range s.people {
			if during(a.speaking, t) {
				// Syllables, five a second, with their pitch rising and falling.
				wave := math.Sin(2 * math.Pi * 5 * t.Seconds())
				out[i] = vig.SoundFrame{Level: -24 + 4*wave + s.noise*rng.NormFloat64(), Pitch: a.pitch * (1 + 0.05*wave)}
			}
		}
	}
	return out
}

// exchange lets the two answer each other from a time on, so many turns of
// length, apart by gap; the k-th person begins. It returns the span of the
// chain.
func (s *script) exchange(at float64, begins, count int, length, gap float64) vig.Span {
	end := at
	for i := range count {
		p := &s.people[(begins+i)%2]
		p.speaking = append(p.speaking, from(end, end+length))
		end += length + gap
	}
	whole := from(at, end-gap)
	for k := range 2 {
		delay := sec(0)
		if k != begins {
			delay = sec(length + 0.5*gap)
		}
		s.people[k].turned = append(s.people[k].turned, vig.Span{Start: whole.Start + delay, End: whole.End})
	}
	return whole
}
