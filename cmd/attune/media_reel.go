package main

import (
	"context"
	"encoding/json"
	"io"
	"path/filepath"

	"attune/internal/sandbox"
	"attune/internal/vig"
	"attune/pipeline"
)

// reelArgs says what a reel is to show.
type reelArgs struct {
	Spans [][2]float64 `json:"spans"` // of the film, start and end in seconds
}

// reelResult is what a reel became.
type reelResult struct {
	Duration float64      `json:"duration_s"`
	Spans    [][2]float64 `json:"spans"` // of the film, as they were cut
}

func (r *reelResult) add(s vig.Span) {
	r.Spans = append(r.Spans, [2]float64{seconds(s.Start), seconds(s.End)})
	r.Duration = vig.Round3(r.Duration + s.Length().Seconds())
}

// reelJob cuts a reel in a child.
func reelJob(ctx context.Context, job *sandbox.Job, source *film) (any, error) {
	var args reelArgs
	if err := json.Unmarshal(job.Args, &args); err != nil {
		return nil, vig.Errorf(vig.CodeInternal, "cut reel", "%w", err)
	}
	var spans []vig.Span
	for _, s := range args.Spans {
		spans = append(spans, spanOf(s))
	}
	path := filepath.Join(job.Scratch, reelFile)
	reel, err := source.cutReel(ctx, path, spans, jobProgress{job})
	if err != nil {
		return nil, err
	}
	var r reelResult
	for _, clip := range reel.Clips {
		r.add(clip.Span)
	}
	return r, job.SendFile(reelFile, path)
}

// reel cuts spans of the film into a reel, which out gets as reel.mp4.
func (m media) reel(ctx context.Context, bytes io.ReaderAt, size int64, spans []vig.Span, out sandbox.Outputs) (reelResult, error) {
	var r reelResult
	args := reelArgs{Spans: [][2]float64{}}
	for _, s := range spans {
		args.Spans = append(args.Spans, [2]float64{seconds(s.Start), seconds(s.End)})
	}
	text, err := json.Marshal(args)
	if err != nil {
		return r, err
	}
	err = m.run(ctx, sandbox.Task{Kind: sandbox.Reel, Args: text, Film: bytes, Size: size}, out, &r)
	return r, err
}

// viewingFile is the copy of a film that browsers play.
const viewingFile = "viewing.mp4"

// viewingResult is what a viewing copy became.
type viewingResult struct {
	Duration float64 `json:"duration_s"`
	Copied   bool    `json:"copied"` // as it was coded; otherwise coded anew
}

// viewingJob makes a viewing copy in a child.
func viewingJob(ctx context.Context, job *sandbox.Job, source *film) (any, error) {
	path := filepath.Join(job.Scratch, viewingFile)
	stage := jobProgress{job}.start("Making a copy to watch")
	copied, err := source.ViewingCopy(ctx, path, pipeline.ReelConfig{Progress: stage.set})
	if vig.CodeOf(err) == vig.CodeUnsupported {
		err = vig.Errorf(vig.CodeInternal, "make viewing copy", "%w", err) // of this machine, not of the film
	}
	if err != nil {
		return nil, err
	}
	stage.finish()
	return viewingResult{seconds(source.Info().Duration), copied}, job.SendFile(viewingFile, path)
}

// viewingCopy makes a copy of the film that browsers play, which out gets as
// viewing.mp4.
func (m media) viewingCopy(ctx context.Context, bytes io.ReaderAt, size int64, out sandbox.Outputs) (viewingResult, error) {
	var r viewingResult
	err := m.run(ctx, sandbox.Task{Kind: sandbox.ViewingCopy, Film: bytes, Size: size}, out, &r)
	return r, err
}
