package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"attune/internal/testfilm"
)

// shortestSample has room for one chain of turns.
const shortestSample = 12 * time.Second

func newSample() *cobra.Command {
	var out string
	var force bool
	film := testfilm.Film{}
	c := &cobra.Command{
		Use:   "sample",
		Short: "Make a synthetic session film to try Attune with",
		Long: `Sample draws a film of two heads, one of an adult and one of a child, that turn to
each other and away, smile, move and speak in scripted turns, and writes what is true
of it beside it as JSON. The heads are drawn; no real person is shown. The name's
ending chooses the kind of film: .mp4, .mkv, .webm (VP9 and Opus) or .ts. It needs the
ffmpeg program.`,
		Example: `  attune sample -o sample.mp4
  attune sample --length 10m --seed 7 -o long.mkv`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if film.Duration < shortestSample {
				return usageError{fmt.Errorf("--length is %s; it takes %s and more", film.Duration, shortestSample)}
			}
			if err := codeFor(&film, out); err != nil {
				return usageError{err}
			}
			truthFile := strings.TrimSuffix(out, filepath.Ext(out)) + ".truth.json"
			if !force {
				for _, path := range []string{out, truthFile} {
					if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
						return usageError{fmt.Errorf("%s is there already; name another with -o, or replace it with --force", path)}
					}
				}
			}
			bars := newBars(c.ErrOrStderr())
			bar := bars.start("Drawing a sample film")
			defer bar.stop()
			truth, err := testfilm.Make(c.Context(), out, film, bar.set)
			if err != nil {
				return err
			}
			if err := truth.Save(truthFile); err != nil {
				return err
			}
			bar.finish()
			fmt.Fprintln(c.OutOrStdout(), "Film:   "+out)
			fmt.Fprintln(c.OutOrStdout(), "Truth:  "+truthFile)
			return nil
		},
	}
	c.Flags().StringVarP(&out, "out", "o", "sample.mp4", "the film to write: .mp4, .mkv, .webm or .ts")
	c.Flags().BoolVar(&force, "force", false, "replace a film that is there already")
	c.Flags().DurationVar(&film.Duration, "length", time.Minute, "how long it lasts")
	c.Flags().Uint64Var(&film.Seed, "seed", 0, "another number makes another session")
	return c
}

// codeFor sets the film's container, and the codecs it takes, by the ending of
// the name that it gets.
func codeFor(film *testfilm.Film, name string) error {
	for _, c := range []testfilm.Container{testfilm.MP4, testfilm.MKV, testfilm.WebM, testfilm.TS} {
		if strings.EqualFold(filepath.Ext(name), c.Ext()) {
			film.Container = c
			if c == testfilm.WebM {
				film.Codec = testfilm.VP9
			}
			return nil
		}
	}
	return fmt.Errorf("%s: a sample's name ends in .mp4, .mkv, .webm or .ts", name)
}
