package testfilm

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"attune/internal/vig"
)

func TestMakeSameBytes(t *testing.T) {
	t.Parallel()
	needFFmpeg(t)
	f := small(Film{})
	f.Duration = 2 * time.Second
	var films [2][]byte
	for i := range films {
		path := filepath.Join(t.TempDir(), "film.mp4")
		if _, err := Make(t.Context(), path, f, nil); err != nil {
			t.Fatal(err)
		}
		var err error
		if films[i], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(films[0], films[1]) {
		t.Error("the same film gives other bytes")
	}
}

func TestRepeat(t *testing.T) {
	t.Parallel()
	needFFmpeg(t)
	f := small(Film{Repeat: 5})
	f.Duration = 2 * time.Second
	path := filepath.Join(t.TempDir(), "film.mp4")
	truth, err := Make(t.Context(), path, f, nil)
	if err != nil {
		t.Fatal(err)
	}
	p := probe(t, path)
	if len(p.Frames) != 5*len(truth.Frames) || !near(parse(t, p.Format.Duration), 10*time.Second, 300*time.Millisecond) {
		t.Errorf("%d frames in %s s, want %d in 10 s", len(p.Frames), p.Format.Duration, 5*len(truth.Frames))
	}
}

// TestMakeStops cancels while frames are being rendered: nothing may be left,
// neither files nor (see TestMain) goroutines.
func TestMakeStops(t *testing.T) {
	t.Parallel()
	needFFmpeg(t)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	dir := t.TempDir()
	began := time.Now()
	_, err := Make(ctx, filepath.Join(dir, "film.mp4"), Film{Silent: true, Duration: time.Hour}, nil)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("stopped after %v", took)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestMakeRefuses(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]Film{
		"odd size":         {Width: 641},
		"odd turn":         {Rotation: 45},
		"turned container": {Rotation: 90, Container: MKV},
	} {
		if _, err := Make(t.Context(), filepath.Join(t.TempDir(), "film"), f, nil); vig.CodeOf(err) != vig.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	needFFmpeg(t)
	f := small(Film{})
	f.Duration = time.Second
	told, last := 0, 0.0
	_, err := Make(t.Context(), filepath.Join(t.TempDir(), "film.mp4"), f, func(share float64) {
		if share <= last {
			t.Errorf("%v is told after %v", share, last)
		}
		told, last = told+1, share
	})
	if err != nil || told != 25 || last != 1 {
		t.Errorf("told %d times, at last %v, error %v; want 25, 1", told, last, err)
	}
}
