package pipeline

import (
	"context"

	"github.com/asticode/go-astiav"

	"attune/internal/vig"
)

// OverlayConfig says what an overlay shows.
type OverlayConfig struct {
	FramesConfig // of the samples that are drawn on

	Draw     func(vig.Sample) error // draws on a sample's picture, in place; required. An error ends the overlay.
	Progress func(done float64)     // as of a reel
}

// Overlay writes the film's samples, drawn on by cfg.Draw, with the film's
// sound as one mp4 to path, for people to check what was seen. Each sample
// stays on until the next. The file and the errors are as of [Film.Reel].
func (f *Film) Overlay(ctx context.Context, path string, cfg OverlayConfig) error {
	info := f.Info()
	cfg.FramesConfig = cfg.withDefaults()
	reel, err := lay([]vig.Span{{End: info.Duration}}, info.Duration, 0)
	if err != nil {
		return err
	}
	size := canvasFor(info.Width, info.Height, cfg.LongSide)
	reel.Width, reel.Height = size.width, size.height
	return f.write(ctx, path, reel, cfg.Progress, func(ctx context.Context, send func(*astiav.Frame) error) error {
		return f.draw(ctx, reel, cfg, send)
	})
}

// draw is the [producer] of an overlay's frames.
func (f *Film) draw(ctx context.Context, reel ReelInfo, cfg OverlayConfig, send func(*astiav.Frame) error) error {
	fitter := &fitter{canvas: canvas{reel.Width, reel.Height}}
	defer fitter.close()
	held := newFrame() // the sample before, until it is known how long it is shown
	defer freeFrame(held)
	release := func(until int64) error {
		if empty(held) || until <= held.Pts() {
			return nil
		}
		setFrameDuration(held, until-held.Pts())
		if err := fitter.fit(held, shapeOf(held, 1)); err != nil {
			return err
		}
		frame := newFrame()
		frame.MoveRef(held)
		return send(frame)
	}
	for sample, err := range f.Frames(ctx, cfg.FramesConfig) {
		if err != nil {
			return err
		}
		at := pictureTime(sample.Time)
		if err := release(at); err != nil {
			return err
		}
		if err := cfg.Draw(sample); err != nil {
			return err
		}
		if err := fill(held, sample.Picture); err != nil {
			return err
		}
		held.SetPts(at)
	}
	return release(pictureTime(reel.Duration))
}

// fill makes f a frame of its own with the picture p.
func fill(f *astiav.Frame, p vig.Picture) error {
	f.Unref()
	f.SetWidth(p.Width)
	f.SetHeight(p.Height)
	f.SetPixelFormat(astiav.PixelFormatBgr24)
	f.SetColorSpace(astiav.ColorSpaceRgb)
	f.SetColorRange(astiav.ColorRangeJpeg)
	err := f.AllocBuffer(0)
	if err == nil {
		err = f.Data().SetBytes(p.BGR, 1)
	}
	if err != nil {
		return vig.Errorf(vig.CodeInternal, "draw overlay", "%w", err)
	}
	return nil
}
