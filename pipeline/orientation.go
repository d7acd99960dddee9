package pipeline

import "math"

// orientation says how a stored picture becomes upright: it is first flipped
// left to right, if mirrored, and then turned clockwise. Its zero value leaves
// the picture as it is.
type orientation struct {
	quarters int // quarter turns clockwise, 0 to 3
	mirrored bool
}

// orientationOf reads a display matrix [a b u; c d v; x y w], which takes the
// stored place (p, q) to (a·p + c·q + x, b·p + d·q + y), y downwards (ISO/IEC
// 14496-12 §6.2.2). An angle between quarter turns becomes the nearest; a
// matrix that shows nothing changes nothing.
//
// Flipping and then turning by θ is the matrix a = ±cos θ, b = ±sin θ,
// c = −sin θ, d = cos θ, with − where it is mirrored; so θ is found from c and
// d, and the flip from the sign of the determinant.
func orientationOf(m [9]int32) orientation {
	a, b, c, d := float64(m[0]), float64(m[1]), float64(m[3]), float64(m[4])
	det := a*d - b*c
	if det == 0 {
		return orientation{}
	}
	quarters := int(math.Round(math.Atan2(-c, d) / (math.Pi / 2)))
	return orientation{quarters: (quarters + 4) % 4, mirrored: det < 0}
}

// degrees returns the turn clockwise: 0, 90, 180 or 270.
func (o orientation) degrees() int { return o.quarters * 90 }

// size returns the width and height of a stored picture when it is upright.
func (o orientation) size(w, h int) (int, int) {
	if o.quarters%2 == 1 {
		return h, w
	}
	return w, h
}

// steps says where the pixels of a stored picture of w × h lie in the upright
// one: pixel (x, y) goes to index first + x·dx + y·dy, in pixels, row by row.
func (o orientation) steps(w, h int) (first, dx, dy int) {
	outW, _ := o.size(w, h)
	switch o.quarters {
	case 0:
		first, dx, dy = 0, 1, outW
	case 1: // the upper left corner goes to the upper right
		first, dx, dy = h-1, outW, -1
	case 2: // to the lower right
		first, dx, dy = w*h-1, -1, -outW
	case 3: // to the lower left
		first, dx, dy = (w-1)*outW, -outW, 1
	}
	if o.mirrored {
		first, dx = first+(w-1)*dx, -dx
	}
	return first, dx, dy
}
