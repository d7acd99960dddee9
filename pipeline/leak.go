package pipeline

import (
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/asticode/go-astiav"
)

// Go's garbage collector does not see what libav allocates. So whatever this
// package makes of libav goes through the pairs below, and is counted.

type heldKind int

const (
	heldPacket heldKind = iota
	heldFrame
	heldCodec
	heldFormat
	heldIO
	heldScaler
	heldResampler
	heldOther
	heldKinds
)

func (k heldKind) String() string {
	return [heldKinds]string{"packets", "frames", "codec contexts", "format contexts",
		"IO contexts", "scalers", "resamplers", "others"}[k]
}

var heldCounts [heldKinds]atomic.Int64

func took(k heldKind) { heldCounts[k].Add(1) }
func gave(k heldKind) { heldCounts[k].Add(-1) }

// Held returns how many objects of libav this package holds now, in the whole
// process: 0 when every film is closed and every reel is written. Tests fail
// when it is not.
func Held() int64 {
	var n int64
	for k := range heldCounts {
		n += heldCounts[k].Load()
	}
	return n
}

// heldText names what is held, for the message of a failing test.
func heldText() string {
	var parts []string
	for k := range heldKinds {
		if n := heldCounts[k].Load(); n != 0 {
			parts = append(parts, fmt.Sprintf("%d %v", n, k))
		}
	}
	return strings.Join(parts, ", ")
}

// must returns p. libav's constructors return nil only where memory has run
// out. Go's own end the program then, and so does this.
func must[T any](p *T) *T {
	if p == nil {
		panic("pipeline: libav has no memory left")
	}
	return p
}

// take counts p, which libav has just made, and returns it.
func take[T any](k heldKind, p *T) *T {
	took(k)
	return must(p)
}

// free frees p, which take has counted.
func free(k heldKind, p interface{ Free() }) {
	p.Free()
	gave(k)
}

func newPacket() *astiav.Packet   { return take(heldPacket, astiav.AllocPacket()) }
func freePacket(p *astiav.Packet) { free(heldPacket, p) }

func newFrame() *astiav.Frame   { return take(heldFrame, astiav.AllocFrame()) }
func freeFrame(f *astiav.Frame) { free(heldFrame, f) }

func newCodecContext(c *astiav.Codec) *astiav.CodecContext {
	return take(heldCodec, astiav.AllocCodecContext(c))
}
func freeCodecContext(cc *astiav.CodecContext) { free(heldCodec, cc) }

func newResampler() *astiav.SoftwareResampleContext {
	return take(heldResampler, astiav.AllocSoftwareResampleContext())
}
func freeResampler(r *astiav.SoftwareResampleContext) { free(heldResampler, r) }

func newFilterGraph() *astiav.FilterGraph   { return take(heldOther, astiav.AllocFilterGraph()) }
func freeFilterGraph(g *astiav.FilterGraph) { free(heldOther, g) }
