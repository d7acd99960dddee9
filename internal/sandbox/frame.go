package sandbox

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// frameType is the first byte of a frame from the child.
type frameType byte

const (
	frameProgress frameType = 'p'
	frameFile     frameType = 'f'
	frameBytes    frameType = 'b'
	frameEnd      frameType = 'e'
	frameResult   frameType = 'r'
	frameError    frameType = 'x'
)

// frameHeader is the type and the length.
const frameHeader = 1 + 4

// maxPayload is the most that one frame, and one answer on the film's channel,
// carries: enough that calls of the system do not count, little beside a frame
// of a film.
const maxPayload = 1 << 20

// maxShort is the most of the frames that hold no bytes of a file: a name of a
// file or stage, or a reason.
const maxShort = 4 << 10

// most returns how long a frame of type t may be, or −1 if there is no such type.
func (t frameType) most() int {
	switch t {
	case frameBytes, frameResult:
		return maxPayload
	case frameProgress, frameFile, frameError:
		return maxShort
	case frameEnd:
		return 0
	}
	return -1
}

// writeFrame writes one frame.
func writeFrame(w io.Writer, t frameType, payload []byte) error {
	if len(payload) > t.most() {
		return fmt.Errorf("a frame %q of %d bytes is too long", byte(t), len(payload))
	}
	frame := make([]byte, frameHeader, frameHeader+len(payload))
	frame[0] = byte(t)
	binary.BigEndian.PutUint32(frame[1:], uint32(len(payload)))
	_, err := w.Write(append(frame, payload...)) // in one piece: less to wake up for
	return err
}

// frameReader reads frames that anybody may have written.
type frameReader struct {
	r      io.Reader
	header [frameHeader]byte
	buf    []byte
}

// next returns the next frame; its payload is lent until the next call. At the
// end it returns io.EOF, in the middle of a frame io.ErrUnexpectedEOF.
func (f *frameReader) next() (frameType, []byte, error) {
	if _, err := io.ReadFull(f.r, f.header[:]); err != nil {
		return 0, nil, err
	}
	t := frameType(f.header[0])
	length := binary.BigEndian.Uint32(f.header[1:])
	most := t.most()
	if most < 0 {
		return 0, nil, errors.New("a frame of no known type")
	}
	if length > uint32(most) {
		return 0, nil, errors.New("a frame that is too long")
	}
	if int(length) > cap(f.buf) {
		f.buf = make([]byte, length)
	}
	payload := f.buf[:length]
	if _, err := io.ReadFull(f.r, payload); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return 0, nil, err
	}
	return t, payload, nil
}
