package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"attune/internal/store"
	"attune/internal/vig"
)

func newFilm() *cobra.Command {
	c := &cobra.Command{
		Use:   "film",
		Short: "Lift the quarantine of a film",
		Long: `Film works on the records of the service, also while it runs. A film that made the
program that reads it crash twice is set aside by its SHA-256, and not worked on again.`,
		Args: noArgs,
		RunE: showHelp,
	}
	c.AddCommand(newRecords("release FILM-ID|HASH", "Let a film be tried again that was set aside", oneQuarantined, release))
	return c
}

// oneQuarantined takes exactly one argument, what names the film.
func oneQuarantined(c *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usageError{fmt.Errorf("name one film, by its id or its SHA-256: '%s'; see --help", c.UseLine())}
	}
	return nil
}

func release(c *cobra.Command, _ given, records *store.Store, args []string) error {
	ctx := c.Context()
	hash, err := hashOf(ctx, records, args[0])
	if err != nil {
		return err
	}
	if err := records.Release(ctx, hash); err != nil {
		if vig.CodeOf(err) == vig.CodeNotFound {
			return errors.New("this film is not set aside")
		}
		return err
	}
	fmt.Fprintln(c.OutOrStdout(), "Released. The film may be tried again: send it once more with 'attune upload'.")
	return nil
}

// hashOf is the SHA-256 of the film that a person names, by that or by its id.
func hashOf(ctx context.Context, records *store.Store, name string) (string, error) {
	if sum, err := hex.DecodeString(name); err == nil && len(sum) == 32 {
		return hex.EncodeToString(sum), nil
	}
	film, err := records.Film(ctx, store.FilmID(name))
	if vig.CodeOf(err) == vig.CodeNotFound {
		return "", fmt.Errorf("there is no film %s", name)
	}
	return film.SHA256, err
}
