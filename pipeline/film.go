package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"sync"
	"time"

	"github.com/asticode/go-astiav"

	"attune/internal/vig"
)

// Film is a film that was opened and found fit to be read. Its methods may be
// used by several goroutines at once. It holds nothing of libav: each pass over
// the film opens what it needs.
type Film struct {
	r      io.ReaderAt
	size   int64
	cfg    Config
	format string // short name of the demuxer
	brand  string // of an mp4 or mov, as "isom" or "qt  "; or ""
	pixels astiav.PixelFormat

	videoIndex int
	audioIndex int           // −1 where the film has no sound that is taken
	origin     time.Duration // of the first frame, on the container's clock
	begins     time.Duration // where a browser's clock has its 0, on the container's clock

	orientation orientation
	storedW     int     // of the first frame, in pixels as stored
	storedH     int     //
	aspect      float64 // width ÷ height of a stored pixel

	closing context.Context
	stop    context.CancelFunc
	passes  sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	info    vig.FilmInfo
	damaged [2]int // packets, by kind
	index   vig.FrameIndex
	leading bool // a pass met open groups
}

// Open opens the film of size bytes behind r, finds its picture and its sound,
// and decodes the first frame. r is read from by one goroutine for each pass,
// and must stay open until Close returns. The caller closes the film.
//
// A reader that hangs does not hold up Open or a pass once ctx has ended; the
// one goroutine that waits for it stays until it answers.
//
// The errors are of code invalid for what is damaged or not a film,
// unsupported for films that are sound but not taken or beyond a limit of cfg,
// internal where r fails, or the error of ctx.
func Open(ctx context.Context, r io.ReaderAt, size int64, cfg Config) (*Film, error) {
	f := &Film{r: r, size: size, cfg: cfg.withDefaults(), audioIndex: -1}
	f.closing, f.stop = context.WithCancel(context.Background())
	if err := f.open(ctx); err != nil {
		f.stop()
		return nil, err
	}
	return f, nil
}

func (f *Film) open(ctx context.Context) error {
	head, err := f.head(ctx)
	if err != nil {
		return err
	}
	if f.format, err = sniff(head); err != nil {
		return err
	}
	f.brand = brandOf(head)
	dm, err := openDemuxer(ctx, f.r, f.size, f.format, f.cfg)
	if err != nil {
		return err
	}
	if err := f.choose(dm); err != nil {
		dm.close()
		return err
	}
	f.begins = earliest(dm)
	d, err := f.newDecoder(dm, picture, 1)
	if err != nil {
		dm.close()
		return err
	}
	defer d.close()
	if err := f.firstFrame(d); err != nil {
		return err
	}
	return f.measure(d)
}

// head reads the first bytes of the film.
func (f *Film) head(ctx context.Context) ([]byte, error) {
	src := &source{ctx: ctx, r: f.r, size: f.size}
	head := make([]byte, max(0, min(f.size, sniffBytes)))
	for n := 0; n < len(head); {
		m, err := src.read(head[n:])
		if err != nil {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			return nil, vig.Errorf(vig.CodeInternal, "read film", "%w", src.err)
		}
		n += m
	}
	return head, nil
}

// choose finds the stream of the picture and that of the sound.
func (f *Film) choose(dm *demuxer) error {
	const op = "open film"
	f.info.Container = dm.format.InputFormat().Name()
	video := best(dm, astiav.MediaTypeVideo)
	if video == nil {
		return vig.Errorf(vig.CodeUnsupported, op, "the file has no moving picture")
	}
	p := video.CodecParameters()
	f.videoIndex, f.info.VideoCodec, f.pixels = video.Index(), p.CodecID().Name(), p.PixelFormat()
	if findDecoder(p.CodecID()) == nil {
		return vig.Errorf(vig.CodeUnsupported, op, "the picture is coded as %s, which is not taken", f.info.VideoCodec)
	}
	if p.Width() > 0 && p.Height() > 0 {
		if err := f.cfg.checkPixels(p.Width(), p.Height()); err != nil {
			return err
		}
	}
	audio := best(dm, astiav.MediaTypeAudio)
	switch {
	case audio == nil:
	case findDecoder(audio.CodecParameters().CodecID()) == nil || audio.CodecParameters().SampleRate() <= 0:
		if name := audio.CodecParameters().CodecID().Name(); name != "none" {
			f.note("The sound is coded as %s, which is not taken; it is left out.", name)
		} else {
			f.note("The film does not say how its sound is coded; it is left out.")
		}
	default:
		f.audioIndex, f.info.AudioCodec = audio.Index(), audio.CodecParameters().CodecID().Name()
	}
	return nil
}

