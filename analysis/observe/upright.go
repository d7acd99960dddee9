package observe

import (
	"errors"
	"image"

	"gocv.io/x/gocv"
)

// upright holds a part of a frame that was turned upright.
type upright struct {
	transform gocv.Mat
	picture   gocv.Mat
}

func newUpright() upright {
	return upright{transform: gocv.NewMatWithSize(2, 3, gocv.MatTypeCV64F), picture: gocv.NewMat()}
}

func (u *upright) close() error { return errors.Join(u.transform.Close(), u.picture.Close()) }

// take fills the picture, which gets that size, with what lies around middle.
// The unit vector down of the frame points down in it; one pixel of the frame
// takes across pixels of its width and along of its height. Outside the frame
// it is black.
func (u *upright) take(from gocv.Mat, middle, down point, across, along float64, size image.Point) error {
	for row, r := range [2]struct {
		axis   point
		middle int
	}{
		{point{down.y, -down.x}.times(across), size.X},
		{down.times(along), size.Y},
	} {
		u.transform.SetDoubleAt(row, 0, r.axis.x)
		u.transform.SetDoubleAt(row, 1, r.axis.y)
		u.transform.SetDoubleAt(row, 2, float64(r.middle)/2-r.axis.dot(middle))
	}
	return gocv.WarpAffine(from, &u.picture, u.transform, size)
}
