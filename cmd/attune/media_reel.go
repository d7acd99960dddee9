package main

import (
	"context"
	"encoding/json"
	"io"
	"path/filepath"
	"time"

	"attune/internal/sandbox"
	"attune/internal/titlecard"
	"attune/internal/vig"
	"attune/jobs"
	"attune/pipeline"
)

// reelArgs says what a reel is to show. Times are nanoseconds: of a clip that
// begins with a frame, that frame is not to be lost by rounding.
type reelArgs struct {
	Spans      [][2]int64 `json:"spans"` // of the film, start and end
	Title      string     `json:"title,omitempty"`
	CardLength int64      `json:"card_length,omitempty"`
}

func reelArgsOf(cut jobs.Cut) reelArgs {
	args := reelArgs{Spans: [][2]int64{}, Title: cut.Card.Text, CardLength: int64(cut.Card.Length)}
	for _, s := range cut.Spans {
		args.Spans = append(args.Spans, [2]int64{int64(s.Start), int64(s.End)})
	}
	return args
}

// config returns how the reel is made: as good as the film.
func (a reelArgs) config() pipeline.ReelConfig {
	cfg := pipeline.ReelConfig{LongSide: pipeline.FullSize, Fine: true}
	if (vig.TitleCard{Text: a.Title, Length: time.Duration(a.CardLength)}).Shown() {
		cfg.Card = pipeline.Card{
			Length: time.Duration(a.CardLength),
			Draw:   func(width, height int) (vig.Picture, error) { return titlecard.Draw(a.Title, width, height) },
		}
	}
	return cfg
}

// reelMade is what a reel became.
type reelMade struct {
	Duration int64 `json:"duration"` // nanoseconds
}

// reelJob cuts a reel in a child.
func reelJob(ctx context.Context, job *sandbox.Job, source *film) (any, error) {
	var args reelArgs
	if err := json.Unmarshal(job.Args, &args); err != nil {
		return nil, vig.Errorf(vig.CodeInternal, "cut reel", "%w", err)
	}
	var spans []vig.Span
	for _, s := range args.Spans {
		spans = append(spans, vig.Span{Start: time.Duration(s[0]), End: time.Duration(s[1])})
	}
	path := filepath.Join(job.Scratch, reelFile)
	stage := jobProgress{job}.start("Rendering the reel")
	reel, err := source.cutReel(ctx, path, spans, args.config(), stage)
	if err != nil {
		return nil, err
	}
	return reelMade{int64(reel.Duration)}, job.SendFile(reelFile, path)
}

// reel cuts spans of the film into a reel, which out gets as reel.mp4.
func (m media) reel(ctx context.Context, bytes io.ReaderAt, size int64, args reelArgs, out sandbox.Outputs) (reelMade, error) {
	var r reelMade
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
