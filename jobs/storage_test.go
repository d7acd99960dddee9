package jobs

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"attune/internal/store"
	"attune/internal/store/storetest"
	"attune/internal/vault"
)

// waitedFor is how often work waited for its storage by now.
func (w *Worker) waitedFor(kind, id string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.waits[kind+":"+id]
}

// Storage that fails for longer than a task is retried fails no film and no
// reel: they wait, and go on when it is back.
func TestStorageInTrouble(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f := b.film(script{Name: "a"})
	original := filepath.Join(b.dir, "vault", filepath.FromSlash(vault.OriginalKey(f.ID)))
	must(t, os.Rename(original, original+"-away"))
	must(t, os.Symlink("original", original)) // to itself: it is there, and cannot be opened
	must(t, b.client.EnqueueFilm(t.Context(), f.ID, f.Run, f.Duration))
	media := newMedia()
	w := b.newWorker(media, "w1")
	b.start(w)
	b.eventually("a film that waits", func() bool { return w.waitedFor(store.KindFilm, string(f.ID)) > maxRetry+1 })
	if now := b.get(f.ID); now.State != store.FilmAnalysing || now.Reason != "" {
		t.Errorf("the film is %s: %s", now.State, now.Reason)
	}
	must(t, os.Rename(original+"-away", original))
	b.becomes(f.ID, store.FilmReady)
	b.checkReady(f.ID)

	reels := filepath.Join(b.dir, "vault", "reels")
	must(t, os.WriteFile(reels, nil, 0o600)) // where a folder is to be
	reel := storetest.Reel(t, b.store, f.ID)
	must(t, b.client.EnqueueReel(t.Context(), reel.ID, reel.Run, reel.Duration))
	b.eventually("a reel that waits", func() bool { return w.waitedFor(store.KindReel, string(reel.ID)) > maxRetry+1 })
	must(t, os.Remove(reels))
	b.eventually("a reel", func() bool {
		r, err := b.store.Reel(t.Context(), reel.ID)
		must(t, err)
		if r.State == store.RenderFailed {
			t.Fatalf("it failed: %s", r.Reason)
		}
		return r.State == store.RenderReady
	})
	b.tidy()
	b.eventually("nothing that waits", func() bool { return w.waitedFor(store.KindReel, string(reel.ID)) == 0 })
}

// Work whose records do not answer waits too, ever longer, and not for ever.
func TestRecordsInTrouble(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f := b.film(script{Name: "a"})
	closed := storetest.Open(t, b.url)
	must(t, closed.Close())
	w := b.newWorker(newMedia(), "w1", func(c *WorkerConfig) { c.Store = closed })
	w.retry = firstRetry
	for _, want := range []time.Duration{5 * time.Second, 10 * time.Second, 20 * time.Second} {
		answer, ok := errors.AsType[*waiting](w.run(t.Context(), store.KindFilm, payload{string(f.ID), f.Run}))
		if !ok || answer.wait != want {
			t.Errorf("it waits %+v, want %v", answer, want)
		}
	}
	w.waits["film:x"] = maxWaits - 1
	for _, last := range []bool{false, true} {
		answer, givenUp := w.later("film", "x")
		if wait, ok := errors.AsType[*waiting](answer); !ok || wait.wait != lastWait || givenUp != last {
			t.Errorf("after a day it waits %v, given up: %v", wait, givenUp)
		}
	}
}
