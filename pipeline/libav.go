package pipeline

/*
#include <malloc.h>
#cgo pkg-config: libavcodec libavutil libswscale
#include <libavcodec/avcodec.h>
#include <libavutil/display.h>
#include <libavutil/frame.h>
#include <libavutil/mem.h>
#include <libswscale/swscale.h>

// The passes over a film allocate on many threads, and glibc would give each
// its own arena, in which what was freed stays: after the sound of an hour's
// film, half as much again as after that of five minutes. With two arenas, and
// what is free given back after each pass, that does not grow. glibc settles
// the number when the second thread allocates, which is before Go's init.
__attribute__((constructor)) static void attune_share_memory(void) {
#ifdef M_ARENA_MAX
	mallopt(M_ARENA_MAX, 2);
#endif
}

static void attune_give_back_memory(void) {
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}

// The data of a frame lies in C; its pointers are handed on in C as well, so
// that no array of pointers crosses the border.
static int attune_scale(struct SwsContext *c, const AVFrame *src, AVFrame *dst) {
	return sws_scale(c, (const uint8_t *const *)src->data, src->linesize, 0, src->height, dst->data, dst->linesize);
}

static const AVFrameSideData *attune_display_matrix(const AVFrame *f) {
	return av_frame_get_side_data(f, AV_FRAME_DATA_DISPLAYMATRIX);
}
*/
import "C"

import (
	"fmt"
	"unsafe"

	"github.com/asticode/go-astiav"
)

// This is the one file with cgo of our own: what go-astiav does not reach.

// noPTS is libav's AV_NOPTS_VALUE: a time that is not known.
const noPTS = int64(C.AV_NOPTS_VALUE)

// maxAlloc is the most that libav may allocate in one piece. The largest
// honest piece is one plane of the largest picture taken (8192 × 4320, 16 bits:
// 71 MB); the rest is room for packets.
const maxAlloc = 512 << 20

func init() {
	// libav would write to standard error what a film tells it to. Its log
	// callback must stay its own: go-astiav's prints into a fixed buffer.
	astiav.SetLogLevel(astiav.LogLevelQuiet)
	C.av_max_alloc(maxAlloc)
}

// giveBackMemory returns to the system what a pass has freed.
func giveBackMemory() { C.attune_give_back_memory() }

func cFrame(f *astiav.Frame) *C.AVFrame { return (*C.AVFrame)(f.UnsafePointer()) }

func cCodec(cc *astiav.CodecContext) *C.AVCodecContext {
	return (*C.AVCodecContext)(cc.UnsafePointer())
}

// framePTS returns the frame's presentation time in its stream's time base:
// its PTS, or where that is not known what libav guesses from DTS, or noPTS.
// libav's own guess comes second because where times are irregular it may
// prefer a DTS, which is another frame's time, to a PTS that is right.
func framePTS(f *astiav.Frame) int64 {
	if pts := f.Pts(); pts != noPTS {
		return pts
	}
	return int64(cFrame(f).best_effort_timestamp)
}

// frameDuration returns how long the frame is shown, in its stream's time
// base, or 0 where that is not known.
func frameDuration(f *astiav.Frame) int64 { return int64(cFrame(f).duration) }

// frameDamaged reports whether the decoder had to conceal errors in the frame.
func frameDamaged(f *astiav.Frame) bool {
	c := cFrame(f)
	return c.decode_error_flags != 0 || c.flags&C.AV_FRAME_FLAG_CORRUPT != 0
}

// frameMatrix returns the display matrix that belongs to the frame, from its
// container or from the coded picture.
func frameMatrix(f *astiav.Frame) (m [9]int32, ok bool) {
	sd := C.attune_display_matrix(cFrame(f))
	if sd == nil || sd.size < C.size_t(unsafe.Sizeof(m)) {
		return m, false
	}
	return *(*[9]int32)(unsafe.Pointer(sd.data)), true
}

// frameTransfer and framePrimaries say how the frame's numbers become light.
func frameTransfer(f *astiav.Frame) astiav.ColorTransferCharacteristic {
	return astiav.ColorTransferCharacteristic(cFrame(f).color_trc)
}

func framePrimaries(f *astiav.Frame) astiav.ColorPrimaries {
	return astiav.ColorPrimaries(cFrame(f).color_primaries)
}

