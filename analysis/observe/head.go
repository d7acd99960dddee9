package observe

import "attune/internal/vig"

// head is where a face is, in pixels of the frame: its middle and its height
// from the brow to the chin, as YuNet's boxes have it.
type head struct {
	x, y, height float64
}

// headAspect is width ÷ height of a head's box: the median of YuNet's boxes on
// Pointing'04.
const headAspect = 0.73

// box returns the box of h in fractions of f.
func (h head) box(f frame) vig.Box {
	w, ht := headAspect*h.height, h.height
	return vig.Box{
		X: (h.x - w/2) / float64(f.width), Y: (h.y - ht/2) / float64(f.height),
		W: w / float64(f.width), H: ht / float64(f.height),
	}
}

// iou returns how much of their boxes h and o share, 0 to 1.
func (h head) iou(o head) float64 {
	pixels := frame{width: 1, height: 1}
	return h.box(pixels).IoU(o.box(pixels))
}
