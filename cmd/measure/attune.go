package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"attune/internal/report"
	"attune/internal/vig"
)

// program is where make leaves the program, from the top of the project.
const program = "bin/attune"

// result is what one analysis left, and what it cost.
type result struct {
	dir      string
	analysis report.Analysis
	rec      vig.Recording
	scenes   []vig.Scene
	cost     cost
}

// cost is what a process took.
type cost struct {
	wall    time.Duration
	peakRSS int64 // bytes
}

// analyze runs attune analyze on a film into dir and reads what it wrote.
func analyze(ctx context.Context, film, dir string, flags ...string) (result, error) {
	r := result{dir: dir}
	var err error
	if r.cost, err = timed(ctx, program, append([]string{"analyze", film, "-o", dir}, flags...)...); err != nil {
		return r, err
	}
	findings, err := os.Open(filepath.Join(dir, report.AnalysisFile))
	if err != nil {
		return r, err
	}
	defer findings.Close()
	if r.analysis, err = report.ReadAnalysis(findings); err != nil {
		return r, err
	}
	lines, err := os.Open(filepath.Join(dir, report.ObservationsFile))
	if err != nil {
		return r, err
	}
	defer lines.Close()
	r.rec, r.scenes, err = report.ReadObservations(lines)
	return r, err
}

// spans returns the suggestions of r.
func (r result) spans() []vig.Span {
	var spans []vig.Span
	for _, m := range r.analysis.Moments {
		spans = append(spans, m.Span)
	}
	return spans
}

// reelSpans returns the clips of the draft reel of r, in order.
func (r result) reelSpans() []vig.Span {
	var spans []vig.Span
	for _, id := range r.analysis.DraftReel {
		for _, m := range r.analysis.Moments {
			if m.ID == id {
				spans = append(spans, m.Span)
			}
		}
	}
	return spans
}

// timed runs a program to its end.
func timed(ctx context.Context, name string, args ...string) (cost, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	var said bytes.Buffer
	cmd.Stderr = &said
	began := time.Now()
	err := cmd.Run()
	c := cost{wall: time.Since(began)}
	if err != nil {
		return c, fmt.Errorf("%s %v: %w: %s", name, args, err, said.Bytes())
	}
	if used, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		c.peakRSS = used.Maxrss * 1024 // Linux counts in KiB: getrusage(2)
	}
	return c, nil
}
