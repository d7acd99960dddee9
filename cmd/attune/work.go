package main

import (
	"context"
	"errors"
	"io"
	"time"

	"attune/internal/sandbox"
	"attune/jobs"
)

// work is what a worker's tasks do with films: media work in confined children.
type work struct{ media media }

var _ jobs.Media = work{}

// Analyze looks for moments and cuts the draft reel.
func (w work) Analyze(ctx context.Context, film jobs.Film, out jobs.Outputs) (jobs.Analysis, error) {
	r, err := w.media.analyze(ctx, film, film.Size(), wholeShare(out, lookingStage, reelStage))
	if err != nil {
		return jobs.Analysis{}, crashOf(err)
	}
	a := jobs.Analysis{Playable: r.Playable}
	for _, m := range r.Moments {
		a.Moments = append(a.Moments, jobs.Moment{ID: m.ID, Rank: m.Rank, Span: spanOf([2]float64{m.Start, m.End})})
	}
	if r.Reel != nil {
		a.Reel = &jobs.Reel{Duration: lengthOf(r.Reel.Duration)}
		for _, s := range r.Reel.Spans {
			a.Reel.Spans = append(a.Reel.Spans, spanOf(s))
		}
	}
	return a, nil
}

// Reel cuts spans of the film one after the other.
func (w work) Reel(ctx context.Context, film jobs.Film, cut jobs.Cut, out jobs.Outputs) (time.Duration, error) {
	r, err := w.media.reel(ctx, film, film.Size(), reelArgsOf(cut), out)
	return time.Duration(r.Duration), crashOf(err)
}

// ViewingCopy makes a copy that browsers play.
func (w work) ViewingCopy(ctx context.Context, film jobs.Film, out jobs.Outputs) (time.Duration, error) {
	r, err := w.media.viewingCopy(ctx, film, film.Size(), out)
	return lengthOf(r.Duration), crashOf(err)
}

func lengthOf(seconds float64) time.Duration {
	return time.Duration(seconds * float64(time.Second)).Round(time.Millisecond)
}

// crashOf says the end of a child in the words of jobs.
func crashOf(err error) error {
	if c, ok := errors.AsType[*sandbox.Crash](err); ok {
		machine := c.What == sandbox.CrashKilled || c.What == sandbox.CrashWall
		return &jobs.Crash{Reason: c.Reason, Machine: machine}
	}
	return err
}

// The stages of an analysis, as its child names them, with their parts of the
// whole: looking takes about nine tenths of the time.
var (
	lookingStage = shareOf{"Looking and listening", 0.9}
	reelStage    = shareOf{"Cutting the draft reel", 0.1}
)

// shareOf is a stage and its part of the whole.
type shareOf struct {
	stage string
	part  float64
}

// wholeShare passes on to out how far the whole is, where the child says how
// far each stage is.
func wholeShare(out jobs.Outputs, stages ...shareOf) jobs.Outputs {
	return &wholeOutputs{out, stages}
}

type wholeOutputs struct {
	to     jobs.Outputs
	stages []shareOf
}

func (o *wholeOutputs) Create(name string) (io.WriteCloser, error) { return o.to.Create(name) }

func (o *wholeOutputs) Progress(stage string, share float64) {
	before := 0.0
	for _, s := range o.stages {
		if s.stage == stage {
			o.to.Progress(stage, before+s.part*share)
			return
		}
		before += s.part
	}
	o.to.Progress(stage, share)
}