// frameRow returns row y of the first plane, n bytes, as a view that lasts as
// long as the frame's data.
func frameRow(f *astiav.Frame, y, n int) []byte {
	c := cFrame(f)
	at := unsafe.Add(unsafe.Pointer(c.data[0]), y*int(c.linesize[0]))
	return unsafe.Slice((*byte)(at), n)
}

// frameFloats returns the samples of a mono frame of float32 as a view that
// lasts as long as the frame's data.
func frameFloats(f *astiav.Frame) []float32 {
	c := cFrame(f)
	if c.nb_samples <= 0 || c.data[0] == nil {
		return nil
	}
	return unsafe.Slice((*float32)(unsafe.Pointer(c.data[0])), int(c.nb_samples))
}

// setPacketTimeBase tells the decoder, before it is opened, the time base of its
// packets: without it libav does not move the time of a frame whose first
// samples are left out.
func setPacketTimeBase(cc *astiav.CodecContext, base astiav.Rational) {
	cCodec(cc).pkt_timebase = C.AVRational{num: C.int(base.Num()), den: C.int(base.Den())}
}

// flushDecoder makes the decoder forget what it was fed, after a seek.
func flushDecoder(cc *astiav.CodecContext) { C.avcodec_flush_buffers(cCodec(cc)) }

// skipUnreferenced tells the decoder whether the packets sent from now on may
// be left undecoded where no other frame needs them.
func skipUnreferenced(cc *astiav.CodecContext, skip bool) {
	d := uint32(C.AVDISCARD_DEFAULT)
	if skip {
		d = C.AVDISCARD_NONREF
	}
	cCodec(cc).skip_frame = int32(d)
}

// scaler turns frames of one size and format into another, with the colour
// matrix and range said aloud (go-astiav's cannot).
type scaler struct {
	c    *C.struct_SwsContext
	want scaling
}

// scaling is all that a scaler depends on.
type scaling struct {
	srcW, srcH int
	srcFormat  astiav.PixelFormat
	matrix     int  // SWS_CS_* of the source
	full       bool // the source uses the full range of its numbers
	dstW, dstH int
	dstFormat  astiav.PixelFormat
	flags      int
}

// The colour matrices and methods of libswscale that are used here.
const (
	matrix601      = C.SWS_CS_ITU601
	matrix709      = C.SWS_CS_ITU709
	matrix2020     = C.SWS_CS_BT2020
	matrixFCC      = C.SWS_CS_FCC
	matrixSMPTE240 = C.SWS_CS_SMPTE240M

	scaleArea = C.SWS_AREA
)

// set makes s ready for w, which costs nothing while w stays the same.
func (s *scaler) set(w scaling) error {
	if s.c != nil && s.want == w {
		return nil
	}
	s.free()
	c := C.sws_getContext(C.int(w.srcW), C.int(w.srcH), int32(w.srcFormat),
		C.int(w.dstW), C.int(w.dstH), int32(w.dstFormat), C.int(w.flags), nil, nil, nil)
	if c == nil {
		return fmt.Errorf("no scaler from %s %d×%d", w.srcFormat.Name(), w.srcW, w.srcH)
	}
	full := C.int(0)
	if w.full {
		full = 1
	}
	// Brightness 0, contrast and saturation 1 (in 16.16). The destination is
	// RGB, which uses its full range.
	C.sws_setColorspaceDetails(c, C.sws_getCoefficients(C.int(w.matrix)), full,
		C.sws_getCoefficients(C.SWS_CS_DEFAULT), 1, 0, 1<<16, 1<<16)
	s.c, s.want = c, w
	took(heldScaler)
	return nil
}

// scale turns src into dst, whose buffers are there already.
func (s *scaler) scale(src, dst *astiav.Frame) error {
	if n := C.attune_scale(s.c, cFrame(src), cFrame(dst)); n < 0 {
		return astiav.Error(n)
	}
	return nil
}

func (s *scaler) free() {
	if s.c != nil {
		C.sws_freeContext(s.c)
		s.c = nil
		gave(heldScaler)
	}
}

// Version returns the version of FFmpeg that libav is of, as "7.1.5".
func Version() string { return C.GoString(C.av_version_info()) }
