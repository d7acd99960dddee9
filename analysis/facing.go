package analysis

import (
	"cmp"
	"math"
	"slices"
	"time"

	"attune/internal/vig"
)

// Of the angle by which somebody's gaze is turned, the head makes 69 % and the
// eyes the rest (Stiefelhagen and Zhu, Head orientation and gaze direction in
// meetings, CHI 2002: 68.9 % on average; head orientation alone then names the
// person looked at in 88.7 % of the cases). So a head is taken as turned to
// somebody who is at the angle g from the camera's direction when it is turned
// towards them by at least 0.69 g less the half-width of the cone, and by no
// more than g and that half-width. For somebody beside at the same distance, g
// is a little under 90° and 25° are needed.
const (
	headShare = 0.69
	coneHalf  = 37.0
	// acrossHalf is the half-width of the cone across that direction, as up and
	// down for somebody beside: there the eyes add less. Labelled films.
	acrossHalf = 30.0
	// coneSlack widens the cone for a head that is already turned, so that the
	// answer does not flicker: about the error of measured yaw.
	coneSlack = 7.0
	// leastTurn is the smallest turn that is not one to the camera.
	leastTurn = 20.0
	// pitchError is by how much a head that is as high as the picture may be held
	// higher than was measured; points of a smaller face lie as many times less
	// exactly. On the labelled films, heads a quarter of the picture high that are
	// level are measured up to 25° down, those of an eighth up to 45°.
	// pitchOver is by how much any may be held lower: twice the mean error on
	// Pointing'04. unseenPitch is by how much pitch may differ from level where it
	// was not seen.
	pitchError  = 6.0
	pitchOver   = 20.0
	unseenPitch = 25.0

	// Somebody whose face is smaller by more than the factor sameDepth is taken
	// to be farther off by the excess, and so at more than 90° from the camera's
	// direction (or at less, if larger), but by no more than maxDepthTurn: a
	// child's face is smaller at any distance.
	sameDepth    = 1.35
	maxDepthTurn = 15.0
	// focal is the focal length of a camera in heights of the picture: about
	// 60° across at 16:9, as phones have it.
	focal = 1.5

	// A turn shorter than leastFacing is not taken as one, nor is a break.
	leastFacing = 300 * time.Millisecond
	// facingBridge is how long a face may be unseen while it stays turned.
	facingBridge = time.Second
)

// answer is that to a question that the camera may not have seen.
type answer uint8

const (
	notSeen answer = iota
	no
	yes
)

// facings tells, for each observation, whether one person is turned to
// another.
type facings [][][]answer // [from][to][observation]

// newFacings finds who of ps is turned to whom: by the turn of the head, and
// where eyes were seen, not if they look past. Of several people in whose
// direction somebody's head is turned, it is taken to be turned to the one
// nearest to its axis, or to the nearest in the room of those that are as near
// to it as can be measured.
func newFacings(f *film, ps []*person) facings {
	fs := make(facings, len(ps))
	for i, a := range ps {
		fs[i] = make([][]answer, len(ps))
		for j := range ps {
			if i != j {
				fs[i][j] = make([]answer, len(f.observations))
			}
		}
		turnedTo(f, a, ps, fs[i])
		for j := range ps {
			if i != j {
				steadyAnswers(f, fs[i][j])
			}
		}
	}
	return fs
}

// turnedTo says for each observation to whom of ps the head of a is turned, in
// to[k] for the k-th of them.
func turnedTo(f *film, a *person, ps []*person, to [][]answer) {
	turned := -1
	var unseenSince time.Duration
	for i, o := range f.observations {
		if a.face[i] < 0 || !a.yaw[i].Seen {
			if o.Time-unseenSince > facingBridge {
				turned = -1
			}
			continue
		}
		unseenSince = f.until[i]
		var inCone []target
		for k, b := range ps {
			if b == a || b.place[i].H == 0 {
				continue
			}
			if b.left[i] && k != turned {
				continue // one may look after somebody who leaves, not find them there
			}
			to[k][i] = no
			along, across := f.offAxis(a.place[i], b.place[i], a.yaw[i].Value, a.pitch[i])
			wide := 1.0
			if k == turned {
				wide += coneSlack / coneHalf
			}
			if along <= wide && across <= wide && !f.looksPast(a.place[i], b.place[i], a.gaze[i]) {
				off := math.Hypot(along, across) - wide
				inCone = append(inCone, target{k, off, f.reach(a.place[i], b.place[i])})
			}
		}
		if turned = likeliest(inCone); turned >= 0 {
			to[turned][i] = yes
		}
	}
}

// target is somebody in whose direction a head is turned.
type target struct {
	person int
	off    float64 // how far off the axis, less for who was it before
	reach  float64
}

