package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/tmaxmax/go-sse"

	"attune/internal/store"
)

// listen opens the events of a film and returns the next one at each call.
func (b *bundle) listen(t *testing.T, id store.FilmID, last string) (next func(event string) sse.Event) {
	t.Helper()
	return b.listenTo(t, "/api/v1/films/"+string(id)+"/events", last)
}

func (b *bundle) listenTo(t *testing.T, path, last string) (next func(event string) sse.Event) {
	t.Helper()
	asked := request{as: b.guider, path: path}
	if last != "" {
		asked.header = map[string]string{"Last-Event-ID": last}
	}
	got, err := b.server.Client().Do(b.request(t, asked))
	ok(t, err)
	t.Cleanup(func() { got.Body.Close() })
	if kind := got.Header.Get("Content-Type"); got.StatusCode != http.StatusOK || kind != "text/event-stream" {
		t.Fatalf("status %d, %s", got.StatusCode, kind)
	}
	events := make(chan sse.Event)
	go func() {
		defer close(events)
		for e, err := range sse.Read(got.Body, nil) {
			if err != nil {
				return
			}
			select {
			case events <- e:
			case <-t.Context().Done():
				return
			}
		}
	}()
	return func(event string) sse.Event {
		t.Helper()
		deadline := time.After(30 * time.Second)
		for {
			select {
			case e, more := <-events:
				if !more {
					return sse.Event{}
				}
				if event == "" || e.Type == event {
					return e
				}
			case <-deadline:
				t.Fatalf("no event %q came", event)
			}
		}
	}
}

func data[T any](t *testing.T, e sse.Event) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(e.Data), &v); err != nil {
		t.Fatalf("%v: %q", err, e.Data)
	}
	return v
}

// The way of a film, as whoever watches is told.
func TestEvents(t *testing.T) {
	t.Parallel()
	b := setup(t)
	before, f := b.queued(t), b.queued(t)
	next := b.listen(t, f.ID, "")
	if got := data[filmJSON](t, next("film")); got.State != store.FilmQueued || got.Place != 2 {
		t.Errorf("first: %+v", got)
	}
	ok(t, b.store.CancelFilm(t.Context(), before.ID, "stopped"))
	if got := data[filmJSON](t, next("film")); got.State != store.FilmQueued || got.Place != 1 {
		t.Errorf("after the one before has gone: %+v", got)
	}
	attempt, err := b.store.BeginFilm(t.Context(), f.ID, f.Run, "w1")
	ok(t, err)
	begun := next("film")
	if got := data[filmJSON](t, begun); got.State != store.FilmAnalysing {
		t.Errorf("begun: %+v", got)
	}
	b.queue.tell(string(f.ID), Progress{Stage: "Looking", Share: 0.5, Left: time.Minute})
	if got := data[progressJSON](t, next("progress")); got != (progressJSON{"Looking", 0.5, 60}) {
		t.Errorf("progress: %+v", got)
	}

	// Who comes back is told what was missed, and nothing twice.
	again := b.listen(t, f.ID, begun.LastEventID)
	if got := again(""); got.Type != "progress" {
		t.Errorf("come back, first: %+v", got)
	}
	ok(t, b.store.FailFilm(t.Context(), f.ID, attempt, "The disk is full."))
	b.queue.tell(string(f.ID), Progress{Ended: true})
	for _, next := range []func(string) sse.Event{next, again} {
		if got := data[filmJSON](t, next("film")); got.State != store.FilmFailed || got.Reason != "The disk is full." {
			t.Errorf("last: %+v", got)
		}
	}
	late := b.listen(t, f.ID, begun.LastEventID)
	if got := data[filmJSON](t, late("")); got.State != store.FilmFailed {
		t.Errorf("come back late, first: %+v", got)
	}

	b.Shutdown()
	for _, next := range []func(string) sse.Event{next, again, late} {
		if got := next("end"); got != (sse.Event{}) {
			t.Errorf("after the end: %+v", got)
		}
	}
}

// A disabled account is told no more, also by a stream that runs.
func TestEventsOfADisabledAccount(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.beat = 20 * time.Millisecond
	next := b.listen(t, b.film.ID, "")
	next("film")
	ok(t, b.store.SetDisabled(t.Context(), b.guider.ID, true))
	if got := next(""); got != (sse.Event{}) {
		t.Errorf("it is told %+v", got)
	}
}

// Without a queue there is no progress, and all else is told.
func TestEventsWithoutQueue(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.queue.breakDown(errors.New("connection refused"))
	f := b.queued(t)
	next := b.listen(t, f.ID, "")
	next("film")
	_, err := b.store.BeginFilm(t.Context(), f.ID, f.Run, "w1")
	ok(t, err)
	if got := data[filmJSON](t, next("film")); got.State != store.FilmAnalysing {
		t.Errorf("begun: %+v", got)
	}
}

// One stream tells of all films of a case.
func TestEventsOfACase(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f := b.queued(t)
	next := b.listenTo(t, "/api/v1/cases/"+string(b.kase.ID)+"/events", "")
	told := map[store.FilmID]store.FilmState{}
	for range 2 {
		got := data[filmJSON](t, next("film"))
		told[got.ID] = got.State
	}
	if told[f.ID] != store.FilmQueued || told[b.film.ID] != store.FilmReady {
		t.Errorf("first: %v", told)
	}
	_, err := b.store.BeginFilm(t.Context(), f.ID, f.Run, "w1")
	ok(t, err)
	if got := data[filmJSON](t, next("film")); got.ID != f.ID || got.State != store.FilmAnalysing {
		t.Errorf("begun: %+v", got)
	}
	b.queue.tell(string(f.ID), Progress{Stage: "Looking", Share: 0.5, Left: time.Minute})
	if got := data[filmProgressJSON](t, next("progress")); got != (filmProgressJSON{f.ID, progressJSON{"Looking", 0.5, 60}}) {
		t.Errorf("progress: %+v", got)
	}
	b.Shutdown()
	next("end")
}

// However many films a case has, its pages follow all that move, until they rest.
func TestEventsOfManyFilms(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f := b.queued(t)
	for range pageLimit {
		_, err := b.store.CreateFilm(t.Context(), store.FilmDraft{Cycle: b.cycle.ID, Name: "later.mp4", Size: 1})
		ok(t, err)
	}
	b.visit(t, b.guider, "/cycles/"+string(b.cycle.ID)+"/upload", nil, http.StatusOK).wants(t, `data-film="`+string(f.ID)+`"`)
	next := b.listenTo(t, "/api/v1/cases/"+string(b.kase.ID)+"/events", "")
	told := map[store.FilmID]store.FilmState{}
	for range pageLimit + 2 {
		got := data[filmJSON](t, next("film"))
		told[got.ID] = got.State
	}
	if told[f.ID] != store.FilmQueued || told[b.film.ID] != store.FilmReady {
		t.Errorf("first: %v", told)
	}
	attempt, err := b.store.BeginFilm(t.Context(), f.ID, f.Run, "w1")
	ok(t, err)
	if got := data[filmJSON](t, next("film")); got.ID != f.ID || got.State != store.FilmAnalysing {
		t.Errorf("begun: %+v", got)
	}
	ok(t, b.store.FailFilm(t.Context(), f.ID, attempt, "The disk is full."))
	if got := data[filmJSON](t, next("film")); got.ID != f.ID || got.State != store.FilmFailed {
		t.Errorf("at rest: %+v", got)
	}
	b.Shutdown()
	next("end")
}
