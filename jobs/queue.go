package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hibiken/asynq"

	"attune/internal/vig"
)

// Queue is how full a queue is, for admins.
type Queue struct {
	Name     string
	Waiting  int // to be run: at once, or again after a failure
	Retrying int // of those that wait, the ones that failed before
	Running  int // now
	Archived int // failed for good; their records say why
	// Latency is how long the first has waited that could be run.
	Latency  time.Duration
	Paused   bool // by an admin
	Used     bool // something was in it at some time: only then it can be paused
	Failures []Failures
}

// Failures are how often tasks failed for one reason, as asynq keeps it: it
// forgets archived tasks in time, and does not know whether their records were
// tried again.
type Failures struct {
	Why      Why
	Retrying int
	Archived int
}

// Why is why a task failed, as much as may lie in Redis.
type Why string

// The reasons.
const (
	WhyStorage Why = "storage" // films, results or records could not be read or written
	WhyCrash   Why = "crash"   // the child that works on it broke down
	WhyLost    Why = "lost"    // its worker died
	WhyFilm    Why = "film"    // the film cannot be read, or is of a kind that is not taken
	WhyOther   Why = "unknown" // anything else; the log of the worker says what
)

// whyOf reads what a handler, or asynq itself, said of a failure.
func whyOf(said string) Why {
	for _, known := range []struct {
		begins string
		why    Why
	}{
		{errStorage.Error(), WhyStorage}, {errCrashed.Error(), WhyCrash}, {asynq.ErrLeaseExpired.Error(), WhyLost},
		{failedWith(vig.CodeInvalid), WhyFilm}, {failedWith(vig.CodeUnsupported), WhyFilm},
	} {
		if strings.HasPrefix(said, known.begins) {
			return known.why
		}
	}
	return WhyOther
}

// mostFailures is how many tasks of a queue that wait for another try, and that
// are archived, are looked through for their reasons: the next ones, and the
// latest.
const mostFailures = 1000

// Queues returns the queues, the most urgent first. One that was never used is
// empty.
func (c *Client) Queues(ctx context.Context) ([]Queue, error) {
	const op = "list queues"
	used, err := c.inspector.Queues()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	var all []Queue
	for _, name := range []string{QueueReels, QueueFilms, QueueHousekeeping} {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("%s: %w", op, err)
		}
		q := Queue{Name: name, Used: slices.Contains(used, name)}
		if q.Used {
			info, err := c.inspector.GetQueueInfo(name)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", op, err)
			}
			q.Waiting, q.Running, q.Archived = info.Pending+info.Retry+info.Scheduled, info.Active, info.Archived
			q.Retrying, q.Latency, q.Paused = info.Retry, info.Latency, info.Paused
			if info.Retry+info.Archived > 0 {
				if q.Failures, err = c.failures(name); err != nil {
					return nil, fmt.Errorf("%s: %w", op, err)
				}
			}
		}
		all = append(all, q)
	}
	return all, nil
}

// failures counts what failed in a queue by why it did.
func (c *Client) failures(queue string) ([]Failures, error) {
	counts := map[Why]*Failures{}
	for _, of := range []struct {
		list     func(string, ...asynq.ListOption) ([]*asynq.TaskInfo, error)
		retrying int
	}{{c.inspector.ListRetryTasks, 1}, {c.inspector.ListArchivedTasks, 0}} {
		tasks, err := of.list(queue, asynq.PageSize(mostFailures))
		if errors.Is(err, asynq.ErrQueueNotFound) { // Redis was wiped just now
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, t := range tasks {
			why := whyOf(t.LastErr)
			if counts[why] == nil {
				counts[why] = &Failures{Why: why}
			}
			counts[why].Retrying += of.retrying
			counts[why].Archived += 1 - of.retrying
		}
	}
	var all []Failures
	for _, why := range []Why{WhyStorage, WhyCrash, WhyLost, WhyFilm, WhyOther} {
		if f := counts[why]; f != nil {
			all = append(all, *f)
		}
	}
	return all, nil
}

// Pause keeps the tasks of a queue from being begun, or lets them be begun
// again. What runs goes on. It lasts until it is lifted, or Redis is wiped. A
// name that no queue has is [vig.CodeNotFound]; a queue that was never used is
// [vig.CodeConflict].
func (c *Client) Pause(ctx context.Context, queue string, paused bool) error {
	const op = "pause queue"
	now, err := c.queueOf(ctx, queue)
	if err != nil {
		return err
	}
	switch {
	case now.Paused == paused:
		return nil
	case !now.Used:
		return vig.Errorf(vig.CodeConflict, op, "nothing was ever in this queue, so there is nothing to pause")
	case paused:
		err = c.inspector.PauseQueue(queue)
	default:
		err = c.inspector.UnpauseQueue(queue)
	}
	if err == nil {
		return nil
	}
	// Somebody else may have been quicker; asynq has no name for that.
	if now, failed := c.queueOf(ctx, queue); failed == nil && now.Paused == paused {
		return nil
	}
	return fmt.Errorf("%s: %w", op, err)
}

func (c *Client) queueOf(ctx context.Context, name string) (Queue, error) {
	all, err := c.Queues(ctx)
	if err != nil {
		return Queue{}, err
	}
	i := slices.IndexFunc(all, func(q Queue) bool { return q.Name == name })
	if i < 0 {
		return Queue{}, &vig.Error{Code: vig.CodeNotFound, Op: "find queue: there is none of that name"}
	}
	return all[i], nil
}
