package analysis

import (
	"math"

	"attune/internal/vig"
)

// palette is the mean of the colours that somebody was seen in.
type palette struct {
	sum   [len(vig.Colours{})]float64
	count int // sightings that showed any
}

// How unlike two palettes are, by the distance that follows from Bhattacharyya's
// coefficient (Comaniciu, Ramesh and Meer, Kernel-based object tracking, IEEE
// Trans. Pattern Analysis and Machine Intelligence 25(5), 2003): 0 for the same,
// 1 where nothing is shared. On the five labelled real films, means over a
// second are 0.07–0.2 from others of the same person (nine tenths within 0.35)
// and 0.3–0.46 from those of somebody else (nine tenths beyond 0.16): two who
// are dressed alike cannot be told, so that the colours only add to place and
// size.
const (
	// clothesShare is the weight of the clothes beside the hair, which is a
	// smaller part of the picture and often the same in a family.
	clothesShare = 2.0 / 3
	// usualUnlike is taken where the colours were not seen: what somebody is
	// from themselves.
	usualUnlike = 0.15
	// alike is up to where somebody may have come back anywhere in the picture.
	alike = 0.25
	// clearlyOther is from where a face is that of somebody else wherever it is.
	clearlyOther = 0.5
	// fewLooks is how many sightings it takes to know the colours: fewer, and
	// they count the less.
	fewLooks = 4
)

func (p *palette) add(c vig.Colours) {
	if c == (vig.Colours{}) {
		return
	}
	p.count++
	for i, v := range c {
		p.sum[i] += float64(v)
	}
}

func (p *palette) addAll(o palette) {
	p.count += o.count
	for i, v := range o.sum {
		p.sum[i] += v
	}
}

// unlike returns how unlike p and o are, 0–1, and how sure that is, 0–1.
func (p *palette) unlike(o *palette) (distance, sure float64) {
	var sum, weight float64
	for _, r := range []struct {
		from, to int
		weight   float64
	}{{0, vig.ColourBins, clothesShare}, {vig.ColourBins, len(p.sum), 1 - clothesShare}} {
		if d, ok := apartness(p.sum[r.from:r.to], o.sum[r.from:r.to]); ok {
			sum += r.weight * d
			weight += r.weight
		}
	}
	if weight == 0 {
		return usualUnlike, 0
	}
	return sum / weight, min(1, float64(min(p.count, o.count))/fewLooks)
}

// apartness returns the distance of two histograms, false where one is empty.
func apartness(a, b []float64) (float64, bool) {
	var both, x, y float64
	for i, v := range a {
		both += math.Sqrt(v * b[i])
		x += v
		y += b[i]
	}
	if x == 0 || y == 0 {
		return 0, false
	}
	return math.Sqrt(max(0, 1-both/math.Sqrt(x*y))), true
}
