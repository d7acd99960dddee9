package storetest

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"attune/internal/store"
	"attune/internal/vig"
)

func testDue(t *testing.T, s *store.Store) {
	ctx := t.Context()
	if due := must[[]store.Due](t)(s.Due(ctx)); len(due) > 0 {
		t.Errorf("due in an empty store: %+v", due)
	}
	// What is not due.
	Uploading(t, s)
	Ready(t, s)
	failed := Queued(t, s)
	ok(t, s.CancelFilm(ctx, failed.ID, "cancelled"))

	waits, begun := Queued(t, s), Analysing(t, s, "w1")
	reviewed := Analysing(t, s, "w1")
	draft := Draft(reviewed)
	draft.NeedsViewingCopy = true
	must[store.AnalysisID](t)(s.PublishAnalysis(ctx, reviewed.Attempt, draft))
	span := vig.Span{Start: 0, End: 7 * time.Second}
	done := Reel(t, s, reviewed.ID, span)
	ok(t, s.PublishReel(ctx, done.ID, must[string](t)(s.BeginReel(ctx, done.ID, 1, "w1")), "reels/1.mp4", time.Second))
	rendering := Reel(t, s, reviewed.ID, span)
	must[string](t)(s.BeginReel(ctx, rendering.ID, 1, "w2"))
	reel := Reel(t, s, reviewed.ID, vig.Span{End: 6 * time.Second})
	must[int](t)(s.Requeue(ctx, store.Due{Kind: store.KindReel, ID: string(reel.ID), Run: 1}))

	want := []store.Due{
		{Kind: store.KindReel, ID: string(rendering.ID), Run: 1, Worker: "w2", Duration: 7 * time.Second},
		{Kind: store.KindReel, ID: string(reel.ID), Run: 2, Duration: 6 * time.Second},
		{Kind: store.KindFilm, ID: string(waits.ID), Run: 1, Duration: length},
		{Kind: store.KindFilm, ID: string(begun.ID), Run: 1, Worker: "w1", Duration: length},
		{Kind: store.KindViewingCopy, ID: string(reviewed.ID), Run: 1, Duration: length},
	}
	if diff := cmp.Diff(want, must[[]store.Due](t)(s.Due(ctx))); diff != "" {
		t.Errorf("due (-want +got):\n%s", diff)
	}
}

// Ten thousand films wait, as after a long stop.
func testManyDue(t *testing.T, address func(testing.TB) string) {
	ctx := t.Context()
	url := address(t)
	s := Open(t, url)
	cycle := Cycle(t, s, Guider(t, s).ID)
	many := 10_000
	if raceDetector {
		many = 1000 // SQLite in Go is some thirty times slower under it
	}
	driver, at := "pgx", url
	if path, is := strings.CutPrefix(url, "sqlite:"); is {
		driver, at = "sqlite", path
	}
	db := must[*sql.DB](t)(sql.Open(driver, at))
	defer db.Close()
	// One text again: both databases count like this. The last in the order of
	// ids is the first in the queue.
	_, err := db.ExecContext(ctx, `INSERT INTO films (id, cycle_id, name, size, state, run, duration, created, changed, queued)
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
		SELECT 'film-' || (100000 + i), '`+string(cycle.ID)+`', 'x.mp4', 1, 'queued', 1, 600000000000, i, i, 20000 - i FROM n`, many)
	ok(t, err)
	begin := time.Now()
	due := must[[]store.Due](t)(s.Due(ctx))
	t.Logf("%d are due, told in %v", len(due), time.Since(begin))
	if len(due) != many {
		t.Fatalf("%d are due", len(due))
	}
	for place, number := range map[int]int{1: many, 2: many - 1, many: 1} {
		id := fmt.Sprint("film-", 100_000+number)
		if due[place-1].ID != id {
			t.Errorf("%s is due at place %d, want %s", due[place-1].ID, place, id)
		}
		if got := must[int](t)(s.Place(ctx, store.FilmID(id))); got != place {
			t.Errorf("%s has place %d, want %d", id, got, place)
		}
	}
}

func testPlace(t *testing.T, s *store.Store) {
	ctx := t.Context()
	first, second, third := Queued(t, s), Queued(t, s), Queued(t, s)
	places := func(want ...int) {
		t.Helper()
		for i, f := range []store.Film{first, second, third} {
			if got := must[int](t)(s.Place(ctx, f.ID)); got != want[i] {
				t.Errorf("film %d has place %d, want %d", i+1, got, want[i])
			}
		}
		got := must[map[store.FilmID]int](t)(s.Places(ctx, []store.FilmID{first.ID, second.ID, third.ID, "none"}))
		for i, f := range []store.Film{first, second, third} {
			if n, waits := got[f.ID]; n != want[i] || waits != (want[i] > 0) {
				t.Errorf("at once, film %d has place %d, want %d", i+1, n, want[i])
			}
		}
	}
	if none := must[map[store.FilmID]int](t)(s.Places(ctx, nil)); len(none) != 0 {
		t.Errorf("of none there are %v", none)
	}
	places(1, 2, 3)
	must[string](t)(s.BeginFilm(ctx, first.ID, 1, "w1"))
	places(0, 1, 2)
	must[int](t)(s.RequeueWorker(ctx, "w1")) // keeps its place
	places(1, 2, 3)
	must[int](t)(s.Requeue(ctx, store.Due{Kind: store.KindFilm, ID: string(first.ID), Run: 2})) // was not at fault
	places(1, 2, 3)
	ok(t, s.FailFilm(ctx, first.ID, "", "it broke"))
	places(0, 1, 2)
	must[int](t)(s.RetryFilm(ctx, first.ID)) // waits its turn
	places(3, 1, 2)
	_, err := s.Place(ctx, "none")
	wants(t, vig.CodeNotFound, err)
}

