package pipeline

import (
	"fmt"
	"math"
	"strings"

	"github.com/asticode/go-astiav"

	"attune/internal/vig"
)

// canvas is the one size that all pictures of a reel have, in square pixels.
// Both sides are even, as yuv420p wants.
type canvas struct {
	width, height int
}

// canvasFor returns the canvas of a film that is displayed with width × height
// pixels, made smaller where its longer side is beyond longSide.
func canvasFor(width, height, longSide int) canvas {
	share := min(1, float64(longSide)/float64(max(width, height)))
	side := func(n int) int {
		nearest := 2 * int(math.Round(float64(n)*share/2))
		return max(2, min(nearest, n&^1, longSide&^1)) // never enlarged
	}
	return canvas{side(width), side(height)}
}

// shape is all of a decoded frame that decides how it is brought onto a canvas.
type shape struct {
	width, height int // as stored
	format        astiav.PixelFormat
	aspect        float64 // of one pixel, width ÷ height
	colour        colour
	rgb           bool // is not stored as luma and chroma
	full          bool // uses the full range of its numbers
}

// tag returns what libavfilter is to know of the numbers of such a frame.
func (s shape) tag() (astiav.ColorSpace, astiav.ColorRange) {
	space, full := s.colour.matrix, astiav.ColorRangeMpeg
	if s.rgb {
		space = astiav.ColorSpaceRgb
	}
	if s.full {
		full = astiav.ColorRangeJpeg
	}
	return space, full
}

// fitter brings decoded frames upright onto a canvas, in libav: scaled, turned,
// with square pixels, in 8 bits; high dynamic range is brought down to BT.709.
// Frames that are so already pass through untouched. A fitter adapts itself
// when the frames of a film change their shape; those of another aspect are
// shown whole, with black beside them. Close frees it.
type fitter struct {
	canvas      canvas
	orientation orientation
	still       bool // for JPEG: BT.601 in full range (JFIF), not film range

	shape shape // what the graph was built for
	graph *astiav.FilterGraph
	in    *astiav.BuffersrcFilterContext
	out   *astiav.BuffersinkFilterContext
}

// upright returns the size that the stored picture s has when it is turned,
// with square pixels.
func (t *fitter) upright(s shape) (w, h float64) {
	w, h = float64(s.width)*s.aspect, float64(s.height)
	if t.turned() {
		w, h = h, w
	}
	return w, h
}

// turned reports whether rows become columns.
func (t *fitter) turned() bool { return t.orientation.quarters%2 == 1 }

// area returns the size on the canvas, upright, of a picture of shape s.
func (t *fitter) area(s shape) canvas {
	w, h := t.upright(s)
	share := min(float64(t.canvas.width)/w, float64(t.canvas.height)/h)
	a := canvas{int(math.Round(w*share/2)) * 2, int(math.Round(h*share/2)) * 2}
	// The canvas was rounded to even sides; a difference of that size is no
	// other aspect, and a black line would be seen.
	if t.canvas.width-a.width <= 2 && t.canvas.height-a.height <= 2 {
		return t.canvas
	}
	return canvas{max(2, a.width), max(2, a.height)}
}

// passes reports whether frames of shape s need nothing done.
func (t *fitter) passes(s shape) bool {
	return !t.still && t.orientation == (orientation{}) && s.format == astiav.PixelFormatYuv420P && !s.full &&
		!s.colour.high() && t.area(s) == (canvas{s.width, s.height}) && t.area(s) == t.canvas
}

