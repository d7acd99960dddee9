package main

import (
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"attune/internal/models"
	"attune/internal/vig"
)

func newModels() *cobra.Command {
	c := &cobra.Command{
		Use:   "models",
		Short: "List the model files, or get them",
		Long: `Attune finds faces, and where they are turned, with model files that are not part
of it. Without them it works too, less well. Files are trusted only if their
SHA-256 is that of the manifest.`,
		Args: noArgs,
		RunE: showHelp,
	}
	c.AddCommand(newModelsList(), newModelsFetch())
	return c
}

func newModelsList() *cobra.Command {
	var dir string
	c := &cobra.Command{
		Use:   "list",
		Short: "List the models, their licences and where they were found",
		Args:  noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			out := c.OutOrStdout()
			t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
			for i, m := range models.All() {
				if i > 0 {
					fmt.Fprintln(t)
				}
				fmt.Fprintf(t, "file\t%s\n", m.File)
				fmt.Fprintf(t, "found\t%s\n", whereFound(m, dir))
				fmt.Fprintf(t, "purpose\t%s\n", m.Purpose)
				fmt.Fprintf(t, "licence\t%s\n", m.Licence)
				fmt.Fprintf(t, "size\t%d bytes\n", m.Size)
				fmt.Fprintf(t, "sha256\t%s\n", m.SHA256)
				fmt.Fprintf(t, "source\t%s\n", m.URL)
			}
			if err := t.Flush(); err != nil {
				return err
			}
			fmt.Fprintln(out, "\nLooked for in, the first first:")
			for _, d := range models.Dirs(dir) {
				fmt.Fprintln(out, "  "+d)
			}
			return nil
		},
	}
	c.Flags().StringVar(&dir, "models", "", "folder to look in first")
	return c
}

// whereFound says in one line where m lies, or what is wrong.
func whereFound(m models.Model, dir string) string {
	path, err := m.Find(models.Dirs(dir)...)
	switch vig.CodeOf(err) {
	case "":
		return path
	case vig.CodeNotFound:
		return "no; get it with 'attune models fetch'"
	default:
		return err.Error()
	}
}

func newModelsFetch() *cobra.Command {
	var dir, base string
	var timeout time.Duration
	c := &cobra.Command{
		Use:   "fetch",
		Short: "Get the models and verify them",
		Long: `Fetch gets each model from its authors' address, verifies its SHA-256 and only then
puts it in place. No film and nothing about one is sent. On a machine without a
network, copy the files named by 'attune models list' into the folder yourself.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			var failed error
			for _, m := range models.All() {
				path, err := fetch(c, m, dir, base, timeout)
				if err != nil {
					failed = errors.Join(failed, err) // the others are of use without it
					continue
				}
				fmt.Fprintln(c.OutOrStdout(), path)
			}
			if failed != nil {
				return vig.Errorf(vig.CodeInternal, "fetch models", "%w", failed)
			}
			return nil
		},
	}
	c.Flags().StringVar(&dir, "dir", "", "folder to put them in (default: the user's data folder, and nothing where they are found already)")
	c.Flags().StringVar(&base, "from", "", "address of a folder to get them from instead, as a mirror of your own")
	c.Flags().DurationVar(&timeout, "timeout", time.Minute, "give up after this long for each file")
	return c
}

// fetch gets m into dir. Where no folder was named, a model that is found
// already stays where it is.
func fetch(c *cobra.Command, m models.Model, dir, base string, timeout time.Duration) (string, error) {
	if dir == "" {
		if path, err := m.Find(models.Dirs("")...); err == nil {
			return path, nil
		}
		if dir = models.UserDir(); dir == "" {
			return "", usageError{fmt.Errorf("this user has no home: name a folder with --dir")}
		}
	}
	bar := newBars(c.ErrOrStderr()).start("Getting " + m.File)
	defer bar.stop()
	return models.Fetch(c.Context(), m, dir, models.FetchConfig{
		BaseURL: base, Timeout: timeout,
		Progress: func(done, total int64) { bar.set(float64(done) / float64(total)) },
	})
}
