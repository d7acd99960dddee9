package observe

import (
	"image"
	"math"

	"gocv.io/x/gocv"
)

// crop is a square part of a gray frame around a head, scaled so that the head
// has the same height whatever its size in the frame.
type crop struct {
	gray  gocv.Mat
	left  float64 // of the crop's corner, in pixels of the frame
	top   float64
	scale float64 // pixels of the crop for one of the frame
}

// newCrop takes what lies within reach heads of the middle of h, scaled to
// height pixels a head. It reports false where that is outside the frame or
// too narrow to look at. The caller closes the crop.
func newCrop(gray gocv.Mat, h head, reach, height float64) (crop, bool, error) {
	r := image.Rect(
		int(math.Round(h.x-reach*h.height)), int(math.Round(h.y-reach*h.height)),
		int(math.Round(h.x+reach*h.height)), int(math.Round(h.y+reach*h.height)),
	).Intersect(image.Rect(0, 0, gray.Cols(), gray.Rows()))
	scale := height / h.height
	size := image.Pt(int(math.Round(float64(r.Dx())*scale)), int(math.Round(float64(r.Dy())*scale)))
	if size.X < int(height/2) || size.Y < int(height/2) {
		return crop{}, false, nil
	}
	part := gray.Region(r)
	defer part.Close()
	c := crop{gray: gocv.NewMat(), left: float64(r.Min.X), top: float64(r.Min.Y), scale: scale}
	if err := gocv.Resize(part, &c.gray, size, 0, 0, gocv.InterpolationArea); err != nil {
		c.close()
		return crop{}, false, err
	}
	return c, true, nil
}

func (c crop) close() error { return c.gray.Close() }

// toFrame returns the place in the frame of a point of the crop.
func (c crop) toFrame(x, y float64) (float64, float64) {
	return c.left + x/c.scale, c.top + y/c.scale
}
