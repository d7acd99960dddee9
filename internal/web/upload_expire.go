package web

import (
	"context"
	"errors"
	"time"

	"attune/internal/store"
	"attune/internal/vig"
)

// uploadAge is how long an upload may rest before it is given up: somebody who
// went home on Friday with half a film sent comes back within it.
const uploadAge = 7 * 24 * time.Hour

// lockTime is far more than a request takes to end that is asked to.
const lockTime = 10 * time.Second

// expire gives up uploads that have rested since before. Those that are whole
// are not among them, however long they wait to be taken in: whoever sent them
// was told that they have arrived. One such call runs at a time.
func (u *uploads) expire(ctx context.Context, before time.Time) error {
	stale, err := u.Store.StaleUploads(ctx, before)
	if err != nil {
		return err
	}
	var errs []error
	for _, film := range stale {
		if ctx.Err() != nil {
			break
		}
		if err := u.expireOne(ctx, film.ID, before); err != nil {
			errs = append(errs, vig.Errorf(vig.CodeInternal, "expire upload "+string(film.ID), "%w", err))
		}
	}
	return errors.Join(errs...)
}

func (u *uploads) expireOne(ctx context.Context, id store.FilmID, before time.Time) error {
	lock, err := u.locker.NewLock(string(id))
	if err != nil {
		return err
	}
	// Whoever sends just now is asked to stop, and sees at the next request what
	// became of it. One that does not is not waited for: it has its time again.
	locking, cancel := context.WithTimeout(ctx, lockTime)
	defer cancel()
	if err := lock.Lock(locking, func() {}); err != nil {
		return err
	}
	defer lock.Unlock() //nolint:errcheck // never fails
	at, err := u.staging.load(id)
	if err != nil && vig.CodeOf(err) != vig.CodeNotFound { // of which no byte ever was: it has no place
		return err
	}
	if err == nil && at.whole() {
		return nil
	}
	switch film, err := u.Store.Film(ctx, id); {
	case vig.CodeOf(err) == vig.CodeNotFound:
		return nil
	case err != nil:
		return err
	case film.State != store.FilmUploading || !film.Changed.Before(before): // it has moved since
		return nil
	}
	if err := u.Store.ForgetUpload(ctx, id); err != nil {
		return err
	}
	u.log.InfoContext(ctx, "upload is given up, as nothing came for long", "film", id, "bytes", at.Offset, "of", at.Size)
	return u.staging.remove(id)
}
