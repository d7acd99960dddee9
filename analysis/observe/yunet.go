package observe

import (
	"cmp"
	"errors"
	"fmt"
	"image"
	"slices"

	"gocv.io/x/gocv"

	"attune/internal/models"
	"attune/internal/vig"
)

const (
	yunetScore = 0.6
	yunetNMS   = 0.3 // the default of OpenCV's FaceDetectorYN
	yunetTopK  = 500 // boxes before suppression, far more than a family has faces
)

// Columns of a row of FaceDetectorYN's result (OpenCV, FaceDetectorYN::detect).
const (
	yunetBox     = 0 // x, y, width, height
	yunetPoints  = 4 // five points, x and y each
	yunetScoreAt = 14
	yunetColumns = 15
)

// yunet finds faces with the model of the same name.
type yunet struct {
	detector gocv.FaceDetectorYN
	size     image.Point
	found    gocv.Mat
}

// newYuNet loads the model at path once its bytes are known to be the
// manifest's: OpenCV ends the process over a model that it cannot read.
func newYuNet(path string) (*yunet, error) {
	model, err := models.YuNet.Read(path)
	if err != nil {
		return nil, err
	}
	size := image.Pt(640, 360) // until the first frame tells
	gocv.ClearLastException()
	detector := gocv.NewFaceDetectorYNFromBytesWithParams("onnx", model, nil, size,
		yunetScore, yunetNMS, yunetTopK, int(gocv.NetBackendDefault), int(gocv.NetTargetCPU))
	if err := gocv.LastExceptionError(); err != nil {
		return nil, vig.Errorf(vig.CodeInternal, "load model "+path, "%w", err)
	}
	return &yunet{detector: detector, size: size, found: gocv.NewMat()}, nil
}

func (y *yunet) close() error {
	y.detector.Close()
	return y.found.Close()
}

func (y *yunet) find(f frame) ([]vig.Face, error) {
	if size := image.Pt(f.width, f.height); size != y.size {
		y.detector.SetInputSize(size)
		y.size = size
	}
	gocv.ClearLastException()
	y.detector.Detect(f.bgr, &y.found)
	if err := gocv.LastExceptionError(); err != nil {
		return nil, err
	}
	if y.found.Empty() {
		return nil, nil
	}
	if y.found.Cols() != yunetColumns || y.found.Type() != gocv.MatTypeCV32F {
		return nil, errors.New("the result has another shape than expected")
	}
	rows, err := y.found.DataPtrFloat32()
	if err != nil {
		return nil, fmt.Errorf("read the result: %w", err)
	}
	var faces []vig.Face
	for row := range slices.Chunk(rows, yunetColumns) {
		faces = append(faces, y.face(f, row))
	}
	slices.SortFunc(faces, func(a, b vig.Face) int {
		return cmp.Or(cmp.Compare(a.Box.X, b.Box.X), cmp.Compare(a.Box.Y, b.Box.Y))
	})
	return faces, nil
}

func (y *yunet) face(f frame, row []float32) vig.Face {
	w, h := float64(f.width), float64(f.height)
	at := func(i int) float64 { return float64(row[i]) }
	var p points
	for i := range p {
		p[i] = point{at(yunetPoints + 2*i), at(yunetPoints + 2*i + 1)}
	}
	yaw, pitch := p.pose(at(yunetBox) + at(yunetBox+2)/2)
	return vig.Face{
		Box:        vig.Box{X: at(yunetBox) / w, Y: at(yunetBox+1) / h, W: at(yunetBox+2) / w, H: at(yunetBox+3) / h},
		Confidence: min(1, at(yunetScoreAt)),
		Yaw:        yaw,
		Pitch:      pitch,
	}
}
