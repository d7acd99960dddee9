package observe

import (
	"math"
	"testing"

	"attune/internal/vig"
)

// tally compares what one Observer found with what another did.
type tally struct {
	samples, wanted, found, extra int
	turned, sameSide              int // faces turned by more than 30°, and those told to the same side
	yaw                           []float64
}

// add compares got with want, in faces of at least 40 pixels of height.
func (c *tally) add(want, got vig.Observation) {
	c.samples++
	for _, w := range want.Faces {
		if w.Box.H*filmHeight < 40 {
			continue
		}
		c.wanted++
		for _, g := range got.Faces {
			if w.Box.IoU(g.Box) < 0.3 {
				continue
			}
			c.found++
			if g.Yaw.Seen {
				c.yaw = append(c.yaw, math.Abs(g.Yaw.Value-w.Yaw.Value))
				if math.Abs(w.Yaw.Value) > 30 {
					c.turned++
					if g.Yaw.Value*w.Yaw.Value > 0 {
						c.sameSide++
					}
				}
			}
			break
		}
	}
	for _, g := range got.Faces {
		overlap := 0.0
		for _, w := range want.Faces {
			overlap = max(overlap, w.Box.IoU(g.Box))
		}
		if overlap < 0.15 {
			c.extra++
		}
	}
}

func (c *tally) log(t *testing.T, name string) {
	t.Helper()
	share := func(n, of int) float64 { return float64(n) / float64(of) }
	t.Logf("%-18s recall %.2f of %d, %.3f extra faces a sample, yaw differs by %.0f°, same side in %.2f of %d",
		name, share(c.found, c.wanted), c.wanted, share(c.extra, c.samples), mean(c.yaw), share(c.sameSide, c.turned), c.turned)
}

// TestReducedMode measures the cascades against YuNet on real films.
func TestReducedMode(t *testing.T) {
	model := faceModel(t)
	var all tally
	for _, path := range realFilms(t) {
		var one tally
		samples := film(t, path)
		want := observeAll(t, Config{FaceModel: model}, samples)
		got := observeAll(t, Config{}, samples)
		for i := range samples {
			one.add(want[i], got[i])
			all.add(want[i], got[i])
		}
		one.log(t, filmName(path))
	}
	all.log(t, "together")
	if recall := float64(all.found) / float64(all.wanted); recall < 0.6 {
		t.Errorf("recall is %.3f, want ≥ 0.6", recall)
	}
	if extra := float64(all.extra) / float64(all.samples); extra > 0.1 {
		t.Errorf("%.3f extra faces a sample, want ≤ 0.1", extra)
	}
	if side := float64(all.sameSide) / float64(all.turned); side < 0.95 {
		t.Errorf("the side is the same in %.3f, want ≥ 0.95", side)
	}
}
