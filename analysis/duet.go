package analysis

import (
	"math"
	"math/bits"

	"gonum.org/v1/gonum/dsp/fourier"
	"gonum.org/v1/gonum/dsp/window"
)

// Two voices at once are told by their harmonics: the loudest peaks of the
// spectrum are looked at, and how much of them the harmonics of one pitch hold,
// and those of two, an adult's and a child's (summed harmonics, one pitch after
// the other, as in Klapuri, Multiple fundamental frequency estimation by summing
// harmonic amplitudes, ISMIR 2006). A voice whose pitch is a multiple of the
// other's adds nothing to it, and is never claimed.
const (
	// duetFrame is the stretch that is looked at, two steps of sound: the
	// harmonics of two voices lie 50 Hz and more apart, the width of a peak of a
	// Hann window over 80 ms. duetSize is the size of the transform.
	duetFrame = 2 * pitchFrame
	duetSize  = 1024
	// duetLow and duetHigh bound the spectrum in Hz: the lowest voice, and what is
	// left of a voice by a phone's microphone and the filter before thinning.
	duetLow  = 75
	duetHigh = 2500
	// leastPeak is how loud a peak is at least beside the loudest: above the
	// first side lobe of the window, −31 dB. mostPeaks fit into a word, and two
	// voices have no more harmonics of use.
	leastPeak = 0.06
	mostPeaks = 24
	// Pitches are tried in steps of pitchGrid; a peak belongs to a harmonic
	// within offHarmonic of it, and at least offHertz, half the width of a peak.
	pitchGrid   = 1.015
	offHarmonic = 0.012
	offHertz    = 12.0
	// Two voices are told where two pitches hold twoHold of the peaks together,
	// and bestAdds more than the best single pitch; both have enough of their own
	// low harmonics, ownHarmonics of the first four. Synthetic voices.
	twoHold      = 0.85
	bestAdds     = 0.2
	ownHarmonics = 3
	// sameNote is how far two measurements of one pitch may be apart: half a
	// semitone.
	sameNote = 0.03
)

// comb is which of the peaks the harmonics of one pitch hold.
type comb struct {
	pitch float64
	holds uint32
}

// duet holds the working space for one stretch.
type duet struct {
	fft      *fourier.FFT
	taper    []float64
	x        []float64
	spectrum []complex128
	level    []float64
	at       []float64 // of the peaks, in Hz
	loud     []float64
	combs    []comb
}

func newDuet() *duet {
	taper := make([]float64, duetFrame)
	for i := range taper {
		taper[i] = 1
	}
	return &duet{
		fft: fourier.NewFFT(duetSize), taper: window.Hann(taper), x: make([]float64, duetSize),
		spectrum: make([]complex128, duetSize/2+1), level: make([]float64, duetSize/2+1),
	}
}

// pitches returns an adult's pitch and a child's in Hz where both sound in x at
// once, otherwise false.
func (d *duet) pitches(x *[duetFrame]float32) (adult, child float64, ok bool) {
	for i, v := range x {
		d.x[i] = float64(v) * d.taper[i]
	}
	clear(d.x[duetFrame:])
	d.spectrum = d.fft.Coefficients(d.spectrum, d.x)
	for i, c := range d.spectrum {
		d.level[i] = math.Hypot(real(c), imag(c))
	}
	d.findPeaks()
	if len(d.at) < 2*ownHarmonics {
		return 0, 0, false
	}
	d.findCombs()
	var whole, single float64
	for _, l := range d.loud {
		whole += l
	}
	for _, c := range d.combs {
		single = max(single, d.loudness(c.holds))
	}
	best := max(twoHold*whole, single+bestAdds*whole)
	for _, a := range d.combs {
		if a.pitch > adultBelow {
			break
		}
		for _, c := range d.combs {
			if c.pitch < childAbove {
				continue
			}
			// Each must hold peaks that the other does not.
			if bits.OnesCount32(a.holds&^c.holds) < ownHarmonics-1 || bits.OnesCount32(c.holds&^a.holds) < ownHarmonics-1 {
				continue
			}
			if both := d.loudness(a.holds | c.holds); both > best {
				adult, child, best, ok = a.pitch, c.pitch, both, true
			}
		}
	}
	return adult, child, ok
}

// findPeaks finds the loudest peaks of the spectrum, in order of frequency.
func (d *duet) findPeaks() {
	d.at, d.loud = d.at[:0], d.loud[:0]
	const hertz = float64(pitchRate) / duetSize
	const from, to = duetLow * duetSize / pitchRate, duetHigh * duetSize / pitchRate // bins
	var loudest float64
	for i := from; i <= to; i++ {
		loudest = max(loudest, d.level[i])
	}
	for i := from; i <= to && len(d.at) < mostPeaks; i++ {
		before, here, after := d.level[i-1], d.level[i], d.level[i+1]
		if here > before && here >= after && here >= leastPeak*loudest && here > 0 {
			d.at = append(d.at, (float64(i)+bend(-before, -here, -after))*hertz)
			d.loud = append(d.loud, here)
		}
	}
}

// findCombs finds what each pitch that has enough low harmonics holds.
func (d *duet) findCombs() {
	d.combs = d.combs[:0]
	for pitch := float64(lowestPitch); pitch <= highestPitch; pitch *= pitchGrid {
		c := comb{pitch: pitch}
		var low uint8
		for k, at := range d.at {
			h := math.Round(at / pitch)
			if h >= 1 && math.Abs(at-h*pitch) <= max(offHertz, offHarmonic*at) {
				c.holds |= 1 << k
				if h <= 4 {
					low |= 1 << int(h)
				}
			}
		}
		if bits.OnesCount8(low) >= ownHarmonics {
			d.combs = append(d.combs, c)
		}
	}
}

// loudness returns the sum of the peaks of a set.
func (d *duet) loudness(set uint32) float64 {
	var sum float64
	for ; set != 0; set &= set - 1 {
		sum += d.loud[bits.TrailingZeros32(set)]
	}
	return sum
}
