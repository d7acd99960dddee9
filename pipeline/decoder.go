package pipeline

import (
	"context"
	"errors"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/asticode/go-astiav"

	"attune/internal/vig"
)

// The reading of a film inside this package:
//
//	d, err := film.openDecoder(ctx, picture, from) // or sound
//	defer d.close()
//	for {
//		frame, t, err := d.next() // io.EOF at the end
//		…                         // frame is lent until the next turn
//	}
//
// The decoder owns a demuxer of its own over the film's reader; everything but
// its one stream is discarded there. With from > 0 it has sought: the first
// frame is one at or before from (or the film's first), and all that follow
// come in order of time. d.stream.TimeBase() and d.cc describe the stream;
// film.orientation, film.aspect and film.square tell how its pictures become
// upright with square pixels.

// kind says which of a film's two streams is meant.
type kind int

const (
	picture kind = iota
	sound
)

// decoder reads the frames of one stream in order of time. It serves one pass,
// on one goroutine.
type decoder struct {
	film   *Film
	dm     *demuxer
	stream *astiav.Stream
	cc     *astiav.CodecContext
	clock  clock
	done   func() // tells the film that the pass is over

	// feed reads the next packet; needed says that its frame is wanted, and not
	// only what other frames need of it.
	feed func(*astiav.Packet) (needed bool, err error)

	packet   *astiav.Packet
	frame    *astiav.Frame
	draining bool
	sought   bool // not all of the film is read, so it is not judged
	pending  bool // frame holds one that was decoded but not yet asked for

	isPicture bool
	last      time.Duration // of the frame before; never before the first
	step      time.Duration // how long that frame lasts, as far as is known
	tally     tally
	index     *indexer // nil where the times of the frames are not wanted
}

// never is before any time.
const never = time.Duration(math.MinInt64)

// tally counts what a pass met.
type tally struct {
	packets int           // read
	flagged int           // of them, marked as damaged by the demuxer
	refused int           // not understood by the demuxer or the decoder
	patched int           // frames in which the decoder concealed errors
	end     time.Duration // of the last packet that was read
	atEnd   bool          // all was read, from the beginning
}

// damaged returns how many packets were damaged. A packet that was marked and
// whose frame was patched counts once.
func (t tally) damaged() int { return t.refused + max(t.flagged, t.patched) }

// openDecoder opens a pass over one stream of f from the time from. The caller
// closes it. A film without sound has none to open.
func (f *Film) openDecoder(ctx context.Context, k kind, from time.Duration) (_ *decoder, err error) {
	ctx, done, err := f.begin(ctx)
	if err != nil {
		return nil, err
	}
	dm, err := openDemuxer(ctx, f.r, f.size, f.format, f.cfg)
	if err != nil {
		done()
		return nil, err
	}
	d, err := f.newDecoder(dm, k, f.cfg.Threads)
	if err != nil {
		dm.close()
		done()
		return nil, err
	}
	d.done = done
	if from > 0 {
		if err := d.seek(from); err != nil {
			d.close()
			return nil, err
		}
	}
	return d, nil
}

// newDecoder decodes a stream of dm, which it takes over if it succeeds.
func (f *Film) newDecoder(dm *demuxer, k kind, threads int) (*decoder, error) {
	const op = "open film: open decoder"
	index := f.videoIndex
	if k == sound {
		index = f.audioIndex
	}
	streams := dm.format.Streams()
	if index < 0 || index >= len(streams) {
		return nil, vig.Errorf(vig.CodeInvalid, op, "the film has no such stream")
	}
	stream := streams[index]
	parameters := stream.CodecParameters()
	codec := findDecoder(parameters.CodecID())
	if codec == nil {
		return nil, vig.Errorf(vig.CodeUnsupported, op, "%s is not taken", parameters.CodecID().Name())
	}
	clock := newClock(stream.TimeBase(), f.origin)
	if !clock.valid() {
		return nil, vig.Errorf(vig.CodeInvalid, op, "the stream has no time base")
	}
	cc := newCodecContext(codec)
	if err := cc.FromCodecParameters(parameters); err != nil {
		freeCodecContext(cc)
		return nil, vig.Errorf(vig.CodeInvalid, op, "%w", err)
	}
	setPacketTimeBase(cc, stream.TimeBase())
	cc.SetThreadCount(threads)
	options := astiav.NewDictionary()
	defer options.Free()
	// libav counts pictures with their padding; next looks at the pixels.
	err := options.Set("max_pixels", strconv.Itoa(2*f.cfg.MaxPixels), 0)
	if err == nil {
		err = cc.Open(codec, options)
	}
	if err != nil {
		freeCodecContext(cc)
		return nil, vig.Errorf(vig.CodeInvalid, op, "%s: %w", codec.Name(), err)
	}
	dm.only(stream)
	d := &decoder{
		film: f, dm: dm, stream: stream, cc: cc, clock: clock, done: func() {},
		packet: newPacket(), frame: newFrame(),
		isPicture: k == picture, last: never, step: frameStep(stream),
	}
	d.feed = d.readPacket
	return d, nil
}

// frameStep returns how long a frame of s lasts on average, 0 if unknown.
func frameStep(s *astiav.Stream) time.Duration {
	if r := s.AvgFrameRate(); r.Num() > 0 && r.Den() > 0 {
		return time.Duration(float64(time.Second) / r.Float64())
	}
	return 0
}

