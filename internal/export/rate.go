package export

import (
	"math"
	"time"

	"attune/internal/vig"
)

// rate is how many frames a second the timecode of an EDL counts.
type rate struct {
	num, den int64 // frames a second
	name     string
	steady   bool // every frame of the film is where the rate has it
	assumed  bool // of the film's own frames nothing is known
}

// rates are those that editors work with (SMPTE ST 12-1, and 60 for telephones).
var rates = []rate{
	{num: 24000, den: 1001, name: "23.976"}, {num: 24, den: 1, name: "24"}, {num: 25, den: 1, name: "25"},
	{num: 30000, den: 1001, name: "29.97"}, {num: 30, den: 1, name: "30"}, {num: 48, den: 1, name: "48"},
	{num: 50, den: 1, name: "50"}, {num: 60000, den: 1001, name: "59.94"}, {num: 60, den: 1, name: "60"},
}

// usual is the rate where nothing is known of the film: that of European
// television.
var usual = rate{num: 25, den: 1, name: "25", assumed: true}

// rateOf returns the rate with which the film's frames go best: the one of rates
// that is nearest to their number a second. With a film of variable rate editors
// do the same.
func rateOf(index vig.FrameIndex) rate {
	n, units := 0, int64(0)
	for _, run := range index.Runs {
		n += run.Count
		units += int64(run.Count) * run.Delta
	}
	if n == 0 || units <= 0 || index.Num <= 0 || index.Den <= 0 {
		return usual
	}
	perSecond := float64(n) / (float64(units) * float64(index.Num) / float64(index.Den))
	best := rates[0]
	for _, r := range rates {
		if math.Abs(math.Log(r.perSecond()/perSecond)) < math.Abs(math.Log(best.perSecond()/perSecond)) {
			best = r
		}
	}
	best.steady = best.holds(index)
	return best
}

func (r rate) perSecond() float64 { return float64(r.num) / float64(r.den) }

// holds reports whether every frame lies nearest to its own place in the rate.
// Containers that count milliseconds put it beside that, by far less.
func (r rate) holds(index vig.FrameIndex) bool {
	unit := float64(index.Num) / float64(index.Den) * r.perSecond() // in frames
	n, units := 0, int64(0)
	for _, run := range index.Runs {
		// Within a run the distance to the place only grows or shrinks.
		for _, at := range []int{1, run.Count} {
			if math.Abs(float64(units+int64(at)*run.Delta)*unit-float64(n+at)) > 0.5 {
				return false
			}
		}
		n += run.Count
		units += int64(run.Count) * run.Delta
	}
	return true
}

// lateness is the share of a frame that a time may lie behind the frame that it
// means: clips are trimmed in milliseconds, of which a frame of 60 a second has
// 17.
const lateness = 0.05

// frame returns the first frame that is shown at t or later.
func (r rate) frame(t time.Duration) int64 {
	return max(0, int64(math.Ceil(t.Seconds()*r.perSecond()-lateness)))
}

// timebase is how many frames a second of timecode counts: without dropping
// frames, 29.97 count as 30.
func (r rate) timebase() int64 { return (r.num + r.den - 1) / r.den }
