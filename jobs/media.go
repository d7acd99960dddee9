package jobs

import (
	"context"
	"io"
	"time"

	"attune/internal/vig"
)

// Film is the film that media work reads.
type Film interface {
	io.ReaderAt
	Size() int64 // bytes
}

// Outputs takes what media work makes. Its methods may be called by one
// goroutine at a time, Progress by any.
type Outputs interface {
	// Create begins a file, which is kept when its writer is closed, and dropped
	// by the writer's Abort. A name that the kind of work does not make is refused.
	Create(name string) (io.WriteCloser, error)
	// Progress says what is being done and how far it all is, 0 to 1.
	Progress(stage string, share float64)
}

// Media is the work on films itself. Its calls end soon after their context
// does. Their errors are [vig.Error]: invalid and unsupported mean that it is
// the film's fault; or a [Crash].
type Media interface {
	// Analyze makes analysis.json, signals.json, frames.json, observations.jsonl,
	// report.html, stills/m1.jpg …, and reel.mp4 where there is something to show.
	Analyze(ctx context.Context, film Film, out Outputs) (Analysis, error)
	// Reel makes reel.mp4 of a cut, in the film's own size and quality, and
	// returns its length.
	Reel(ctx context.Context, film Film, cut Cut, out Outputs) (time.Duration, error)
	// ViewingCopy makes viewing.mp4 and returns its length.
	ViewingCopy(ctx context.Context, film Film, out Outputs) (time.Duration, error)
}

// Cut is what a reel shows.
type Cut struct {
	Spans []vig.Span    // of the film, one after the other
	Card  vig.TitleCard // before the first
}

// Analysis is what Analyze found, beside its files.
type Analysis struct {
	Moments  []Moment
	Reel     *Reel // nil where there is nothing to show
	Playable bool  // browsers play the film as it is
}

// Moment is a suggestion.
type Moment struct {
	ID   string // in analysis.json
	Rank int    // from 1
	Span vig.Span
}

// Reel is the draft reel.
type Reel struct {
	Spans    []vig.Span
	Duration time.Duration
}

// Crash is that the work on a film ended without an answer: the film broke the
// program that reads it, or made it reach a limit.
type Crash struct {
	Reason string // a plain sentence
	// Machine says that this machine may be why: it was out of memory, or too
	// slow. That is not counted against the film.
	Machine bool
}

// Error returns the reason.
func (c *Crash) Error() string { return c.Reason }
