package pipeline

import (
	"context"
	"errors"
	"io"
	"iter"
	"math"
	"time"

	"attune/internal/vig"
)

// FramesConfig says how a film is sampled. Its zero value works.
type FramesConfig struct {
	Hz       float64 // samples a second, at most 1,000; 0 means 6
	LongSide int     // most pixels of a sample's longer side; 0 means 640. Nothing is enlarged.
}

// sampleLongSide is the longer side of a sample if nothing else is asked for.
const sampleLongSide = 640

func (c FramesConfig) withDefaults() FramesConfig {
	if !(c.Hz > 0) {
		c.Hz = 6
	}
	c.Hz = min(c.Hz, 1000)
	if c.LongSide <= 0 {
		c.LongSide = sampleLongSide
	}
	return c
}

// samplesAhead is how many samples may lie ready while the consumer works on
// one: at 6 a second, more than a second of film, so that a group of frames
// that is slow to decode does not leave the consumer waiting.
const samplesAhead = 8

// Frames walks the film once and yields its samples in order of time.
//
// The film is sampled by time: the clock ticks at 0, 1/Hz, 2/Hz, … and a tick
// takes the first frame at or after it (1 ms of rounding is forgiven: Matroska
// keeps times in milliseconds). A frame is yielded once, however many ticks it
// answers; so a film of fewer frames than Hz gives each frame once, and a gap
// in its times stays a gap. All samples have one size, that of the first frame.
//
// The picture of a sample is upright, with square pixels, in 8 bits; high
// dynamic range is brought down to them. It is lent until the next turn.
// Frames are decoded and scaled ahead on other goroutines, which have ended
// when the loop has.
//
// An error is the last thing yielded: of code invalid where more is damaged
// than is survived, unsupported beyond a limit, internal where the reader
// fails, or the error of ctx. A film that breaks off ends without one; Info
// then says so.
func (f *Film) Frames(ctx context.Context, cfg FramesConfig) iter.Seq2[vig.Sample, error] {
	cfg = cfg.withDefaults()
	return func(yield func(vig.Sample, error) bool) {
		convey(ctx, f, samplesAhead, yield, func(ctx context.Context, c *conveyor[vig.Sample]) error {
			return f.sample(ctx, cfg, c)
		})
	}
}

// sample decodes the film and sends its samples.
func (f *Film) sample(ctx context.Context, cfg FramesConfig, c *conveyor[vig.Sample]) error {
	d, err := f.openDecoder(ctx, picture, 0)
	if err != nil {
		return err
	}
	defer d.close()
	defer func() { f.passed(picture, d.tally) }()
	d.index = &indexer{}
	ahead := newLookahead(d, newTicks(cfg.Hz))
	defer ahead.close()
	d.feed = ahead.next
	r := newRenderer(f, cfg.LongSide)
	defer r.close()
	ticks := newTicks(cfg.Hz)
	for {
		frame, t, err := d.next()
		if errors.Is(err, io.EOF) {
			f.indexed(d.index.index(d.clock), d.index.groups.open)
			return nil
		}
		if err != nil {
			return err
		}
		if err := f.cfg.checkDuration(t); err != nil {
			return err
		}
		if !ticks.take(t) {
			continue
		}
		p, err := r.render(frame, c.spare().Picture.BGR)
		if err != nil {
			return err
		}
		if !c.send(vig.Sample{Time: t, Picture: p}) {
			return ctx.Err()
		}
	}
}

// tickTolerance is what a container's rounding may bring a frame before its
// tick: the unit of Matroska's times (RFC 9559 §5.1.2.1).
const tickTolerance = time.Millisecond

// ticks chooses the frames that answer the ticks of a clock.
type ticks struct {
	hz   float64
	next time.Duration
}

func newTicks(hz float64) *ticks { return &ticks{hz: hz} }

// take reports whether the frame at t is the first at or after a tick. It is
// asked in order of time.
func (c *ticks) take(t time.Duration) bool {
	t += tickTolerance
	if t < c.next {
		return false
	}
	k := math.Floor(t.Seconds()*c.hz) + 1
	c.next = time.Duration(k / c.hz * float64(time.Second))
	return true
}
