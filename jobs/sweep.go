package jobs

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"time"

	"github.com/hibiken/asynq"

	"attune/internal/store"
	"attune/internal/vault"
	"attune/internal/vig"
)

// sweep is film:sweep.
func (w *Worker) sweep(ctx context.Context, _ *asynq.Task) error {
	w.running.Add(1)
	defer w.running.Done()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(w.stopping, cancel)()
	if err := w.sweepAll(ctx, time.Now()); err != nil {
		if ctx.Err() != nil {
			return dropped() // the next hour has one too
		}
		w.log.Error("could not sweep", "error", err)
		return over(err)
	}
	return nil
}

// ours are the keys that the sweep may touch at all: those of films and reels,
// whose ids are UUIDs. What others keep beside them in a bucket is theirs.
var ours = regexp.MustCompile(`^(films|reels)/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/`)

// sweepAll deletes from the vault what no record refers to: what attempts left
// whose worker died, and what is left of films and reels that are gone. Uploads
// that rest are not its: whoever has their bytes knows which are whole.
func (w *Worker) sweepAll(ctx context.Context, now time.Time) error {
	orphans, err := w.orphans(ctx, now.Add(-w.cfg.SweepAge))
	if err != nil {
		return err
	}
	n, errs := 0, []error(nil)
	for key := range orphans {
		err := w.cfg.Vault.Delete(ctx, key)
		if err == nil {
			n++
		}
		errs = append(errs, err)
	}
	errs = append(errs, w.cfg.Vault.Clear(ctx))
	w.log.Info("swept", "orphans", n)
	return errors.Join(errs...)
}

// orphans returns the keys that are older than before, that no record refers to,
// and that belong to no attempt at work.
func (w *Worker) orphans(ctx context.Context, before time.Time) (map[string]struct{}, error) {
	orphans := map[string]struct{}{}
	for _, under := range []string{"films", "reels"} {
		for entry, err := range w.cfg.Vault.Keys(ctx, under) {
			if err != nil {
				return nil, err
			}
			if entry.ModTime.Before(before) && ours.MatchString(entry.Key) {
				orphans[entry.Key] = struct{}{}
			}
		}
	}
	if err := w.spare(ctx, orphans); err != nil { // nearly all: the attempts are asked for only of what is left
		return nil, err
	}
	current := w.currentAttempts(ctx)
	for key := range orphans {
		working, err := current(key)
		if err != nil {
			return nil, err
		}
		if working {
			delete(orphans, key)
		}
	}
	// And once more, last of all: an attempt that was not at work any more when it
	// was asked for had published by then, or never will.
	return orphans, w.spare(ctx, orphans)
}

// spare takes out of keys what a record refers to.
func (w *Worker) spare(ctx context.Context, keys map[string]struct{}) error {
	if len(keys) == 0 {
		return nil
	}
	for key, err := range w.cfg.Store.VaultKeys(ctx, vault.OriginalKey[store.FilmID]) {
		if err != nil {
			return err
		}
		delete(keys, key)
	}
	return nil
}

// currentAttempts returns a function that says whether a key belongs to an
// attempt that is at work. It asks for each record once.
func (w *Worker) currentAttempts(ctx context.Context) func(key string) (bool, error) {
	seen := map[string]string{}
	attempts := func(kind, id string) (string, error) {
		name := kind + ":" + id
		if a, ok := seen[name]; ok {
			return a, nil
		}
		j, err := w.find(ctx, kind, id)
		if err == nil {
			seen[name], err = j.current(ctx)
		}
		if vig.CodeOf(err) == vig.CodeNotFound {
			err = nil
		}
		return seen[name], err
	}
	return func(key string) (bool, error) {
		parts := strings.Split(key, "/")
		if len(parts) < 3 {
			return false, nil
		}
		kinds := []string{store.KindReel}
		attempt := strings.TrimSuffix(parts[2], ".mp4")
		if parts[0] == "films" {
			kinds = []string{store.KindFilm, store.KindViewingCopy}
			attempt = parts[2]
		}
		for _, kind := range kinds {
			now, err := attempts(kind, parts[1])
			if err != nil || now == attempt {
				return err == nil, err
			}
		}
		return false, nil
	}
}
