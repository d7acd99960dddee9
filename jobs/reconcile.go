package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/hibiken/asynq"
	"golang.org/x/sync/errgroup"

	"attune/internal/store"
)

const (
	// pageSize is how many tasks are asked for at once. asynq builds a page in
	// one step of the server, in which nobody else is answered: some milliseconds.
	pageSize = 1000
	// enqueuers is how many tasks are enqueued at once after a loss. Redis takes
	// one after the other; this hides the way there and back.
	enqueuers = 8
)

// lingerTime is how long a task may be out of the queue before its run has
// begun in the record. That takes milliseconds: after so long, its worker died
// in between.
const lingerTime = 3 * time.Second

// reconciler enqueues what the records say is due and Redis does not know. Any
// number of them may run at once.
type reconciler struct {
	store  *store.Store
	client *Client
	log    *slog.Logger
	// taken is since when a task is known to be out of the queue without its run
	// having begun.
	taken map[string]time.Time
}

// pass goes over all that is due, once. It asks for tasks by the thousand and
// for the records at once, never for one of them. It says whether it is to be
// called again soon.
func (r *reconciler) pass(ctx context.Context) (soon bool, err error) {
	const op = "reconcile"
	begun := time.Now()
	// Redis first: what ends in between is then not due any more, and what is
	// enqueued in between is noticed by its id.
	known, err := r.client.known()
	if err != nil {
		return false, fmt.Errorf("%s: %w", op, err)
	}
	due, err := r.store.Due(ctx)
	if err != nil {
		return false, fmt.Errorf("%s: %w", op, err)
	}
	taken := map[string]time.Time{}
	missed := 0
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(enqueuers)
	for _, d := range due { // in the order of the queue
		id := taskID(d.Kind, d.ID, d.Run)
		running, ok := known[id]
		switch {
		case !ok:
			missed++
			group.Go(func() error { return r.client.enqueue(ctx, d) })
		case running && d.Worker == "":
			since, before := r.taken[id]
			if !before {
				since = begun
			}
			if begun.Sub(since) < lingerTime {
				taken[id] = since
				continue
			}
			missed++
			group.Go(func() error { return r.anew(ctx, d) })
		}
	}
	r.taken = taken
	if err := group.Wait(); err != nil {
		return false, fmt.Errorf("%s: %w", op, err)
	}
	if missed > 0 {
		r.log.Info("enqueued what was due", "tasks", missed, "of", len(due), "took", time.Since(begun))
	}
	return len(taken) > 0, nil
}

// anew enqueues what a worker took from the queue and never began, under a new
// run: the task of the old one is in dead hands until its lease ends.
func (r *reconciler) anew(ctx context.Context, d store.Due) (err error) {
	d.Run, err = r.store.Requeue(ctx, d)
	if err != nil || d.Run == 0 { // it was begun, cancelled or done meanwhile
		return err
	}
	return r.client.enqueue(ctx, d)
}

// known returns the ids of all tasks that wait or run, and whether they run. A
// page may miss one that moves meanwhile; to enqueue that again does nothing, as
// its id is taken.
func (c *Client) known() (map[string]bool, error) {
	ids := map[string]bool{}
	for _, queue := range []string{QueueReels, QueueFilms} {
		lists := []struct {
			list    func(string, ...asynq.ListOption) ([]*asynq.TaskInfo, error)
			running bool
		}{
			{c.inspector.ListPendingTasks, false}, {c.inspector.ListRetryTasks, false},
			{c.inspector.ListScheduledTasks, false}, {c.inspector.ListActiveTasks, true},
		}
		for _, l := range lists {
			for page := 1; ; page++ {
				tasks, err := l.list(queue, asynq.PageSize(pageSize), asynq.Page(page))
				if errors.Is(err, asynq.ErrQueueNotFound) {
					c.queue.Store(asynq.NewClientFromRedisClient(c.rdb)) // it is to say again that the queues exist
					break
				}
				if err != nil {
					return nil, fmt.Errorf("list tasks: %w", err)
				}
				for _, t := range tasks {
					ids[t.ID] = l.running
				}
				if len(tasks) < pageSize {
					break
				}
			}
		}
	}
	// Of a Redis that was wiped, workers still say what they run.
	servers, err := c.inspector.Servers()
	if err != nil {
		return nil, fmt.Errorf("list workers: %w", err)
	}
	for _, s := range servers {
		for _, t := range s.ActiveWorkers {
			ids[t.TaskID] = true
		}
	}
	return ids, nil
}
