package pipeline

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/asticode/go-astiav"
	"github.com/google/renameio/v2"

	"attune/internal/vig"
)

// ReelConfig says how a reel is made. Its zero value makes a draft.
type ReelConfig struct {
	// LongSide is the most pixels of the picture's longer side. 0 means 1280.
	// A film is never enlarged.
	LongSide int

	// Fine codes the picture so that nobody sees a difference to the film's, in
	// a file some three times as large as a draft's.
	Fine bool

	// Card is shown before the first clip, without sound. The zero value is none.
	Card Card

	// Progress, where it is not nil, is told the share of the reel that is
	// done, from 0 to 1, never less than before: once for each frame, on
	// one goroutine. The reel waits for it.
	Progress func(done float64)
}

// Card is a picture that stands before the clips.
type Card struct {
	Length time.Duration
	// Draw makes the picture in the size of the reel's.
	Draw func(width, height int) (vig.Picture, error)
}

// FullSize is the LongSide of a reel in the film's own size: the largest pictures
// that H.264 has in the levels that browsers and televisions play (ITU-T H.264,
// level 5.2). Only films of more than 4K are made smaller.
const FullSize = 4096

// defaultLongSide is the longer side of a draft and of a still: 720p, enough
// for faces on a shared screen, and less than half of the work of 1080p.
const defaultLongSide = 1280

// ReelInfo says what a reel became.
type ReelInfo struct {
	Width, Height int           // of the picture, in square pixels
	Duration      time.Duration // the sum of the lengths of the clips, and of the card
	Card          time.Duration // how long it is shown
	Clips         []ReelClip    // in the order of the reel

	fine bool
}

// ReelClip is where a piece of a film lies in a reel.
type ReelClip struct {
	Span vig.Span      // of the film, as it was cut
	At   time.Duration // where it begins in the reel: the sum of the lengths before, with the card's
}

// Reel writes the clips of the film that spans name, in that order, as one
// mp4 to path: H.264 and AAC, its index first, upright, with square pixels.
// A file that lay there is replaced at the end, at once; until then, and after
// an error, nothing at path changes, and no other file stays behind. The new
// file can be read by its owner only.
//
// A clip holds the frames whose time t is Start ≤ t < End, at their own
// distances. Its first frame is shown from the clip's beginning on, its last
// until the next clip begins, and each clip begins where those before end, so
// that the reel is as long as its spans together. Where the recording paused at
// a clip's beginning, the frame before the pause stays on. The sound is the
// film's own of the same time, silence where it has none, to the sample; at a
// join the sounds cross-fade, unless the clips follow each other in the film as
// well. A film without sound makes a reel without.
//
// Spans may touch, overlap and come in any order; what lies beyond the film is
// cut off. Nothing of the film's own metadata, such as its time and place, is
// taken over. The same film and spans make the same bytes.
//
// The errors are of code invalid for spans that hold nothing of the film and
// for what [Film.Frames] refuses in a film, internal where the reel cannot be
// written, or the error of ctx.
func (f *Film) Reel(ctx context.Context, path string, spans []vig.Span, cfg ReelConfig) (ReelInfo, error) {
	info := f.Info()
	reel, err := lay(spans, info.Duration, cfg.Card.Length)
	if err != nil {
		return ReelInfo{}, err
	}
	reel.fine = cfg.Fine
	longSide := cfg.LongSide
	if longSide <= 0 {
		longSide = defaultLongSide
	}
	size := canvasFor(info.Width, info.Height, longSide)
	reel.Width, reel.Height = size.width, size.height

	err = f.write(ctx, path, reel, cfg.Progress, func(ctx context.Context, send func(*astiav.Frame) error) error {
		if reel.Card > 0 {
			card := &cardSender{card: cfg.Card, reel: reel, rate: f.Info().FrameRate, send: send}
			send = card.frame
		}
		return f.cut(ctx, reel, send)
	})
	if err != nil {
		return ReelInfo{}, err
	}
	return reel, nil
}

// producer sends the frames of a reel in order, on its canvas, with PTS and
// duration on the pictureClock. What is sent belongs to the receiver, also when
// send returns an error.
type producer func(ctx context.Context, send func(*astiav.Frame) error) error

