package observe

import (
	"errors"
	"image"
	"math"

	"gocv.io/x/gocv"
	"gonum.org/v1/gonum/spatial/r3"

	"attune/internal/models"
	"attune/internal/vig"
)

const (
	// The model looks at a square picture of landmarkSide around the middle of
	// the face's box, landmarkReach times its longer side, upright. Of 1.0 to 1.5
	// smaller ones tell yaw better (6.8° to 8.9° on persons 04–05 of Pointing'04,
	// 7.3° at 1.2); at 1.2 smiles of the synthetic films too are told apart by one
	// depth, which at 1.1 they are not.
	landmarkSide  = 192
	landmarkReach = 1.2

	// A face of fewer pixels in height is left to what its finder tells. Yaw and
	// pitch keep their error down to 20 (TestLandmarksOnPointing04); smiles were
	// labelled from 30 on.
	landmarkLeast = 30

	// landmarkPresence is the model's own score (a logit) from which it sees the
	// face. Most profiles of ../shared/media/real have less: there its yaw is off by
	// 31° and that of YuNet's points by 6° (TestLandmarksOnLabels). Of drawn faces
	// the mesh overshoots (11°, the points 6°), at no lower presence. To take the
	// points where the two disagree does not tell drawings from people: from 20° on
	// it brings drawn faces to 10°, Pointing'04 from 7.6° to 9.3°, and the labelled
	// faces from 8.3° to 8.7°; a mean of both loses as much as it gains.
	landmarkPresence = 2
)

// The outputs of the model.
const (
	landmarkOutput = "conv2d_21" // meshPoints × 3
	presenceOutput = "conv2d_31" // one logit
)

// landmarks reads yaw, pitch and smile from a mesh of the face, and where the
// eyes look.
type landmarks struct {
	net     gocv.Net
	upright upright
	eyes    *eyes // nil where their model is not installed
}

// newLandmarks loads the model at path.
func newLandmarks(path string) (*landmarks, error) {
	net, err := readNet(models.FaceMesh, path)
	if err != nil {
		return nil, err
	}
	return &landmarks{net: net, upright: newUpright()}, nil
}

func (l *landmarks) close() error {
	err := errors.Join(l.net.Close(), l.upright.close())
	if l.eyes != nil {
		err = errors.Join(err, l.eyes.close())
	}
	return err
}

// view is how a face is seen in the picture that the model looks at.
type view struct {
	middle point   // of that picture, in the frame
	down   point   // of the face, in the frame
	scale  float64 // pixels of that picture for one of the frame
}

func viewOf(f frame, face found) view {
	x, y := face.Box.Center()
	w, h := float64(f.width), float64(f.height)
	return view{
		middle: point{x * w, y * h}, down: face.mouth.down,
		scale: landmarkSide / (landmarkReach * max(face.Box.W*w, face.Box.H*h)),
	}
}

// toFrame returns the place in the frame of a point of a mesh.
func (v view) toFrame(p r3.Vec) point {
	right := point{v.down.y, -v.down.x}
	return v.middle.plus(right.times((p.X - landmarkSide/2) / v.scale)).plus(v.down.times((p.Y - landmarkSide/2) / v.scale))
}

// read reads yaw, pitch, smile and gaze of face. Where the model does not see it, or
// it is too small, its yaw stays what the finder told.
func (l *landmarks) read(f frame, face found) (vig.Face, error) {
	if face.Box.H*float64(f.height) < landmarkLeast || face.mouth.down == (point{}) {
		return face.Face, nil
	}
	m, presence, err := l.find(f, face)
	if err != nil {
		return face.Face, err
	}
	if presence >= landmarkPresence {
		face.Yaw, face.Pitch, face.Smile = m.yaw(), m.pitch(), m.smile()
		if l.eyes != nil {
			face.Gaze, err = l.eyes.read(f, viewOf(f, face), &m, face.Yaw.Value)
		}
	}
	return face.Face, err
}

// find returns the mesh of face and how sure the model is to see one.
func (l *landmarks) find(f frame, face found) (m mesh, presence float64, err error) {
	v := viewOf(f, face)
	size := image.Pt(landmarkSide, landmarkSide)
	if err := l.upright.take(f.bgr, v.middle, v.down, v.scale, v.scale, size); err != nil {
		return m, 0, err
	}
	// RGB in −1 to 1.
	const half = 127.5
	gocv.ClearLastException()
	blob := gocv.BlobFromImage(l.upright.picture, 1/half, size, gocv.NewScalar(half, half, half, 0), true, false)
	defer blob.Close()
	l.net.SetInput(blob, "")
	outputs := l.net.ForwardLayers([]string{landmarkOutput, presenceOutput})
	defer func() {
		for _, o := range outputs {
			err = errors.Join(err, o.Close())
		}
	}()
	if err := gocv.LastExceptionError(); err != nil {
		return m, 0, err
	}
	if len(outputs) != 2 {
		return m, 0, errors.New("the model has other outputs than expected")
	}
	points, err := floats(outputs[0], len(m))
	if err != nil {
		return m, 0, err
	}
	score, err := floats(outputs[1], 1)
	if err != nil {
		return m, 0, err
	}
	copy(m[:], points)
	return m, float64(score[0]), nil
}

// floats returns the n values of m, which keeps them.
func floats(m gocv.Mat, n int) ([]float32, error) {
	values, err := m.DataPtrFloat32()
	if err != nil {
		return nil, err
	}
	if len(values) != n {
		return nil, errors.New("an output of the model has another size than expected")
	}
	for _, v := range values {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil, errors.New("an output of the model is not a number")
		}
	}
	return values, nil
}
