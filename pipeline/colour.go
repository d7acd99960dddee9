package pipeline

import "github.com/asticode/go-astiav"

// colour says how the numbers of a picture are meant (ITU-T H.273).
type colour struct {
	primaries astiav.ColorPrimaries
	transfer  astiav.ColorTransferCharacteristic
	matrix    astiav.ColorSpace
}

// colourOf returns how the numbers of f are meant. A matrix that the film does
// not tell is the one that players take: a reel may be smaller than its film,
// and must not be taken for standard definition then.
func colourOf(f *astiav.Frame) colour {
	c := colour{framePrimaries(f), frameTransfer(f), f.ColorSpace()}
	switch matrixOf(f) {
	case matrix709:
		c.matrix = astiav.ColorSpaceBt709
	case matrix601:
		c.matrix = astiav.ColorSpaceSmpte170M
	}
	return c
}

// high reports whether the picture has a high dynamic range (ITU-R BT.2100).
func (c colour) high() bool { return toneMapOf(c.transfer) != nil }

// zscale returns the name that libavfilter's zscale has for the transfer
// function of a picture of high dynamic range.
func (c colour) zscale() string {
	if c.transfer == astiav.ColorTransferCharacteristicSmpte2084 {
		return "smpte2084"
	}
	return "arib-std-b67"
}

// scale returns the name that libavfilter's scale has for the matrix.
func (c colour) scale() string {
	switch c.matrix {
	case astiav.ColorSpaceBt709:
		return "bt709"
	case astiav.ColorSpaceFcc:
		return "fcc"
	case astiav.ColorSpaceSmpte240M:
		return "smpte240m"
	case astiav.ColorSpaceBt2020Ncl, astiav.ColorSpaceBt2020Cl:
		return "bt2020"
	}
	return "bt601"
}

// shapeOf says what f is like; its pixels are aspect times as wide as high.
func shapeOf(f *astiav.Frame, aspect float64) shape {
	return shape{
		width: f.Width(), height: f.Height(),
		format: f.PixelFormat(),
		aspect: aspect,
		colour: colourOf(f),
		rgb:    f.ColorSpace() == astiav.ColorSpaceRgb,
		full:   fullRange(f),
	}
}