// Only what is still as it was seen is put back.
func testRequeue(t *testing.T, s *store.Store) {
	ctx := t.Context()
	waits, begun, cancelled := Queued(t, s), Analysing(t, s, "w1"), Queued(t, s)
	ok(t, s.CancelFilm(ctx, cancelled.ID, "cancelled"))
	for name, test := range map[string]struct {
		due  store.Due
		want int
	}{
		"waits":          {store.Due{Kind: store.KindFilm, ID: string(waits.ID), Run: 1}, 2},
		"an old run":     {store.Due{Kind: store.KindFilm, ID: string(waits.ID)}, 0},
		"begun since":    {store.Due{Kind: store.KindFilm, ID: string(begun.ID), Run: 1}, 0},
		"another's":      {store.Due{Kind: store.KindFilm, ID: string(begun.ID), Run: 1, Worker: "w2"}, 0},
		"cancelled":      {store.Due{Kind: store.KindFilm, ID: string(cancelled.ID), Run: 1}, 0},
		"a film gone":    {store.Due{Kind: store.KindFilm, ID: "none", Run: 1}, 0},
		"a reel gone":    {store.Due{Kind: store.KindReel, ID: "none", Run: 1}, 0},
		"no viewing yet": {store.Due{Kind: store.KindViewingCopy, ID: string(waits.ID), Run: 1}, 0},
	} {
		if run := must[int](t)(s.Requeue(ctx, test.due)); run != test.want {
			t.Errorf("%s: run %d, want %d", name, run, test.want)
		}
	}
	if got := film(t, s, begun.ID); got != begun {
		t.Errorf("the film that was begun is %+v", got)
	}
	if got := film(t, s, cancelled.ID); got.State != store.FilmFailed {
		t.Errorf("the film that was cancelled is %+v", got)
	}
	_, err := s.Requeue(ctx, store.Due{Kind: "film?", ID: string(waits.ID), Run: 1})
	wants(t, vig.CodeInvalid, err)
}

func testRequeueWorker(t *testing.T, s *store.Store) {
	ctx := t.Context()
	mine, other, waits := Analysing(t, s, "w1"), Analysing(t, s, "w2"), Queued(t, s)
	ready := Analysing(t, s, "w1")
	draft := Draft(ready)
	draft.NeedsViewingCopy = true
	must[store.AnalysisID](t)(s.PublishAnalysis(ctx, ready.Attempt, draft))
	must[string](t)(s.BeginViewingCopy(ctx, ready.ID, 1, "w1"))
	reel := Reel(t, s, ready.ID)
	rendering := must[string](t)(s.BeginReel(ctx, reel.ID, 1, "w1"))

	if n := must[int](t)(s.RequeueWorker(ctx, "w1")); n != 3 {
		t.Errorf("%d were put back, want 3", n)
	}
	got := film(t, s, mine.ID)
	if got.State != store.FilmQueued || got.Run != 2 || got.Attempt != "" || got.Worker != "" || !got.Queued.Equal(mine.Queued) {
		t.Errorf("the film is %+v", got)
	}
	for _, untouched := range []store.Film{other, waits} {
		if got := film(t, s, untouched.ID); got != untouched {
			t.Errorf("another film became %+v", got)
		}
	}
	if got := film(t, s, ready.ID); got.State != store.FilmReady || got.Viewing != store.RenderQueued {
		t.Errorf("the film whose copy was being made is %+v", got)
	}
	if got := must[store.Reel](t)(s.Reel(ctx, reel.ID)); got.State != store.RenderQueued || got.Run != 2 || got.Worker != "" {
		t.Errorf("the reel is %+v", got)
	}
	// What it still does under its old attempts does not count.
	_, err := s.PublishAnalysis(ctx, mine.Attempt, Draft(mine))
	wants(t, vig.CodeConflict, err)
	wants(t, vig.CodeConflict, s.PublishReel(ctx, reel.ID, rendering, "reels/1.mp4", time.Second))
	_, err = s.BeginFilm(ctx, mine.ID, 1, "w2")
	wants(t, vig.CodeConflict, err)
	if n := must[int](t)(s.RequeueWorker(ctx, "w1")); n != 0 {
		t.Errorf("%d more were put back", n)
	}
	_, err = s.RequeueWorker(ctx, "") // would be all that wait
	wants(t, vig.CodeInvalid, err)
}
