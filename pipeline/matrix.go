package pipeline

import "github.com/asticode/go-astiav"

// matrixOf returns the matrix by which the frame's luma and chroma were made.
// Where the film does not say, it is BT.709 for high definition and BT.601
// below, as players take it: more than 576 rows or 1,024 columns are no
// standard definition.
func matrixOf(f *astiav.Frame) int {
	switch f.ColorSpace() {
	case astiav.ColorSpaceBt709:
		return matrix709
	case astiav.ColorSpaceBt470Bg, astiav.ColorSpaceSmpte170M:
		return matrix601
	case astiav.ColorSpaceFcc:
		return matrixFCC
	case astiav.ColorSpaceSmpte240M:
		return matrixSMPTE240
	case astiav.ColorSpaceBt2020Ncl, astiav.ColorSpaceBt2020Cl:
		return matrix2020
	}
	if f.Height() > 576 || f.Width() > 1024 {
		return matrix709
	}
	return matrix601
}

// fullRange reports whether the frame's numbers use their full range, as JPEG
// has it, and not that of television.
func fullRange(f *astiav.Frame) bool {
	switch f.PixelFormat() {
	case astiav.PixelFormatYuvj420P, astiav.PixelFormatYuvj422P, astiav.PixelFormatYuvj444P, astiav.PixelFormatYuvj440P:
		return true
	}
	return f.ColorRange() == astiav.ColorRangeJpeg
}