// filters describes the graph in libavfilter's words.
func (t *fitter) filters(s shape) string {
	a := t.area(s)
	w, h := a.width, a.height
	if t.turned() {
		w, h = h, w // scaled before it is turned
	}
	var steps []string
	step := func(format string, args ...any) { steps = append(steps, fmt.Sprintf(format, args...)) }
	matrix := s.colour.scale()
	if s.colour.high() {
		// As the toneMap of samples does, but in libavfilter: light, with
		// diffuse white at 1; primaries of BT.709; what is brighter rolled off.
		step("scale=%d:%d:flags=bicubic", w, h)
		step("zscale=t=linear:npl=%g:tin=%s:pin=bt2020:min=2020_ncl", diffuseWhite, s.colour.zscale())
		step("format=gbrpf32le,zscale=p=bt709,tonemap=mobius:desat=0:peak=%g", tonePeak)
		step("zscale=t=bt709:m=bt709:r=tv,format=yuv420p")
		matrix = "bt709"
	}
	if t.still {
		step("scale=%d:%d:flags=bicubic:out_range=pc:out_color_matrix=bt601,format=yuvj420p", w, h)
	} else {
		step("scale=%d:%d:flags=bicubic:out_range=tv:out_color_matrix=%s,format=yuv420p", w, h, matrix)
	}
	if t.orientation.mirrored {
		step("hflip")
	}
	switch t.orientation.quarters {
	case 1:
		step("transpose=clock")
	case 2:
		step("hflip,vflip")
	case 3:
		step("transpose=cclock")
	}
	if a != t.canvas {
		step("pad=%d:%d:(ow-iw)/2:(oh-ih)/2", t.canvas.width, t.canvas.height)
	}
	step("setsar=1")
	return strings.Join(steps, ",")
}

// fit replaces the picture in f by its like on the canvas. Time and duration
// stay.
func (t *fitter) fit(f *astiav.Frame, s shape) error {
	if t.passes(s) {
		return nil
	}
	const op = "fit picture"
	if t.graph == nil || s != t.shape {
		if err := t.build(s); err != nil {
			return vig.Errorf(vig.CodeInternal, op, "%w", err)
		}
	}
	space, full := s.tag()
	f.SetColorSpace(space)
	f.SetColorRange(full)
	if err := t.in.AddFrame(f, 0); err != nil { // takes f's data over
		return vig.Errorf(vig.CodeInternal, op, "%w", err)
	}
	if err := t.out.GetFrame(f, 0); err != nil {
		return vig.Errorf(vig.CodeInternal, op, "%w", err)
	}
	return nil
}

// build makes the graph for frames of shape s.
func (t *fitter) build(s shape) error {
	t.close()
	t.graph = newFilterGraph()
	t.shape = s
	in, err := t.graph.NewBuffersrcFilterContext(astiav.FindFilterByName("buffer"), "in")
	if err != nil {
		return err
	}
	p := astiav.AllocBuffersrcFilterContextParameters()
	defer p.Free()
	p.SetWidth(s.width)
	p.SetHeight(s.height)
	p.SetPixelFormat(s.format)
	space, full := s.tag()
	p.SetColorSpace(space)
	p.SetColorRange(full)
	p.SetTimeBase(pictureClock)
	if err := in.SetParameters(p); err != nil {
		return err
	}
	if err := in.Initialize(nil); err != nil {
		return err
	}
	out, err := t.graph.NewBuffersinkFilterContext(astiav.FindFilterByName("buffersink"), "out")
	if err != nil {
		return err
	}
	// The names are those of the open ends of the filters' text.
	from, to := astiav.AllocFilterInOut(), astiav.AllocFilterInOut()
	defer from.Free()
	defer to.Free()
	from.SetName("in")
	from.SetFilterContext(in.FilterContext())
	to.SetName("out")
	to.SetFilterContext(out.FilterContext())
	if err := t.graph.Parse(t.filters(s), to, from); err != nil {
		return err
	}
	if err := t.graph.Configure(); err != nil {
		return err
	}
	t.in, t.out = in, out
	return nil
}

// close frees the graph.
func (t *fitter) close() {
	if t.graph != nil {
		freeFilterGraph(t.graph)
		t.graph, t.in, t.out = nil, nil, nil
	}
}
