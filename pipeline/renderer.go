package pipeline

import (
	"math"

	"github.com/asticode/go-astiav"

	"attune/internal/vig"
)

// renderer turns the frames of a film into pictures for analysis. libav scales
// them as they lie stored; what is left is small, and is turned upright while
// it is copied out.
type renderer struct {
	width, height int // of the scaled picture, as it lies stored
	orientation   orientation
	scaler        scaler
	scaled        *astiav.Frame
	tone          *toneMap // of the frame before, nil for standard dynamic range
}

// newRenderer makes pictures whose longer side is at most longSide pixels. The
// caller closes it.
func newRenderer(f *Film, longSide int) *renderer {
	w, h := f.sampleSize(longSide)
	return &renderer{width: w, height: h, orientation: f.orientation, scaled: newFrame()}
}

// sampleSize returns the size of a sample, as it lies stored, whose longer side
// is at most longSide pixels.
func (f *Film) sampleSize(longSide int) (w, h int) {
	w, h = f.square()
	share := min(1, float64(longSide)/float64(max(w, h)))
	side := func(n int) int { return max(1, int(math.Round(float64(n)*share))) }
	return side(w), side(h)
}

// render returns frame as a picture, in buffer if that is large enough.
func (r *renderer) render(frame *astiav.Frame, buffer []byte) (vig.Picture, error) {
	const op = "read film: scale picture"
	tone := toneMapOf(frameTransfer(frame))
	format := astiav.PixelFormatBgr24
	if tone != nil {
		format = astiav.PixelFormatBgr48Le
	}
	err := r.scaler.set(scaling{
		srcW: frame.Width(), srcH: frame.Height(), srcFormat: frame.PixelFormat(),
		matrix: matrixOf(frame), full: fullRange(frame),
		dstW: r.width, dstH: r.height, dstFormat: format,
		flags: scaleArea,
	})
	if err != nil {
		return vig.Picture{}, vig.Errorf(vig.CodeUnsupported, op, "%w", err)
	}
	if r.scaled.PixelFormat() != format || r.scaled.Width() != r.width {
		r.scaled.Unref()
		r.scaled.SetWidth(r.width)
		r.scaled.SetHeight(r.height)
		r.scaled.SetPixelFormat(format)
		if err := r.scaled.AllocBuffer(0); err != nil {
			return vig.Picture{}, vig.Errorf(vig.CodeInternal, op, "%w", err)
		}
	}
	if err := r.scaler.scale(frame, r.scaled); err != nil {
		return vig.Picture{}, vig.Errorf(vig.CodeInvalid, op, "%w", err)
	}
	if n := r.width * r.height * 3; len(buffer) != n {
		buffer = make([]byte, n)
	}
	r.tone = tone
	r.copyUpright(buffer)
	w, h := r.orientation.size(r.width, r.height)
	return vig.Picture{Width: w, Height: h, BGR: buffer}, nil
}

// copyUpright copies the scaled picture to dst, each pixel to where it belongs.
func (r *renderer) copyUpright(dst []byte) {
	first, dx, dy := r.orientation.steps(r.width, r.height)
	for y := range r.height {
		at := (first + y*dy) * 3
		if r.tone != nil {
			row := frameRow(r.scaled, y, r.width*6)
			for x := range r.width {
				i := at + x*dx*3
				r.tone.convert(row[x*6:x*6+6], dst[i:i+3])
			}
			continue
		}
		row := frameRow(r.scaled, y, r.width*3)
		if dx == 1 {
			copy(dst[at:], row)
			continue
		}
		for x := range r.width {
			i := at + x*dx*3
			copy(dst[i:i+3], row[x*3:x*3+3])
		}
	}
}

func (r *renderer) close() {
	r.scaler.free()
	freeFrame(r.scaled)
}
