package store

import (
	"slices"
	"time"

	"attune/internal/vig"
)

// FilmState is where a film is on its way. The package comment draws it.
type FilmState string

// The states.
const (
	FilmUploading FilmState = "uploading" // its bytes are still coming
	FilmQueued    FilmState = "queued"    // waits to be analysed
	FilmAnalysing FilmState = "analysing" // an attempt is at it
	FilmReady     FilmState = "ready"     // its analysis waits for the guider
	FilmConfirmed FilmState = "confirmed" // the guider is done with it
	FilmRefused   FilmState = "refused"   // is no film that can be analysed; the reason says why
	FilmFailed    FilmState = "failed"    // could not be analysed, or was cancelled; may be tried again
	FilmForgotten FilmState = "forgotten" // nothing is left but that there was one
)

// follows lists what may follow each state. Analysing follows itself: under a
// new attempt, after the one before was lost.
var follows = map[FilmState][]FilmState{
	FilmUploading: {FilmQueued, FilmRefused},
	FilmQueued:    {FilmQueued, FilmAnalysing, FilmRefused, FilmFailed, FilmForgotten},
	FilmAnalysing: {FilmAnalysing, FilmQueued, FilmReady, FilmRefused, FilmFailed, FilmForgotten},
	FilmReady:     {FilmConfirmed, FilmForgotten},
	FilmConfirmed: {FilmForgotten},
	FilmRefused:   {FilmForgotten},
	FilmFailed:    {FilmQueued, FilmForgotten},
	FilmForgotten: {},
}

// Moves says whether the film, or the copy that browsers can play, goes on
// without anybody's doing.
func (f Film) Moves() bool {
	return slices.Contains([]FilmState{FilmUploading, FilmQueued, FilmAnalysing}, f.State) ||
		slices.Contains([]RenderState{RenderQueued, RenderRendering}, f.Viewing)
}

// move takes f to the next state, if that may follow.
func (f *Film) move(next FilmState) error {
	if !slices.Contains(follows[f.State], next) {
		return refuse(vig.CodeConflict, "the film is %s, and cannot become %s", f.State, next)
	}
	f.State = next
	return nil
}

// receive: all bytes are there.
func (f *Film) receive(sha256 string, size int64, duration time.Duration, now time.Time) error {
	if f.State != FilmUploading { // a second time it would begin anew
		return refuse(vig.CodeConflict, "the film is %s, and was received before", f.State)
	}
	f.SHA256, f.Size, f.Duration, f.Run, f.Queued = sha256, size, duration, 1, now
	return f.move(FilmQueued)
}

// begin: an attempt takes the film up, in place of the one before.
func (f *Film) begin(run int, attempt, worker string) error {
	if f.Run != run {
		return refuse(vig.CodeConflict, "run %d was asked for, and the film is at run %d", run, f.Run)
	}
	if err := f.move(FilmAnalysing); err != nil {
		return err
	}
	f.Attempt, f.Worker = attempt, worker
	return nil
}

// publish: the attempt has a result.
func (f *Film) publish(attempt string) error {
	if err := f.current(attempt); err != nil {
		return err
	}
	f.Worker = ""
	return f.move(FilmReady)
}

// fail: the attempt, or whichever there is for "", came to nothing.
func (f *Film) fail(attempt, reason string) error {
	if attempt != "" {
		if err := f.current(attempt); err != nil {
			return err
		}
	}
	if err := f.move(FilmFailed); err != nil {
		return err
	}
	f.Attempt, f.Worker, f.Reason = "", "", reason
	return nil
}

// refuse: it is nothing that can be analysed, whoever tries.
func (f *Film) refuse(reason string) error {
	if err := f.move(FilmRefused); err != nil {
		return err
	}
	f.Attempt, f.Worker, f.Reason = "", "", reason
	return nil
}

// retry: it is to be analysed under a new run; tasks of the runs before do
// nothing. One that failed goes to the end of the queue, others keep their
// place.
func (f *Film) retry(now time.Time) error {
	if f.State == FilmUploading {
		return refuse(vig.CodeConflict, "the film is still uploading")
	}
	failed := f.State == FilmFailed
	if err := f.move(FilmQueued); err != nil {
		return err
	}
	if failed {
		f.Queued = now
	}
	f.Run++
	f.Attempt, f.Worker, f.Reason = "", "", ""
	return nil
}

// confirm: the guider is done with it.
func (f *Film) confirm() error { return f.move(FilmConfirmed) }

// forget: all that tells of it goes.
func (f *Film) forget() error {
	if err := f.move(FilmForgotten); err != nil {
		return err
	}
	f.Name, f.SHA256, f.Reason, f.Attempt, f.Worker = "", "", "", "", ""
	f.Size, f.Duration = 0, 0
	return nil
}

// current says whether the attempt is the one that is at the film now.
func (f *Film) current(attempt string) error {
	if f.State != FilmAnalysing || attempt == "" || f.Attempt != attempt {
		return refuse(vig.CodeConflict, "another attempt took over, or the film was stopped (it is %s)", f.State)
	}
	return nil
}

// reviewable says whether there is an analysis for the guider to work with.
func (f *Film) reviewable() error {
	if f.State != FilmReady && f.State != FilmConfirmed {
		return refuse(vig.CodeConflict, "the film is %s: there is nothing to review", f.State)
	}
	return nil
}
