package pipeline

import (
	"errors"
	"iter"
	"math"
	"time"
)

// crossfade is how long the sounds of two clips overlap at a join, half of it
// on either side: long enough that no step is left to be heard as a click,
// short beside a syllable (about 200 ms, Greenberg 1999), so that no word of
// the film beyond the cut can be understood.
const crossfade = 20 * time.Millisecond

// errEnough stops the reading of sound that nobody wants any more.
var errEnough = errors.New("enough")

// joined yields the sound of the reel from its beginning to its end, in pieces,
// interleaved. Each clip is read with half a cross-fade more on either side
// where it is joined to a clip from elsewhere in the film; where the next goes
// on in the film as well, they follow each other sample by sample. The reel
// itself fades in and out within half a cross-fade.
func (s *soundtrack) joined(reel ReelInfo) iter.Seq2[[]float32, error] {
	return func(yield func([]float32, error) bool) {
		mix := mixer{channels: s.channels}
		for i, clip := range reel.Clips {
			begin := soundPosition(clip.Span.Start)
			at, end := soundPosition(clip.At), soundPosition(clip.At+clip.Span.Length())
			in, out := fades(reel.Clips, i, end-at)
			p := in.from // from the clip's beginning
			err := s.read(begin+p, begin+out.from+out.length, func(samples []float32) error {
				for j := range samples {
					q := p + int64(j/s.channels)
					samples[j] *= in.in(q) * out.out(q)
				}
				mix.add(at+p, samples)
				p += int64(len(samples) / s.channels)
				// Beyond the fade's beginning, the next clip is added.
				if done := mix.take(min(at+p, at+out.from)); len(done) > 0 && !yield(done, nil) {
					return errEnough
				}
				return nil
			})
			if errors.Is(err, errEnough) {
				return
			}
			if err != nil {
				yield(nil, err)
				return
			}
		}
		yield(mix.take(soundPosition(reel.Duration)), nil)
	}
}

// fades returns how clip i of n frames begins and ends. Positions are from the
// clip's beginning; what is read of the film goes from the beginning of the
// first fade to the end of the second.
func fades(clips []ReelClip, i int, n int64) (in, out fade) {
	half := soundPosition(crossfade / 2)
	switch {
	case i == 0:
		in = fade{0, half}
	case clips[i-1].Span.End == clips[i].Span.Start:
		in = fade{0, 0}
	default:
		in = fade{-half, 2 * half}
	}
	switch {
	case i == len(clips)-1:
		out = fade{max(0, n-half), min(n, half)}
	case clips[i].Span.End == clips[i+1].Span.Start:
		out = fade{n, 0}
	default:
		out = fade{n - half, 2 * half}
	}
	return in, out
}

// mixer adds up the sound of clips that overlap at their joins. Positions are
// in frames of the reel's sound: one sample for each channel.
type mixer struct {
	channels int
	base     int64     // position of pending[0]
	pending  []float32 // interleaved
}

// add sums samples onto what lies at position at, which must not have been
// taken yet.
func (m *mixer) add(at int64, samples []float32) {
	offset := int(at-m.base) * m.channels
	if missing := offset + len(samples) - len(m.pending); missing > 0 {
		m.pending = append(m.pending, make([]float32, missing)...)
	}
	for i, v := range samples {
		m.pending[offset+i] += v
	}
}

// take removes and returns all that lies before position until, silence where
// nothing was added.
func (m *mixer) take(until int64) []float32 {
	n := max(0, int(until-m.base)*m.channels)
	if n > len(m.pending) {
		m.pending = append(m.pending, make([]float32, n-len(m.pending))...)
	}
	taken := append([]float32(nil), m.pending[:n]...)
	m.pending = append(m.pending[:0], m.pending[n:]...)
	m.base += int64(n / m.channels)
	return taken
}

// fade is a change of loudness between silence and the full sound, over length
// frames from the position from. Length 0 is no change.
//
// The curve is a quarter of a sine: at a join the two sounds come from
// different moments of the film, so they are not correlated and their powers
// add; sin² + cos² = 1 keeps the loudness level where straight lines would dip
// by 3 dB (Fink, Holters and Zölzer, Signal-matched power-complementary
// cross-fading, DAFx 2016).
type fade struct {
	from, length int64
}

// in returns the share of the sound that is heard at position p of a fade in.
func (f fade) in(p int64) float32 {
	switch {
	case p >= f.from+f.length || f.length == 0:
		return 1
	case p < f.from:
		return 0
	}
	return float32(math.Sin(f.angle(p)))
}

// out returns the share of the sound that is heard at position p of a fade out.
func (f fade) out(p int64) float32 {
	switch {
	case p < f.from || f.length == 0:
		return 1
	case p >= f.from+f.length:
		return 0
	}
	return float32(math.Cos(f.angle(p)))
}

// angle goes from 0 to π/2 over the fade; a sample lies in the middle of its
// place.
func (f fade) angle(p int64) float64 {
	return math.Pi / 2 * (float64(p-f.from) + 0.5) / float64(f.length)
}
