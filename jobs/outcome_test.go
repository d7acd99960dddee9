package jobs

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hibiken/asynq"

	"attune/internal/store"
	"attune/internal/vig"
)

func TestJudge(t *testing.T) {
	t.Parallel()
	ended := func(cause error) context.Context {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(cause)
		return ctx
	}
	late, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	broken := vig.Errorf(vig.CodeInvalid, "open film", "no picture")
	for name, tc := range map[string]struct {
		ctx  context.Context
		err  error
		want outcome
		says string // of the reason, where the record gets one
	}{
		"nothing":                 {t.Context(), nil, done, ""},
		"a broken film":           {t.Context(), fmt.Errorf("analyse: %w", broken), refuse, "no picture"},
		"a strange film":          {t.Context(), vig.Errorf(vig.CodeUnsupported, "open film", "codec x"), refuse, "codec x"},
		"a record that is gone":   {t.Context(), vig.Errorf(vig.CodeNotFound, "find film", "gone"), drop, ""},
		"a record in other hands": {t.Context(), vig.Errorf(vig.CodeConflict, "publish", "taken"), drop, ""},
		"no permission":           {t.Context(), vig.Errorf(vig.CodeForbidden, "open", "no"), fail, "storage"},
		"trouble":                 {t.Context(), errors.New("disk full"), again, "again later"},
		"a crash":                 {t.Context(), fmt.Errorf("analyse: %w", &Crash{Reason: "It crashed."}), crash, "It crashed."},
		"a full machine":          {t.Context(), &Crash{Reason: "Memory ran out.", Machine: true}, once, "Memory ran out."},
		"a storage in trouble":    {t.Context(), fmt.Errorf("x: %w", &storageTrouble{broken}), wait, "storage"},
		"a crash of the storage":  {t.Context(), &storageTrouble{&Crash{Reason: "It crashed."}}, wait, "storage"},
		"a full disk":             {t.Context(), fmt.Errorf("x: %w", syscall.ENOSPC), wait, "storage"},
		"a full disk of a child":  {t.Context(), vig.Errorf(vig.CodeInternal, "write", "No space left on device"), wait, "storage"},
		"a film of that name":     {t.Context(), vig.Errorf(vig.CodeInvalid, "open", "no space left on device"), refuse, ""},
		"a storage while stopped": {ended(errStopping), &storageTrouble{broken}, drop, ""},
		"a missing file":          {t.Context(), &hopeless{"It is missing."}, fail, "It is missing."},
		"too long":                {ended(errTooLong), context.Canceled, once, "longer"},
		"too long for asynq":      {late, context.DeadlineExceeded, once, "longer"},
		"the worker stops":        {ended(errStopping), context.Canceled, drop, ""},
		"cancelled":               {ended(nil), context.Canceled, drop, ""},
		"taken over":              {ended(errTaken), broken, drop, ""},
		"a crash while stopping":  {ended(errStopping), &Crash{Reason: "It crashed."}, crash, "It crashed."},
	} {
		if got := judge(tc.ctx, tc.err); got != tc.want {
			t.Errorf("%s: %d, want %d", name, got, tc.want)
		}
		if tc.says != "" && !strings.Contains(reason(tc.ctx, tc.err), tc.says) {
			t.Errorf("%s: the reason is %q", name, reason(tc.ctx, tc.err))
		}
	}
}

// Every code has an outcome, and what asynq is told names no more than the code.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	for _, code := range []vig.Code{
		vig.CodeInvalid, vig.CodeUnsupported, vig.CodeNotFound, vig.CodeConflict, vig.CodeForbidden, vig.CodeInternal,
	} {
		if _, ok := outcomes[code]; !ok {
			t.Errorf("%s has no outcome", code)
		}
		secret := vig.Errorf(code, "open", "/home/somebody/visit.mp4")
		for _, err := range []error{retried(secret), over(secret)} {
			if strings.Contains(err.Error(), "somebody") || !strings.Contains(err.Error(), string(code)) {
				t.Errorf("asynq is told %q", err)
			}
		}
	}
	if !errors.Is(over(errCrashed), asynq.SkipRetry) || errors.Is(retried(errCrashed), asynq.SkipRetry) || !errors.Is(dropped(), asynq.RevokeTask) {
		t.Error("asynq does not understand what it is told")
	}
}

func TestRetryDelay(t *testing.T) {
	t.Parallel()
	w := &Worker{retry: firstRetry}
	for n, want := range []time.Duration{5 * time.Second, 10 * time.Second, 20 * time.Second} {
		if got := w.retryDelay(n, errors.New("x"), nil); got != want {
			t.Errorf("retry %d after %v, want %v", n, got, want)
		}
	}
	for _, err := range []error{asynq.ErrLeaseExpired, errCrashed} {
		if got := w.retryDelay(0, err, nil); got != 0 {
			t.Errorf("after %v: %v", err, got)
		}
	}
	if got := w.retryDelay(0, &waiting{time.Minute}, nil); got != time.Minute || isFailure(&waiting{}) {
		t.Errorf("waiting for the storage: %v", got)
	}
	if isFailure(asynq.ErrLeaseExpired) || isFailure(context.Canceled) || !isFailure(errors.New("x")) {
		t.Error("what counts as a failure")
	}
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		kind   string
		length time.Duration
		want   time.Duration
	}{
		{store.KindFilm, 10 * time.Minute, 50 * time.Minute},
		{store.KindViewingCopy, time.Hour, 4*time.Hour + 10*time.Minute},
		{store.KindReel, time.Minute, 15 * time.Minute},
		{store.KindFilm, 0, 16*time.Hour + 10*time.Minute},
		{store.KindFilm, 100 * time.Hour, 16*time.Hour + 10*time.Minute},
	} {
		if got := timeoutOf(tc.kind, tc.length); got != tc.want {
			t.Errorf("%s of %v: %v, want %v", tc.kind, tc.length, got, tc.want)
		}
	}
	for kind := range kinds { // the sweep takes what is a day old for left behind
		if timeoutOf(kind, 0)+grace >= 24*time.Hour {
			t.Errorf("a %s may take more than a day", kind)
		}
	}
}
