package analysis

import (
	"cmp"
	"math"
	"slices"
	"time"

	"attune/internal/vig"
)

// sighting is one face of one observation, by their indices.
type sighting struct{ observation, face int }

// tracklet is a run of sightings that belong together beyond doubt: each lies
// where the one before makes it expected, with no long gap.
type tracklet struct {
	sightings []sighting
	palette   palette
	looked    sighting // the last that was not merely followed, the first where all were

	box    vig.Box // the last one
	seen   time.Duration
	vx, vy float64 // of its middle, picture widths and heights a second
}

const (
	// trackletGap is how long a face may be missing within a tracklet.
	trackletGap = time.Second
	// jitter and headSpeed bound how far a face may lie from where it is
	// expected: a share of its height for the detector's own jitter, and as
	// much more for each second since. A head turned or bent fast moves by
	// about its own height in half a second. Synthetic films.
	jitter    = 0.6
	headSpeed = 1.5
	// maxGrowth bounds the ratio of the sizes of two sightings of one face.
	maxGrowth = 1.6
	// stepColours is what other colours cost, in face heights for an unlikeness
	// of 1: between two people dressed differently it outweighs the jitter of a
	// box, not a place.
	stepColours = 2.0
	// coasting is for how long a face is expected to keep its velocity.
	coasting = 500 * time.Millisecond
	// shortest is the length of a tracklet that is more than a false find.
	shortest = 400 * time.Millisecond
)

// tracklets follows the faces of f from sample to sample. The result is in
// order of the first sighting.
func tracklets(f *film) []*tracklet {
	var all, active []*tracklet
	for i, o := range f.observations {
		active = slices.DeleteFunc(active, func(t *tracklet) bool { return o.Time-t.seen > trackletGap })
		taken := make([]bool, len(o.Faces))
		for _, m := range matches(f, active, o) {
			t := active[m.track]
			t.add(sighting{i, m.face}, o.Faces[m.face], o.Time)
			taken[m.face] = true
		}
		for j, face := range o.Faces {
			if !taken[j] && face.Box.H > 0 {
				t := &tracklet{sightings: []sighting{{i, j}}, looked: sighting{i, j}, box: face.Box, seen: o.Time}
				t.learn(face)
				active = append(active, t)
				all = append(all, t)
			}
		}
	}
	return slices.DeleteFunc(all, func(t *tracklet) bool {
		first, last := t.sightings[0], t.sightings[len(t.sightings)-1]
		return f.until[last.observation]-f.observations[first.observation].Time < shortest
	})
}

func (t *tracklet) add(s sighting, face vig.Face, at time.Duration) {
	box := face.Box
	if dt := (at - t.seen).Seconds(); dt > 0 {
		x0, y0 := t.box.Center()
		x1, y1 := box.Center()
		keep := math.Exp(-dt / coasting.Seconds())
		t.vx = keep*t.vx + (1-keep)*(x1-x0)/dt
		t.vy = keep*t.vy + (1-keep)*(y1-y0)/dt
	}
	t.box, t.seen = box, at
	t.sightings = append(t.sightings, s)
	if !face.Tracked {
		t.looked = s
	}
	t.learn(face)
}

// learn takes the colours of a face that was seen: where one was followed to
// there may be a wall by now.
func (t *tracklet) learn(face vig.Face) {
	if !face.Tracked {
		t.palette.add(face.Colours)
	}
}

// endBefore drops the sightings from an observation on and returns how many
// those were.
func (t *tracklet) endBefore(observation int) int {
	n, _ := slices.BinarySearchFunc(t.sightings, observation, func(s sighting, o int) int { return cmp.Compare(s.observation, o) })
	dropped := len(t.sightings) - n
	t.sightings = t.sightings[:n]
	return dropped
}

// unlike returns how unlike the colours of a face are to those of t so far.
func (t *tracklet) unlike(face vig.Face) float64 {
	var p palette
	p.add(face.Colours)
	d, _ := t.palette.unlike(&p)
	return d
}

// expected returns where the face should lie at a time.
func (t *tracklet) expected(at time.Duration) vig.Box {
	dt := min(at-t.seen, coasting).Seconds()
	b := t.box
	b.X += t.vx * dt
	b.Y += t.vy * dt
	return b
}

type match struct {
	track, face int
	cost        float64
}

// matches pairs tracklets with the faces of o, the nearest in place, size and
// colours first, each at most once.
func matches(f *film, active []*tracklet, o vig.Observation) []match {
	var possible []match
	for i, t := range active {
		reach := jitter + headSpeed*(o.Time-t.seen).Seconds()
		for j, face := range o.Faces {
			if face.Box.H == 0 {
				continue
			}
			if d, growth := f.step(t.expected(o.Time), face.Box); d <= reach && growth <= math.Log(maxGrowth) {
				possible = append(possible, match{i, j, d + growth + stepColours*t.unlike(face)})
			}
		}
	}
	slices.SortStableFunc(possible, func(a, b match) int { return cmp.Compare(a.cost, b.cost) })
	var chosen []match
	for _, m := range possible {
		if !slices.ContainsFunc(chosen, func(c match) bool { return c.track == m.track || c.face == m.face }) {
			chosen = append(chosen, m)
		}
	}
	return chosen
}

// step returns how far b is from a in heights of the face, and how much
// larger or smaller it is as a logarithm.
func (f *film) step(a, b vig.Box) (distance, growth float64) {
	return f.apart(a, b) / ((a.H + b.H) / 2), math.Abs(math.Log(b.H / a.H))
}
