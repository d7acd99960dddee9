package analysis

import (
	"math"
	"slices"
	"time"

	"attune/internal/vig"
)

// The region of somebody's movement is the face's box grown to head and torso:
// in face heights, so far to either side of its middle, above its top and
// below its chin. With a face (chin to brow, as detectors box it) of about a
// ninth of the stature, the shoulders are just over two face heights wide and
// the hips four below the chin (Drillis and Contini, Body segment parameters,
// 1966: shoulders 0.26 of the stature, torso to the hip 0.34 below the chin);
// half a face height more to the sides holds the arms.
const (
	regionSide  = 1.7
	regionAbove = 0.4
	regionBelow = 3.5

	// fullMovement is the mean difference in luma that counts as 1: arms waved
	// before a plain wall.
	fullMovement = 8.0
	// fullShown is the quantile of somebody's movement in the film that is shown
	// as 1, so that what can be seen of it does not hang on how near the camera
	// is or how much the clothes stand out.
	fullShown = 0.99

	// A burst of movement starts burstOn above what is usual for the person
	// and lasts until it falls below burstOff, both in units of the usual
	// spread: the median absolute deviation, times 1.4826 a standard deviation.
	burstOn  = 4.0
	burstOff = 2.0
	spreadOf = 1.4826
	// leastSpread and leastMovement keep the noise of the picture from being a
	// movement where it is all there is: one step of luma in a quarter of the
	// cells.
	leastSpread   = 0.25 / fullMovement
	leastMovement = 1 / fullMovement
	// Movements shorter than leastMove are noise; pauses shorter than
	// moveBridge do not end one; longer ones than longestMove are an activity,
	// not a turn.
	leastMove   = 400 * time.Millisecond
	moveBridge  = 400 * time.Millisecond
	longestMove = 8 * time.Second

	// A movement that is mostly the head's own turning, by headTurn degrees
	// within headTurnTime, is not one of its own: turning to the other is a gaze
	// shift, and turning away is no turn.
	headTurn     = 18.0
	headTurnTime = 600 * time.Millisecond
)

// movements returns for each of ps how much they move, by observation: the
// mean over the cells of their region, less the median over all cells outside
// any region, which is what the camera's own movement gives everywhere. 1 is a
// strong movement; there is no bound.
func movements(f *film, ps []*person) [][]vig.Reading {
	out := make([][]vig.Reading, len(ps))
	for k := range ps {
		out[k] = make([]vig.Reading, len(f.observations))
	}
	var owner [vig.MotionColumns * vig.MotionRows]int
	for i, o := range f.observations {
		if len(o.Motion) != len(owner) {
			continue
		}
		ownCells(f, ps, i, &owner)
		still := background(o.Motion, &owner)
		sum, cells := make([]float64, len(ps)), make([]int, len(ps))
		for c, k := range owner {
			if k >= 0 {
				cells[k]++
				sum[k] += max(0, float64(o.Motion[c])-still)
			}
		}
		for k := range ps {
			if cells[k] > 0 {
				out[k][i] = vig.Read(sum[k] / float64(cells[k]) / fullMovement)
			}
		}
	}
	return out
}

// shown returns the movement m of one person as shares of the strongest in the
// film, 0–1; of no movement, where the noise of the picture is all there is.
func shown(m []vig.Reading) []vig.Reading {
	seen := seenValues(m)
	if len(seen) == 0 {
		return m
	}
	slices.Sort(seen)
	full := max(leastMovement, seen[int(fullShown*float64(len(seen)-1))])
	out := slices.Clone(m)
	for i := range out {
		out[i].Value = min(1, out[i].Value/full)
	}
	return out
}

// ownCells gives each cell to the person in whose region it lies, to the one
// whose head is nearer where it lies in several, or to nobody (−1).
func ownCells(f *film, ps []*person, i int, owner *[vig.MotionColumns * vig.MotionRows]int) {
	for c := range owner {
		owner[c] = -1
		x := (float64(c%vig.MotionColumns) + 0.5) / vig.MotionColumns
		y := (float64(c/vig.MotionColumns) + 0.5) / vig.MotionRows
		var least float64
		for k, p := range ps {
			b := p.place[i]
			if b.H == 0 {
				continue
			}
			mx, my := b.Center()
			dx, dy := (x-mx)*f.aspect/b.H, (y-my)/b.H
			if dx < -regionSide || dx > regionSide || dy < -0.5-regionAbove || dy > 0.5+regionBelow {
				continue
			}
			if d := dx * dx; owner[c] < 0 || d < least {
				owner[c], least = k, d
			}
		}
	}
}

// background returns the median of the cells that nobody owns.
func background(m vig.MotionGrid, owner *[vig.MotionColumns * vig.MotionRows]int) float64 {
	var count [256]int
	total := 0
	for c, v := range m {
		if owner[c] < 0 {
			count[v]++
			total++
		}
	}
	half := (total + 1) / 2
	for v, n := range count {
		if half -= n; half <= 0 && total > 0 {
			return float64(v)
		}
	}
	return 0
}

// headTurns returns when the head of p turns.
func headTurns(f *film, p *person) spans {
	var turning []vig.Span
	first := 0
	for i, yaw := range p.yaw {
		for f.observations[first].Time < f.observations[i].Time-headTurnTime {
			first++
		}
		for j := first; j < i && yaw.Seen; j++ {
			if p.yaw[j].Seen && math.Abs(yaw.Value-p.yaw[j].Value) >= headTurn {
				turning = append(turning, vig.Span{Start: f.observations[j].Time, End: f.until[i]})
				break
			}
		}
	}
	return union(turning, 0)
}

// moves returns the bursts in the movement m of p.
func moves(f *film, p *person, m []vig.Reading) spans {
	seen := seenValues(m)
	if len(seen) == 0 {
		return nil
	}
	usual := median(seen)
	for i, v := range seen {
		seen[i] = max(v-usual, usual-v)
	}
	spread := max(leastSpread, spreadOf*median(seen))
	on := false
	at := func(i int) bool {
		above := m[i].Value - usual
		on = m[i].Seen && m[i].Value >= leastMovement && (above >= burstOn*spread || on && above >= burstOff*spread)
		return on
	}
	turning := headTurns(f, p)
	var out spans
	for _, s := range f.runs(at, moveBridge).atLeast(leastMove) {
		if s.Length() <= longestMove && 2*turning.overlap(s) < s.Length() {
			out = append(out, s)
		}
	}
	return out
}

// seenValues returns the values of the readings of m that were seen, in order.
func seenValues(m []vig.Reading) []float64 {
	var seen []float64
	for _, r := range m {
		if r.Seen {
			seen = append(seen, r.Value)
		}
	}
	return seen
}
