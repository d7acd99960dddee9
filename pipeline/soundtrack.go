package pipeline

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/asticode/go-astiav"

	"attune/internal/vig"
)

// soundJitter is how far the time of a piece of sound may lie from where the
// piece before ended, and still follow it without a seam. Containers round
// times (Matroska to 1 ms) and clocks drift; what lies further off is a gap,
// or an overlap, of the recording. It is half of the 40 ms by which sound and
// picture may be apart.
const soundJitter = 20 * time.Millisecond

// soundtrack reads a film's sound at soundRate, placed by its times. Positions
// are in frames (a sample for each channel) from the first frame of the
// picture. It serves one pass, on one goroutine.
type soundtrack struct {
	decoder  *decoder
	channels int

	resampler *astiav.SoftwareResampleContext // nil before the first piece
	rate      int                             // of the pieces it was given
	start     int64                           // where the first of them lies
	given     int64                           // samples that it was given
	made      int64                           // samples that it has made of them
	out       *astiav.Frame
}

// openSoundtrack returns the sound of f, or nil if the film has none. The
// caller closes it.
func (f *Film) openSoundtrack(ctx context.Context) (*soundtrack, error) {
	if f.audioIndex < 0 {
		return nil, nil
	}
	d, err := f.openDecoder(ctx, sound, 0)
	if err != nil {
		return nil, err
	}
	channels := min(2, max(1, d.stream.CodecParameters().ChannelLayout().Channels()))
	return &soundtrack{decoder: d, channels: channels, out: newFrame()}, nil
}

// read seeks to position from and yields all samples up to position to, in
// pieces, interleaved, with silence where the film has no sound. A piece is
// lent until yield returns.
func (s *soundtrack) read(from, to int64, yield func(samples []float32) error) error {
	if err := s.decoder.seek(soundTime(from)); err != nil {
		return err
	}
	s.restart()
	at := from
	put := func(position int64, samples []float32) error {
		if gap := min(position, to) - at; gap > 0 {
			if err := yield(make([]float32, gap*int64(s.channels))); err != nil {
				return err
			}
			at += gap
		}
		n := int64(len(samples) / s.channels)
		first, last := max(0, at-position), min(n, to-position)
		if first >= last {
			return nil
		}
		at = position + last
		return yield(samples[first*int64(s.channels) : last*int64(s.channels)])
	}
	for at < to {
		piece, t, err := s.decoder.next()
		if errors.Is(err, io.EOF) {
			if err := s.drain(put); err != nil {
				return err
			}
			return put(to, nil)
		}
		if err != nil {
			return err
		}
		if err := s.place(piece, t, put); err != nil {
			return err
		}
	}
	return nil
}

// place resamples a decoded piece that begins at t.
func (s *soundtrack) place(piece *astiav.Frame, t time.Duration, put func(int64, []float32) error) error {
	if piece.NbSamples() <= 0 || piece.SampleRate() <= 0 {
		return nil
	}
	position := soundPosition(t)
	if s.resampler != nil {
		expected := s.start + mulDiv(s.given, soundRate, int64(s.rate))
		apart := soundTime(max(position-expected, expected-position))
		if apart > soundJitter || piece.SampleRate() != s.rate {
			if err := s.drain(put); err != nil {
				return err
			}
		}
	}
	if s.resampler == nil {
		s.resampler = newResampler()
		s.rate, s.start, s.given, s.made = piece.SampleRate(), position, 0, 0
	}
	s.given += int64(piece.NbSamples())
	return s.convert(piece, put)
}

// drain makes what the resampler still holds, and ends its stretch of sound.
func (s *soundtrack) drain(put func(int64, []float32) error) error {
	if s.resampler == nil {
		return nil
	}
	defer s.restart()
	return s.convert(nil, put)
}

// restart forgets what the resampler holds.
func (s *soundtrack) restart() {
	if s.resampler != nil {
		freeResampler(s.resampler)
		s.resampler = nil
	}
}

// convert resamples a piece, or with nil the rest.
func (s *soundtrack) convert(piece *astiav.Frame, put func(int64, []float32) error) error {
	s.out.Unref()
	s.out.SetSampleFormat(astiav.SampleFormatFlt)
	s.out.SetSampleRate(soundRate)
	s.out.SetChannelLayout(soundLayout(s.channels))
	err := s.resampler.ConvertFrame(piece, s.out)
	if errors.Is(err, astiav.ErrInputChanged) && piece != nil {
		// Other channels or samples of another kind: a new resampler.
		if err := s.drain(put); err != nil {
			return err
		}
		return s.place(piece, s.decoder.last, put)
	}
	if err != nil {
		return vig.Errorf(vig.CodeInvalid, "read film: resample sound", "%w", err)
	}
	n := s.out.NbSamples()
	position := s.start + s.made
	s.made += int64(n)
	return put(position, floatPlane(s.out, 0, n*s.channels))
}

// close ends the pass.
func (s *soundtrack) close() {
	s.restart()
	freeFrame(s.out)
	s.decoder.close()
}

// soundPosition returns the position nearest to t.
func soundPosition(t time.Duration) int64 {
	return mulDiv(int64(t), soundRate, int64(time.Second))
}

// soundTime returns the time of position p.
func soundTime(p int64) time.Duration {
	return time.Duration(mulDiv(p, int64(time.Second), soundRate))
}
