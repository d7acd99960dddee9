package main

import (
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"attune/internal/sandbox"
	"attune/internal/testfilm"
	"attune/internal/testfilm/testfilmtest"
	"attune/jobs"
)

// sized is a film as jobs hands it on.
type sized struct {
	io.ReaderAt
	size int64
}

func (s sized) Size() int64 { return s.size }

// shares keeps what is told of progress, beside the files.
type shares struct {
	mediaFiles
	shares []float64
}

func (s *shares) Progress(stage string, share float64) {
	s.mediaFiles.Progress(stage, share)
	s.shares = append(s.shares, share)
}

// What a worker does with a film: an analysis whose progress only grows, a reel,
// a copy.
func TestWork(t *testing.T) {
	t.Parallel()
	path, _ := testfilmtest.Cached(t, testfilm.Film{Width: 640, Height: 360, Duration: 20 * time.Second})
	file, size := opened(t, path)
	film := sized{file, size}
	w := work{confined(t)}
	out := &shares{mediaFiles: mediaFiles{dir: t.TempDir()}}
	a, err := w.Analyze(t.Context(), film, out)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Moments) == 0 || a.Reel == nil || len(a.Reel.Spans) == 0 || a.Reel.Duration <= 0 || !a.Playable {
		t.Errorf("%+v, reel %+v", a, a.Reel)
	}
	last := 0.0
	for _, share := range out.shares {
		if share < last || share > 1 {
			t.Errorf("share %g after %g", share, last)
		}
		last = share
	}
	if last < 0.99 || len(out.stages) != 2 {
		t.Errorf("progress ends with %g, in the stages %q", last, out.stages)
	}
	length, err := w.Reel(t.Context(), film, jobs.Cut{Spans: a.Reel.Spans}, &mediaFiles{dir: t.TempDir()})
	if err != nil || length != a.Reel.Duration {
		t.Errorf("a reel of %v, %v; want %v", length, err, a.Reel.Duration)
	}
	length, err = w.ViewingCopy(t.Context(), film, &mediaFiles{dir: t.TempDir()})
	if err != nil || length < 19*time.Second || length > 21*time.Second {
		t.Errorf("a copy of %v, %v", length, err)
	}
}

func TestCrashOf(t *testing.T) {
	t.Parallel()
	crash := &sandbox.Crash{What: sandbox.CrashSignal, Reason: "It crashed."}
	got, ok := errors.AsType[*jobs.Crash](crashOf(fmt.Errorf("run: %w", crash)))
	if !ok || got.Reason != crash.Reason {
		t.Errorf("%v", got)
	}
	for what, machine := range map[sandbox.What]bool{
		sandbox.CrashSignal: false, sandbox.CrashMemory: false, sandbox.CrashExit: false,
		sandbox.CrashKilled: true, sandbox.CrashWall: true,
	} {
		if got, ok := errors.AsType[*jobs.Crash](crashOf(&sandbox.Crash{What: what})); !ok || got.Machine != machine {
			t.Errorf("%s: %+v", what, got)
		}
	}
	if crashOf(nil) != nil || !errors.Is(crashOf(io.EOF), io.EOF) {
		t.Error("other errors are not left alone")
	}
}
