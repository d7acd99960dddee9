package analysis

// The fundamental frequency is found by YIN (de Cheveigné and Kawahara, YIN, a
// fundamental frequency estimator for speech and music, JASA 111(4), 2002),
// steps 1 to 5, on sound thinned to half its rate.
const (
	pitchRate = voiceRate / 2 // samples a second after thinning
	// 75–600 Hz holds men's, women's and children's voices; cries go higher.
	lowestPitch  = 75
	highestPitch = 600
	longestLag   = pitchRate/lowestPitch + 1
	shortestLag  = pitchRate / highestPitch
	// pitchFrame is one vig.SoundStep; the rest of it is the window over which
	// differences are summed: two periods of the lowest voice.
	pitchFrame  = pitchRate / framesASecond
	pitchWindow = pitchFrame - longestLag - 1
	// aperiodicity is the absolute threshold of step 4. The paper uses 0.1 on
	// clean speech; a room's noise raises the dips.
	aperiodicity = 0.2
)

// yin holds the working space for one frame.
type yin struct {
	difference [longestLag + 2]float64
}

// pitch returns the fundamental frequency of x in Hz, or 0 where it has none.
func (y *yin) pitch(x *[pitchFrame]float32) float64 {
	// Steps 2 and 3: the difference function, and that normalised by its
	// cumulative mean.
	d := &y.difference
	d[0] = 1
	var sum float64
	for lag := 1; lag < len(d); lag++ {
		var s float32
		a, b := x[:pitchWindow], x[lag:lag+pitchWindow]
		for i, v := range a {
			e := v - b[i]
			s += e * e
		}
		sum += float64(s)
		if sum > 0 {
			d[lag] = float64(s) * float64(lag) / sum
		} else {
			d[lag] = 1
		}
	}
	// Step 4: the first dip under the threshold, followed to its bottom.
	for lag := shortestLag; lag <= longestLag; lag++ {
		if d[lag] >= aperiodicity {
			continue
		}
		for lag < longestLag && d[lag+1] < d[lag] {
			lag++
		}
		return pitchRate / (float64(lag) + bend(d[lag-1], d[lag], d[lag+1]))
	}
	return 0
}

// bend returns where the parabola through three neighbouring values has its
// bottom, from the middle one (step 5).
func bend(before, at, after float64) float64 {
	curve := before - 2*at + after
	if curve <= 0 {
		return 0
	}
	return (before - after) / (2 * curve)
}
