package observe

import (
	"errors"
	"image"
	"math"

	"gocv.io/x/gocv"

	"attune/internal/vig"
)

// glance is what the three ways of looking say of one head. Each way counts
// the windows of its cascade that see a face there: neighbouring places and
// sizes agree on a real face, and the more so the better it fits.
type glance struct {
	head   head
	counts [3]int // frontal, turned to the picture's left, turned to its right
}

const (
	frontal = iota
	leftward
	rightward
)

// A glance looks at a head scaled to glanceHeight, in what lies within
// glanceReach heads, for squares within a third of the expected size. Heights
// from 28 to 40 gave much the same error of yaw; this one takes 3 ms a head.
const (
	glanceHeight = 36
	glanceReach  = 0.85
)

var glanceSizes = sizes{least: 26, most: 48, step: 1.1}

// windowSide is the side of a cascade's window in heads, and windowDrop how far
// its middle lies below the head's: means over the windows on Pointing'04.
var (
	windowSide = [3]float64{frontal: 0.98, leftward: 1.14, rightward: 1.14}
	windowDrop = -0.03
)

// total returns how many windows saw a face.
func (g glance) total() int { return g.counts[frontal] + g.counts[leftward] + g.counts[rightward] }

// yaw tells how far the head is turned from which ways of looking see it: a
// face from the front is seen by the frontal cascade alone, a profile by one
// of the other two alone, in between by both. Fitted on persons 01–03 of
// Pointing'04 for |tilt| ≤ 30; the mean error on persons 04–05
// is 11° up to 60° (TestGlanceOnPointing04).
func (g glance) yaw() vig.Reading {
	const (
		frontalFull = 16  // windows on a face from the front, the mean
		profileFull = 50  // windows of the profile cascade that weigh as much, fitted
		slope       = 0.8 // fitted: with it the error up to 60° is least, and profile 72°
	)
	if g.total() == 0 {
		return vig.Reading{}
	}
	side := float64(g.counts[rightward]-g.counts[leftward]) / profileFull
	front := float64(g.counts[frontal]) / frontalFull
	return vig.Read(slope * math.Atan2(side, front) * 180 / math.Pi)
}

// glancer looks at heads with the cascades.
type glancer struct {
	front, side cascade
	flipped     gocv.Mat
}

func newGlancer(dir string) (*glancer, error) {
	front, err := loadCascade(dir, frontalFile)
	if err != nil {
		return nil, err
	}
	side, err := loadCascade(dir, profileFile)
	if err != nil {
		front.close()
		return nil, err
	}
	return &glancer{front: front, side: side, flipped: gocv.NewMat()}, nil
}

func (g *glancer) close() error {
	return errors.Join(g.front.close(), g.side.close(), g.flipped.Close())
}

// search looks for faces in one of the three ways. The profile cascade knows
// faces turned to the left; for the others the picture is flipped.
func (g *glancer) search(way int, gray gocv.Mat, s sizes, neighbours int) ([]image.Rectangle, error) {
	switch way {
	case frontal:
		return g.front.search(gray, s, neighbours)
	case leftward:
		return g.side.search(gray, s, neighbours)
	}
	if err := gocv.Flip(gray, &g.flipped, 1); err != nil {
		return nil, err
	}
	found, err := g.side.search(g.flipped, s, neighbours)
	for i, r := range found {
		found[i].Min.X, found[i].Max.X = gray.Cols()-r.Max.X, gray.Cols()-r.Min.X
	}
	return found, err
}

// look looks at h in all three ways. Where none sees a face the glance's head
// is h itself.
func (g *glancer) look(gray gocv.Mat, h head) (glance, error) {
	got := glance{head: h}
	c, ok, err := newCrop(gray, h, glanceReach, glanceHeight)
	if err != nil || !ok {
		return got, err
	}
	defer c.close()
	var x, y, height float64
	for way := range got.counts {
		found, err := g.search(way, c.gray, glanceSizes, 0)
		if err != nil {
			return got, err
		}
		for _, r := range found {
			side := float64(r.Dx()) / c.scale / windowSide[way]
			rx, ry := c.toFrame(float64(r.Min.X+r.Max.X)/2, float64(r.Min.Y+r.Max.Y)/2)
			ry -= windowDrop * side
			if math.Hypot(rx-h.x, ry-h.y) > h.height/2 {
				continue // of a neighbour
			}
			x, y, height = x+rx, y+ry, height+side
			got.counts[way]++
		}
	}
	if n := float64(got.total()); n > 0 {
		got.head = head{x / n, y / n, height / n}
	}
	return got, nil
}
