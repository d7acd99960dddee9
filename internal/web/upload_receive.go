package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"attune/internal/store"
	"attune/internal/vault"
	"attune/internal/vig"
)

const (
	// takenAtOnce is how many films are read and copied at the same time: more only
	// make a disk slower.
	takenAtOnce = 2
	// again is when a film that could not be taken in is tried again.
	again = 30 * time.Second
	// probeTime is how long a film may be probed: the index of an hour is read in
	// seconds, and what takes longer keeps a place from films that do not.
	probeTime = 2 * time.Minute
)

// TendUploads takes in films that have arrived, also those that arrived before
// a restart, gives up those of which nothing came for a week, and removes what is
// left of those that are gone. It returns when ctx ends, after what it was doing
// has stopped; a film that was being taken in is taken in the next time. One such
// call runs for each staging folder, and no two folders share the records.
func (h *Web) TendUploads(ctx context.Context) {
	if h.uploads != nil {
		h.uploads.tend(ctx)
	}
}

func (u *uploads) tend(ctx context.Context) {
	var work sync.WaitGroup
	defer work.Wait()
	ticker := time.NewTicker(again)
	defer ticker.Stop()
	for {
		if err := u.takeAll(ctx, &work); err != nil && ctx.Err() == nil {
			u.log.ErrorContext(ctx, "uploads cannot be looked through", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-u.arrived:
		}
	}
}

// wake makes tend look through the staging folder.
func (u *uploads) wake() {
	select {
	case u.arrived <- struct{}{}:
	default: // it will look anyway
	}
}

// takeAll begins to take in all films that are whole, and removes those that are
// done with, or have rested for too long.
func (u *uploads) takeAll(ctx context.Context, work *sync.WaitGroup) error {
	if err := u.expire(ctx, time.Now().Add(-uploadAge)); err != nil && ctx.Err() == nil {
		u.log.ErrorContext(ctx, "uploads that rest are left", "error", err)
	}
	// What cannot be removed now is tried again the next time; films that have
	// arrived do not wait for it.
	if err := u.staging.clear(time.Now()); err != nil {
		u.log.ErrorContext(ctx, "leftovers stay in the staging folder", "error", err)
	}
	ids, err := u.staging.ids()
	if err != nil {
		return err
	}
	for _, id := range ids {
		at, err := u.staging.load(id)
		if err != nil {
			if vig.CodeOf(err) != vig.CodeNotFound { // given up meanwhile
				u.log.ErrorContext(ctx, "upload cannot be read", "film", id, "error", err)
			}
			continue
		}
		switch film, err := u.Store.Film(ctx, id); {
		case vig.CodeOf(err) == vig.CodeNotFound || err == nil && film.State != store.FilmUploading:
			if u.busy.begin(id) {
				err := u.staging.remove(id)
				u.waiting.end(id)
				u.busy.end(id)
				if err != nil {
					u.log.ErrorContext(ctx, "upload that is over stays in the staging folder", "film", id, "error", err)
				}
			}
			continue
		case err != nil:
			return err
		}
		if until, waits := u.waiting.has(id); waits && time.Now().Before(until) {
			continue
		}
		if !at.whole() || !u.busy.begin(id) {
			continue
		}
		select {
		case u.taking <- struct{}{}:
		case <-ctx.Done():
			u.busy.end(id)
			return ctx.Err()
		}
		work.Go(func() {
			defer func() {
				<-u.taking
				u.busy.end(id)
			}()
			switch err := u.take(ctx, id); {
			case isFull(err):
				u.waitForRoom(ctx, id, err)
				return
			case err != nil && ctx.Err() == nil:
				u.log.ErrorContext(ctx, "film cannot be taken in, and is tried again", "film", id, "error", err)
			}
			u.waiting.end(id)
		})
	}
	return nil
}

// take takes one film in. Whenever it is interrupted it can be done again: the
// record says whether it is over, and what is put under a key of the vault is
// the same each time.
func (u *uploads) take(ctx context.Context, id store.FilmID) error {
	film, err := u.Store.Film(ctx, id)
	if err != nil {
		return err
	}
	if film.State != store.FilmUploading { // it was over before, and only this was left to do
		return u.staging.remove(id)
	}
	// It is not left over, however long the vault is away.
	if err := u.Store.TouchUpload(ctx, id); err != nil {
		return err
	}
	file, err := u.staging.open(id)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := u.probe(ctx, id, io.NewSectionReader(file, 0, film.Size), film.Size)
	if err != nil {
		return u.refused(u.refuse(ctx, id, err))
	}
	if !u.VaultElsewhere {
		if err := u.room(film.Size); err != nil { // others may have taken what it was promised
			return err
		}
	}
	sum, err := u.put(ctx, film, file)
	if err != nil {
		return err
	}
	if err := u.receive(ctx, film, sum, info.Duration); err != nil {
		now, lookErr := u.Store.Film(ctx, id)
		if vig.CodeOf(lookErr) == vig.CodeNotFound || lookErr == nil && now.State == store.FilmRefused {
			// It was refused, or forgotten meanwhile: no record refers to the bytes.
			return errors.Join(u.refused(err), u.Vault.Delete(ctx, vault.OriginalKey(id)), u.staging.remove(id))
		}
		return err
	}
	u.log.InfoContext(ctx, "film is taken in", "film", id, "bytes", film.Size)
	if err := u.Queue.EnqueueFilm(ctx, id, 1, info.Duration); err != nil {
		// What the records say is due is enqueued when the queue is back.
		u.log.WarnContext(ctx, "film was not enqueued", "film", id, "error", err)
	}
	return u.staging.remove(id)
}

// probe asks what the film is. A failure that says nothing about the film is
// left to the analysis, which knows what to do about films that break it.
func (u *uploads) probe(ctx context.Context, id store.FilmID, film io.ReaderAt, size int64) (vig.FilmInfo, error) {
	if u.Prober == nil {
		return vig.FilmInfo{}, nil
	}
	probing, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	info, err := u.Prober.Probe(probing, film, size)
	switch code := vig.CodeOf(err); {
	case err == nil:
		return info, nil
	case ctx.Err() != nil:
		return vig.FilmInfo{}, err
	case probing.Err() != nil: // whatever it says of a film that it did not come to the end of
	case code == vig.CodeInvalid || code == vig.CodeUnsupported:
		return vig.FilmInfo{}, err
	}
	u.log.WarnContext(ctx, "film could not be probed", "film", id, "error", err)
	return vig.FilmInfo{}, nil
}

// put copies the film into the vault, and returns the SHA-256 of its bytes.
func (u *uploads) put(ctx context.Context, film store.Film, from io.Reader) (sum string, err error) {
	w, err := u.Vault.Create(ctx, vault.OriginalKey(film.ID))
	if err != nil {
		return "", err
	}
	defer w.Abort()
	hash := sha256.New()
	n, err := io.CopyBuffer(w, io.TeeReader(io.LimitReader(from, film.Size), hash), make([]byte, piece))
	if err != nil {
		return "", err
	}
	if n != film.Size {
		return "", fmt.Errorf("there are %d bytes, and %d were certain", n, film.Size)
	}
	return hex.EncodeToString(hash.Sum(nil)), w.Commit()
}

// receive says in the records that a film is there, or refuses one that the case
// has already, or that is known to break the analysis.
func (u *uploads) receive(ctx context.Context, film store.Film, sum string, length time.Duration) error {
	const op = "take film in"
	u.receiving.Lock() // or two that are the same would not see each other
	defer u.receiving.Unlock()
	reason, bad, err := u.Store.Quarantined(ctx, sum, store.KindFilm)
	if err != nil {
		return err
	}
	if bad {
		return u.refuse(ctx, film.ID, vig.Errorf(vig.CodeUnsupported, op, "%s", reason))
	}
	same, twice, err := u.Store.SameFilm(ctx, film.Case, sum)
	if err != nil {
		return err
	}
	if twice {
		return u.refuse(ctx, film.ID, vig.Errorf(vig.CodeConflict, op, "this film is in the case already; it is film %s", same.ID))
	}
	return u.Store.ReceiveFilm(ctx, film.ID, sum, film.Size, length)
}

// refusedError is that a film was refused, and why.
type refusedError struct{ error }

// Unwrap returns why.
func (r refusedError) Unwrap() error { return r.error }

// refused makes nothing of an error that says that the film was refused: there is
// no more to do then.
func (u *uploads) refused(err error) error {
	if _, ok := errors.AsType[refusedError](err); ok {
		return nil
	}
	return err
}

// refuse says in the records why a film is not taken, and removes its bytes. It
// returns why, or what went wrong with that. An error that says nothing about
// the film refuses nothing.
func (u *uploads) refuse(ctx context.Context, id store.FilmID, why error) error {
	switch vig.CodeOf(why) {
	case vig.CodeInvalid, vig.CodeUnsupported, vig.CodeConflict:
	default:
		return why
	}
	if err := u.Store.RefuseFilm(ctx, id, sentence(words(why))); err != nil {
		return err
	}
	u.log.InfoContext(ctx, "film is refused", "film", id, "code", vig.CodeOf(why))
	if err := u.staging.remove(id); err != nil { // tend removes it later
		u.log.WarnContext(ctx, "refused film is left in the staging folder", "film", id, "error", err)
	}
	return refusedError{why}
}

// busyFilms are those that somebody in this process is taking in or removing.
type busyFilms struct {
	mu  sync.Mutex
	ids map[store.FilmID]bool
}

// begin says whether nobody else is at the film.
func (b *busyFilms) begin(id store.FilmID) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ids[id] {
		return false
	}
	if b.ids == nil {
		b.ids = map[store.FilmID]bool{}
	}
	b.ids[id] = true
	return true
}

func (b *busyFilms) end(id store.FilmID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.ids, id)
}
