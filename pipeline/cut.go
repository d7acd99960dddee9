package pipeline

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/asticode/go-astiav"

	"attune/internal/vig"
)

// pause is how long no new frame may come at a clip's beginning before it
// counts as a pause of the recording: longer than a frame of any camera lasts
// (10 a second, in the dark), so that at a constant rate no frame from outside
// the clip is ever shown.
const pause = 100 * time.Millisecond

// cut is the [producer] of the frames of the reel's clips.
func (f *Film) cut(ctx context.Context, reel ReelInfo, send func(*astiav.Frame) error) error {
	d, err := f.openDecoder(ctx, picture, reel.Clips[0].Span.Start)
	if err != nil {
		return err
	}
	defer d.close()
	c := &cutter{
		decoder: d,
		fitter:  &fitter{canvas: canvas{reel.Width, reel.Height}, orientation: f.orientation},
		held:    newFrame(),
		before:  newFrame(),
		send:    send,
	}
	defer c.close()
	for i, clip := range reel.Clips {
		if i > 0 {
			if err := d.seek(clip.Span.Start); err != nil {
				return err
			}
		}
		if err := c.cut(clip); err != nil {
			return err
		}
	}
	return nil
}

// cutter cuts clips out of a film, one after the other.
type cutter struct {
	decoder *decoder
	fitter  *fitter
	send    func(*astiav.Frame) error

	before *astiav.Frame // the last before the clip, or empty
	held   *astiav.Frame // the last of the clip, until it is known how long it is shown, or empty
}

// cut sends the frames of one clip. The decoder stands at or before its start.
func (c *cutter) cut(clip ReelClip) error {
	end := pictureTime(clip.At + clip.Span.Length())
	at := func(t time.Duration) int64 { return min(pictureTime(clip.At+t-clip.Span.Start), end-1) }
	c.before.Unref()
	for {
		frame, t, err := c.decoder.next()
		if errors.Is(err, io.EOF) || err == nil && t >= clip.Span.End {
			break
		}
		if err != nil {
			return err
		}
		if t < clip.Span.Start {
			c.before.Unref()
			c.before.MoveRef(frame)
			continue
		}
		if empty(c.held) {
			if t-clip.Span.Start > pause && !empty(c.before) {
				if err := c.show(c.before, at(clip.Span.Start)); err != nil {
					return err
				}
			} else {
				t = clip.Span.Start
			}
		}
		if err := c.show(frame, at(t)); err != nil {
			return err
		}
	}
	if empty(c.held) {
		if empty(c.before) {
			return vig.Errorf(vig.CodeInvalid, "cut clip", "no picture between %v and %v can be decoded", clip.Span.Start, clip.Span.End)
		}
		if err := c.show(c.before, at(clip.Span.Start)); err != nil {
			return err
		}
	}
	return c.release(end)
}

// show takes over the picture of frame, to be shown from the time at of the
// reel on. Of two for the same time the first is shown.
func (c *cutter) show(frame *astiav.Frame, at int64) error {
	kind := astiav.PictureTypeI // a clip begins afresh
	if !empty(c.held) {
		if at <= c.held.Pts() {
			return nil
		}
		if err := c.release(at); err != nil {
			return err
		}
		kind = astiav.PictureTypeNone // the encoder's choice, not the film's
	}
	c.held.MoveRef(frame)
	c.held.SetPts(at)
	c.held.SetPictureType(kind)
	return nil
}

// release sends the held frame, which is shown until the time until.
func (c *cutter) release(until int64) error {
	setFrameDuration(c.held, until-c.held.Pts())
	if err := c.fitter.fit(c.held, shapeOf(c.held, c.decoder.film.aspect)); err != nil {
		return err
	}
	frame := newFrame()
	frame.MoveRef(c.held)
	return c.send(frame)
}

func (c *cutter) close() {
	freeFrame(c.before)
	freeFrame(c.held)
	c.fitter.close()
}

// empty reports whether f holds no picture.
func empty(f *astiav.Frame) bool { return f.Width() == 0 }
