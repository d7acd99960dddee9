package testfilm

import "math"

// patch is a flat thing in the room: a rectangle with soft edges, in fractions
// of the picture.
type patch struct {
	x0, y0, x1, y1 float64
	colour         vec
	slope          float64 // how much darker its lower edge is
}

// furniture is what stands behind the people, from back to front.
var furniture = []patch{
	{0.04, 0.10, 0.20, 0.46, vec{0.78, 0.82, 0.86}, 0.15}, // window
	{0.035, 0.27, 0.205, 0.285, vec{0.45, 0.42, 0.38}, 0},
	{0.115, 0.10, 0.125, 0.46, vec{0.45, 0.42, 0.38}, 0},
	{0.46, 0.10, 0.56, 0.24, vec{0.16, 0.12, 0.09}, 0}, // picture
	{0.47, 0.115, 0.55, 0.225, vec{0.25, 0.36, 0.38}, 0.5},
	{0.83, 0.20, 0.99, 0.215, vec{0.22, 0.13, 0.07}, 0}, // shelf
	{0.85, 0.11, 0.87, 0.20, vec{0.35, 0.08, 0.07}, 0.2},
	{0.873, 0.125, 0.89, 0.20, vec{0.09, 0.20, 0.33}, 0.2},
	{0.893, 0.10, 0.915, 0.20, vec{0.42, 0.36, 0.12}, 0.2},
	{0.93, 0.13, 0.97, 0.20, vec{0.12, 0.26, 0.15}, 0.2},
	{0.08, 0.58, 0.92, 1.00, vec{0.26, 0.24, 0.23}, 0.4}, // sofa
	{0.08, 0.58, 0.92, 0.60, vec{0.33, 0.31, 0.29}, 0},
	{0.495, 0.60, 0.50, 1.00, vec{0.15, 0.14, 0.13}, 0},
}

// tableTop is where the table in front of the people begins.
const tableTop = 0.90

var toys = []patch{
	{0.40, 0.87, 0.435, 0.93, vec{0.55, 0.10, 0.08}, 0.3},
	{0.445, 0.885, 0.475, 0.94, vec{0.62, 0.50, 0.08}, 0.3},
	{0.54, 0.865, 0.58, 0.935, vec{0.08, 0.22, 0.50}, 0.3},
	{0.555, 0.82, 0.578, 0.865, vec{0.10, 0.40, 0.14}, 0.3},
}

// over paints p over c at a point of the picture; edge is the softness.
func (p patch) over(c vec, x, y, edge float64) vec {
	on := smooth(-edge, edge, min(x-p.x0, p.x1-x)) * smooth(-edge, edge, min(y-p.y0, p.y1-y))
	if on == 0 {
		return c
	}
	return c.mix(p.colour.mul(1-p.slope*clamp((y-p.y0)/(p.y1-p.y0), 0, 1)), on)
}

// room renders the empty room.
func room(w, h int) []byte {
	bgr := make([]byte, 3*w*h)
	edge := 1.0 / float64(h)
	for j := range h {
		for i := range w {
			x, y := float64(i)/float64(w), float64(j)/float64(h)
			c := vec{0.46, 0.43, 0.37}.mul(1.05 - 0.35*y - 0.25*sq(x-0.35))
			c = c.mul(1 + 0.02*math.Sin(31*x+3*math.Sin(17*y)) + 0.015*grain(float64(i), float64(j)))
			if y > 0.72 {
				c = vec{0.30, 0.20, 0.12}.mul(1.1 - 0.4*y + 0.05*math.Sin(90*x))
			}
			for _, p := range furniture {
				c = p.over(c, x, y, edge)
			}
			k := 3 * (j*w + i)
			bgr[k], bgr[k+1], bgr[k+2] = tone(c.z), tone(c.y), tone(c.x)
		}
	}
	return bgr
}

// table renders what stands before the people, for the whole picture's width.
func table(w, h int) *sprite {
	top := int(0.8 * float64(h))
	s := &sprite{w: w, h: h - top, cy: -top}
	s.bgra = make([]byte, 4*w*s.h)
	for j := range s.h {
		for i := range w {
			x, y := float64(i)/float64(w), float64(j+top)/float64(h)
			c, on := vec{}, y >= tableTop
			if on {
				c = vec{0.34, 0.22, 0.12}.mul(0.8 + 0.6*(y-tableTop)/(1-tableTop) + 0.04*math.Sin(140*y+4*math.Sin(6*x)))
			}
			for _, p := range toys {
				if x >= p.x0 && x < p.x1 && y >= p.y0 && y < p.y1 {
					c, on = p.over(c, x, y, 0), true
				}
			}
			if on {
				k := 4 * (j*w + i)
				s.bgra[k], s.bgra[k+1], s.bgra[k+2], s.bgra[k+3] = tone(c.z), tone(c.y), tone(c.x), 255
			}
		}
	}
	return s
}
