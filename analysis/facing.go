package analysis

import (
	"math"
	"time"

	"attune/internal/vig"
)

// Of the angle by which somebody's gaze is turned, the head makes 69 % and the
// eyes the rest (Stiefelhagen and Zhu, Head orientation and gaze direction in
// meetings, CHI 2002: 68.9 % on average; head orientation alone then names the
// person looked at in 88.7 % of the cases). So a head is taken as turned to
// somebody who is at the angle g from the camera's direction when it is turned
// towards them by at least 0.69 g less the half-width of the cone. For
// somebody beside, g = 90°, that is 25°. There is no upper bound, since
// measured yaw ends at about ±90 and a profile must count.
const (
	headShare = 0.69
	coneHalf  = 37.0
	// coneSlack widens the cone for a head that is already turned, so that the
	// answer does not flicker: about the error of measured yaw.
	coneSlack = 7.0
	// leastTurn is the smallest turn that is not one to the camera.
	leastTurn = 20.0

	// Somebody whose face is smaller by more than the factor sameDepth is taken
	// to be farther off by the excess, and so at more than 90° from the camera's
	// direction (or at less, if larger), but by no more than maxDepthTurn: a
	// child's face is smaller at any distance.
	sameDepth    = 1.35
	maxDepthTurn = 15.0
	// focal is the focal length of a camera in heights of the picture: about
	// 60° across at 16:9, as phones have it.
	focal = 1.5

	// beside is how far apart in face widths two heads must be left to right
	// for yaw alone to tell that one is turned to the other.
	beside = 0.7

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

// newFacings finds who of ps is turned to whom. Who is turned to the side of
// several people is taken to be turned to the nearest of them.
func newFacings(f *film, ps []*person) facings {
	fs := make(facings, len(ps))
	for i, a := range ps {
		fs[i] = make([][]answer, len(ps))
		for j, b := range ps {
			if i != j {
				fs[i][j] = turnedTo(f, a, b)
			}
		}
		keepNearest(f, a, ps, fs[i])
		for j := range ps {
			if i != j {
				steadyAnswers(f, fs[i][j])
			}
		}
	}
	return fs
}

// turnedTo says for each observation whether a's head is turned to b's.
func turnedTo(f *film, a, b *person) []answer {
	out := make([]answer, len(f.observations))
	turned := false
	var unseenSince time.Duration
	for i, o := range f.observations {
		if a.face[i] < 0 || !a.yaw[i].Seen || b.place[i].H == 0 {
			if o.Time-unseenSince > facingBridge {
				turned = false
			}
			continue
		}
		unseenSince = f.until[i]
		toward, needed := f.toward(a.place[i], b.place[i], a.yaw[i].Value, a.pitch[i])
		if turned {
			needed -= coneSlack
		}
		turned = toward >= needed
		out[i] = no
		if turned {
			out[i] = yes
		}
	}
	return out
}

// toward returns by how many degrees a head at a is turned in the picture
// towards one at b, and how many are needed.
func (f *film) toward(a, b vig.Box, yaw float64, pitch vig.Reading) (toward, needed float64) {
	ax, ay := a.Center()
	bx, by := b.Center()
	dx, dy := (bx-ax)*f.aspect, by-ay
	away := math.Hypot(dx, dy)
	if away == 0 {
		return 0, leastTurn
	}
	// The direction of the head, projected on the picture, along the line from
	// head to head. Pitch that was not seen is taken as level.
	sy, cp, sp := math.Sin(rad(yaw)), 1.0, 0.0
	if pitch.Seen {
		sp, cp = math.Sincos(rad(pitch.Value))
	}
	along := (sy*cp*dx - sp*dy) / away
	toward = deg(math.Asin(max(-1, min(1, along))))
	if math.Abs(dx) >= beside*(a.W+b.W)/2*f.aspect {
		toward = max(toward, math.Copysign(yaw, yaw*dx))
	}
	gaze := 90.0
	// By the pinhole camera depth is focal ÷ size, in heights of a face, and
	// what lies across is away · depth ÷ focal.
	za, zb := focal/a.H, focal/b.H
	behind := max(0, zb-za*sameDepth) - max(0, za-zb*sameDepth)
	across := away * (za + zb) / 2 / focal
	gaze += max(-maxDepthTurn, min(maxDepthTurn, deg(math.Atan2(behind, across))))
	return toward, max(leastTurn, headShare*gaze-coneHalf)
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

// keepNearest turns all answers of one sample but that for the nearest person
// into no.
func keepNearest(f *film, a *person, ps []*person, to [][]answer) {
	if len(ps) < 3 {
		return
	}
	for i := range f.observations {
		nearest, least := -1, math.Inf(1)
		for j, b := range ps {
			if to[j] == nil || to[j][i] != yes {
				continue
			}
			if d := f.reach(a.place[i], b.place[i]); d < least {
				nearest, least = j, d
			}
		}
		for j := range ps {
			if to[j] != nil && to[j][i] == yes && j != nearest {
				to[j][i] = no
			}
		}
	}
}

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
