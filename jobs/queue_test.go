package jobs

import (
	"slices"
	"testing"
	"time"

	"github.com/hibiken/asynq"

	"attune/internal/store"
	"attune/internal/store/storetest"
	"attune/internal/vig"
)

// films is the queue of films.
func (b *bundle) films() Queue {
	b.t.Helper()
	q, err := b.client.queueOf(b.t.Context(), QueueFilms)
	must(b.t, err)
	return q
}

// What a paused queue has waits until it is resumed, and the others go on.
func TestPause(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	if err := b.client.Pause(ctx, QueueFilms, true); vig.CodeOf(err) != vig.CodeConflict {
		t.Errorf("a queue that was never used: %v", err)
	}
	if err := b.client.Pause(ctx, "none", true); vig.CodeOf(err) != vig.CodeNotFound {
		t.Errorf("a queue that there is not: %v", err)
	}
	first := b.queued(script{Name: "first"})
	media := newMedia()
	stop := b.start(b.newWorker(media, "w1"))
	b.becomes(first, store.FilmReady)
	stop()
	for range 2 { // twice does no harm
		must(t, b.client.Pause(ctx, QueueFilms, true))
	}
	waits := b.queued(script{Name: "waits"})
	reel := storetest.Reel(t, b.store, first)
	b.start(b.newWorker(media, "w1"))
	must(t, b.client.EnqueueReel(ctx, reel.ID, reel.Run, reel.Duration))
	b.eventually("a reel", func() bool {
		r, err := b.store.Reel(ctx, reel.ID)
		must(t, err)
		return r.State == store.RenderReady
	})
	if q := b.films(); !q.Paused || q.Waiting != 1 || q.Running != 0 || b.get(waits).State != store.FilmQueued {
		t.Errorf("%+v, the film is %s", q, b.get(waits).State)
	}
	for range 2 {
		must(t, b.client.Pause(ctx, QueueFilms, false))
	}
	b.becomes(waits, store.FilmReady)
}

// What failed is counted by its reason, and says no more than that.
func TestFailures(t *testing.T) {
	t.Parallel()
	b := setup(t)
	refused := b.queued(script{Name: "refused", Code: vig.CodeInvalid})
	crashes := b.queued(script{Name: "crashes", Crash: true})
	failing := b.queued(script{Name: "failing", Code: vig.CodeInternal})
	w := b.newWorker(newMedia(), "w1")
	stop := b.start(w)
	b.becomes(refused, store.FilmRefused)
	b.becomes(crashes, store.FilmFailed)
	b.becomes(failing, store.FilmFailed)
	want := []Failures{{WhyCrash, 0, 1}, {WhyFilm, 0, 1}, {WhyOther, 0, 1}}
	b.eventually("three that are archived", func() bool { return b.films().Archived == 3 })
	if q := b.films(); !slices.Equal(q.Failures, want) || q.Retrying != 0 {
		t.Errorf("%+v", q)
	}
	stop()

	again := b.queued(script{Name: "again", Code: vig.CodeInternal})
	w = b.newWorker(newMedia(), "w1")
	w.retry = time.Hour
	b.start(w)
	b.eventually("one to be tried again", func() bool { return b.films().Retrying == 1 })
	want[2].Retrying = 1
	if q := b.films(); !slices.Equal(q.Failures, want) || q.Waiting != 1 {
		t.Errorf("%+v", q)
	}
	must(t, b.store.CancelFilm(t.Context(), again, "stopped"))
	must(t, b.client.CancelFilm(t.Context(), again, 1))
	if q := b.films(); q.Retrying != 0 || q.Waiting != 0 {
		t.Errorf("%+v", q)
	}
}

func TestWhyOf(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]Why{
		retried(errCrashed).Error(): WhyCrash, over(errCrashed).Error(): WhyCrash, over(&Crash{Reason: "x"}).Error(): WhyCrash,
		(&waiting{}).Error(): WhyStorage, over(&storageTrouble{errCrashed}).Error(): WhyStorage,
		asynq.ErrLeaseExpired.Error():                         WhyLost,
		over(vig.Errorf(vig.CodeUnsupported, "", "")).Error(): WhyFilm,
		retried(vig.Errorf(vig.CodeInternal, "", "")).Error(): WhyOther,
		"": WhyOther, "anything": WhyOther,
	} {
		if got := whyOf(said); got != want {
			t.Errorf("%q is %s, want %s", said, got, want)
		}
	}
}
