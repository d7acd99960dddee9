package observe

import (
	"gocv.io/x/gocv"
)

const (
	followHeight  = 24   // pixels of a head: eyes and mouth still differ, and a match costs 0.3 ms
	followPattern = 0.5  // heads: the pattern is the head itself
	followReach   = 1.1  // heads: at 6 samples a second it may move by 3.6 heads a second
	followMatch   = 0.55 // correlation from which it is taken for the same head
)

// follow finds the head h of before in now by the correlation of its picture
// (template matching, Lewis, "Fast normalized cross-correlation", 1995). It
// reports false where nothing looks like it.
func follow(before, now gocv.Mat, h head) (head, bool, error) {
	pattern, ok, err := newCrop(before, h, followPattern, followHeight)
	if err != nil || !ok {
		return h, false, err
	}
	defer pattern.close()
	field, ok, err := newCrop(now, h, followReach, followHeight)
	if err != nil || !ok {
		return h, false, err
	}
	defer field.close()
	if field.gray.Cols() < pattern.gray.Cols() || field.gray.Rows() < pattern.gray.Rows() {
		return h, false, nil
	}
	match, mask := gocv.NewMat(), gocv.NewMat()
	defer match.Close()
	defer mask.Close()
	if err := gocv.MatchTemplate(field.gray, pattern.gray, &match, gocv.TmCcoeffNormed, mask); err != nil {
		return h, false, err
	}
	_, best, _, at := gocv.MinMaxLoc(match)
	if best < followMatch {
		return h, false, nil
	}
	// Where the pattern's corner came from and where it is found now.
	x, y := field.toFrame(float64(at.X), float64(at.Y))
	return head{h.x + x - pattern.left, h.y + y - pattern.top, h.height}, true, nil
}
