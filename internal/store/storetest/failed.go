package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"attune/internal/store"
)

func testFailed(t *testing.T, s *store.Store) {
	ctx := t.Context()
	if got := must[[]store.Failed](t)(s.Failed(ctx, 10)); len(got) > 0 {
		t.Errorf("failed in an empty store: %+v", got)
	}
	Ready(t, s)
	one, two, refused := Queued(t, s), Queued(t, s), Queued(t, s)
	ok(t, s.CancelFilm(ctx, one.ID, "It took too long."))
	ok(t, s.RefuseFilm(ctx, refused.ID, "It is no film."))
	reviewed := Analysing(t, s, "w1")
	draft := Draft(reviewed)
	draft.NeedsViewingCopy = true
	must[store.AnalysisID](t)(s.PublishAnalysis(ctx, reviewed.Attempt, draft))
	ok(t, s.FailViewingCopy(ctx, reviewed.ID, "", "It took too long."))
	reel := Reel(t, s, reviewed.ID, draft.Reel.Spans...)
	ok(t, s.FailReel(ctx, reel.ID, "", "It took too long."))
	ok(t, s.CancelFilm(ctx, two.ID, "It took too long."))

	want := []store.Failed{
		{Kind: store.KindFilm, ID: string(two.ID), Reason: "It took too long."},
		{Kind: store.KindReel, ID: string(reel.ID), Reason: "It took too long."},
		{Kind: store.KindViewingCopy, ID: string(reviewed.ID), Reason: "It took too long."},
		{Kind: store.KindFilm, ID: string(refused.ID), Refused: true, Reason: "It is no film."},
		{Kind: store.KindFilm, ID: string(one.ID), Reason: "It took too long."},
	}
	got := must[[]store.Failed](t)(s.Failed(ctx, 10))
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(store.Failed{}, "At")); diff != "" {
		t.Errorf("failed (-want +got):\n%s", diff)
	}
	for _, f := range got {
		if age := time.Since(f.At); age < -time.Second || age > time.Hour {
			t.Errorf("%s failed at %v", f.ID, f.At)
		}
	}
	if got := must[[]store.Failed](t)(s.Failed(ctx, 2)); len(got) != 2 || got[0].ID != string(two.ID) {
		t.Errorf("the latest two: %+v", got)
	}
	reasons := []store.FailedFor{
		{Kind: store.KindFilm, Reason: "It took too long.", Count: 2},
		{Kind: store.KindReel, Reason: "It took too long.", Count: 1},
		{Kind: store.KindViewingCopy, Reason: "It took too long.", Count: 1},
		{Kind: store.KindFilm, Refused: true, Reason: "It is no film.", Count: 1},
	}
	if diff := cmp.Diff(reasons, must[[]store.FailedFor](t)(s.FailedByReason(ctx, 10)), cmpopts.IgnoreFields(store.FailedFor{}, "Last")); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}

	// What is tried again did not fail.
	must[int](t)(s.RetryFilm(ctx, two.ID))
	must[int](t)(s.RetryReel(ctx, reel.ID))
	must[int](t)(s.RetryViewingCopy(ctx, reviewed.ID))
	if got := must[[]store.Failed](t)(s.Failed(ctx, 10)); len(got) != 2 {
		t.Errorf("after trying again: %+v", got)
	}
}

func testWorking(t *testing.T, s *store.Store) {
	ctx := t.Context()
	Queued(t, s)
	begun := Analysing(t, s, "w1")
	reviewed := Analysing(t, s, "w1")
	draft := Draft(reviewed)
	draft.NeedsViewingCopy = true
	must[store.AnalysisID](t)(s.PublishAnalysis(ctx, reviewed.Attempt, draft))
	must[string](t)(s.BeginViewingCopy(ctx, reviewed.ID, 1, "w2"))
	reel := Reel(t, s, reviewed.ID, draft.Reel.Spans...)
	must[string](t)(s.BeginReel(ctx, reel.ID, 1, "w1"))
	want := []store.Working{
		{Due: store.Due{Kind: store.KindFilm, ID: string(begun.ID), Run: 1, Worker: "w1", Duration: length}},
		{Due: store.Due{Kind: store.KindViewingCopy, ID: string(reviewed.ID), Run: 1, Worker: "w2", Duration: length}},
		{Due: store.Due{Kind: store.KindReel, ID: string(reel.ID), Run: 1, Worker: "w1", Duration: draft.Reel.Spans[0].Length()}},
	}
	got := must[[]store.Working](t)(s.Working(ctx))
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(store.Working{}, "Since")); diff != "" {
		t.Errorf("at work (-want +got):\n%s", diff)
	}
	for _, w := range got {
		if age := time.Since(w.Since); age < -time.Second || age > time.Hour {
			t.Errorf("%s is at work since %v", w.ID, w.Since)
		}
	}
}
