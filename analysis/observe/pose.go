package observe

import (
	"math"

	"attune/internal/vig"
)

type point struct{ x, y float64 }

func (p point) plus(q point) point    { return point{p.x + q.x, p.y + q.y} }
func (p point) minus(q point) point   { return point{p.x - q.x, p.y - q.y} }
func (p point) times(k float64) point { return point{p.x * k, p.y * k} }
func (p point) dot(q point) float64   { return p.x*q.x + p.y*q.y }
func (p point) middle(q point) point  { return p.plus(q).times(0.5) }
func (p point) length() float64       { return math.Hypot(p.x, p.y) }

// points are the five of YuNet in pixels: the eye, then the mouth corner on
// the picture's left before that on its right, for a face seen from the front.
type points [5]point

const (
	eyeOne = iota
	eyeTwo
	noseTip
	mouthOne
	mouthTwo
)

// Pose from five points. Take a head with the eyes at (±a, 0, 0) and the tip
// of the nose at (0, −, b) in front of them. Turned by yaw it shows, along its
// own horizontal, the eyes 2a·cos(yaw) apart and the nose b·sin(yaw) beside
// their middle, so tan(yaw) = (2a/b) · nose ÷ eyes. The middle of the face's
// box stays with the head while the points walk to its side: a second nose.
// The two factors are the least squares through persons 01–03 of Pointing'04
// (|tilt| ≤ 30), in boxes of YuNet. YuNet never lets the far eye fall behind the
// near one, so that from 60° to 90° the angle grows by 5° only: beyond yawKnee
// it is stretched, as far as that does not cost much at 60°. On persons 04–05
// the mean error up to 60° is 11°, and profile is 72° in the mean.
const (
	noseDepth  = 0.53
	boxDepth   = 1.22
	yawKnee    = 58 // degrees
	yawStretch = 4
)

// down returns the unit vector from the eyes to the mouth, unless the points
// lie all on one another.
func (p points) down() (point, bool) {
	v := p.chin().minus(p.brow())
	if v.length() < 1 {
		return point{}, false
	}
	return v.times(1 / v.length()), true
}

// brow and chin stand for the middle of the eyes and that of the mouth.
func (p points) brow() point { return p[eyeOne].middle(p[eyeTwo]) }
func (p points) chin() point { return p[mouthOne].middle(p[mouthTwo]) }

// yaw returns the yaw in degrees of a face whose box has its middle at x and
// whose points do not lie all on one another. Pitch cannot be told from the
// five points: the best line through them errs by 18° on persons 04–05 of
// Pointing'04, as much as saying 0° does.
func (p points) yaw(x float64) vig.Reading {
	nose, shift, apart := p.profile(x)
	angle := degrees(math.Atan2(noseDepth*nose+boxDepth*shift, max(0, apart)))
	return vig.Read(stretched(angle, yawKnee, yawStretch))
}

func degrees(radians float64) float64 { return radians * 180 / math.Pi }

// stretched returns angle with what is beyond the knee on either side times by,
// up to 90°.
func stretched(angle, knee, by float64) float64 {
	if beyond := math.Abs(angle) - knee; beyond > 0 {
		return math.Copysign(min(90, knee+by*beyond), angle)
	}
	return angle
}

// profile returns, in pixels towards the face's own right in the picture: how
// far the tip of the nose is from the middle of the eyes, the points from the
// middle x of the box, and the second eye from the first.
func (p points) profile(x float64) (nose, shift, apart float64) {
	down, _ := p.down()
	right := point{down.y, -down.x}
	return p[noseTip].minus(p.brow()).dot(right),
		p.brow().middle(p.chin()).x - x,
		p[eyeTwo].minus(p[eyeOne]).dot(right)
}
