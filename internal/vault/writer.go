package vault

import (
	"context"
	"errors"

	"attune/internal/vig"
)

// Writer writes the bytes of one key. It is for one goroutine. Every byte that
// goes into a vault goes through its Write: a film's cipher has its place here,
// between the caller and what the bytes are kept in.
type Writer struct {
	ctx context.Context
	op  string
	to  pending // nil after Commit or Abort
	err error   // of the first Write that failed
}

// Write adds bytes.
func (w *Writer) Write(p []byte) (int, error) {
	if w.to == nil {
		return 0, vig.Errorf(vig.CodeInternal, w.op, "it is done already")
	}
	if w.err != nil {
		return 0, w.err
	}
	if err := w.ctx.Err(); err != nil {
		w.err = failure(w.ctx, w.op, err)
		return 0, w.err
	}
	n, err := w.to.Write(p)
	w.err = failure(w.ctx, w.op, err)
	return n, w.err
}

// Commit makes the bytes appear under their key: when it has returned nil, they
// are there even if the machine stops. It fails, and nothing appears, where a
// Write failed or the context has ended.
func (w *Writer) Commit() error {
	if w.to == nil {
		return vig.Errorf(vig.CodeInternal, w.op, "it is done already")
	}
	if err := errors.Join(w.err, w.ctx.Err()); err != nil {
		w.Abort()
		return failure(w.ctx, w.op, err)
	}
	to := w.to
	w.to = nil
	return failure(w.ctx, w.op, to.commit())
}

// Abort throws the bytes away. After Commit it does nothing, so that it can be
// deferred. What it fails to throw away is never seen under the key, and is
// cleared later.
func (w *Writer) Abort() {
	if w.to != nil {
		_ = w.to.abort()
		w.to = nil
	}
}