// next decodes the next frame and returns it with its time. The frame is lent
// until the next call. It returns io.EOF at the end of the film, or of what
// can be read of it.
//
// A picture whose time does not lie after the one before is left out: a film
// does not run backwards.
func (d *decoder) next() (*astiav.Frame, time.Duration, error) {
	if d.pending {
		d.pending = false
		return d.frame, d.last, nil
	}
	for {
		if err := d.decode(); err != nil {
			return nil, 0, err
		}
		if d.isPicture {
			if err := d.film.cfg.checkPixels(d.frame.Width(), d.frame.Height()); err != nil {
				return nil, 0, err
			}
		}
		t := d.frameTime()
		if n := frameDuration(d.frame); n > 0 {
			d.step = d.clock.length(n)
		}
		if d.isPicture && t <= d.last {
			d.tally.patched++
			continue
		}
		d.last = t
		if d.index != nil {
			d.index.frames = append(d.index.frames, d.clock.pts(t))
		}
		return d.frame, t, nil
	}
}

// frameTime returns the time of d.frame. One without a PTS follows the one
// before it.
func (d *decoder) frameTime() time.Duration {
	switch pts := framePTS(d.frame); {
	case pts != noPTS:
		return d.clock.at(pts)
	case d.last == never:
		return 0
	}
	return d.last + d.step
}

// decode fills d.frame with the next frame that the decoder gives.
func (d *decoder) decode() error {
	for {
		if err := d.dm.ctx.Err(); err != nil {
			return err
		}
		d.frame.Unref()
		err := d.cc.ReceiveFrame(d.frame)
		switch {
		case err == nil:
			if frameDamaged(d.frame) {
				d.tally.patched++
			}
			return nil
		case errors.Is(err, astiav.ErrEof):
			return d.end()
		case !errors.Is(err, astiav.ErrEagain):
			d.tally.refused++
			if d.draining && d.tally.refused > d.tally.packets {
				return d.end() // a decoder that never ends its draining
			}
		}
		if !d.draining {
			if err := d.send(); err != nil {
				return err
			}
		}
	}
}

// send gives the decoder one more packet, or tells it that there are no more.
func (d *decoder) send() error {
	needed, err := d.feed(d.packet)
	if errors.Is(err, io.EOF) {
		d.draining = true
		if err := d.cc.SendPacket(nil); err != nil {
			return vig.Errorf(vig.CodeInternal, "read film: drain decoder", "%w", err)
		}
		return nil
	}
	if err != nil {
		return err
	}
	defer d.packet.Unref()
	if d.isPicture {
		skipUnreferenced(d.cc, !needed)
	}
	if err := d.cc.SendPacket(d.packet); err != nil {
		d.tally.refused++
	}
	return d.judge(false)
}

// readPacket is the plain feed: every packet is needed.
func (d *decoder) readPacket(p *astiav.Packet) (needed bool, err error) {
	for {
		damaged, err := d.dm.read(p)
		d.tally.refused += damaged
		if err != nil {
			return false, err
		}
		if p.StreamIndex() == d.stream.Index() {
			break
		}
		p.Unref() // of a stream that turned up in the middle
	}
	d.tally.packets++
	if d.index != nil {
		d.index.packet(p)
	}
	if p.Flags().Has(astiav.PacketFlagCorrupt) {
		d.tally.flagged++
	}
	if pts := p.Pts(); pts != noPTS && !p.Flags().Has(astiav.PacketFlagDiscard) {
		d.tally.end = max(d.tally.end, d.clock.at(pts)+d.clock.length(p.Duration()))
	}
	return true, nil
}

// end judges a pass that came to the end of the film.
func (d *decoder) end() error {
	d.tally.atEnd = !d.sought
	if err := d.judge(true); err != nil {
		return err
	}
	return io.EOF
}

// judge gives up a film of which too much is damaged. A pass that began in the
// middle may have met little else than the one bad place.
func (d *decoder) judge(ended bool) error {
	if d.sought {
		return nil
	}
	return d.film.cfg.checkCorrupt(d.tally.damaged(), d.tally.packets, ended)
}

// seekMargins are how far before the wanted time libav is asked to begin, one
// after the other until a frame at or before that time comes: a container's
// index may lead to a frame that is decoded before, but shown after it.
var seekMargins = []time.Duration{500 * time.Millisecond, 2 * time.Second, 10 * time.Second, 60 * time.Second}

// seek moves to a frame at or before t, or to the film's first, from wherever
// the pass stands.
func (d *decoder) seek(t time.Duration) error {
	d.pending = false
	for _, margin := range seekMargins {
		if t <= margin {
			break
		}
		d.sought = true
		flags := astiav.NewSeekFlags(astiav.SeekFlagBackward)
		if err := d.dm.format.SeekFrame(d.stream.Index(), d.clock.pts(t-margin), flags); err != nil {
			if err := d.dm.trouble(); err != nil {
				return err
			}
			break
		}
		flushDecoder(d.cc)
		d.draining, d.last = false, never
		_, first, err := d.next()
		if err == nil && first <= t {
			d.pending = true
			return nil
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
	}
	if !d.sought && d.tally.packets == 0 {
		return nil // it stands at the beginning
	}
	return d.rewind()
}

// rewind starts the pass again from the film's beginning, with a demuxer of
// its own: not every container can be sought back to its first byte.
func (d *decoder) rewind() error {
	dm, err := openDemuxer(d.dm.ctx, d.film.r, d.film.size, d.film.format, d.film.cfg)
	if err != nil {
		return err
	}
	index := d.stream.Index()
	d.dm.close()
	d.dm = dm
	if index >= len(dm.format.Streams()) {
		return vig.Errorf(vig.CodeInternal, "read film", "a stream is gone that was there before")
	}
	d.stream = dm.format.Streams()[index]
	dm.only(d.stream)
	flushDecoder(d.cc)
	d.draining, d.sought, d.last, d.tally = false, false, never, tally{}
	return nil
}

// close ends the pass.
func (d *decoder) close() {
	freeFrame(d.frame)
	freePacket(d.packet)
	freeCodecContext(d.cc)
	d.dm.close()
	d.done()
}
