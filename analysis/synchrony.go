package analysis

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"attune/internal/vig"
)

// Moving together is found by windowed cross-correlation of the two movement
// signals (Boker, Xu, Rotondo and King, Psychological Methods 7(3), 2002), and
// kept where its peak is above the 95th percentile of that of pairs of windows
// that do not belong together (surrogates as in Ramseyer and Tschacher, J.
// Personality and Social Psychology 101(2), 2011).
const (
	syncStep   = 200 * time.Millisecond // of the signals; no slower than the usual sampling
	syncWindow = 10 * time.Second
	syncLag    = 5 * time.Second
	syncHop    = time.Second
	// syncApart is how far the windows of a surrogate lie from each other: the
	// window and its lags do not meet.
	syncApart  = syncWindow + syncLag
	surrogates = 200
	percentile = 0.95
	// leastCorrelation is a medium effect (Cohen 1988): less is not visible.
	leastCorrelation = 0.3
	// leastFilm is how long both must be seen for the surrogates to differ.
	leastFilm = time.Minute
	// knownShare is the share of a window in which both movements are known.
	knownShare = 0.8
	// runningWindows is how many neighbouring windows must be above it, each
	// with its peak within sameLag steps of the one before: who moves with
	// somebody keeps the same distance in time, chance does not. Synthetic films.
	runningWindows = 5
	sameLag        = 3
)

// together returns when the movements a and b go together.
func together(f *film, a, b []vig.Reading) spans {
	x, y := evenly(f, a), evenly(f, b)
	window, lag, hop := int(syncWindow/syncStep), int(syncLag/syncStep), int(syncHop/syncStep)
	known := 0
	for i := range x {
		if !math.IsNaN(x[i]) && !math.IsNaN(y[i]) {
			known++
		}
	}
	if time.Duration(known)*syncStep < leastFilm {
		return nil
	}
	threshold, ok := surrogateThreshold(x, y, window, lag)
	if !ok {
		return nil
	}
	var out []vig.Span
	run, before := 0, 0
	for at := 0; at+window <= len(x); at += hop {
		r, shift, ok := peak(x, y, at, at, window, lag)
		if !ok || r < max(threshold, leastCorrelation) {
			run = 0
			continue
		}
		if run > 0 && (shift-before > sameLag || before-shift > sameLag) {
			run = 0
		}
		run, before = run+1, shift
		if run < runningWindows {
			continue
		}
		first := at - (run-1)*hop
		out = append(out, vig.Span{Start: time.Duration(first) * syncStep, End: time.Duration(at+window) * syncStep}.Clamp(f.span))
	}
	return union(out, 0)
}

// surrogateThreshold returns the percentile of the peaks of windows that lie
// apart, chosen by a generator whose seed is fixed, so that the same film gives
// the same value.
func surrogateThreshold(x, y []float64, window, lag int) (float64, bool) {
	rng := rand.New(rand.NewPCG(1, 1))
	apart := int(syncApart / syncStep)
	last := len(x) - window
	if last <= apart {
		return 0, false
	}
	var peaks []float64
	for range 4 * surrogates {
		i, j := rng.IntN(last+1), rng.IntN(last+1)
		if i-j < apart && j-i < apart {
			continue
		}
		if r, _, ok := peak(x, y, i, j, window, lag); ok {
			peaks = append(peaks, r)
		}
		if len(peaks) == surrogates {
			break
		}
	}
	if len(peaks) < surrogates/4 {
		return 0, false
	}
	slices.Sort(peaks)
	return peaks[int(percentile*float64(len(peaks)-1))], true
}

// evenly returns the means of r over steps of syncStep, NaN where not seen.
func evenly(f *film, r []vig.Reading) []float64 {
	out := make([]float64, int(f.span.Length()/syncStep))
	for i := range out {
		out[i] = math.NaN()
	}
	weight := make([]time.Duration, len(out))
	for i, v := range r {
		if !v.Seen {
			continue
		}
		h := f.hold(i).Clamp(f.span)
		for k := int(h.Start / syncStep); k < len(out) && time.Duration(k)*syncStep < h.End; k++ {
			step := vig.Span{Start: time.Duration(k) * syncStep, End: time.Duration(k+1) * syncStep}
			w := step.Overlap(h)
			if w == 0 {
				continue
			}
			if weight[k] == 0 {
				out[k] = 0
			}
			weight[k] += w
			out[k] += (v.Value - out[k]) * float64(w) / float64(weight[k])
		}
	}
	return out
}

// peak returns the highest correlation of the window of x at i with those of y
// up to lag before and after j, and where it lies. It is false where too little
// is known.
func peak(x, y []float64, i, j, window, lag int) (highest float64, at int, ok bool) {
	highest = -1
	for l := -lag; l <= lag; l++ {
		if j+l < 0 || j+l+window > len(y) {
			continue
		}
		if r, known := correlation(x[i:i+window], y[j+l:j+l+window]); known && r > highest {
			highest, at, ok = r, l, true
		}
	}
	return highest, at, ok
}

// correlation returns Pearson's r over the places where both are known.
func correlation(x, y []float64) (float64, bool) {
	var n, sx, sy, sxx, syy, sxy float64
	for i, a := range x {
		b := y[i]
		if a != a || b != b { // NaN: not known
			continue
		}
		n++
		sx += a
		sy += b
		sxx += a * a
		syy += b * b
		sxy += a * b
	}
	if n < knownShare*float64(len(x)) {
		return 0, false
	}
	vx, vy := sxx-sx*sx/n, syy-sy*sy/n
	// Who hardly moves moves with nobody.
	least := n * leastMovement * leastMovement / 4
	if vx < least || vy < least {
		return 0, false
	}
	return (sxy - sx*sy/n) / math.Sqrt(vx*vy), true
}
