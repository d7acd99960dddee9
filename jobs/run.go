package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/hibiken/asynq"

	"attune/internal/vault"
	"attune/internal/vig"
)

const (
	// followEvery is how often a run asks whether its record is still its own. A
	// cancelled film is stopped by a message through Redis at once; this is for
	// when that is lost, and well below the 5 s that a cancelled film may go on.
	followEvery = 2 * time.Second
	// publishTries is how often a result is published before the run is given up:
	// it is worth more than the second it may take the database to come back.
	publishTries = 5
	publishWait  = time.Second
	// quarantineAt is the crash after which a film is set aside.
	quarantineAt = 2
)

// handler is the handler of the tasks of a kind.
func (w *Worker) handler(kind string) asynq.HandlerFunc {
	return func(ctx context.Context, t *asynq.Task) error {
		w.running.Add(1) // asynq does not wait for handlers whose task was cancelled
		defer w.running.Done()
		p, err := readPayload(t)
		if err != nil {
			w.log.Error("a task that makes no sense", "type", t.Type(), "error", err)
			return over(err)
		}
		id := taskID(kind, p.ID, p.Run)
		if !w.take(id) {
			return dropped() // Redis was wiped, and the task that runs here enqueued again
		}
		defer w.release(id)
		ctx, cancel := context.WithCancelCause(ctx)
		defer cancel(nil)
		defer context.AfterFunc(w.stopping, func() { cancel(errStopping) })()
		return w.run(ctx, kind, p)
	}
}

// run does one run of a task and sees to what comes of it.
func (w *Worker) run(ctx context.Context, kind string, p payload) error {
	log := w.log.With("kind", kind, "id", p.ID, "run", p.Run)
	j, err := w.find(ctx, kind, p.ID)
	if err != nil {
		return w.unbegun(ctx, log, kind, p.ID, err)
	}
	why, quarantined, err := w.cfg.Store.Quarantined(ctx, j.film.SHA256, j.kind)
	if err != nil {
		return w.unbegun(ctx, log, kind, p.ID, err)
	}
	attempt, err := j.begin(ctx, p.Run, w.cfg.ID)
	if err != nil {
		return w.unbegun(ctx, log, kind, p.ID, err)
	}
	log = log.With("attempt", attempt)
	begun := time.Now()
	log.Info("begun")

	ctx, cancel := context.WithTimeoutCause(ctx, timeoutOf(kind, j.length), errTooLong)
	defer cancel()
	ctx, taken := context.WithCancelCause(ctx)
	defer taken(nil)
	out := &outputs{
		reporter: newReporter(w.cfg.Client, p.ID, w.log), ctx: ctx, vault: w.cfg.Vault, names: j.names,
		key:  func(name string) string { return j.key(attempt, name) },
		keys: map[string]string{}, open: map[*output]struct{}{},
	}
	defer out.end() // last: who is told then finds the record as it is
	if quarantined {
		err = &hopeless{why}
	} else {
		go w.follow(ctx, taken, j, attempt)
		err = w.attempt(ctx, j, attempt, out)
	}
	if err == nil {
		log.Info("done", "took", time.Since(begun))
		w.waited(kind, p.ID)
		w.forgive(ctx, j)
		return nil
	}
	verdict := judge(ctx, err)
	log.Warn("not done", "took", time.Since(begun), "error", err, "because", context.Cause(ctx), "verdict", verdict)
	return w.settle(ctx, j, attempt, verdict, err)
}

// unbegun is what comes of a run that could not begin.
func (w *Worker) unbegun(ctx context.Context, log *slog.Logger, kind, id string, err error) error {
	if judge(ctx, err) == drop {
		log.Debug("nothing to do", "error", err)
		return dropped()
	}
	log.Error("could not begin", "error", err)
	if vig.CodeOf(err) == vig.CodeInternal { // the records do not answer
		answer, _ := w.later(kind, id)
		return answer
	}
	return retried(err) // and after the last try the reconciler, as the record is due
}

// attempt makes and publishes the result. If it fails, nothing of it is left.
func (w *Worker) attempt(ctx context.Context, j *work, attempt string, out *outputs) (err error) {
	kept := false
	defer func() {
		if r := recover(); r != nil {
			err = vig.Errorf(vig.CodeInternal, "work", "panic: %v\n%s", r, debug.Stack())
		}
		out.abort()
		if err == nil || kept {
			return
		}
		if left := out.discard(); left != nil {
			w.log.Warn("left for the sweep", "id", j.id, "attempt", attempt, "error", left)
		}
	}()
	film, err := w.cfg.Vault.Open(ctx, vault.OriginalKey(j.film.ID))
	if err != nil {
		if vig.CodeOf(err) == vig.CodeNotFound {
			return &hopeless{"The file of this film is missing from the storage. Upload it again."}
		}
		return out.troubles.note(err)
	}
	defer film.Close()
	publish, err := j.make(ctx, storedFilm{film, &out.troubles}, attempt, out)
	if err != nil {
		return out.troubles.cause(err)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("before publishing: %w", err)
	}
	known, err := w.publish(ctx, publish)
	if kept = !known; kept { // the records may refer to it
		err = &storageTrouble{err}
	}
	return err
}

