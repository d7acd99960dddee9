package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"attune/internal/vig"
)

const (
	// progressEvery is how often progress is published at most, as often as a
	// person can see it change.
	progressEvery = 500 * time.Millisecond
	// progressKept is how long progress is kept after the last change. A worker
	// that died is taken over long before.
	progressKept = time.Hour
	// progressLook is how often a watcher looks by itself, for what it was not
	// told while Redis was away.
	progressLook = 5 * time.Second
	// guessAfter and guessFrom are how long and how far work must be before the
	// time left is guessed from both.
	guessAfter = 2 * time.Second
	guessFrom  = 0.02
)

// Progress is how far the work on a film or a reel is. The record says what
// state it is in; this only tells how it moves meanwhile.
type Progress struct {
	Stage string        // what is being done, as the work names it; "" before the first word of it
	Share float64       // of the whole, 0 to 1
	Left  time.Duration // guessed until the end; 0 if there is no telling
	Ended bool          // this run is over: ask the record what came of it
}

// stored is Progress as it lies in Redis.
type stored struct {
	Stage string  `json:"stage" redis:"stage"`
	Share float64 `json:"share" redis:"share"`
	Left  float64 `json:"left_s" redis:"left_s"`
	Ended bool    `json:"ended" redis:"ended"`
}

func (s stored) progress() Progress {
	return Progress{s.Stage, s.Share, time.Duration(s.Left * float64(time.Second)), s.Ended}
}

// progressKey is a hash and, of the same name, a channel. The braces keep one
// record's keys on one node of a cluster.
func progressKey(id string) string { return "attune:progress:{" + id + "}" }

// Progress returns how far the work on the film or reel of that id is;
// [vig.CodeNotFound] if there is nothing to tell.
func (c *Client) Progress(ctx context.Context, id string) (Progress, error) {
	const op = "read progress"
	found := c.rdb.HGetAll(ctx, progressKey(id))
	if err := found.Err(); err != nil {
		return Progress{}, fmt.Errorf("%s: %w", op, err)
	}
	if len(found.Val()) == 0 {
		return Progress{}, &vig.Error{Code: vig.CodeNotFound, Op: op + ": nothing is known"}
	}
	var s stored
	if err := found.Scan(&s); err != nil {
		return Progress{}, fmt.Errorf("%s: %w", op, err)
	}
	return s.progress(), nil
}

// Watch sends the progress of the film or reel of that id: what is known now,
// if anything, and then every change, the latest only if the receiver is slow.
// It goes on over runs, and while Redis is away, until ctx ends, which closes
// the channel.
func (c *Client) Watch(ctx context.Context, id string) (<-chan Progress, error) {
	told := c.rdb.Subscribe(ctx, progressKey(id))
	if _, err := told.Receive(ctx); err != nil { // subscribed before the first look, so that nothing falls between
		_ = told.Close()
		return nil, fmt.Errorf("watch progress: %w", err)
	}
	out := make(chan Progress)
	go func() {
		defer close(out)
		defer told.Close()
		messages := told.Channel()
		look := time.NewTicker(progressLook)
		defer look.Stop()
		var last Progress
		var to chan Progress // nil while there is nothing new
		offer := func(p Progress, err error) {
			if err == nil && p != last {
				last, to = p, out
			}
		}
		offer(c.Progress(ctx, id))
		for {
			select {
			case <-ctx.Done():
				return
			case to <- last:
				to = nil
			case m, open := <-messages:
				if !open {
					messages = nil
					continue
				}
				var s stored
				err := json.Unmarshal([]byte(m.Payload), &s)
				offer(s.progress(), err)
			case <-look.C:
				offer(c.Progress(ctx, id))
			}
		}
	}()
	return out, nil
}

// tell writes and publishes progress.
func (c *Client) tell(ctx context.Context, id string, p Progress) error {
	s := stored{p.Stage, vig.Round3(p.Share), vig.Round3(p.Left.Seconds()), p.Ended}
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	key := progressKey(id)
	_, err = c.rdb.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		pipe.HSet(ctx, key, s)
		pipe.Expire(ctx, key, progressKept)
		pipe.Publish(ctx, key, text)
		return nil
	})
	return err
}

// reporter publishes the progress of one run from a goroutine of its own, so
// that the work never waits for Redis.
type reporter struct {
	client *Client
	id     string
	log    *slog.Logger
	begun  time.Time

	mu     sync.Mutex
	now    Progress
	moved  bool
	ended  chan struct{}
	closed chan struct{}
}

// newReporter starts one; end stops it.
func newReporter(client *Client, id string, log *slog.Logger) *reporter {
	r := &reporter{client: client, id: id, log: log, begun: time.Now(), moved: true,
		ended: make(chan struct{}), closed: make(chan struct{})}
	go r.run()
	return r
}

// Progress takes what the work says of itself. It may be called at any rate.
func (r *reporter) Progress(stage string, share float64) {
	share = min(max(share, 0), 1) // which takes NaN for 0 too
	var left time.Duration
	if spent := time.Since(r.begun); spent >= guessAfter && share >= guessFrom {
		left = time.Duration(float64(spent) * (1 - share) / share).Round(time.Second)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	next := Progress{Stage: stage, Share: share, Left: left}
	r.moved = r.moved || next != r.now
	r.now = next
}

// end publishes that the run is over, and waits until that is out.
func (r *reporter) end() {
	close(r.ended)
	<-r.closed
}

func (r *reporter) run() {
	defer close(r.closed)
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	for {
		r.publish()
		select {
		case <-tick.C:
		case <-r.ended:
			r.mu.Lock()
			r.now.Ended, r.now.Left, r.moved = true, 0, true
			r.mu.Unlock()
			r.publish()
			return
		}
	}
}

// publish tells the latest, if it is new. A failure is only noted: the next
// one comes, and nothing hangs on any of them.
func (r *reporter) publish() {
	r.mu.Lock()
	p, moved := r.now, r.moved
	r.moved = false
	r.mu.Unlock()
	if !moved {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), progressLook)
	defer cancel()
	if err := r.client.tell(ctx, r.id, p); err != nil {
		r.log.Debug("progress was not told", "id", r.id, "error", err)
	}
}
