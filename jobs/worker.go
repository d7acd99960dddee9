package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hibiken/asynq"

	"attune/internal/store"
	"attune/internal/vault"
	"attune/internal/vig"
)

const (
	// reconcileEvery is how often the records are compared with the queues.
	reconcileEvery = 30 * time.Second
	// reconcileSoon is when they are again if a task may be in dead hands.
	reconcileSoon = lingerTime + time.Second/2
	// stopTime is what running work gets to stop its child and clear up when the
	// worker is told to stop. After it, asynq puts the tasks back itself.
	stopTime = 20 * time.Second
	// handBackTime is what handing back may take when the worker stops. What is
	// not handed back then, the next start of the worker or another finds.
	handBackTime = 5 * time.Second
	// firstPatience and lastPatience are how long the worker waits between asking
	// for a Redis or a database that do not answer.
	firstPatience = 100 * time.Millisecond
	lastPatience  = 5 * time.Second
	// lookEvery is how often asynq looks for a task when there was none, and
	// forwardEvery how often for one whose delay is over.
	lookEvery    = 500 * time.Millisecond
	forwardEvery = time.Second
)

// WorkerConfig is what a worker needs. The worker closes none of it.
type WorkerConfig struct {
	Store  *store.Store
	Vault  *vault.Vault
	Media  Media
	Client *Client
	// ID names the worker in the records. It must be the same at every start on
	// the same machine, and nobody else's: when it starts, what the records say
	// this id is at is enqueued again.
	ID string
	// Concurrency is how many tasks run at once; 0 means as many as the machine
	// has processors.
	Concurrency int
	// SweepAge is how old what nothing refers to must be for the sweep to delete
	// it; 0 means a day, which no attempt takes.
	SweepAge time.Duration
	// Tidy, if not nil, clears this machine of what killed work left there, and is
	// called once an hour. It leaves alone what is in use.
	Tidy func()
	// Version is the program's, Reduced says that faces are looked for in the
	// reduced mode, and Confined what media work is kept from: the worker says so
	// to admins.
	Version  string
	Reduced  bool
	Confined []Confinement
	// Logger gets ids and codes; nil means none.
	Logger *slog.Logger
}

// Worker runs tasks.
type Worker struct {
	cfg WorkerConfig
	log *slog.Logger

	retry     time.Duration // before the first retry; doubled for each more
	tidyEvery time.Duration // between calls of Tidy
	ready     atomic.Bool
	stopping  context.Context // ended by Run when it is told to stop
	stop      context.CancelFunc
	running   sync.WaitGroup // handlers, also those that asynq has given up

	mu  sync.Mutex
	ids map[string]struct{} // of the tasks that run here
	// waits is how often work waited for its storage.
	waits map[string]int
}

// NewWorker makes a worker.
func NewWorker(cfg WorkerConfig) (*Worker, error) {
	if cfg.Store == nil || cfg.Vault == nil || cfg.Media == nil || cfg.Client == nil || cfg.ID == "" {
		return nil, vig.Errorf(vig.CodeInvalid, "make worker", "it needs records, a vault, media work, a client and an id")
	}
	if cfg.Concurrency <= 0 {
		cfg.Concurrency = runtime.GOMAXPROCS(0)
	}
	if cfg.SweepAge == 0 {
		cfg.SweepAge = 24 * time.Hour
	}
	log := cfg.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	w := &Worker{cfg: cfg, log: log.With("worker", cfg.ID), retry: firstRetry, tidyEvery: sweepEvery, ids: map[string]struct{}{}, waits: map[string]int{}}
	w.stopping, w.stop = context.WithCancel(context.Background())
	return w, nil
}

// Ready says whether the worker runs and can reach Redis and the records.
func (w *Worker) Ready(ctx context.Context) error {
	if !w.ready.Load() {
		return vig.Errorf(vig.CodeInternal, "ask worker", "it is not running")
	}
	if err := w.cfg.Client.Ready(ctx); err != nil {
		return err
	}
	return w.cfg.Store.Ping(ctx)
}

// Run works until ctx ends; then it stops what runs, hands it back to the
// queue, and returns nil. It may be called once. While Redis or the records do
// not answer it waits and tries again; it gives up only on a Redis that may
// throw tasks away ([vig.CodeUnsupported]).
func (w *Worker) Run(ctx context.Context) error {
	if err := w.patiently(ctx, "Redis", w.cfg.Client.Ready); err != nil || ctx.Err() != nil {
		return err
	}
	err := w.patiently(ctx, "the records", func(ctx context.Context) error {
		n, err := w.cfg.Store.RequeueWorker(ctx, w.cfg.ID)
		if n > 0 {
			w.log.Info("took back what ran when the worker ended", "tasks", n)
		}
		return err
	})
	if err != nil || ctx.Err() != nil {
		return err
	}
	r := &reconciler{store: w.cfg.Store, client: w.cfg.Client, log: w.log}
	next := w.reconcile(ctx, r)

	server := w.newServer(w.cfg.Concurrency, queues)
	if err := server.Start(w.tasks()); err != nil {
		return fmt.Errorf("start worker: %w", err)
	}
	keeper := w.newServer(1, housekeeping)
	if err := keeper.Start(asynq.HandlerFunc(w.sweep)); err != nil {
		w.stop()
		server.Shutdown()
		return fmt.Errorf("start housekeeping: %w", err)
	}
	w.ready.Store(true)
	w.log.Info("works", "concurrency", w.cfg.Concurrency)
	if err := w.forgetAbsent(ctx); err != nil {
		w.log.Debug("could not forget workers that are gone", "error", err)
	}
	var presence sync.WaitGroup
	presence.Go(func() { w.present(ctx) })
	hour := time.NewTicker(w.tidyEvery)
	defer hour.Stop()
	for {
		select {
		case <-hour.C:
			if w.cfg.Tidy != nil {
				w.cfg.Tidy()
			}
			continue
		case <-time.After(next):
			next = w.reconcile(ctx, r)
			continue
		case <-ctx.Done():
		}
		break
	}
	w.ready.Store(false)
	w.log.Info("stops")
	server.Stop() // before the handlers end, or new ones would begin
	keeper.Stop()
	w.stop()
	server.Shutdown()
	keeper.Shutdown()
	w.running.Wait()
	presence.Wait()
	w.handBack(context.WithoutCancel(ctx), r)
	return nil
}

