package observe

import (
	"fmt"
	"time"

	"gocv.io/x/gocv"

	"attune/internal/vig"
)

// Sides of a picture in pixels. Below the smallest nobody can be seen, and
// above the largest a sample was not scaled for analysis (4K is 3840 wide).
const (
	minSide = 32
	maxSide = 4096
)

// frame is one sample as OpenCV sees it.
type frame struct {
	time          time.Duration
	width, height int
	bgr           gocv.Mat // borrows the sample's bytes
	gray          gocv.Mat
}

// newFrame checks s and lends its picture to OpenCV. The caller closes the
// frame while s is still valid.
func newFrame(s vig.Sample) (frame, error) {
	p := s.Picture
	if p.Width < minSide || p.Height < minSide || p.Width > maxSide || p.Height > maxSide {
		return frame{}, fmt.Errorf("a picture of %d×%d; its sides must be %d to %d", p.Width, p.Height, minSide, maxSide)
	}
	if len(p.BGR) != p.Width*p.Height*3 {
		return frame{}, fmt.Errorf("a picture of %d×%d with %d bytes", p.Width, p.Height, len(p.BGR))
	}
	bgr, err := gocv.NewMatFromBytes(p.Height, p.Width, gocv.MatTypeCV8UC3, p.BGR)
	if err != nil {
		return frame{}, err
	}
	f := frame{time: s.Time, width: p.Width, height: p.Height, bgr: bgr, gray: gocv.NewMat()}
	if err := gocv.CvtColor(f.bgr, &f.gray, gocv.ColorBGRToGray); err != nil {
		f.close()
		return frame{}, err
	}
	return f, nil
}

func (f frame) close() {
	f.bgr.Close()
	f.gray.Close()
}
