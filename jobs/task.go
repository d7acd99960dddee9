package jobs

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/hibiken/asynq"

	"attune/internal/store"
	"attune/internal/vig"
)

// The queues, the most urgent first.
const (
	QueueReels        = "reels"
	QueueFilms        = "films"
	QueueHousekeeping = "housekeeping"
)

// queues are the queues of work on films with their priorities, which are
// strict. Housekeeping has a server of its own: as the last of these it would
// not be done as long as there are films.
var (
	queues       = map[string]int{QueueReels: 2, QueueFilms: 1}
	housekeeping = map[string]int{QueueHousekeeping: 1}
)

// The task types.
const (
	TypeAnalyze     = "film:analyze"
	TypeViewingCopy = "film:viewing-copy"
	TypeReel        = "reel:render"
	TypeSweep       = "film:sweep"
)

const (
	// maxRetry is how often a task is tried again after a failure that may pass,
	// after 5, 10 and 20 seconds. Then its record is failed, with a reason.
	maxRetry = 3
	// firstRetry is the delay before the first of them.
	firstRetry = 5 * time.Second
	// retention is how long a task that is done stays in Redis for admins to see.
	retention = time.Hour
	// grace is what a task has beyond its time to stop its child and clear up.
	grace = time.Minute
)

// kind is what the records know a task by.
type kind struct {
	task  string
	queue string
	// timeout is how long one run may take, by the length of what it is about:
	// the film for films and viewing copies, the reel for reels.
	timeout func(length time.Duration) time.Duration
}

// kinds are those of store.Due.
//
// The times are for a slow machine: on two cores a film of ten minutes takes
// about two to be analysed, and a transcoding about as long as the film. The
// longest film taken is 4 hours. No run takes a day, which is the age at which
// the sweep takes a file for left behind.
var kinds = map[string]kind{
	store.KindFilm:        {TypeAnalyze, QueueFilms, func(d time.Duration) time.Duration { return 10*time.Minute + 4*d }},
	store.KindViewingCopy: {TypeViewingCopy, QueueFilms, func(d time.Duration) time.Duration { return 10*time.Minute + 4*d }},
	store.KindReel:        {TypeReel, QueueReels, func(d time.Duration) time.Duration { return 5*time.Minute + 10*d }},
}

// maxLength is taken for a film whose length is not known: the longest that is
// taken at all.
const maxLength = 4 * time.Hour

// maxTimeout is the most for any run, whatever its length.
const maxTimeout = 20 * time.Hour

// timeoutOf is how long one run may take.
func timeoutOf(kind string, length time.Duration) time.Duration {
	if length <= 0 || length > maxLength {
		length = maxLength
	}
	return min(kinds[kind].timeout(length), maxTimeout)
}

// payload is all that a task carries.
type payload struct {
	ID  string `json:"id"`
	Run int    `json:"run"`
}

// taskID is the name of the task for one run of one record. Two tasks of one
// name cannot be in a queue at once.
func taskID(kind, id string, run int) string {
	return kind + ":" + id + ":" + strconv.Itoa(run)
}

// newTask makes the task for what is due.
func newTask(d store.Due) (*asynq.Task, error) {
	k, ok := kinds[d.Kind]
	if !ok || d.ID == "" || d.Run < 1 {
		return nil, vig.Errorf(vig.CodeInvalid, "make task", "kind %q, id %q, run %d", d.Kind, d.ID, d.Run)
	}
	b, err := json.Marshal(payload{d.ID, d.Run})
	if err != nil {
		return nil, fmt.Errorf("make task: %w", err)
	}
	return asynq.NewTask(k.task, b,
		asynq.Queue(k.queue), asynq.TaskID(taskID(d.Kind, d.ID, d.Run)),
		asynq.Timeout(timeoutOf(d.Kind, d.Duration)+grace),
		asynq.MaxRetry(maxRetry), asynq.Retention(retention)), nil
}

// readPayload is the other side of newTask.
func readPayload(t *asynq.Task) (payload, error) {
	var p payload
	if err := json.Unmarshal(t.Payload(), &p); err != nil {
		return p, vig.Errorf(vig.CodeInvalid, "read task", "%w", err)
	}
	if p.ID == "" || p.Run < 1 {
		return p, vig.Errorf(vig.CodeInvalid, "read task", "id %q, run %d", p.ID, p.Run)
	}
	return p, nil
}

// sweepEvery is how often the vault is swept. The hour is in the task's id, and
// the id stays taken as long as the done task is retained, so that of many
// workers one sweeps.
const sweepEvery = time.Hour

// newSweep makes the sweep of the hour that now is in.
func newSweep(now time.Time) *asynq.Task {
	return asynq.NewTask(TypeSweep, nil,
		asynq.Queue(QueueHousekeeping), asynq.TaskID("sweep:"+now.UTC().Format("2006-01-02T15")),
		asynq.Timeout(sweepEvery), asynq.MaxRetry(0), asynq.Retention(2*sweepEvery))
}

// retryDelay is how long a task waits before it is tried again, the n-th time
// from 0.
func (w *Worker) retryDelay(n int, err error, _ *asynq.Task) time.Duration {
	if storage, ok := errors.AsType[*waiting](err); ok {
		return storage.wait
	}
	if errors.Is(err, asynq.ErrLeaseExpired) || errors.Is(err, errCrashed) {
		return 0 // its worker died, or its child: nothing has to pass first
	}
	return w.retry << min(n, maxRetry)
}
