package pipeline

import (
	"bytes"
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"attune/internal/vig"
)

// hangingReader hangs in its calls from a byte on, until it is released.
type hangingReader struct {
	*bytes.Reader
	from    int64
	hangs   chan struct{} // told when a call hangs
	release chan struct{}
}

func (r *hangingReader) ReadAt(b []byte, at int64) (int, error) {
	if at+int64(len(b)) > r.from {
		select {
		case r.hangs <- struct{}{}:
		default:
		}
		<-r.release
	}
	return r.Reader.ReadAt(b, at)
}

// within fails the test when a cancelled call takes more than the second that
// is promised.
func within(t *testing.T, what string, cancelled time.Time) {
	t.Helper()
	if took := time.Since(cancelled); took > time.Second {
		t.Errorf("%s ended %v after it was cancelled", what, took)
	}
}

// It is not run beside others, because they hold objects of libav too.
func TestCancelWhileTheReaderHangs(t *testing.T) {
	film, err := os.ReadFile(madeFilm(t, "f.ts", "-f", "lavfi", "-i", "testsrc2=s=640x360:r=25:d=6", "-f", "lavfi", "-i", "sine=d=6",
		"-c:v", "mpeg4", "-q:v", "2", "-c:a", "mp2"))
	if err != nil {
		t.Fatal(err)
	}
	size := int64(len(film))
	r := &hangingReader{bytes.NewReader(film), size, make(chan struct{}, 1), make(chan struct{})}
	f, err := Open(t.Context(), r, size, Config{})
	if err != nil {
		t.Fatal(err)
	}
	r.from = size / 2
	for what, walk := range map[string]func(context.Context) error{
		"Open": func(ctx context.Context) error {
			_, err := Open(ctx, r, size, Config{})
			return err
		},
		"Frames": func(ctx context.Context) (last error) {
			for _, err := range f.Frames(ctx, FramesConfig{}) {
				last = err
			}
			return last
		},
		"Sound": func(ctx context.Context) (last error) {
			for _, err := range f.Sound(ctx) {
				last = err
			}
			return last
		},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		var cancelled time.Time
		go func() {
			<-r.hangs
			cancelled = time.Now()
			cancel()
		}()
		if err := walk(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want that it was cancelled", what, err)
		}
		within(t, what, cancelled)
	}
	f.Close()
	if Held() != 0 {
		t.Error("held of libav while the reader hangs: ", heldText())
	}
	close(r.release)
}

func TestCancelWhileDecoding(t *testing.T) {
	t.Parallel()
	path := madeFilm(t, "f.mp4", "-f", "lavfi", "-i", "testsrc2=s=1280x720:r=30:d=3", "-c:v", "mpeg4", "-q:v", "2")
	f := mustOpen(t, path, Config{})
	for after := range 4 {
		ctx, cancel := context.WithCancel(t.Context())
		var cancelled time.Time
		n := 0
		var last error
		for _, err := range f.Frames(ctx, FramesConfig{Hz: 30}) {
			if n++; n == after+1 {
				cancelled = time.Now()
				cancel()
			}
			last = err
		}
		cancel()
		within(t, "Frames", cancelled)
		if !errors.Is(last, context.Canceled) || n != after+2 {
			t.Errorf("%d turns, then %v", n, last)
		}
	}
}

func TestDeadlineThatHasPassed(t *testing.T) {
	t.Parallel()
	film := greyFilm(t, 30, "f.mp4", "-c:v", "libx264")
	f := mustOpen(t, film, Config{})
	ctx, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	if n, err := drain(ctx, f); !errors.Is(err, context.DeadlineExceeded) || n != 0 {
		t.Errorf("%d samples, then %v", n, err)
	}
	b, err := os.ReadFile(film)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(ctx, bytes.NewReader(b), int64(len(b)), Config{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Open: %v", err)
	}
}

// A film may be closed while it is walked, from the loop itself too.
func TestCloseInTheLoop(t *testing.T) {
	t.Parallel()
	path := madeFilm(t, "f.mp4", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=30:d=8", "-f", "lavfi", "-i", "sine=d=30",
		"-c:v", "mpeg4", "-c:a", "aac")
	for what, walk := range map[string]func(*Film) (int, error){
		"Frames": func(f *Film) (turns int, last error) {
			for _, err := range f.Frames(t.Context(), FramesConfig{Hz: 30}) {
				turns, last = turns+1, err
				f.Close()
			}
			return turns, last
		},
		"Sound": func(f *Film) (turns int, last error) {
			for _, err := range f.Sound(t.Context()) {
				turns, last = turns+1, err
				f.Close()
			}
			return turns, last
		},
	} {
		f := mustOpen(t, path, Config{})
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			if turns, err := walk(f); turns != 2 || vig.CodeOf(err) != vig.CodeConflict {
				t.Errorf("%s: %d turns, then %v; want 2, code conflict", what, turns, err)
			}
		}()
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			t.Fatalf("%s: the loop hangs", what)
		}
	}
}
