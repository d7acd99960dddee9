package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"attune/internal/accuracy"
	"attune/internal/testfilm"
)

// mode is a way in which faces are found, with what it should reach.
type mode struct {
	name     string
	flags    []string
	targetF1 float64 // of mutual facing
}

var modes = []mode{
	{name: "yunet", targetF1: 0.9},
	{name: "cascade", flags: []string{"--cascades"}, targetF1: 0.75},
}

func newAccuracy() *cobra.Command {
	var only, file string
	var labelled bool
	c := &cobra.Command{
		Use:   "accuracy",
		Short: "How well it sees, on synthetic films whose truth is known and on labelled ones",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if file == "" {
				return measureAccuracy(c.Context(), c.OutOrStdout(), only, labelled)
			}
			kept, err := os.Create(file)
			if err != nil {
				return err
			}
			return errors.Join(measureAccuracy(c.Context(), io.MultiWriter(c.OutOrStdout(), kept), only, labelled), kept.Close())
		},
	}
	c.Flags().StringVarP(&file, "out", "o", "", "file that gets the tables too")
	c.Flags().StringVar(&only, "only", "", "films whose name holds this")
	c.Flags().BoolVar(&labelled, "labelled", false, "the labelled real films alone, which takes a few minutes")
	return c
}

func measureAccuracy(ctx context.Context, out io.Writer, only string, labelled bool) error {
	dir, err := os.MkdirTemp("", "attune-accuracy-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var missed []error
	for _, mode := range modes {
		var err error
		if !labelled {
			err = measureSynthetic(ctx, out, mode, dir, only)
		}
		switch {
		case errors.Is(err, errOtherDetector):
			fmt.Fprintf(out, "%s is not installed here, so it was not measured: 'bin/attune models fetch' gets it\n\n", mode.name)
			continue
		case errors.Is(err, errMissed):
			missed = append(missed, err)
		case err != nil:
			return err
		}
		if err := measureReal(ctx, out, mode, dir, only); err != nil {
			return err
		}
	}
	return errors.Join(missed...)
}

var (
	errOtherDetector = errors.New("faces were looked for by other means than asked")
	errMissed        = errors.New("a target was missed")
)

// tell says on the terminal what is being done, in place; nothing takes it away.
func tell(mode mode, film string) { fmt.Fprintf(os.Stderr, "\r\033[K%s, %s …", mode.name, film) }

func tellDone() { fmt.Fprint(os.Stderr, "\r\033[K") }

func measureSynthetic(ctx context.Context, out io.Writer, mode mode, dir, only string) error {
	var films []tally
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "%s\tfaces found\tspurious\tmutual facing\t\t\tchains shown\t\t\tsuggested\tcut error\n", mode.name)
	fmt.Fprint(t, "synthetic film\tof those in view\ta sample\tprecision\trecall\tF1\tours\trandom\teven\t\tframes\n")
	for _, v := range testfilm.Variants() {
		if !v.Opens || !strings.Contains(v.Name, only) {
			continue
		}
		tell(mode, v.Name)
		row, err := try(ctx, v, mode, dir)
		if err != nil {
			return fmt.Errorf("%s, %s: %w", v.Name, mode.name, err)
		}
		row.print(t, v.Name)
		films = append(films, row)
	}
	tellDone()
	if len(films) == 0 {
		return nil
	}
	sum(films).print(t, "all")
	if err := t.Flush(); err != nil {
		return err
	}
	f1 := func(films []tally) float64 { return sum(films).mutual.F1() }
	low, high := accuracy.Interval(films, f1)
	fmt.Fprintf(out, "F1 of mutual facing %.3f, 95 %% %.3f–%.3f over %d films; target ≥ %.2f. Every chain is to be shown in the plain films; the cut error\n"+
		"is to be 0, or 1 where the frame rate varies.\n\n", f1(films), low, high, len(films), mode.targetF1)
	if f1(films) < mode.targetF1 {
		return fmt.Errorf("%w: F1 of mutual facing, %s", errMissed, mode.name)
	}
	return nil
}

