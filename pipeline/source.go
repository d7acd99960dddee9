package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/asticode/go-astiav"
)

// ioBuffer is how much libav asks for at a time: large enough that a read from
// a bucket or through a cipher is worth its while, small beside a film.
const ioBuffer = 256 << 10

// The bits that libav adds to whence (avio.h).
const (
	avseekSize  = 0x10000 // asks for the size; no seek
	avseekForce = 0x20000 // may be slow; of no meaning here
)

// source is a film's bytes as libav's callbacks want them. It serves one
// demuxer, on one goroutine at a time.
type source struct {
	ctx  context.Context
	r    io.ReaderAt
	size int64
	at   int64
	err  error // the first failure that was not the end of the film
}

// read fills b from where the source stands. ReadAt runs on a goroutine of its
// own, so that a reader that hangs holds up neither libav nor whoever cancels:
// when ctx ends, read returns and leaves that goroutine, with b, to the reader.
func (s *source) read(b []byte) (int, error) {
	if s.ctx.Err() != nil {
		return 0, astiav.ErrExit
	}
	if s.err != nil {
		return 0, astiav.ErrEio
	}
	if s.at >= s.size {
		return 0, astiav.ErrEof
	}
	b = b[:min(int64(len(b)), s.size-s.at)]
	type result struct {
		n   int
		err error
	}
	done, at := make(chan result, 1), s.at
	go func() {
		var res result
		defer func() {
			// A panic must not end the program from here, nor cross into C.
			if p := recover(); p != nil {
				res = result{0, fmt.Errorf("the film's reader panicked: %v", p)}
			}
			done <- res
		}()
		res.n, res.err = s.r.ReadAt(b, at)
	}()
	select {
	case <-s.ctx.Done():
		return 0, astiav.ErrExit
	case res := <-done:
		return s.took(res.n, res.err)
	}
}

func (s *source) took(n int, err error) (int, error) {
	if n > 0 {
		s.at += int64(n)
		return n, nil
	}
	switch {
	case err == nil:
		err = io.ErrNoProgress
	case errors.Is(err, io.EOF):
		err = fmt.Errorf("it ends at byte %d of %d: %w", s.at, s.size, io.ErrUnexpectedEOF)
	}
	s.err = err
	return 0, astiav.ErrEio
}

// seek moves to where libav wants to read next, or tells it the size. To stand
// beyond the end is allowed; there is nothing to read there.
func (s *source) seek(offset int64, whence int) (int64, error) {
	whence &^= avseekForce
	if whence == avseekSize {
		return s.size, nil
	}
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		offset += s.at
	case io.SeekEnd:
		offset += s.size
	default:
		return 0, astiav.ErrEio
	}
	if offset < 0 {
		return 0, astiav.ErrEio
	}
	s.at = offset
	return offset, nil
}
