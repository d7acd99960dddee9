package observe

import (
	"math"

	"gonum.org/v1/gonum/spatial/r3"

	"attune/internal/vig"
)

// mesh is the points of a face as MediaPipe's face mesh has them (Kartynnik et
// al., "Real-time Facial Surface Geometry from Monocular Video on Mobile GPUs",
// 2019): x, y and z of each, in pixels of an upright picture; z grows away from
// the camera.
type mesh [3 * meshPoints]float32

// Numbers of points in MediaPipe's canonical face model. Of a pair the first is
// on the picture's left, for a face seen from the front.
const (
	meshPoints = 468

	eyeCornerOne, eyeCornerTwo     = 33, 263 // the outer ones
	innerCornerOne, innerCornerTwo = 133, 362
	templeOne, templeTwo           = 127, 356
	cheekOne, cheekTwo             = 234, 454
	mouthCornerOne, mouthCornerTwo = 61, 291
	upperLip, lowerLip             = 13, 14 // their inner edges
	foreheadTop, chinTip           = 10, 152
)

// The depths of the model are flatter than a face, so that its angles are
// stretched: by the least squares through persons 01–03 of Pointing'04 (|pan| ≤
// 75, |tilt| ≤ 30). A level head points down a little in the model's own axes.
// Near profile the model stops turning before the head does; beyond meshKnee
// the angle is stretched once more, as far as the error up to 60° allows. On
// persons 04–05 the mean error of yaw up to 60° is 7.7°, and that of pitch 10°
// (TestLandmarksOnPointing04). Of the heads of the labelled films those that are
// bent down have a pitch of −36° in the mean, level ones −7°, with an AUC of 0.87
// (TestLandmarksOnLabels).
const (
	meshYaw      = 1.31
	meshKnee     = 65 // degrees
	meshYawKnee  = 1.5
	meshPitch    = 1.76
	meshPitchOff = 8.1 // degrees
)

// A smile pulls the corners of the mouth back around the teeth: how far they lie
// behind the lips, in widths between the eyes, does not change as the head
// turns. On the labelled faces of ../shared/media/real it tells smiles with an
// AUC of 0.97, and 0.94 and more within each film that has five or more of both
// (TestLandmarksOnLabels, which also derives these two by logistic regression). At
// smileDepth the reading is a half, at one smileSpread more 0.73.
const (
	smileDepth  = 0.161
	smileSpread = 0.007
)

func (m *mesh) at(i int) r3.Vec {
	return r3.Vec{X: float64(m[3*i]), Y: float64(m[3*i+1]), Z: float64(m[3*i+2])}
}

// between returns the way from point i to point j.
func (m *mesh) between(i, j int) r3.Vec { return r3.Sub(m.at(j), m.at(i)) }

// across points from the head's one side to the other, along the pairs of
// points that no expression moves.
func (m *mesh) across() r3.Vec {
	return r3.Add(m.between(eyeCornerOne, eyeCornerTwo),
		r3.Add(m.between(templeOne, templeTwo), m.between(cheekOne, cheekTwo)))
}

func (m *mesh) down() r3.Vec { return m.between(foreheadTop, chinTip) }

func (m *mesh) yaw() vig.Reading {
	a := m.across()
	angle := meshYaw * degrees(math.Atan2(a.Z, a.X))
	return vig.Read(stretched(angle, meshKnee, meshYawKnee))
}

func (m *mesh) pitch() vig.Reading {
	d := m.down()
	angle := meshPitchOff - meshPitch*degrees(math.Atan2(d.Z, d.Y))
	return vig.Read(max(-90, min(90, angle)))
}

// depth returns how far the corners of the mouth lie behind the lips, in widths
// between the outer corners of the eyes.
func (m *mesh) depth() float64 {
	x := r3.Unit(m.across())
	d := m.down()
	y := r3.Unit(r3.Sub(d, r3.Scale(r3.Dot(d, x), x)))
	corners := r3.Add(m.at(mouthCornerOne), m.at(mouthCornerTwo))
	lips := r3.Add(m.at(upperLip), m.at(lowerLip))
	return r3.Dot(r3.Sub(corners, lips), r3.Cross(x, y)) / 2 / r3.Norm(m.between(eyeCornerOne, eyeCornerTwo))
}

func (m *mesh) smile() vig.Reading {
	return vig.Read(1 / (1 + math.Exp((smileDepth-m.depth())/smileSpread)))
}
