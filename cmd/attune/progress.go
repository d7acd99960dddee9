package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress is told how far the work is: bars at a terminal, the parent of a
// media child.
type progress interface {
	start(name string) stage // the caller finishes or stops it
}

// stage is one part of the work.
type stage interface {
	set(share float64) // 0–1
	finish()           // it is done
	stop()             // it is over, done or not; again does nothing
}

// bars tells somebody at a terminal how far the work is and how long it will
// take; elsewhere (a log, a pipe) it tells only when a stage starts and ends.
type bars struct {
	w        io.Writer
	terminal bool
}

func newBars(w io.Writer) *bars {
	f, ok := w.(*os.File)
	return &bars{w: w, terminal: ok && term.IsTerminal(int(f.Fd()))}
}

// say prints one line.
func (b *bars) say(format string, args ...any) {
	fmt.Fprintf(b.w, format+"\n", args...)
}

// named is what a film is called: by its name at a terminal, and not in a log.
func (b *bars) named(path string) string {
	if b.terminal {
		return filepath.Base(path)
	}
	return "The film"
}

// start begins a stage. The caller finishes or stops it.
func (b *bars) start(name string) stage {
	s := &bar{bars: b, name: name, began: time.Now()}
	if b.terminal {
		s.shown = progressbar.NewOptions(barSteps,
			progressbar.OptionSetWriter(b.w),
			progressbar.OptionSetDescription(name),
			progressbar.OptionSetWidth(30),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionClearOnFinish(),
		)
		s.set(0)
	} else {
		b.say("%s …", name)
	}
	return s
}

// barSteps is how finely a bar tells the share done: tenths of a percent.
const barSteps = 1000

// bar is one stage.
type bar struct {
	bars  *bars
	name  string
	began time.Time
	shown *progressbar.ProgressBar // nil where there is no terminal
}

// set says what share of the stage is done, 0–1.
func (b *bar) set(share float64) {
	if b.shown != nil {
		_ = b.shown.Set(int(barSteps * min(1, max(0, share)))) // a terminal that went away must not end the work
	}
}

// finish ends the stage and says how long it took.
func (b *bar) finish() {
	b.stop()
	b.bars.say("%s: done in %s", b.name, round(time.Since(b.began)))
}

// stop takes the bar away.
func (b *bar) stop() {
	if b.shown != nil {
		_ = b.shown.Clear()
	}
}

// round is for people to read: 61.2 s and not 61.234567891 s.
func round(d time.Duration) time.Duration {
	if d > 10*time.Second {
		return d.Round(time.Second)
	}
	return d.Round(100 * time.Millisecond)
}
