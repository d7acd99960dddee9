package pipeline

import (
	"iter"

	"github.com/asticode/go-astiav"

	"attune/internal/vig"
)

// recorder encodes a reel into a file: the picture as it comes, the sound as
// far as the picture has come, so that neither waits for the other in memory.
type recorder struct {
	mux     *mux
	canvas  canvas
	rate    float64 // about how many frames a second come
	fine    bool
	picture *encoder // nil before the first frame, which says what its colours mean

	sound    *encoder // nil in a reel without sound
	channels int
	next     func() ([]float32, error, bool) // the next piece of the reel's sound
	stop     func()
	waiting  []float32 // interleaved samples, not enough for a frame
	samples  *astiav.Frame
	position int64 // of the first waiting sample
}

// The frame rates that a film is believed to have; beyond them the container
// is wrong.
const (
	slowest, fastest = 1.0, 240.0
	usualRate        = 30.0 // where the container does not say
)

// believed returns a container's frame rate, or what is likelier.
func believed(rate float64) float64 {
	if !(rate > 0) {
		return usualRate
	}
	return min(max(rate, slowest), fastest)
}

// newRecorder starts the reel's file at path, with the sound of track unless
// that is nil. The caller closes it, before the track.
func newRecorder(path string, track *soundtrack, reel ReelInfo, rate float64) (*recorder, error) {
	m, err := openMux(path)
	if err != nil {
		return nil, err
	}
	r := &recorder{
		mux:     m,
		canvas:  canvas{reel.Width, reel.Height},
		rate:    believed(rate),
		fine:    reel.fine,
		samples: newFrame(),
		stop:    func() {},
	}
	if track != nil {
		r.channels = track.channels
		r.next, r.stop = iter.Pull2(track.joined(reel))
	}
	return r, nil
}

// encode takes the reel's next frame, which stays the caller's.
func (r *recorder) encode(frame *astiav.Frame) error {
	if r.picture == nil {
		if err := r.begin(frame); err != nil {
			return err
		}
	}
	if err := r.picture.encode(frame); err != nil {
		return err
	}
	return r.encodeSound(mulDiv(frame.Pts(), soundRate, pictureTicks))
}

// begin opens the encoders and writes the header. Players take the first
// stream as the film's picture.
func (r *recorder) begin(frame *astiav.Frame) (err error) {
	s := shapeOf(frame, 1)
	if r.picture, err = openPictureEncoder(r.mux, r.canvas, s.colour, r.rate, r.fine); err != nil {
		return err
	}
	if r.next != nil {
		if r.sound, err = openSoundEncoder(r.mux, r.channels); err != nil {
			return err
		}
	}
	return r.mux.start()
}

// encodeSound encodes the reel's sound up to about the position until.
func (r *recorder) encodeSound(until int64) error {
	for r.sound != nil && r.position < until {
		piece, err, more := r.next()
		if err != nil {
			return err
		}
		if !more {
			return nil
		}
		r.waiting = append(r.waiting, piece...)
		size := r.sound.codec.FrameSize() * r.channels
		whole := len(r.waiting) / size * size
		for at := 0; at < whole; at += size {
			if err := r.encodeSamples(r.waiting[at : at+size]); err != nil {
				return err
			}
		}
		r.waiting = append(r.waiting[:0], r.waiting[whole:]...)
	}
	return nil
}

// encodeSamples encodes one frame of interleaved samples.
func (r *recorder) encodeSamples(samples []float32) error {
	n := len(samples) / r.channels
	r.samples.Unref()
	r.samples.SetNbSamples(n)
	r.samples.SetSampleFormat(astiav.SampleFormatFltp)
	r.samples.SetSampleRate(soundRate)
	r.samples.SetChannelLayout(soundLayout(r.channels))
	if err := r.samples.AllocBuffer(0); err != nil {
		return vig.Errorf(vig.CodeInternal, "write reel: encode sound", "%w", err)
	}
	for c := range r.channels {
		plane := floatPlane(r.samples, c, n)
		for i := range plane {
			plane[i] = samples[i*r.channels+c]
		}
	}
	r.samples.SetPts(r.position)
	r.position += int64(n)
	return r.sound.encode(r.samples)
}

// finish encodes what is left and completes the file. There must have been a
// frame.
func (r *recorder) finish() error {
	if r.sound != nil {
		if err := r.encodeSound(1 << 62); err != nil {
			return err
		}
		if len(r.waiting) > 0 {
			if err := r.encodeSamples(r.waiting); err != nil { // the last may be shorter
				return err
			}
		}
		if err := r.sound.encode(nil); err != nil {
			return err
		}
	}
	if err := r.picture.encode(nil); err != nil {
		return err
	}
	return r.mux.finish()
}

// close frees all; the file is complete only after finish.
func (r *recorder) close() {
	r.stop()
	freeFrame(r.samples)
	if r.sound != nil {
		r.sound.close()
	}
	if r.picture != nil {
		r.picture.close()
	}
	r.mux.close()
}