// best returns the stream of type t that a player would show: one that can be
// decoded before one that cannot, then one marked as default, then the larger
// picture, then the first. A cover picture is not the film's.
func best(dm *demuxer, t astiav.MediaType) (chosen *astiav.Stream) {
	notFilm := astiav.DispositionFlagAttachedPic | astiav.DispositionFlagTimedThumbnails | astiav.DispositionFlagStillImage
	highest := -1
	for _, s := range dm.format.Streams() {
		p := s.CodecParameters()
		if p.MediaType() != t || int64(s.DispositionFlags())&int64(notFilm) != 0 {
			continue
		}
		rank := 0
		if findDecoder(p.CodecID()) != nil {
			rank += 2 << 40
		}
		if s.DispositionFlags().Has(astiav.DispositionFlagDefault) {
			rank += 1 << 40
		}
		if t == astiav.MediaTypeVideo {
			rank += min(p.Width()*p.Height(), 1<<39)
		}
		if rank > highest {
			chosen, highest = s, rank
		}
	}
	return chosen
}

// firstFrame decodes the first frame: it sets the film's zero of time, and says
// how the pictures lie.
func (f *Film) firstFrame(d *decoder) error {
	const op = "open film"
	frame, t, err := d.next()
	if errors.Is(err, io.EOF) {
		return vig.Errorf(vig.CodeInvalid, op, "no picture in the film can be decoded")
	}
	if err != nil {
		return err
	}
	f.origin, d.clock.origin = t, t
	d.last, d.tally.end = 0, d.tally.end-t
	f.storedW, f.storedH = frame.Width(), frame.Height()
	if m, ok := frameMatrix(frame); ok {
		f.orientation = orientationOf(m)
	}
	f.aspect = 1
	if r := d.dm.format.GuessSampleAspectRatio(d.stream, frame); r.Num() > 0 && r.Den() > 0 {
		f.aspect = plausibleAspect(r.Float64())
	}
	return nil
}

// plausibleAspect returns a, or 1 where no camera or lens gives such pixels:
// the most oblong in use is 2:1 (anamorphic lenses).
func plausibleAspect(a float64) float64 {
	if a < 1.0/4 || a > 4 {
		return 1
	}
	return a
}

// square returns the size of the stored picture with square pixels, before it
// is turned. It is never smaller than what is stored.
func (f *Film) square() (w, h int) {
	if f.aspect >= 1 {
		return int(math.Round(float64(f.storedW) * f.aspect)), f.storedH
	}
	return f.storedW, int(math.Round(float64(f.storedH) / f.aspect))
}

// measure fills in what the film's info still lacks.
func (f *Film) measure(d *decoder) error {
	f.info.Width, f.info.Height = f.orientation.size(f.square())
	if err := checkSample(f.orientation.size(f.sampleSize(sampleLongSide))); err != nil {
		return err
	}
	f.info.Rotation, f.info.Mirrored = f.orientation.degrees(), f.orientation.mirrored
	if r := d.stream.AvgFrameRate(); r.Num() > 0 && r.Den() > 0 {
		f.info.FrameRate = r.Float64()
	}
	length := time.Duration(0)
	// Where Matroska does not begin at 0, some count its length from there.
	unclear := f.format == formatMatroska && f.origin > shortBy
	if d.dm.knowsLength && !unclear {
		length = statedLength(d)
	}
	if length <= 0 {
		var err error
		if length, err = scannedLength(d); err != nil {
			return err
		}
		f.note("The film does not say how long it is; its length was found by reading it.")
	}
	f.info.Duration = length
	return f.cfg.checkDuration(length)
}

