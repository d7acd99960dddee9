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

// libav's constructors return nil only where memory has run out. Go's own end
// the program then, and so do these.
func must[T any](p *T) *T {
	if p == nil {
		panic("pipeline: libav has no memory left")
	}
	return p
}

func newPacket() *astiav.Packet {
	p := must(astiav.AllocPacket())
	took(heldPacket)
	return p
}

func freePacket(p *astiav.Packet) {
	p.Free()
	gave(heldPacket)
}

func newFrame() *astiav.Frame {
	f := must(astiav.AllocFrame())
	took(heldFrame)
	return f
}

func freeFrame(f *astiav.Frame) {
	f.Free()
	gave(heldFrame)
}

func newCodecContext(c *astiav.Codec) *astiav.CodecContext {
	cc := must(astiav.AllocCodecContext(c))
	took(heldCodec)
	return cc
}

func freeCodecContext(cc *astiav.CodecContext) {
	cc.Free()
	gave(heldCodec)
}

func newResampler() *astiav.SoftwareResampleContext {
	r := must(astiav.AllocSoftwareResampleContext())
	took(heldResampler)
	return r
}

func freeResampler(r *astiav.SoftwareResampleContext) {
	r.Free()
	gave(heldResampler)
}
