package main

import (
	"fmt"
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
	film := testfilm.Film{}
	c := &cobra.Command{
		Use:   "sample",
		Short: "Make a synthetic session film to try Attune with",
		Long: `Sample draws a film of two heads, an adult and a child, that turn to each other and
away, smile, move and speak in scripted turns, and writes what is true of it beside
it as JSON. It needs the ffmpeg program. Nobody is to be seen in it.`,
		Example: `  attune sample -o sample.mp4
  attune sample --length 10m --seed 7 -o long.mp4`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if film.Duration < shortestSample {
				return usageError{fmt.Errorf("--length is %s; it takes %s and more", film.Duration, shortestSample)}
			}
			bars := newBars(c.ErrOrStderr())
			bar := bars.start("Drawing a sample film")
			defer bar.stop()
			truth, err := testfilm.Make(c.Context(), out, film, bar.set)
			if err != nil {
				return err
			}
			beside := strings.TrimSuffix(out, filepath.Ext(out)) + ".truth.json"
			if err := truth.Save(beside); err != nil {
				return err
			}
			bar.finish()
			fmt.Fprintln(c.OutOrStdout(), "Film:   "+out)
			fmt.Fprintln(c.OutOrStdout(), "Truth:  "+beside)
			return nil
		},
	}
	c.Flags().StringVarP(&out, "out", "o", "sample.mp4", "the film to write")
	c.Flags().DurationVar(&film.Duration, "length", time.Minute, "how long it lasts")
	c.Flags().Uint64Var(&film.Seed, "seed", 0, "another number makes another session")
	return c
}
