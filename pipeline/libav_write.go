package pipeline

/*
#cgo pkg-config: libavcodec libavutil
#include <libavcodec/avcodec.h>
#include <libavutil/frame.h>

// The planes of a frame, whose array lies in C.
static void *attune_plane(const AVFrame *f, int i) { return f->extended_data[i]; }
*/
import "C"

import (
	"unsafe"

	"github.com/asticode/go-astiav"
)

// The cgo of our own that writing needs beside that of libav.go.

// flagFrameDuration tells an encoder that the durations of its frames are
// meant, and to be passed on to the packets.
const flagFrameDuration = astiav.CodecContextFlag(C.AV_CODEC_FLAG_FRAME_DURATION)

// setFrameDuration says how long the frame is shown, in the time base of its
// PTS.
func setFrameDuration(f *astiav.Frame, d int64) {
	(*C.AVFrame)(f.UnsafePointer()).duration = C.int64_t(d)
}

// setFrameColour says that the numbers of f are meant as those of like.
func setFrameColour(f, like *astiav.Frame) {
	to, from := (*C.AVFrame)(f.UnsafePointer()), (*C.AVFrame)(like.UnsafePointer())
	to.color_primaries, to.color_trc = from.color_primaries, from.color_trc
	to.colorspace, to.color_range = from.colorspace, from.color_range
}

// floatPlane returns plane i of a frame of float32 samples, n of them, as a
// view that lasts as long as the frame's data. Planar sound has a plane for
// each channel, interleaved sound one for all.
func floatPlane(f *astiav.Frame, i, n int) []float32 {
	if n <= 0 {
		return nil
	}
	return unsafe.Slice((*float32)(C.attune_plane((*C.AVFrame)(f.UnsafePointer()), C.int(i))), n)
}
