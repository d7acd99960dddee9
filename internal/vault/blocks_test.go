package vault

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
	"testing"

	"attune/internal/vig"
)

// far is bytes that are far away, and which blocks of them were asked for.
type far struct {
	data  []byte
	fail  func(asked int) error // nil is never
	mu    sync.Mutex
	asked []int64
}

func (f *far) fetch(_ context.Context, p []byte, off int64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, off/blockSize)
	if f.fail != nil {
		if err := f.fail(len(f.asked)); err != nil {
			return err
		}
	}
	copy(p, f.data[off:])
	return nil
}

func TestBlocksAreFetchedOnce(t *testing.T) {
	f := &far{data: noise(6*blockSize + 100)}
	b := newBlocks(t.Context(), int64(len(f.data)), f.fetch)
	got, err := io.ReadAll(io.NewSectionReader(b, 0, b.size()))
	if err != nil || !bytes.Equal(got, f.data) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if len(f.asked) != 7 {
		t.Errorf("the blocks asked for are %v", f.asked)
	}
}

func TestBlocksComeAhead(t *testing.T) {
	f := &far{data: noise(6 * blockSize)}
	b := newBlocks(t.Context(), int64(len(f.data)), f.fetch)
	for _, off := range []int64{0, blockSize} {
		if _, err := b.ReadAt(make([]byte, 10), off); err != nil {
			t.Fatal(err)
		}
	}
	b.work.Wait()
	if len(f.asked) != 3 {
		t.Errorf("after 0 and 1 the blocks asked for are %v", f.asked)
	}
	// Two places of the film in turn, as pictures and sound far apart are read.
	for range 10 {
		for _, off := range []int64{2 * blockSize, 5 * blockSize} {
			if _, err := b.ReadAt(make([]byte, 10), off); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if len(f.asked) != 5 {
		t.Errorf("after 2 and 5 the blocks asked for are %v", f.asked)
	}
}

func TestBlocksAreAskedForAgain(t *testing.T) {
	broken := errors.New("the connection broke")
	f := &far{data: noise(100), fail: func(asked int) error {
		if asked < tries {
			return broken
		}
		return nil
	}}
	b := newBlocks(t.Context(), 100, f.fetch)
	got := make([]byte, 100)
	if n, err := b.ReadAt(got, 0); n != 100 || err != nil || !bytes.Equal(got, f.data) {
		t.Errorf("%d bytes, %v", n, err)
	}
	_ = b.Close()

	f = &far{data: noise(100), fail: func(asked int) error {
		if asked <= tries {
			return broken
		}
		return nil
	}}
	b = newBlocks(t.Context(), 100, f.fetch)
	if _, err := b.ReadAt(got, 0); !errors.Is(err, broken) {
		t.Errorf("the error is %v", err)
	}
	if n, err := b.ReadAt(got, 0); n != 100 || err != nil { // a failure is not kept
		t.Errorf("%d bytes, %v", n, err)
	}
	_ = b.Close()

	f = &far{data: noise(100), fail: func(int) error { return absent }}
	b = newBlocks(t.Context(), 100, f.fetch)
	if _, err := b.ReadAt(got, 0); vig.CodeOf(err) != vig.CodeNotFound || len(f.asked) != 1 {
		t.Errorf("what is not there was asked for %d times: %v", len(f.asked), err)
	}
	_ = b.Close()
}

func TestBlocksEndWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	b := newBlocks(ctx, 100, func(ctx context.Context, _ []byte, _ int64) error {
		cancel()
		<-ctx.Done()
		return ctx.Err()
	})
	if _, err := b.ReadAt(make([]byte, 1), 0); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	_ = b.Close()
}
