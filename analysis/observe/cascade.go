package observe

import (
	"errors"
	"image"
	"os"
	"path/filepath"

	"gocv.io/x/gocv"

	"attune/internal/vig"
)

// cascadeDirs are where packages put OpenCV's cascades: Debian and most
// others, OpenCV's own install, Homebrew.
var cascadeDirs = []string{
	"/usr/share/opencv4/haarcascades",
	"/usr/local/share/opencv4/haarcascades",
	"/opt/homebrew/share/opencv4/haarcascades",
}

// The cascades of opencv-data that are used: Viola and Jones, "Rapid object
// detection using a boosted cascade of simple features", CVPR 2001. Of the
// frontal ones alt2 found most faces for its time on ../shared/media/real.
const (
	frontalFile = "haarcascade_frontalface_alt2.xml"
	profileFile = "haarcascade_profileface.xml"
	smileFile   = "haarcascade_smile.xml"
)

// cascade is one of OpenCV's classifiers.
type cascade struct {
	classifier gocv.CascadeClassifier
}

// CascadeDir returns the folder with the cascades of opencv-data: dir itself
// if it is not empty, otherwise the first of the usual places that has them.
func CascadeDir(dir string) (string, error) {
	dirs := cascadeDirs
	if dir != "" {
		dirs = []string{dir}
	}
	for _, d := range dirs {
		if _, err := os.Stat(filepath.Join(d, frontalFile)); err == nil {
			return d, nil
		}
	}
	return "", vig.Errorf(vig.CodeNotFound, "find cascades",
		"no %s in %q; install the package opencv-data, or the face model with \"attune models fetch\"", frontalFile, dirs)
}

// loadCascade loads the named file of dir. The caller closes the cascade.
func loadCascade(dir, file string) (cascade, error) {
	path := filepath.Join(dir, file)
	op := "load cascade " + path
	if _, err := os.Stat(path); err != nil {
		return cascade{}, vig.Errorf(vig.CodeNotFound, op, "%w; install the package opencv-data", err)
	}
	c := cascade{gocv.NewCascadeClassifier()}
	if !c.classifier.Load(path) {
		c.close()
		gocv.ClearLastException()
		return cascade{}, vig.Errorf(vig.CodeInvalid, op, "not a cascade; install the package opencv-data again")
	}
	return c, nil
}

func (c cascade) close() error {
	if c == (cascade{}) {
		return nil
	}
	return c.classifier.Close()
}

// sizes are the sides in pixels of the squares that a search looks for, and
// the factor from one to the next.
type sizes struct {
	least, most int // most 0 is no limit
	step        float64
}

// search returns the squares of gray in which c sees its object, each from at
// least neighbours windows that agree; with 0, every window.
func (c cascade) search(gray gocv.Mat, s sizes, neighbours int) ([]image.Rectangle, error) {
	if gray.Empty() || gray.Type() != gocv.MatTypeCV8UC1 {
		return nil, errors.New("not a gray picture")
	}
	gocv.ClearLastException()
	found := c.classifier.DetectMultiScaleWithParams(gray, s.step, neighbours, 0, image.Pt(s.least, s.least), image.Pt(s.most, s.most))
	return found, gocv.LastExceptionError()
}
