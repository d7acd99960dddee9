package vault

import (
	"context"
	"errors"
	"io"
)

// Reader reads what lies under one key, at any offset; many goroutines may.
// Every byte that comes out of a vault comes through its ReadAt: a film's
// cipher has its place here, between what the bytes are kept in and the caller.
type Reader struct {
	ctx  context.Context
	op   string
	from source
}

// ReadAt reads len(p) bytes from off, or fewer and [io.EOF] at the end.
func (r *Reader) ReadAt(p []byte, off int64) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, failure(r.ctx, r.op, err)
	}
	n, err := r.from.ReadAt(p, off)
	if err == nil || errors.Is(err, io.EOF) {
		return n, err
	}
	return n, failure(r.ctx, r.op, err)
}

// Size is how many bytes there are.
func (r *Reader) Size() int64 { return r.from.size() }

// Close ends the reading.
func (r *Reader) Close() error { return r.from.Close() }
