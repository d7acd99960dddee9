package observe

import (
	"math"
	"testing"

	"attune/internal/vig"
)

// wanted is a face that should be found. With unsure, it may be found or not.
type wanted struct {
	vig.Face
	unsure bool
	turned turned
}

// turned says whom a face is turned to.
type turned uint8

const (
	turnUnclear turned = iota
	turnedToSomebody
	turnedElsewhere // to a thing, the camera, or somebody off-picture
)

// tally compares what was found with what should be.
type tally struct {
	samples, wanted, found, extra int
	yaw                           []float64 // degrees off
	turned, sameSide              int       // faces turned by more than 30°, and those told to the same side
	smiles, others                []float64 // readings of faces that smile, and of those that do not
}

// The least overlap of a found face with a wanted one to count as found, and
// of one with anybody not to count as extra: what is a face's edge is a matter
// of taste.
const (
	foundIoU = 0.3
	extraIoU = 0.1
)

func (c *tally) add(want []wanted, got vig.Observation) {
	c.samples++
	for _, w := range want {
		if w.unsure {
			continue
		}
		c.wanted++
		for _, g := range got.Faces {
			if w.Box.IoU(g.Box) >= foundIoU {
				c.compare(w.Face, g)
				break
			}
		}
	}
	for _, g := range got.Faces {
		overlap := 0.0
		for _, w := range want {
			overlap = max(overlap, w.Box.IoU(g.Box))
		}
		if overlap < extraIoU {
			c.extra++
		}
	}
}

func (c *tally) compare(want, got vig.Face) {
	c.found++
	if want.Yaw.Seen && got.Yaw.Seen {
		c.yaw = append(c.yaw, math.Abs(got.Yaw.Value-want.Yaw.Value))
		if math.Abs(want.Yaw.Value) > 30 {
			c.turned++
			if got.Yaw.Value*want.Yaw.Value > 0 {
				c.sameSide++
			}
		}
	}
	if want.Smile.Seen && got.Smile.Seen {
		if want.Smile.Value > 0.5 {
			c.smiles = append(c.smiles, got.Smile.Value)
		} else {
			c.others = append(c.others, got.Smile.Value)
		}
	}
}

// The shares are NaN of nothing.
func (c *tally) recall() float64 { return float64(c.found) / float64(c.wanted) }
func (c *tally) spurious() float64 {
	return float64(c.extra) / float64(c.samples)
}
func (c *tally) side() float64 { return float64(c.sameSide) / float64(c.turned) }

func (c *tally) auc() float64 { return auc(c.smiles, c.others) }

// auc is the share of pairs in which the one of yes is higher (area under the
// ROC curve; Mann and Whitney 1947), NaN without pairs.
func auc(yes, no []float64) float64 {
	sum := 0.0
	for _, y := range yes {
		for _, n := range no {
			switch {
			case y > n:
				sum++
			case y == n:
				sum += 0.5
			}
		}
	}
	return sum / float64(len(yes)*len(no))
}

func (c *tally) log(t *testing.T, name string) {
	t.Helper()
	t.Logf("%-18s recall %.3f of %d; %.3f extra a sample of %d; yaw off by %.0f°, side right in %.2f of %d; smile AUC %.2f of %d and %d",
		name, c.recall(), c.wanted, c.spurious(), c.samples, mean(c.yaw), c.side(), c.turned, c.auc(), len(c.smiles), len(c.others))
}