// newServer makes a server that runs the tasks of some queues.
func (w *Worker) newServer(concurrency int, queues map[string]int) *asynq.Server {
	return asynq.NewServerFromRedisClient(w.cfg.Client.rdb, asynq.Config{
		Concurrency:              concurrency,
		Queues:                   queues,
		StrictPriority:           true,
		RetryDelayFunc:           w.retryDelay,
		IsFailure:                isFailure,
		ShutdownTimeout:          stopTime,
		TaskCheckInterval:        lookEvery,
		DelayedTaskCheckInterval: forwardEvery,
		Logger:                   asynqLog{w.log},
		LogLevel:                 asynq.DebugLevel, // the logger decides
	})
}

// reconcile is one pass with the sweep of the hour, and returns when the next
// is to be.
func (w *Worker) reconcile(ctx context.Context, r *reconciler) time.Duration {
	soon, err := r.pass(ctx)
	if err == nil {
		err = w.cfg.Client.enqueueSweep(ctx)
	}
	if err != nil && ctx.Err() == nil {
		w.log.Error("could not compare the records with the queue; trying again", "error", err, "after", reconcileSoon)
		return reconcileSoon
	}
	if soon {
		return reconcileSoon
	}
	return reconcileEvery
}

// handBack gives back what ran, so that it goes on elsewhere at once.
func (w *Worker) handBack(ctx context.Context, r *reconciler) {
	ctx, cancel := context.WithTimeout(ctx, handBackTime)
	defer cancel()
	n, err := w.cfg.Store.RequeueWorker(ctx, w.cfg.ID)
	if n > 0 && err == nil {
		_, err = r.pass(ctx)
	}
	if err != nil {
		w.log.Error("could not hand back what ran; the next start does", "error", err)
		return
	}
	w.log.Info("stopped", "handed_back", n)
}

// patiently tries until it succeeds, ctx ends (nil), or what is asked is
// answered with no ([vig.CodeUnsupported]).
func (w *Worker) patiently(ctx context.Context, what string, try func(context.Context) error) error {
	for wait := firstPatience; ctx.Err() == nil; wait = min(2*wait, lastPatience) {
		err := try(ctx)
		if err == nil || vig.CodeOf(err) == vig.CodeUnsupported {
			return err
		}
		w.log.Error("no answer; trying again", "of", what, "error", err, "after", wait)
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
	return nil
}

// soon enqueues what is due from now on, if Redis is there; else the
// reconciler does.
func (w *Worker) soon(ctx context.Context, d store.Due) {
	if err := w.cfg.Client.enqueue(ctx, d); err != nil {
		w.log.Warn("left for the reconciler", "kind", d.Kind, "id", d.ID, "error", err)
	}
}

// take notes that the task runs here, unless it does already.
func (w *Worker) take(id string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.ids[id]; ok {
		return false
	}
	w.ids[id] = struct{}{}
	return true
}

func (w *Worker) release(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.ids, id)
}

// enqueueSweep enqueues the sweep of this hour, once for all workers.
func (c *Client) enqueueSweep(ctx context.Context) error {
	_, err := c.queue.Load().EnqueueContext(ctx, newSweep(time.Now()))
	if err != nil && !errors.Is(err, asynq.ErrTaskIDConflict) {
		return fmt.Errorf("enqueue sweep: %w", err)
	}
	return nil
}

// asynqLog passes on what asynq says: its steps at the level debug, and its
// trouble as what it is.
type asynqLog struct{ log *slog.Logger }

func (l asynqLog) Debug(args ...any) { l.log.Debug("asynq", "said", fmt.Sprint(args...)) }
func (l asynqLog) Info(args ...any)  { l.log.Debug("asynq", "said", fmt.Sprint(args...)) }
func (l asynqLog) Warn(args ...any)  { l.log.Debug("asynq", "said", fmt.Sprint(args...)) }
func (l asynqLog) Error(args ...any) { l.log.Error("asynq", "said", fmt.Sprint(args...)) }
func (l asynqLog) Fatal(args ...any) { l.log.Error("asynq", "said", fmt.Sprint(args...)) }
