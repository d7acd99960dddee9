package pipeline

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"time"

	"github.com/asticode/go-astiav"

	"attune/internal/vig"
)

// StillConfig says how a still is made. Its zero value works.
type StillConfig struct {
	// LongSide is the most pixels of the longer side. 0 means 1280. A film is
	// never enlarged.
	LongSide int
}

// stillQuality is the quality of a still by the scale of libjpeg, 1 to 100:
// from 90 on a face shows no blocks when it is looked at closely.
const stillQuality = 90

// Still returns the frame of f at the time at, or else the first after it, or
// the film's last, as a JPEG: upright, with square pixels, in 8 bits, without
// metadata. The same film and time make the same bytes.
//
// The errors are of code invalid for a film of which no picture can be decoded
// there and for what [Film.Frames] refuses in a film, or the error of ctx.
func (f *Film) Still(ctx context.Context, at time.Duration, cfg StillConfig) ([]byte, error) {
	longSide := cfg.LongSide
	if longSide <= 0 {
		longSide = defaultLongSide
	}
	info := f.Info()
	fitter := &fitter{
		canvas:      canvasFor(info.Width, info.Height, longSide),
		orientation: f.orientation,
		still:       true,
	}
	defer fitter.close()
	frame := newFrame()
	defer freeFrame(frame)
	if err := f.seize(ctx, at, frame); err != nil {
		return nil, f.passError(err)
	}
	if err := fitter.fit(frame, shapeOf(frame, f.aspect)); err != nil {
		return nil, err
	}
	const op = "make still"
	var picture image.YCbCr
	if err := frame.Data().ToImage(&picture); err != nil {
		return nil, vig.Errorf(vig.CodeInternal, op, "%w", err)
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, &picture, &jpeg.Options{Quality: stillQuality}); err != nil {
		return nil, vig.Errorf(vig.CodeInternal, op, "%w", err)
	}
	return out.Bytes(), nil
}

// seize puts the frame at or first after the time at into frame, or the film's
// last.
func (f *Film) seize(ctx context.Context, at time.Duration, frame *astiav.Frame) error {
	d, err := f.openDecoder(ctx, picture, at)
	if err != nil {
		return err
	}
	defer d.close()
	for {
		next, t, err := d.next()
		if errors.Is(err, io.EOF) {
			if empty(frame) {
				return vig.Errorf(vig.CodeInvalid, "make still", "no picture at %v or after it can be decoded", at)
			}
			return nil
		}
		if err != nil {
			return err
		}
		frame.Unref()
		frame.MoveRef(next)
		if t >= at {
			return nil
		}
	}
}
