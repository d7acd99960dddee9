package jobs

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"attune/internal/store"
)

// A worker says who it is, what confines it and how much it does, and goes with
// a good-bye.
func TestPresence(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if all, err := b.client.Workers(t.Context()); err != nil || len(all) != 0 {
		t.Fatalf("before there is any: %+v, %v", all, err)
	}
	media := newMedia()
	media.hold = make(chan struct{})
	id := b.queued(script{Name: "a"})
	confined := []Confinement{{"network", true}, {"files", false}}
	w := b.newWorker(media, "w1", func(c *WorkerConfig) { c.Version, c.Reduced, c.Confined = "v1", true, confined })
	stop := b.start(w)
	b.eventually("a worker that runs something", func() bool {
		all, err := b.client.Workers(t.Context())
		must(t, err)
		return len(all) == 1 && all[0].Running == 1
	})
	all, err := b.client.Workers(t.Context())
	must(t, err)
	want := []Presence{{ID: "w1", Version: "v1", Reduced: true, Confined: confined, Concurrency: 4, Running: 1}}
	if diff := cmp.Diff(want, all, cmpopts.IgnoreFields(Presence{}, "Started", "Seen")); diff != "" {
		t.Error(diff)
	}
	if p := all[0]; time.Since(p.Started) > patience || time.Since(p.Seen) > patience {
		t.Errorf("started %v, seen %v", p.Started, p.Seen)
	}
	close(media.hold)
	b.becomes(id, store.FilmReady)
	stop()
	if all, err := b.client.Workers(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("after it went: %+v, %v", all, err)
	}
}

// One that was killed is told of as silent for a day, and then no more.
func TestSilent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	now, err := b.client.rdb.Time(t.Context()).Result()
	must(t, err)
	for id, ago := range map[string]time.Duration{"just now": time.Second, "killed": time.Minute, "long ago": 25 * time.Hour} {
		text, err := json.Marshal(storedPresence{Seen: now.Add(-ago)})
		must(t, err)
		must(t, b.client.rdb.HSet(t.Context(), presenceKey, id, text).Err())
	}
	must(t, b.client.rdb.HSet(t.Context(), presenceKey, "of another version", "not JSON").Err())
	all, err := b.client.Workers(t.Context())
	must(t, err)
	if len(all) != 2 || all[0].ID != "just now" || all[0].Silent || all[1].ID != "killed" || !all[1].Silent {
		t.Errorf("%+v", all)
	}
	b.start(b.newWorker(newMedia(), "w1"))
	b.eventually("who is long gone to be forgotten", func() bool {
		ids, err := b.client.rdb.HLen(t.Context(), presenceKey).Result()
		must(t, err)
		return ids == 3 // and w1
	})
}