// statedLength returns the time of the picture's end as the container has it.
func statedLength(d *decoder) time.Duration {
	if n, start := d.stream.Duration(), d.stream.StartTime(); n > 0 && n != noPTS {
		if start == noPTS {
			return d.clock.length(n)
		}
		return d.clock.at(start + n)
	}
	if n := d.dm.format.Duration(); n > 0 && n != noPTS {
		end := time.Duration(n) * time.Microsecond
		if start := d.dm.format.StartTime(); start != noPTS {
			end += time.Duration(start)*time.Microsecond - d.clock.origin
		}
		return end
	}
	return 0
}

// scannedLength reads all that follows in the film without decoding it, for
// the time at which the picture ends.
func scannedLength(d *decoder) (time.Duration, error) {
	for {
		_, err := d.readPacket(d.packet)
		if errors.Is(err, io.EOF) {
			return max(d.tally.end, d.last+d.step), nil
		}
		if err != nil {
			return 0, err
		}
		d.packet.Unref()
	}
}

// Info says what the film is. CorruptPackets, Duration and Notes follow what
// the passes find: a film that breaks off is as long as what could be read.
func (f *Film) Info() vig.FilmInfo {
	f.mu.Lock()
	defer f.mu.Unlock()
	info := f.info
	info.CorruptPackets = f.damaged[picture] + f.damaged[sound]
	info.Notes = append([]string(nil), f.info.Notes...)
	return info
}

// Index returns when the frames of the film are shown. It is known when a pass
// of [Film.Frames] has come to the film's end; before, it is empty.
func (f *Film) Index() vig.FrameIndex {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.index
}

// indexed takes up what a pass has found.
func (f *Film) indexed(index vig.FrameIndex, open bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	index.Start = f.origin - f.begins
	f.index, f.leading = index, open
}

func (f *Film) note(format string, args ...any) {
	f.info.Notes = append(f.info.Notes, fmt.Sprintf(format, args...))
}

// begin starts a pass: its context ends with ctx, or when the film is closed.
// The pass calls done when it holds nothing any more.
func (f *Film) begin(ctx context.Context) (_ context.Context, done func(), err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, nil, errClosed()
	}
	f.passes.Add(1)
	ctx, cancel := context.WithCancel(ctx)
	unwatch := context.AfterFunc(f.closing, cancel)
	return ctx, func() {
		unwatch()
		cancel()
		f.passes.Done()
	}, nil
}

// shortBy is how much earlier than stated a film may end before that is worth
// a note: containers round, and count sound that goes on after the picture.
const shortBy = time.Second

// passed takes up what a pass has found.
func (f *Film) passed(k kind, t tally) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.damaged[k] = max(f.damaged[k], t.damaged())
	if k == picture && t.atEnd && t.end+shortBy < f.info.Duration {
		f.note("The film breaks off at %v, although it says that it is %v long.",
			t.end.Round(time.Second), f.info.Duration.Round(time.Second))
		f.info.Duration = t.end
	}
}

// passError says why a pass ended: one that was cancelled though its own
// context had not ended was ended by Close.
func (f *Film) passError(err error) error {
	if f.closing.Err() != nil && errors.Is(err, context.Canceled) {
		return errClosed()
	}
	return err
}

func errClosed() error {
	return vig.Errorf(vig.CodeConflict, "read film", "the film is closed")
}

// Close ends the passes that still run and waits for them. It may be called in
// a loop over Frames or Sound, but not by a function that a config brings.
func (f *Film) Close() {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	f.stop()
	f.passes.Wait()
}
