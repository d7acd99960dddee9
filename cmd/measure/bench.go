package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"attune/internal/testfilm"
	"attune/internal/vig"
	"attune/pipeline"
)

// benchFilm is like a phone's film of a session: 1080p30 with B-frames and the
// noise of a small sensor, which is what makes decoding cost what it does.
var benchFilm = testfilm.Film{Width: 1920, Height: 1080, FPS: 30, Duration: time.Minute, Noise: 4, BFrames: true}

// benchClips are cut from it for the reel.
var benchClips = []vig.Span{
	{Start: 3 * time.Second, End: 18 * time.Second},
	{Start: 22500 * time.Millisecond, End: 37500 * time.Millisecond},
	{Start: 41 * time.Second, End: 56 * time.Second},
}

func newBench() *cobra.Command {
	var runs int
	c := &cobra.Command{
		Use:   "bench",
		Short: "How fast it is, beside the ffmpeg program on the same film",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return bench(c.Context(), c.OutOrStdout(), runs)
		},
	}
	c.Flags().IntVar(&runs, "runs", 3, "runs of each; they take turns, and the table has the medians")
	return c
}

func bench(ctx context.Context, out io.Writer, runs int) error {
	dir, err := os.MkdirTemp("", "attune-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	film := filepath.Join(dir, "film.mp4")
	fmt.Fprintln(out, "Drawing a film of", benchFilm.Duration, "at 1920×1080, 30 frames a second …")
	if _, err := testfilm.Make(ctx, film, benchFilm, nil); err != nil {
		return err
	}
	contests := []contest{
		{
			name: "analysis / ffmpeg -f null (YuNet)", target: 1.5,
			ours:   analysisOf(film, dir),
			theirs: decodingOf(film),
		},
		{
			name: "analysis / ffmpeg -f null (cascades)", target: 1.5,
			ours:   analysisOf(film, dir, "--cascades"),
			theirs: decodingOf(film),
		},
		{
			name: "reel / ffmpeg, same cut and encoder settings", target: 1.1,
			ours:   reelOf(film, dir),
			theirs: ffmpegReelOf(film, dir),
		},
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "what\tours\tffmpeg\tratio\ttarget")
	for _, contest := range contests {
		if err := contest.hold(ctx, t, runs); err != nil {
			return err
		}
	}
	return t.Flush()
}

// contest is our way and ffmpeg's of doing the same, timed in turns so that a
// busy machine slows both.
type contest struct {
	name         string
	target       float64
	ours, theirs func(context.Context) (time.Duration, error)
}

func (c contest) hold(ctx context.Context, w io.Writer, runs int) error {
	var ours, theirs []time.Duration
	var ratios []float64
	for range runs {
		o, err := c.ours(ctx)
		if err != nil {
			return err
		}
		t, err := c.theirs(ctx)
		if err != nil {
			return err
		}
		ours, theirs = append(ours, o), append(theirs, t)
		ratios = append(ratios, o.Seconds()/t.Seconds())
	}
	fmt.Fprintf(w, "%s\t%.1f s\t%.1f s\t%.2f\t≤ %.1f\n", c.name, median(ours).Seconds(), median(theirs).Seconds(), median(ratios), c.target)
	return nil
}

func median[T time.Duration | float64](of []T) T {
	slices.Sort(of)
	return of[len(of)/2]
}

func analysisOf(film, dir string, flags ...string) func(context.Context) (time.Duration, error) {
	return func(ctx context.Context) (time.Duration, error) {
		r, err := analyze(ctx, film, filepath.Join(dir, "result"), append(flags, "--no-reel")...)
		if err == nil && r.analysis.Settings.Reduced() != (len(flags) > 0) {
			err = errOtherDetector
		}
		return r.cost.wall, err
	}
}

func decodingOf(film string) func(context.Context) (time.Duration, error) {
	return func(ctx context.Context) (time.Duration, error) {
		c, err := timed(ctx, "ffmpeg", "-nostdin", "-v", "error", "-i", film, "-f", "null", "-")
		return c.wall, err
	}
}

func reelOf(path, dir string) func(context.Context) (time.Duration, error) {
	return func(ctx context.Context) (time.Duration, error) {
		began := time.Now()
		file, err := os.Open(path)
		if err != nil {
			return 0, err
		}
		defer file.Close()
		stat, err := file.Stat()
		if err != nil {
			return 0, err
		}
		film, err := pipeline.Open(ctx, file, stat.Size(), pipeline.Config{})
		if err != nil {
			return 0, err
		}
		defer film.Close()
		_, err = film.Reel(ctx, filepath.Join(dir, "ours.mp4"), benchClips, pipeline.ReelConfig{})
		return time.Since(began), err
	}
}

// ffmpegReelOf cuts the same clips to the same canvas with the encoder
// settings that the reel has by default.
func ffmpegReelOf(film, dir string) func(context.Context) (time.Duration, error) {
	args := []string{"-nostdin", "-v", "error", "-y"}
	var scaled, joined strings.Builder
	for i, clip := range benchClips {
		args = append(args, "-ss", fmt.Sprint(clip.Start.Seconds()), "-t", fmt.Sprint(clip.Length().Seconds()), "-i", film)
		fmt.Fprintf(&scaled, "[%d:v]scale=1280:720,setsar=1[v%d];", i, i)
		fmt.Fprintf(&joined, "[v%d][%d:a]", i, i)
	}
	args = append(args, "-filter_complex", fmt.Sprintf("%s%sconcat=n=%d:v=1:a=1[v][a]", &scaled, &joined, len(benchClips)),
		"-map", "[v]", "-map", "[a]", "-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-rc-lookahead", "10", "-bf", "0", "-g", "60", "-threads:v", "4", "-pix_fmt", "yuv420p",
		"-c:a", "aac", "-b:a", "64k", "-ar", "48000",
		"-movflags", "+faststart", filepath.Join(dir, "theirs.mp4"))
	return func(ctx context.Context) (time.Duration, error) {
		c, err := timed(ctx, "ffmpeg", args...)
		return c.wall, err
	}
}
