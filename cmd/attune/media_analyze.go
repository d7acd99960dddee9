package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"path/filepath"
	"time"

	"attune/internal/report"
	"attune/internal/sandbox"
	"attune/internal/vig"
)

// analyzeResult is what a child says of an analysis beside its files: those
// that attune analyze writes, under the same names.
type analyzeResult struct {
	SHA256   string        `json:"sha256"`
	Duration float64       `json:"duration_s"`
	Width    int           `json:"width"`
	Height   int           `json:"height"`
	Moments  []momentFound `json:"moments"`
	Reel     *reelResult   `json:"reel"` // null where there is none
	Playable bool          `json:"playable"`
}

// reelResult is what the draft reel became.
type reelResult struct {
	Duration float64      `json:"duration_s"`
	Spans    [][2]float64 `json:"spans"` // of the film, as they were cut
}

func (r *reelResult) add(s vig.Span) {
	r.Spans = append(r.Spans, [2]float64{seconds(s.Start), seconds(s.End)})
	r.Duration = vig.Round3(r.Duration + s.Length().Seconds())
}

// momentFound is a suggested moment.
type momentFound struct {
	ID    string  `json:"id"`
	Rank  int     `json:"rank"`
	Start float64 `json:"start_s"`
	End   float64 `json:"end_s"`
}

// analyzeJob is the analysis of a film in a child: what attune analyze does,
// with the results sent to the parent.
func analyzeJob(ctx context.Context, job *sandbox.Job, source *film) (_ any, err error) {
	var options mediaOptions
	if err := json.Unmarshal(job.Options, &options); err != nil {
		return nil, vig.Errorf(vig.CodeInternal, "analyze", "%w", err)
	}
	s := &study{source: source}
	if s.folder, err = newFolder(job.Scratch); err != nil {
		return nil, vig.Errorf(vig.CodeInternal, "analyze", "%w", err)
	}
	defer s.folder.discard()
	if err := s.look(ctx, options.detector(), options.SampleHz, jobProgress{job}); err != nil {
		return nil, err
	}
	page, err := s.work(ctx, extras{reel: true}, jobProgress{job})
	if err != nil {
		return nil, err
	}
	if err := s.folder.send(job); err != nil {
		return nil, vig.Errorf(vig.CodeInternal, "send results", "%w", err)
	}
	return analyzeResultOf(page, source.Playable()), nil
}

func analyzeResultOf(page report.Page, playable bool) analyzeResult {
	a := page.Analysis
	r := analyzeResult{
		SHA256: a.Film.SHA256, Duration: seconds(a.Film.Duration), Width: a.Film.Width, Height: a.Film.Height,
		Moments: []momentFound{}, Playable: playable,
	}
	spans := map[string]vig.Span{}
	for _, m := range a.Moments {
		spans[m.ID] = m.Span
		r.Moments = append(r.Moments, momentFound{ID: m.ID, Rank: m.Rank, Start: seconds(m.Span.Start), End: seconds(m.Span.End)})
	}
	if page.Reel != "" {
		r.Reel = &reelResult{}
		for _, id := range a.DraftReel {
			r.Reel.add(spans[id])
		}
	}
	return r
}

// send sends all that was made in the folder.
func (f *folder) send(job *sandbox.Job) error {
	root := f.staging.Name()
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		return job.SendFile(filepath.ToSlash(name), path)
	})
}

// analyze looks for moments in the film of size bytes behind film; out gets
// the files.
func (m media) analyze(ctx context.Context, film io.ReaderAt, size int64, out sandbox.Outputs) (analyzeResult, error) {
	var r analyzeResult
	head, err := report.PageHead()
	if err != nil {
		return r, err
	}
	err = m.run(ctx, sandbox.Task{Kind: sandbox.Analyze, Film: film, Size: size}, pageOutputs{out, head}, &r)
	return r, err
}

// pageOutputs lets only a page through that begins as ours do: people open it in
// their browsers, and that beginning forbids all scripts but ours.
type pageOutputs struct {
	sandbox.Outputs
	head []byte
}

// Create begins a file.
func (o pageOutputs) Create(name string) (io.WriteCloser, error) {
	file, err := o.Outputs.Create(name)
	if err != nil || name != report.PageFile {
		return file, err
	}
	return &pageOutput{file, o.head}, nil
}

type pageOutput struct {
	file io.WriteCloser
	head []byte // what must still come
}

func (o *pageOutput) Write(p []byte) (int, error) {
	n := min(len(p), len(o.head))
	if !bytes.Equal(p[:n], o.head[:n]) {
		return 0, foreignPage()
	}
	o.head = o.head[n:]
	return o.file.Write(p)
}

// Close fails where the page is too short to be ours.
func (o *pageOutput) Close() error {
	if len(o.head) > 0 {
		o.Abort()
		return foreignPage()
	}
	return o.file.Close()
}

// Abort gives up the page, as [sandbox.Outputs] has it.
func (o *pageOutput) Abort() {
	switch file := o.file.(type) {
	case interface{ Abort() error }:
		_ = file.Abort() // the run has failed already
	case interface{ Abort() }:
		file.Abort()
	default:
		_ = file.Close() // the run has failed already
	}
}

func foreignPage() error {
	return &sandbox.Crash{What: sandbox.CrashAnswer, Reason: "The program that reads this film made a page that is not ours."}
}

// seconds and spanOf are how times go through JSON here: to the millisecond, as
// in analysis.json.
func seconds(d time.Duration) float64 { return vig.Round3(d.Seconds()) }

func spanOf(s [2]float64) vig.Span {
	at := func(v float64) time.Duration { return time.Duration(v * float64(time.Second)).Round(time.Millisecond) }
	return vig.Span{Start: at(s[0]), End: at(s[1])}
}
