package observe

import (
	"cmp"
	"errors"
	"fmt"
	"image"
	"slices"
	"time"

	"gocv.io/x/gocv"

	"attune/internal/models"
	"attune/internal/vig"
)

// Scores from which something is a face. On ../shared/media/real at 640×360
// real faces score 0.8 and more with few exceptions, hair and hands and turned
// backs up to 0.77; a face that turns, or is half hidden, falls to 0.5. So a
// face starts at yunetStart and then stays down to yunetStay. Of the labelled
// faces of at least 40 pixels this finds 0.99, with no extra face in 122
// samples (TestRealFilms).
const (
	yunetStart = 0.8
	yunetStay  = 0.5
	// yunetStayFor is how long after it was last found a face may come back
	// with a low score: a glance away, or a hand before the face.
	yunetStayFor = time.Second
	// yunetStayIoU is how much of its place a face keeps between two samples.
	yunetStayIoU = 0.3

	yunetNMS  = 0.3 // the default of OpenCV's FaceDetectorYN
	yunetTopK = 500 // boxes before suppression, far more than a family has faces
)

// yunet finds faces with the model of the same name.
type yunet struct {
	detector gocv.FaceDetectorYN
	size     image.Point
	rows     gocv.Mat // of Detect's result
	recent   []place
}

// place is where a face was.
type place struct {
	box  vig.Box
	time time.Duration
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
		yunetStay, yunetNMS, yunetTopK, int(gocv.NetBackendDefault), int(gocv.NetTargetCPU))
	if err := gocv.LastExceptionError(); err != nil {
		return nil, vig.Errorf(vig.CodeInternal, "load model "+path, "%w", err)
	}
	return &yunet{detector: detector, size: size, rows: gocv.NewMat()}, nil
}

func (y *yunet) close() error {
	y.detector.Close()
	return y.rows.Close()
}

func (y *yunet) find(f frame) ([]found, error) {
	if size := image.Pt(f.width, f.height); size != y.size {
		y.detector.SetInputSize(size)
		y.size = size
	}
	gocv.ClearLastException()
	y.detector.Detect(f.bgr, &y.rows)
	if err := gocv.LastExceptionError(); err != nil {
		return nil, err
	}
	detections, err := y.detections()
	if err != nil {
		return nil, err
	}
	var faces []found
	for _, d := range detections {
		faces = append(faces, d.face(f))
	}
	slices.SortFunc(faces, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.Box.X, b.Box.X), cmp.Compare(a.Box.Y, b.Box.Y))
	})
	return y.believed(f.time, faces), nil
}

// detections returns what Detect found, all scores.
func (y *yunet) detections() ([]detection, error) {
	if y.rows.Empty() {
		return nil, nil
	}
	if y.rows.Cols() != yunetColumns || y.rows.Type() != gocv.MatTypeCV32F {
		return nil, errors.New("the result has another shape than expected")
	}
	values, err := y.rows.DataPtrFloat32()
	if err != nil {
		return nil, fmt.Errorf("read the result: %w", err)
	}
	var all []detection
	for row := range slices.Chunk(values, yunetColumns) {
		if d := readDetection(row); d.sound() {
			all = append(all, d)
		}
	}
	return all, nil
}

// believed returns those of faces that score high, or that are where a face
// was a moment ago.
func (y *yunet) believed(now time.Duration, faces []found) []found {
	y.recent = slices.DeleteFunc(y.recent, func(p place) bool { return now-p.time > yunetStayFor })
	faces = slices.DeleteFunc(faces, func(f found) bool {
		return f.Confidence < yunetStart && !slices.ContainsFunc(y.recent, func(p place) bool {
			return p.box.IoU(f.Box) >= yunetStayIoU
		})
	})
	for _, f := range faces {
		y.recent = append(y.recent, place{f.Box, now})
	}
	return faces
}
