package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"attune/internal/store"
)

// Config is a client's.
type Config struct {
	// Logger gets what go-redis says, at the level debug; nil means none.
	Logger *slog.Logger
}

// Client enqueues, cancels, and tells how far work is. It is safe for use by
// many goroutines. It connects when it is first used, and again whenever Redis
// comes back.
type Client struct {
	rdb       redis.UniversalClient
	inspector *asynq.Inspector
	// queue is made anew when Redis was wiped: asynq's client says only once that
	// a queue exists, and what is not said to exist cannot be listed.
	queue atomic.Pointer[asynq.Client]
}

// NewClient makes a client. Whoever does must close it.
func NewClient(conn Connection, cfg Config) *Client {
	log := cfg.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	redis.SetLogger(redisLog{log}) // there is one for the whole process
	c := &Client{rdb: conn.client()}
	c.inspector = asynq.NewInspectorFromRedisClient(c.rdb)
	c.queue.Store(asynq.NewClientFromRedisClient(c.rdb))
	return c
}

// Close ends the connections. Watches end with their contexts.
func (c *Client) Close() error { return c.rdb.Close() }

// Ready says whether Redis answers and keeps what it is given.
func (c *Client) Ready(ctx context.Context) error { return check(ctx, c.rdb) }

// EnqueueFilm enqueues the analysis of a film for the run that its record
// has, with its length (0 if that is not known). To do it again does nothing.
func (c *Client) EnqueueFilm(ctx context.Context, id store.FilmID, run int, length time.Duration) error {
	return c.enqueue(ctx, store.Due{Kind: store.KindFilm, ID: string(id), Run: run, Duration: length})
}

// EnqueueReel enqueues the rendering of a reel, as EnqueueFilm does for a film.
func (c *Client) EnqueueReel(ctx context.Context, id store.ReelID, run int, length time.Duration) error {
	return c.enqueue(ctx, store.Due{Kind: store.KindReel, ID: string(id), Run: run, Duration: length})
}

// EnqueueViewingCopy enqueues the making of a film's viewing copy, as
// EnqueueFilm does for its analysis.
func (c *Client) EnqueueViewingCopy(ctx context.Context, id store.FilmID, run int, length time.Duration) error {
	return c.enqueue(ctx, store.Due{Kind: store.KindViewingCopy, ID: string(id), Run: run, Duration: length})
}

// enqueue enqueues what is due, unless it is queued or running.
func (c *Client) enqueue(ctx context.Context, d store.Due) error {
	task, err := newTask(d)
	if err != nil {
		return err
	}
	queue, id := kinds[d.Kind].queue, taskID(d.Kind, d.ID, d.Run)
	_, err = c.queue.Load().EnqueueContext(ctx, task)
	if errors.Is(err, asynq.ErrTaskIDConflict) {
		var free bool
		if free, err = c.free(queue, id); free && err == nil {
			_, err = c.queue.Load().EnqueueContext(ctx, task)
		}
		if errors.Is(err, asynq.ErrTaskIDConflict) {
			err = nil // somebody else was quicker
		}
	}
	if err != nil {
		return fmt.Errorf("enqueue %s: %w", d.Kind, err)
	}
	return nil
}

// free deletes a task that is over, so that its id can be used again: the
// record says that the work is due all the same.
func (c *Client) free(queue, id string) (bool, error) {
	info, err := c.inspector.GetTaskInfo(queue, id)
	if missing(err) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	if info.State != asynq.TaskStateArchived && info.State != asynq.TaskStateCompleted {
		return false, nil
	}
	if err := c.inspector.DeleteTask(queue, id); err != nil && !missing(err) {
		return false, err
	}
	return true, nil
}

// missing says whether err is that a task, or its queue, is not in Redis.
func missing(err error) bool {
	return errors.Is(err, asynq.ErrTaskNotFound) || errors.Is(err, asynq.ErrQueueNotFound)
}

// CancelFilm stops the work on a film whose record was cancelled
// (store.CancelFilm), in whichever worker it runs, and takes it out of the
// queue if it waits. Should Redis be away, the worker finds out from the record,
// a little later.
func (c *Client) CancelFilm(_ context.Context, id store.FilmID, run int) error {
	return c.cancel(store.KindFilm, string(id), run)
}

// CancelReel is CancelFilm for a reel whose record was failed.
func (c *Client) CancelReel(_ context.Context, id store.ReelID, run int) error {
	return c.cancel(store.KindReel, string(id), run)
}

// CancelViewingCopy is CancelFilm for a viewing copy whose record was failed.
func (c *Client) CancelViewingCopy(_ context.Context, id store.FilmID, run int) error {
	return c.cancel(store.KindViewingCopy, string(id), run)
}

func (c *Client) cancel(kind, id string, run int) error {
	task := taskID(kind, id, run)
	// asynq refuses to delete what runs, and to cancel what does not means nothing.
	err := c.inspector.DeleteTask(kinds[kind].queue, task)
	if err == nil || missing(err) {
		return nil
	}
	if err := c.inspector.CancelProcessing(task); err != nil {
		return fmt.Errorf("cancel %s: %w", kind, err)
	}
	return nil
}