func sum(films []tally) (all tally) {
	for _, f := range films {
		all = all.plus(f)
	}
	return all
}

// tally is one row of the table.
type tally struct {
	faces, mutual            accuracy.Counts
	samples                  int
	chains, found, suggested int
	random, even             float64
	cut                      int // frames; −1 where there is no reel
}

func (t tally) plus(o tally) tally {
	return tally{
		faces: t.faces.Plus(o.faces), mutual: t.mutual.Plus(o.mutual), samples: t.samples + o.samples,
		chains: t.chains + o.chains, found: t.found + o.found, suggested: t.suggested + o.suggested,
		random: t.random + o.random, even: t.even + o.even, cut: max(t.cut, o.cut),
	}
}

func (t tally) print(w io.Writer, name string) {
	cut := "–"
	if t.cut >= 0 {
		cut = fmt.Sprint(t.cut)
	}
	fmt.Fprintf(w, "%s\t%.3f\t%.3f\t%.3f\t%.3f\t%.3f\t%d of %d\t%.1f\t%.0f\t%d\t%s\n", name,
		t.faces.Recall(), float64(t.faces.FalsePositive)/float64(max(1, t.samples)),
		t.mutual.Precision(), t.mutual.Recall(), t.mutual.F1(),
		t.found, t.chains, t.random, t.even, t.suggested, cut)
}

// The size of the films: that at which a film of any size is looked at.
const filmWidth, filmHeight = 640, 360

// try makes a film, analyses it and compares.
func try(ctx context.Context, v testfilm.Variant, m mode, dir string) (tally, error) {
	v.Film.Numbered, v.Film.Width, v.Film.Height = true, filmWidth, filmHeight
	film, truth, err := testfilm.Kept(ctx, v.Film)
	if err != nil {
		return tally{}, err
	}
	r, err := analyze(ctx, film, filepath.Join(dir, m.name, v.Name), m.flags...)
	if err != nil {
		return tally{}, err
	}
	if r.analysis.Settings.Detector != m.name {
		return tally{}, errOtherDetector
	}
	row := tally{
		faces: accuracy.FacesFound(truth, r.rec), mutual: accuracy.MutualFacing(truth, r.scenes), samples: len(r.scenes),
		chains: len(truth.Chains), found: accuracy.ChainsFound(truth.Chains, r.spans()), suggested: len(r.analysis.Moments),
		random: accuracy.RandomFound(truth.Chains, r.spans(), truth.Duration, v.Film.Seed),
		even:   float64(accuracy.EvenFound(truth.Chains, r.spans(), truth.Duration)),
		cut:    -1,
	}
	if len(r.analysis.DraftReel) > 0 {
		numbers, err := frameNumbers(ctx, filepath.Join(r.dir, "reel.mp4"))
		if err != nil {
			return tally{}, err
		}
		row.cut = accuracy.CutError(truth, r.reelSpans(), numbers)
	}
	return row, nil
}

// The size to which a reel is scaled to read the numbers of its frames.
const readWidth, readHeight = 640, 360

// frameNumbers returns the numbers drawn on the frames of a numbered film, in
// order, −1 where one cannot be read.
func frameNumbers(ctx context.Context, film string) ([]int, error) {
	cmd := exec.CommandContext(ctx, "ffmpeg", "-nostdin", "-v", "error", "-i", film, "-vf", fmt.Sprintf("scale=%d:%d", readWidth, readHeight),
		"-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "gray", "pipe:1")
	var said bytes.Buffer
	cmd.Stderr = &said
	pictures, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	var numbers []int
	picture := make([]byte, readWidth*readHeight)
	for {
		if _, err := io.ReadFull(pictures, picture); err != nil {
			break // the end; a failure shows in Wait
		}
		n, ok := testfilm.ReadNumber(picture, readWidth, readHeight)
		if !ok {
			n = -1
		}
		numbers = append(numbers, n)
	}
	if err := cmd.Wait(); err != nil {
		return nil, fmt.Errorf("ffmpeg: %w: %s", err, said.Bytes())
	}
	return numbers, nil
}
