package jobs

import (
	"context"
	"errors"
	"fmt"

	"github.com/hibiken/asynq"

	"attune/internal/vig"
)

// outcome is what is done after a run.
type outcome int

const (
	done   outcome = iota // it is published
	again                 // it may pass: try again, and at last fail with a reason
	once                  // the machine may be why: try once more, and then fail with a reason
	wait                  // the storage is in trouble: try again, the less often the longer it takes, and count nothing
	refuse                // the film's fault: the record is refused, with a reason
	fail                  // the record is failed, with a reason
	crash                 // again, but at the second time quarantine
	drop                  // no failure: another has it, it was stopped, or there is nothing to do
)

// outcomes translates the codes of errors.
var outcomes = map[vig.Code]outcome{
	vig.CodeInvalid:     refuse,
	vig.CodeUnsupported: refuse,
	vig.CodeNotFound:    drop, // the record is gone
	vig.CodeConflict:    drop, // the record is in other hands, or where nothing is to be done
	vig.CodeForbidden:   fail,
	vig.CodeInternal:    again,
}

// Why the context of a run was ended by us.
var (
	errStopping = errors.New("the worker is stopping")
	errTaken    = errors.New("the record was cancelled or is in other hands")
	errTooLong  = errors.New("it took too long")
)

// judge says what is done after a run that ended with err under ctx.
func judge(ctx context.Context, err error) outcome {
	if err == nil {
		return done
	}
	storage := ofStorage(err)
	if c, ok := errors.AsType[*Crash](err); ok && !storage {
		if c.Machine {
			return once
		}
		return crash
	}
	switch cause := context.Cause(ctx); {
	case cause == nil:
	case errors.Is(cause, errTooLong), errors.Is(cause, context.DeadlineExceeded):
		return once // a machine that is busy or was asleep is not the film's fault
	default: // stopped, taken, cancelled, or the lease is lost: asynq or the record sees to what comes next
		return drop
	}
	if storage {
		return wait
	}
	if _, ok := errors.AsType[*hopeless](err); ok {
		return fail
	}
	return outcomes[vig.CodeOf(err)]
}

// reason is what the record says of a failure, for people: what happened and
// what can be done.
func reason(ctx context.Context, err error) string {
	if c, ok := errors.AsType[*Crash](err); ok && !ofStorage(err) {
		return c.Reason
	}
	if errors.Is(context.Cause(ctx), errTooLong) || errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		return "Reading this film took much longer than its length explains, and was stopped."
	}
	if h, ok := errors.AsType[*hopeless](err); ok {
		return h.reason
	}
	if ofStorage(err) {
		return "The storage of films and results did not work, or is full. Somebody who runs Attune has to look at it; then try again."
	}
	switch vig.CodeOf(err) {
	case vig.CodeInvalid:
		return "The film cannot be read: " + cause(err) + ". If it plays elsewhere, export it as MP4 and upload that."
	case vig.CodeUnsupported:
		return "Films of this kind are not taken: " + cause(err) + ". Export it as MP4 and upload that."
	case vig.CodeForbidden:
		return "The storage does not let this film be read. Somebody who runs Attune has to look at its settings."
	}
	return "Something in the system failed several times. Try again later; if it fails again, somebody who runs Attune has to look at its log."
}

// cause is the inmost error that says something: the outer ones name our steps.
func cause(err error) string {
	for {
		e, ok := errors.AsType[*vig.Error](err)
		if !ok {
			return err.Error()
		}
		if e.Err == nil {
			return e.Op
		}
		err = e.Err
	}
}

// hopeless is a failure that does not pass, and is known to the last word.
type hopeless struct{ reason string }

func (h *hopeless) Error() string { return h.reason }

// What a handler returns to asynq. They lie in Redis, so they say no more than
// the code of what happened; the log says the rest.
var (
	errCrashed = errors.New("crashed")
	errStorage = errors.New("waits for the storage")
)

// said is what may lie in Redis of a failure.
func said(err error) string {
	if ofStorage(err) {
		return errStorage.Error()
	}
	if _, crash := errors.AsType[*Crash](err); crash || errors.Is(err, errCrashed) {
		return errCrashed.Error()
	}
	return failedWith(vig.CodeOf(err))
}

func failedWith(code vig.Code) string { return "failed: " + string(code) }

// retried is a failure that asynq tries again.
func retried(err error) error { return errors.New(said(err)) }

// dropped is no failure: asynq forgets the task.
func dropped() error { return asynq.RevokeTask }

// over is a failure that the record tells of: asynq keeps the task for admins.
func over(err error) error { return fmt.Errorf("%s: %w", said(err), asynq.SkipRetry) }

// isFailure says which errors count against a task's retries: not that its
// worker died, that it was cancelled, or that the storage was in trouble.
func isFailure(err error) bool {
	if _, ok := errors.AsType[*waiting](err); ok {
		return false
	}
	return err != nil && !errors.Is(err, asynq.ErrLeaseExpired) && !errors.Is(err, context.Canceled)
}
