package main

import (
	"context"
	"encoding/json"
	"io"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"attune/analysis/observe"
	"attune/internal/models"
	"attune/internal/sandbox"
	"attune/internal/vig"
	"attune/pipeline"
)

// newMedia is the command that the service starts its children with. What a
// child is to do comes through its descriptors: see internal/sandbox.
func newMedia() *cobra.Command {
	return &cobra.Command{
		Use:    "media KIND",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, _ []string) error {
			debug.SetGCPercent(gcPercent)
			if code := sandbox.Child(c.Context(), doMedia); code != exitOK {
				return exitStatus(code)
			}
			return nil
		},
	}
}

// exitStatus is the exit code of a command that has said all there is to say.
type exitStatus int

// Error returns the code as text.
func (s exitStatus) Error() string { return "exit code " + strconv.Itoa(int(s)) }

// doMedia does the work of a child.
func doMedia(ctx context.Context, job *sandbox.Job) (any, error) {
	source, err := openJob(ctx, job)
	if err != nil {
		return nil, err
	}
	defer source.close()
	switch job.Kind {
	case sandbox.Probe:
		return probeResult{Info: source.Info(), Playable: source.Playable()}, nil
	case sandbox.Analyze:
		return analyzeJob(ctx, job, source)
	case sandbox.Reel:
		return reelJob(ctx, job, source)
	case sandbox.ViewingCopy:
		return viewingJob(ctx, job, source)
	}
	return nil, vig.Errorf(vig.CodeInternal, "media", "there is no kind %q", job.Kind)
}

// openJob opens the film of a job. The caller closes it.
func openJob(ctx context.Context, job *sandbox.Job) (*film, error) {
	opened, err := pipeline.Open(ctx, job.Film, job.Size, pipeline.Config{})
	if err != nil {
		return nil, err
	}
	return &film{Film: opened, bytes: job.Film, size: job.Size}, nil
}

// jobProgress tells the parent of a child how far the work is.
type jobProgress struct{ job *sandbox.Job }

func (p jobProgress) start(name string) stage {
	p.job.Progress(name, 0)
	return jobStage{p.job, name}
}

type jobStage struct {
	job  *sandbox.Job
	name string
}

func (s jobStage) set(share float64) { s.job.Progress(s.name, share) }
func (s jobStage) finish()           { s.job.Progress(s.name, 1) }
func (s jobStage) stop()             {}

// mediaOptions is what every child is told: how faces are looked for.
type mediaOptions struct {
	FaceModel     string  `json:"face_model,omitempty"`     // path; "" is the reduced mode
	LandmarkModel string  `json:"landmark_model,omitempty"` // path; "" is none
	EyeModel      string  `json:"eye_model,omitempty"`      // path; "" is none
	SampleHz      float64 `json:"sample_hz"`
}

// detector returns the detector that the options were made of.
func (o mediaOptions) detector() detector {
	d := detector{config: observe.Config{FaceModel: o.FaceModel, LandmarkModel: o.LandmarkModel, EyeModel: o.EyeModel}}
	if o.FaceModel != "" {
		d.models = append(d.models, models.YuNet)
	}
	if o.LandmarkModel != "" {
		d.models = append(d.models, models.FaceMesh)
	}
	if o.EyeModel != "" {
		d.models = append(d.models, models.Iris)
	}
	return d
}

// media does the media work of the service in confined children. Its methods
// may be used by several goroutines at once, and fail as [sandbox.Runner.Run].
type media struct {
	*sandbox.Runner
	reduced bool // faces are looked for in the reduced mode
}

// newMediaRunner returns what runs media work as cfg says, with the models that
// are found now (see chooseDetector).
func newMediaRunner(cfg sandbox.Config, modelsDir string, cascades bool) (media, error) {
	d, err := chooseDetector(modelsDir, cascades)
	if err != nil {
		return media{}, err
	}
	options := mediaOptions{SampleHz: defaultSampleHz}
	for _, path := range []struct {
		from string
		to   *string
	}{{d.config.FaceModel, &options.FaceModel}, {d.config.LandmarkModel, &options.LandmarkModel}, {d.config.EyeModel, &options.EyeModel}} {
		if path.from == "" {
			continue
		}
		// A child runs in a folder of its own, and Landlock means the file itself.
		if *path.to, err = filepath.Abs(path.from); err == nil {
			*path.to, err = filepath.EvalSymlinks(*path.to)
		}
		if err != nil {
			return media{}, vig.Errorf(vig.CodeInternal, "choose detector", "%w", err)
		}
		cfg.Reads = append(cfg.Reads, *path.to)
	}
	if dir, err := observe.CascadeDir(""); err == nil {
		cfg.Reads = append(cfg.Reads, dir)
	}
	cfg.Options = options
	return media{sandbox.New(cfg), d.reduced()}, nil
}

// probeResult is what a film is.
type probeResult struct {
	Info     vig.FilmInfo `json:"info"`
	Playable bool         `json:"playable"` // browsers can play the original
}

// probeWall is how long it may take to say what a film is: somebody waits for it,
// and the header of a film, or the index at its end, is read in seconds.
const probeWall = 2 * time.Minute

// probe says what the film of size bytes behind bytes is.
func (m media) probe(ctx context.Context, bytes io.ReaderAt, size int64) (probeResult, error) {
	var r probeResult
	err := m.run(ctx, sandbox.Task{Kind: sandbox.Probe, Film: bytes, Size: size, Wall: probeWall}, nothingMade{}, &r)
	return r, err
}

// run runs a task and reads its result.
func (m media) run(ctx context.Context, task sandbox.Task, out sandbox.Outputs, result any) error {
	text, err := m.Run(ctx, task, out)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, result); err != nil {
		return vig.Errorf(vig.CodeInternal, "read result", "%w", err)
	}
	return nil
}

// nothingMade is for work that makes no files and tells no progress.
type nothingMade struct{}

func (nothingMade) Create(string) (io.WriteCloser, error) {
	return nil, vig.Errorf(vig.CodeInternal, "media", "no file was to be made")
}
func (nothingMade) Progress(string, float64) {}
