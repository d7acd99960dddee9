package observe

import (
	"errors"
	"image"
	"math"
	"time"

	"gocv.io/x/gocv"

	"attune/internal/models"
	"attune/internal/vig"
)

const (
	// The model looks at a square picture of eyeSide around an eye, eyeReach times
	// its width (MediaPipe, iris_landmark: 2.3).
	eyeSide  = 64
	eyeReach = 2.3

	// eyeLeast is the width in pixels from which an eye is looked at: half of the
	// gazes then lie within 2.5° of those in the full picture, at 8 pixels within
	// 4°, at 6 within 6° (TestGazeOnPointing04).
	eyeLeast = 12

	// Nearer to the front, a head is turned to nobody beside it; beyond, the iris
	// is seen from its edge.
	gazeFrom, gazeTo = 20, 80 // degrees of yaw

	// gazeEvery is the least time from one look at eyes to the next: the model
	// takes as long as the face mesh, and analysis takes the median over half a
	// second.
	gazeEvery = 250 * time.Millisecond
)

// Points of the model's eye: the outer corner, and the inner one.
const (
	outerCorner = 0
	innerCorner = 8
	eyePoints   = 71
	irisPoints  = 5 // the first is its middle
)

// The outputs of the model, by their size.
const (
	eyeValues  = 3 * eyePoints
	irisValues = 3 * irisPoints
)

// An adult's eye in millimetres: the pupil turns at pupilRadius around a point
// 13.5 behind the cornea, 3 behind which it is seen (Fry and Hill, "The center of
// rotation of the eye", American Journal of Optometry 39, 1962). The outer corner
// lies pupilAhead behind a pupil that looks straight ahead, and innerAhead
// behind the inner corner, from which it is away by eyeWidth (about 30 in Farkas,
// Anthropometry of the Head and Face, 1994). Only the ratios count, so that they
// serve for children too. With these a straight look is where the persons of
// Pointing'04 have it, but for irisOff, in widths of the eye: the median of
// persons 01–03 over the turns at which eyes are looked at (TestGazeOnPointing04).
const (
	pupilRadius = 10.5
	pupilAhead  = 5.5
	innerAhead  = 4.0
	eyeWidth    = 28.0
	irisOff     = -0.05
)

// eyes tell where somebody looks from the iris between the corners of an eye.
type eyes struct {
	net     gocv.Net
	upright upright
	flipped gocv.Mat
	outputs []string
	looked  time.Duration // when eyes were last looked at
	begun   bool
}

// newEyes loads the model at path.
func newEyes(path string) (*eyes, error) {
	net, err := readNet(models.Iris, path)
	if err != nil {
		return nil, err
	}
	e := &eyes{net: net, upright: newUpright(), flipped: gocv.NewMat()}
	layers := net.GetLayerNames()
	for _, i := range net.GetUnconnectedOutLayers() {
		e.outputs = append(e.outputs, layers[i-1])
	}
	return e, nil
}

func (e *eyes) close() error {
	return errors.Join(e.net.Close(), e.upright.close(), e.flipped.Close())
}

// due reports whether eyes are looked at in the sample at now: in all faces of
// a sample or in none.
func (e *eyes) due(now time.Duration) bool {
	if e.begun && now != e.looked && now-e.looked < gazeEvery {
		return false
	}
	e.looked, e.begun = now, true
	return true
}

// read returns where the eyes of a head look that has the mesh m, seen in v, and
// is turned by yaw, in degrees as yaw. The nearer eye tells; not seen where it is
// too small, or the head is not turned or in profile.
func (e *eyes) read(f frame, v view, m *mesh, yaw float64) (vig.Reading, error) {
	turned := math.Abs(yaw)
	if turned < gazeFrom || turned > gazeTo || !e.due(f.time) {
		return vig.Reading{}, nil
	}
	// The nearer eye is the one from whose side the head turns away.
	outer, inner := v.toFrame(m.at(eyeCornerOne)), v.toFrame(m.at(innerCornerOne))
	if yaw < 0 {
		outer, inner = v.toFrame(m.at(eyeCornerTwo)), v.toFrame(m.at(innerCornerTwo))
	}
	if inner.minus(outer).length() < eyeLeast {
		return vig.Reading{}, nil
	}
	iris, err := e.iris(f, outer, inner, yaw < 0)
	if err != nil {
		return vig.Reading{}, err
	}
	return vig.Read(math.Copysign(gaze(turned, iris), yaw)), nil
}

// iris returns where the middle of the iris is on the way from the outer corner
// of an eye to the inner one: 0 to 1. The model knows eyes whose outer corner
// is on the left, others are flipped.
func (e *eyes) iris(f frame, outer, inner point, flip bool) (float64, error) {
	along := inner.minus(outer)
	width := along.length()
	along = along.times(1 / width)
	down := point{-along.y, along.x}
	if flip {
		down = down.times(-1)
	}
	scale := eyeSide / (eyeReach * width)
	size := image.Pt(eyeSide, eyeSide)
	if err := e.upright.take(f.bgr, outer.middle(inner), down, scale, scale, size); err != nil {
		return 0, err
	}
	picture := e.upright.picture
	if flip {
		if err := gocv.Flip(picture, &e.flipped, 1); err != nil {
			return 0, err
		}
		picture = e.flipped
	}
	eye, iris, err := e.points(picture)
	if err != nil {
		return 0, err
	}
	from := eye[outerCorner]
	across := eye[innerCorner].minus(from)
	if across.length() < 1 {
		return 0, errors.New("the corners of an eye lie on one another")
	}
	return iris.minus(from).dot(across) / across.dot(across), nil
}

// points returns the points of the eye in picture and the middle of its iris.
func (e *eyes) points(picture gocv.Mat) (eye [eyePoints]point, iris point, err error) {
	// RGB in −1 to 1.
	const half = 127.5
	gocv.ClearLastException()
	blob := gocv.BlobFromImage(picture, 1/half, image.Pt(eyeSide, eyeSide), gocv.NewScalar(half, half, half, 0), true, false)
	defer blob.Close()
	e.net.SetInput(blob, "")
	outputs := e.net.ForwardLayers(e.outputs)
	defer func() {
		for _, o := range outputs {
			err = errors.Join(err, o.Close())
		}
	}()
	if err := gocv.LastExceptionError(); err != nil {
		return eye, iris, err
	}
	var seen int
	for _, o := range outputs {
		switch o.Total() {
		case eyeValues:
			v, err := floats(o, eyeValues)
			if err != nil {
				return eye, iris, err
			}
			for i := range eye {
				eye[i] = point{float64(v[3*i]), float64(v[3*i+1])}
			}
			seen++
		case irisValues:
			v, err := floats(o, irisValues)
			if err != nil {
				return eye, iris, err
			}
			iris = point{float64(v[0]), float64(v[1])}
			seen++
		}
	}
	if seen != 2 {
		return eye, iris, errors.New("the model has other outputs than expected")
	}
	return eye, iris, nil
}

// gaze returns where the nearer eye of a head looks that is turned by yaw ≥ 0
// degrees, in degrees to the same side, if its iris is there between the corners.
func gaze(yaw, iris float64) float64 {
	sin, cos := math.Sincos(yaw * math.Pi / 180)
	width := eyeWidth*cos + innerAhead*sin
	straight := (eyeWidth/2*cos+pupilAhead*sin)/width + irisOff
	return degrees(math.Asin(max(-1, min(1, sin+(iris-straight)*width/pupilRadius))))
}