// publish publishes, and says whether it is known what came of it. To publish
// again after an answer was lost does no harm.
func (w *Worker) publish(ctx context.Context, publish func(context.Context) error) (known bool, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), clearTime)
	defer cancel()
	wait := time.NewTicker(publishWait)
	defer wait.Stop()
	for range publishTries {
		if err = publish(ctx); err == nil || vig.CodeOf(err) != vig.CodeInternal {
			return true, err
		}
		w.log.Warn("could not publish yet", "error", err)
		select {
		case <-wait.C:
		case <-ctx.Done():
			return false, err
		}
	}
	return false, err
}

// follow ends a run whose record was cancelled or taken over.
func (w *Worker) follow(ctx context.Context, taken context.CancelCauseFunc, j *work, attempt string) {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now, err := j.current(ctx)
		if err == nil && now != attempt || vig.CodeOf(err) == vig.CodeNotFound {
			taken(errTaken)
			return
		}
	}
}

// settle writes into the record what came of a run that failed, and says to
// asynq what to do with the task.
func (w *Worker) settle(ctx context.Context, j *work, attempt string, verdict outcome, failure error) error {
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), clearTime)
	defer cancel()
	answer := over(failure)
	var err error
	switch verdict {
	case wait:
		var givenUp bool
		if answer, givenUp = w.later(j.kind, j.id); givenUp {
			w.waited(j.kind, j.id)
			answer = over(failure)
			err = j.fail(after, attempt, reason(ctx, failure))
		}
	case refuse:
		err = j.refuse(after, attempt, reason(ctx, failure))
	case fail:
		err = j.fail(after, attempt, reason(ctx, failure))
	case crash:
		answer, err = w.crashed(after, j, attempt, reason(ctx, failure))
	case again, once:
		answer = retried(failure)
		if last(ctx) || verdict == once && retries(ctx) > 0 {
			answer = over(failure)
			err = j.fail(after, attempt, reason(ctx, failure))
		}
	case done, drop:
		answer = dropped()
	}
	switch vig.CodeOf(err) {
	case "":
		if verdict != wait {
			w.waited(j.kind, j.id)
		}
		return answer
	case vig.CodeConflict, vig.CodeNotFound:
		return dropped() // somebody else has it by now
	}
	w.log.Error("could not write into the record what happened", "kind", j.kind, "id", j.id, "error", err)
	answer, _ = w.later(j.kind, j.id)
	return answer
}

// forgive counts the crashes of work that succeeded from 0 again: what ended it
// before was not the film.
func (w *Worker) forgive(ctx context.Context, j *work) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), clearTime)
	defer cancel()
	if err := w.cfg.Store.ForgetCrashes(ctx, j.film.SHA256, j.kind); err != nil {
		w.log.Warn("crashes of before stay counted", "kind", j.kind, "id", j.id, "error", err)
	}
}

// crashed counts a crash. At the second of the same kind of work on the same
// bytes, it is not done on them again, under whatever name they come.
func (w *Worker) crashed(ctx context.Context, j *work, attempt, why string) (answer, err error) {
	n, err := w.cfg.Store.CountCrash(ctx, j.film.SHA256, j.kind, why)
	if err != nil {
		return nil, err
	}
	if n < quarantineAt {
		return errCrashed, nil
	}
	why += " That happened more than once, so this film is not tried again unless an admin releases it."
	if err := w.cfg.Store.Quarantine(ctx, j.film.SHA256, j.kind, why); err != nil {
		return nil, err
	}
	w.log.Warn("quarantined", "kind", j.kind, "id", j.id, "crashes", n)
	return over(errCrashed), j.fail(ctx, attempt, why)
}

// retries is how often the task of ctx was tried again by now.
func retries(ctx context.Context) int {
	n, _ := asynq.GetRetryCount(ctx)
	return n
}

// last says whether asynq would not try the task of ctx again.
func last(ctx context.Context) bool {
	most, ok := asynq.GetMaxRetry(ctx)
	return ok && retries(ctx) >= most
}

// tasks are the handlers by the type of task.
func (w *Worker) tasks() *asynq.ServeMux {
	mux := asynq.NewServeMux()
	for name, k := range kinds {
		mux.HandleFunc(k.task, w.handler(name))
	}
	return mux
}