// write records what produce sends, and the sound of the reel's clips, into a
// file that appears at path when it is whole.
func (f *Film) write(ctx context.Context, path string, reel ReelInfo, progress func(float64), produce producer) error {
	return f.place(path, func(temporary string) error {
		return f.render(ctx, temporary, reel, progress, produce)
	})
}

// place has a file made under another name in the folder of path, and moves it
// to path when it is whole.
func (f *Film) place(path string, make func(temporary string) error) error {
	const op = "write reel"
	file, err := renameio.NewPendingFile(path, renameio.WithTempDir(filepath.Dir(path)))
	if err != nil {
		return vig.Errorf(vig.CodeInternal, op, "%w", err)
	}
	defer func() { _ = file.Cleanup() }() // nothing is left to clean once the reel is in place
	if err := make(file.Name()); err != nil {
		return f.passError(err)
	}
	if err := file.CloseAtomicallyReplace(); err != nil {
		return vig.Errorf(vig.CodeInternal, op, "%w", err)
	}
	if err := syncFolder(filepath.Dir(path)); err != nil {
		return vig.Errorf(vig.CodeInternal, op, "%w", err)
	}
	return nil
}

// syncFolder makes the names in a folder outlast a loss of power; renameio
// does so for the bytes of the file only.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// lay puts the clips one after the other, behind a card.
func lay(spans []vig.Span, film, card time.Duration) (ReelInfo, error) {
	const op = "lay out reel"
	if len(spans) == 0 {
		return ReelInfo{}, vig.Errorf(vig.CodeInvalid, op, "there is no clip to put into it")
	}
	reel := ReelInfo{Card: max(0, card), Duration: max(0, card)}
	for i, s := range spans {
		s = s.Clamp(vig.Span{End: film})
		if pictureTime(s.Length()) == 0 {
			return ReelInfo{}, vig.Errorf(vig.CodeInvalid, op,
				"clip %d, from %v to %v, holds nothing of the film, which is %v long", i+1, spans[i].Start, spans[i].End, film)
		}
		reel.Clips = append(reel.Clips, ReelClip{Span: s, At: reel.Duration})
		reel.Duration += s.Length()
	}
	return reel, nil
}

// pictureTime returns d on the pictureClock.
func pictureTime(d time.Duration) int64 {
	return mulDiv(int64(d), pictureTicks, int64(time.Second))
}

// framesAhead is how many frames may wait between producing and recording, so
// that neither holds up the other for a moment; at 1920×1080 one has 3 MB.
const framesAhead = 4

// render writes the reel to the file at path. Its frames are produced on one
// goroutine and recorded on another.
func (f *Film) render(ctx context.Context, path string, reel ReelInfo, progress func(float64), produce producer) error {
	ctx, stop := context.WithCancel(ctx)
	frames := make(chan *astiav.Frame, framesAhead)
	produced := make(chan error, 1)
	go func() {
		defer close(frames)
		produced <- produce(ctx, func(frame *astiav.Frame) error {
			select {
			case frames <- frame:
				return nil
			case <-ctx.Done():
				freeFrame(frame)
				return ctx.Err()
			}
		})
	}()
	err := f.record(ctx, path, reel, frames, produced, progress)
	stop()
	for frame := range frames { // those that an error has left; then none is produced any more
		freeFrame(frame)
	}
	return err
}

// record encodes the frames, which it frees, and the reel's sound, and writes
// both to the file at path. produced tells how it went when no more frames
// come.
func (f *Film) record(ctx context.Context, path string, reel ReelInfo, frames <-chan *astiav.Frame, produced <-chan error, progress func(float64)) error {
	track, err := f.openSoundtrack(ctx)
	if err != nil {
		return err
	}
	if track != nil {
		defer track.close()
	}
	r, err := newRecorder(path, track, reel, f.Info().FrameRate)
	if err != nil {
		return err
	}
	defer r.close()
	total := float64(pictureTime(reel.Duration))
	for frame := range frames {
		end := frame.Pts() + frameDuration(frame)
		err := r.encode(frame)
		freeFrame(frame)
		if err != nil {
			return err
		}
		if progress != nil {
			progress(float64(end) / total)
		}
	}
	if err := <-produced; err != nil {
		return err
	}
	return r.finish()
}
