package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	// presenceEvery is how often a worker says that it is there.
	presenceEvery = 5 * time.Second
	// silentAfter is how long a worker may say nothing before it is called silent:
	// a few times missed, on a busy machine.
	silentAfter = 30 * time.Second
	// presenceKept is how long one that is silent is told of: long enough to be
	// asked about on the next day.
	presenceKept = 24 * time.Hour
	// presenceWait is how long Redis may take to note it.
	presenceWait = 3 * time.Second
)

// presenceKey is a hash of presences by the ids of workers. It is one key, so
// that one node of a cluster has them all.
const presenceKey = "attune:workers"

// Confinement is one thing that the media work of a worker is kept from, in the
// words of whoever confines it: short, and without a path or a name of this
// machine.
type Confinement struct {
	Name    string `json:"name"` // as "network"
	InForce bool   `json:"in_force"`
}

// Presence is what a worker says of itself through Redis.
type Presence struct {
	ID          string        // as the records name it
	Version     string        // of the program; "" if it does not say
	Reduced     bool          // it looks for faces in the reduced mode
	Confined    []Confinement // what its media work is kept from, and what not
	Concurrency int           // how many tasks it may run at once
	Running     int           // how many it runs
	Started     time.Time
	Seen        time.Time // when it last said so, by the clock of Redis
	Silent      bool      // it says nothing any more: it was killed, or cannot reach Redis
}

// storedPresence is Presence as it lies in Redis.
type storedPresence struct {
	Version     string        `json:"version,omitempty"`
	Reduced     bool          `json:"reduced,omitempty"`
	Confined    []Confinement `json:"confined"`
	Concurrency int           `json:"concurrency"`
	Running     int           `json:"running"`
	Started     time.Time     `json:"started"`
	Seen        time.Time     `json:"seen"`
}

// Workers returns the workers that are there, and those that were within the
// last day and did not say good-bye, in the order of their ids.
func (c *Client) Workers(ctx context.Context) ([]Presence, error) {
	const op = "list workers"
	now, err := c.rdb.Time(ctx).Result() // clocks of machines differ; this one has written Seen
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	found, err := c.rdb.HGetAll(ctx, presenceKey).Result()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	var all []Presence
	for id, text := range found {
		var p storedPresence
		if json.Unmarshal([]byte(text), &p) != nil || now.Sub(p.Seen) > presenceKept { // of another version, or long gone
			continue
		}
		all = append(all, Presence{
			ID: id, Version: p.Version, Reduced: p.Reduced, Confined: p.Confined, Concurrency: p.Concurrency,
			Running: p.Running, Started: p.Started, Seen: p.Seen, Silent: now.Sub(p.Seen) > silentAfter,
		})
	}
	slices.SortFunc(all, func(a, b Presence) int { return strings.Compare(a.ID, b.ID) })
	return all, nil
}

// present says that the worker is there until ctx ends, and then that it goes.
func (w *Worker) present(ctx context.Context) {
	started := time.Now().UTC()
	tick := time.NewTicker(presenceEvery)
	defer tick.Stop()
	for {
		if err := w.sayPresent(ctx, started); err != nil && ctx.Err() == nil {
			w.log.Debug("could not say that it is there", "error", err)
		}
		select {
		case <-tick.C:
			continue
		case <-ctx.Done():
		}
		break
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), presenceWait)
	defer cancel()
	if err := w.cfg.Client.rdb.HDel(last, presenceKey, w.cfg.ID).Err(); err != nil {
		w.log.Debug("could not say that it goes", "error", err)
	}
}

func (w *Worker) sayPresent(ctx context.Context, started time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, presenceWait)
	defer cancel()
	rdb := w.cfg.Client.rdb
	now, err := rdb.Time(ctx).Result()
	if err != nil {
		return err
	}
	w.mu.Lock()
	running := len(w.ids)
	w.mu.Unlock()
	text, err := json.Marshal(storedPresence{
		Version: w.cfg.Version, Reduced: w.cfg.Reduced, Confined: w.cfg.Confined, Concurrency: w.cfg.Concurrency,
		Running: running, Started: started, Seen: now.UTC(),
	})
	if err != nil {
		return err
	}
	return rdb.HSet(ctx, presenceKey, w.cfg.ID, text).Err()
}

// forgetAbsent takes workers out of Redis that have not been there for long.
func (w *Worker) forgetAbsent(ctx context.Context) error {
	present, err := w.cfg.Client.Workers(ctx)
	if err != nil {
		return err
	}
	ids, err := w.cfg.Client.rdb.HKeys(ctx, presenceKey).Result()
	if err != nil {
		return fmt.Errorf("forget workers: %w", err)
	}
	var gone []string
	for _, id := range ids {
		if !slices.ContainsFunc(present, func(p Presence) bool { return p.ID == id }) {
			gone = append(gone, id)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	return w.cfg.Client.rdb.HDel(ctx, presenceKey, gone...).Err()
}
