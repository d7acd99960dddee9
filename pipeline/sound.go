package pipeline

import (
	"context"
	"errors"
	"io"
	"iter"
	"math"
	"time"

	"github.com/asticode/go-astiav"

	"attune/internal/vig"
)

// SoundRate is the samples a second of a film's sound as analysis gets it: it
// holds what is needed of speech (to 8 kHz).
const SoundRate = 16000

// soundBlock is how many samples are yielded at a time: six of the steps in
// which sound is measured.
const soundBlock = 6 * int(SoundRate*vig.SoundStep/time.Second)

// soundAhead is how many blocks may lie ready while the consumer works on one:
// nearly two seconds.
const soundAhead = 8

// resyncAfter is how far the times of the sound may run off from the count of
// its samples before silence is put in or sound is cut out: the step in which
// sound is measured. Below lie the rounding of containers and the drift of
// clocks, which add up to it only after a while.
const resyncAfter = vig.SoundStep

// Sound is a stretch of a film's sound.
type Sound struct {
	Time time.Duration // of the first sample, from the film's first frame
	PCM  []float32     // mono, SoundRate a second, −1 to 1; lent until the next turn
}

// Sound walks the film's sound once, in blocks that follow one another without
// gap or overlap from the film's first frame on: the i-th sample yielded is
// that of time i ÷ SoundRate. What was recorded before the first frame is cut
// off; where the sound begins later, or has gaps, there is silence. It ends
// where the sound ends, before or after the picture. A film without sound
// yields nothing. All channels are mixed into one.
//
// The sound is decoded ahead as the frames are, and memory does not grow with
// the film. Errors are as those of Frames.
func (f *Film) Sound(ctx context.Context) iter.Seq2[Sound, error] {
	return func(yield func(Sound, error) bool) {
		if f.audioIndex < 0 {
			return
		}
		convey(ctx, f, soundAhead, yield, f.listen)
	}
}

// listen decodes the film's sound and sends it in blocks.
func (f *Film) listen(ctx context.Context, c *conveyor[Sound]) error {
	d, err := f.openDecoder(ctx, sound, 0)
	if err != nil {
		return err
	}
	defer d.close()
	defer func() { f.passed(sound, d.tally) }()
	line := &soundLine{to: c}
	defer line.close()
	for !line.stopped {
		frame, t, err := d.next()
		if errors.Is(err, io.EOF) {
			return line.finish()
		}
		if err != nil {
			return err
		}
		if err := f.cfg.checkDuration(t); err != nil {
			return err
		}
		if err := line.add(frame, t); err != nil {
			return err
		}
	}
	return nil
}

// soundLine puts decoded sound where it belongs in time and hands it out in
// blocks. A run is sound whose frames follow one another; each run is resampled
// by itself.
type soundLine struct {
	to      *conveyor[Sound]
	stopped bool // the consumer wants no more

	block   []float32
	written int64 // samples put onto the line, those in block included

	resampler *astiav.SoftwareResampleContext // nil between runs
	out       *astiav.Frame
	rate      int           // of the run's frames
	started   time.Duration // of the run's first sample
	heard     int64         // samples of the run that came in
	cut       int64         // samples of the run still to be left out: the line is ahead
}

// add puts the frame of time t onto the line.
func (l *soundLine) add(frame *astiav.Frame, t time.Duration) error {
	if frame.SampleRate() <= 0 || frame.NbSamples() <= 0 {
		return nil
	}
	if off := t - l.due(); l.resampler != nil && (frame.SampleRate() != l.rate || off > resyncAfter || off < -resyncAfter) {
		if err := l.endRun(); err != nil {
			return err
		}
	}
	if l.resampler == nil {
		l.beginRun(t, frame.SampleRate())
	}
	err := l.convert(frame)
	if errors.Is(err, astiav.ErrInputChanged) { // other channels or another format
		if err := l.endRun(); err != nil {
			return err
		}
		l.beginRun(t, frame.SampleRate())
		err = l.convert(frame)
	}
	if err != nil {
		return vig.Errorf(vig.CodeInvalid, "read film: resample sound", "%w", err)
	}
	l.heard += int64(frame.NbSamples())
	return nil
}

// due returns the time at which the next frame of the run should begin.
func (l *soundLine) due() time.Duration {
	if l.rate == 0 {
		return 0
	}
	return l.started + time.Duration(mulDiv(l.heard, int64(time.Second), int64(l.rate)))
}

func (l *soundLine) beginRun(t time.Duration, rate int) {
	l.resampler = newResampler()
	if l.out == nil {
		l.out = newFrame()
	}
	l.rate, l.started, l.heard = rate, t, 0
	at := int64(math.Round(t.Seconds() * SoundRate))
	l.cut = max(0, l.written-at)
	for l.written < at && !l.stopped {
		l.write(silence[:min(int64(len(silence)), at-l.written)])
	}
}

var silence [soundBlock]float32

// endRun puts what the resampler still holds onto the line.
func (l *soundLine) endRun() error {
	if l.resampler == nil {
		return nil
	}
	var err error
	if l.heard > 0 {
		err = l.convert(nil)
	}
	freeResampler(l.resampler)
	l.resampler = nil
	if err != nil {
		return vig.Errorf(vig.CodeInternal, "read film: resample sound", "%w", err)
	}
	return nil
}

// convert resamples the frame, or what is left where it is nil, onto the line.
func (l *soundLine) convert(frame *astiav.Frame) error {
	l.out.Unref()
	l.out.SetSampleRate(SoundRate)
	l.out.SetSampleFormat(astiav.SampleFormatFlt)
	l.out.SetChannelLayout(astiav.ChannelLayoutMono)
	if err := l.resampler.ConvertFrame(frame, l.out); err != nil {
		return err
	}
	pcm := frameFloats(l.out)
	n := min(l.cut, int64(len(pcm)))
	l.cut -= n
	l.write(pcm[n:])
	return nil
}

// write puts pcm onto the line and sends the blocks that become full.
func (l *soundLine) write(pcm []float32) {
	for len(pcm) > 0 && !l.stopped {
		if l.block == nil {
			if l.block = l.to.spare().PCM[:0]; cap(l.block) == 0 {
				l.block = make([]float32, 0, soundBlock)
			}
		}
		n := min(len(pcm), soundBlock-len(l.block))
		l.block = append(l.block, pcm[:n]...)
		l.written += int64(n)
		pcm = pcm[n:]
		if len(l.block) == soundBlock {
			l.hand()
		}
	}
}

// hand sends the block.
func (l *soundLine) hand() {
	first := l.written - int64(len(l.block))
	l.stopped = !l.to.send(Sound{Time: time.Duration(mulDiv(first, int64(time.Second), SoundRate)), PCM: l.block})
	l.block = nil
}

// finish sends what is left on the line.
func (l *soundLine) finish() error {
	if err := l.endRun(); err != nil {
		return err
	}
	if len(l.block) > 0 && !l.stopped {
		l.hand()
	}
	return nil
}

func (l *soundLine) close() {
	if l.resampler != nil {
		freeResampler(l.resampler)
		l.resampler = nil
	}
	if l.out != nil {
		freeFrame(l.out)
		l.out = nil
	}
}
