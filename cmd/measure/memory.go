package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"attune/internal/testfilm"
)

// memoryRound is the film of which so many copies are compared.
const memoryRound = 5 * time.Minute

var memoryFilms = []int{1, 12}

func newMemory() *cobra.Command {
	return &cobra.Command{
		Use:   "memory",
		Short: "Peak memory of a whole analysis with its reel, for 5 and 60 minutes of 1080p",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return memory(c.Context(), c.OutOrStdout())
		},
	}
}

// newDraw draws the film in a process of its own: the peak that Linux tells of
// a process begins with that of the one that started it.
func newDraw() *cobra.Command {
	return &cobra.Command{
		Use:    "draw FILM",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			film := benchFilm
			film.Duration = memoryRound
			_, err := testfilm.Make(c.Context(), args[0], film, nil)
			return err
		},
	}
}

func memory(ctx context.Context, out io.Writer) error {
	dir, err := os.MkdirTemp("", "attune-memory-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	self, err := os.Executable()
	if err != nil {
		return err
	}
	short := filepath.Join(dir, "film.mp4")
	fmt.Fprintln(out, "Drawing a film of", memoryRound, "at 1920×1080, 30 frames a second …")
	if _, err := timed(ctx, self, "draw", short); err != nil {
		return err
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "film\tpeak memory\tbeside the first\ttime\ttarget")
	first := int64(0)
	for _, copies := range memoryFilms {
		path := filepath.Join(dir, fmt.Sprintf("film%d.mp4", copies))
		_, err := timed(ctx, "ffmpeg", "-nostdin", "-v", "error", "-stream_loop", fmt.Sprint(copies-1), "-i", short, "-c", "copy", path)
		if err != nil {
			return err
		}
		r, err := analyze(ctx, path, filepath.Join(dir, "result"))
		if err != nil {
			return err
		}
		if first == 0 {
			first = r.cost.peakRSS
		}
		fmt.Fprintf(t, "%s\t%.0f MB\t%+.0f %%\t%s\t≤ 400 MB, ±10 %%\n", time.Duration(copies)*memoryRound,
			float64(r.cost.peakRSS)/1e6, 100*(float64(r.cost.peakRSS)/float64(first)-1), r.cost.wall.Round(time.Second))
		if err := t.Flush(); err != nil {
			return err
		}
	}
	return nil
}