// likeliest returns to whom of all a head is turned, −1 where there is nobody.
func likeliest(all []target) int {
	if len(all) == 0 {
		return -1
	}
	least := slices.MinFunc(all, func(a, b target) int { return cmp.Compare(a.off, b.off) }).off
	near := slices.DeleteFunc(all, func(t target) bool { return t.off > least+coneSlack/coneHalf })
	return slices.MinFunc(near, func(a, b target) int { return cmp.Compare(a.reach, b.reach) }).person
}

// offAxis returns how far the axis of a head at a passes one at b, along the
// line in the picture from head to head and across it: 0 where it is turned as
// one that looks there is, up to 1 inside the cone.
func (f *film) offAxis(a, b vig.Box, yaw float64, pitch vig.Reading) (along, across float64) {
	ax, ay := a.Center()
	bx, by := b.Center()
	dx, dy := (bx-ax)*f.aspect, by-ay
	away := math.Hypot(dx, dy)
	if away == 0 {
		return math.Inf(1), math.Inf(1)
	}
	dx, dy = dx/away, dy/away
	gaze := f.gaze(a, b, away)
	off := func(up float64) (along, across float64) {
		// The direction of the head in axes of which the first points to b in
		// the picture, the second across that, and the third to the camera.
		sy, cy := math.Sincos(rad(yaw))
		sp, cp := math.Sincos(rad(up))
		toward := deg(math.Atan2(sy*cp*dx-sp*dy, cy*cp))
		across = math.Abs(deg(math.Asin(max(-1, min(1, sy*cp*dy+sp*dx))))) / acrossHalf
		switch straight := headShare * gaze; {
		case toward < straight:
			along = (straight - toward) / min(coneHalf, straight-leastTurn)
		case toward > gaze:
			along = (toward - gaze) / coneHalf
		}
		return along, across
	}
	// The head as it was measured, or tilted as far as the error allows to be
	// turned along the line to b.
	higher, lower := unseenPitch, unseenPitch
	if pitch.Seen {
		higher = pitchError / a.H
		lower = min(higher, pitchOver)
	}
	straight := math.Copysign(deg(math.Atan2(math.Abs(dy*math.Sin(rad(yaw))), math.Abs(dx))), -dy)
	along, across = off(pitch.Value)
	if l, c := off(max(pitch.Value-lower, min(pitch.Value+higher, straight))); math.Hypot(l, c) < math.Hypot(along, across) {
		return l, c
	}
	return along, across
}

// gaze returns at what angle from the camera's direction a head at b is, seen
// from one at a, if they are away heights of the picture from each other.
func (f *film) gaze(a, b vig.Box, away float64) float64 {
	// By the pinhole camera depth is focal ÷ size, in heights of a face, and
	// what lies across is away · depth ÷ focal.
	za, zb := focal/a.H, focal/b.H
	behind := max(0, zb-za*sameDepth) - max(0, za-zb*sameDepth)
	across := away * (za + zb) / 2 / focal
	return 90 + max(-maxDepthTurn, min(maxDepthTurn, deg(math.Atan2(behind, across))))
}

// reach returns how far apart in the room the heads at a and b are, in heights
// of a face, taking all faces as equally high: somebody who passes behind two
// people is farther from each than they are from each other.
func (f *film) reach(a, b vig.Box) float64 {
	za, zb := focal/a.H, focal/b.H
	ax, ay := a.Center()
	bx, by := b.Center()
	dx := ((bx-0.5)*zb - (ax-0.5)*za) * f.aspect / focal
	dy := ((by-0.5)*zb - (ay-0.5)*za) / focal
	return math.Hypot(math.Hypot(dx, dy), zb-za)
}

func rad(d float64) float64 { return d * math.Pi / 180 }
func deg(r float64) float64 { return r * 180 / math.Pi }

// steadyAnswers takes out breaks and then turns that are shorter than
// leastFacing.
func steadyAnswers(f *film, a []answer) {
	flip := func(short, to answer) {
		for i := 0; i < len(a); {
			j := i + 1
			for j < len(a) && a[j] == a[i] {
				j++
			}
			inside := i > 0 && j < len(a) && a[i-1] == to && a[j] == to
			brief := f.until[j-1]-f.observations[i].Time < leastFacing
			if a[i] == short && brief && (inside || short == yes) {
				for k := i; k < j; k++ {
					a[k] = to
				}
			}
			i = j
		}
	}
	flip(no, yes)
	flip(yes, no)
}

// spans returns when i is turned to j, short times unseen bridged.
func (fs facings) spans(f *film, i, j int) spans {
	held := f.runs(func(k int) bool { return fs[i][j][k] == yes }, 0)
	refused := f.runs(func(k int) bool { return fs[i][j][k] == no }, 0)
	var out spans
	for _, s := range held {
		n := len(out)
		if n > 0 && s.Start-out[n-1].End <= facingBridge &&
			refused.overlap(vig.Span{Start: out[n-1].End, End: s.Start}) == 0 {
			out[n-1].End = s.End
			continue
		}
		out = append(out, s)
	}
	return out
}
