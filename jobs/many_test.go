package jobs

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"attune/internal/store"
	"attune/internal/store/storetest"
)

// Many films are queued: each is enqueued quickly, and a pass of the
// reconciler is quick whether it finds nothing or, after a wipe, all.
func TestMany(t *testing.T) {
	films, median, pass := 1000, 50*time.Millisecond, 10*time.Second // this machine may be busy
	if os.Getenv(enduranceEnv) != "" {
		films, median, pass = 10_000, 5*time.Millisecond, time.Second
	}
	b := setup(t)
	ctx := t.Context()
	cycle := storetest.Cycle(t, b.store, storetest.Guider(t, b.store).ID)
	took := make([]time.Duration, films)
	for i := range films {
		f, err := b.store.CreateFilm(ctx, store.FilmDraft{Cycle: cycle.ID, Name: "visit.mp4", Size: 1})
		must(t, err)
		must(t, b.store.ReceiveFilm(ctx, f.ID, storetest.Hash(fmt.Sprint(i)), 1, 10*time.Minute))
		begun := time.Now()
		must(t, b.client.EnqueueFilm(ctx, f.ID, 1, 10*time.Minute))
		took[i] = time.Since(begun)
	}
	slices.Sort(took)
	if took[films/2] > median {
		t.Errorf("enqueueing took %v at the median", took[films/2])
	}
	r := &reconciler{store: b.store, client: b.client, log: logger(t)}
	idle := timePass(t, r)
	waiting := func() int {
		queues, err := b.client.Queues(ctx)
		must(t, err)
		return queues[1].Waiting
	}
	if n := waiting(); n != films {
		t.Errorf("%d tasks wait, want %d", n, films)
	}
	must(t, b.client.rdb.FlushAll(ctx).Err())
	wiped := timePass(t, r)
	if n := waiting(); n != films {
		t.Errorf("after a wipe %d tasks wait, want %d", n, films)
	}
	t.Logf("%d films: enqueueing took %v at the median, %v at the 99th percentile; a pass took %v, and %v after a wipe",
		films, took[films/2], took[films*99/100], idle, wiped)
	if idle > pass {
		t.Errorf("a pass took %v", idle)
	}
}

func timePass(t *testing.T, r *reconciler) time.Duration {
	t.Helper()
	begun := time.Now()
	if _, err := r.pass(t.Context()); err != nil {
		t.Fatal(err)
	}
	return time.Since(begun)
}
