package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"attune/internal/store"
	"attune/internal/vig"
)

func testReels(t *testing.T, s *store.Store) {
	ctx := t.Context()
	f := Ready(t, s)
	spans := []vig.Span{{Start: 90 * time.Second, End: 100*time.Second + 1}, {Start: 0, End: 3 * time.Second}} // in the guider's order
	r := must[store.Reel](t)(s.CreateReel(ctx, f.ID, spans))
	if diff := cmp.Diff(r, must[store.Reel](t)(s.Reel(ctx, r.ID))); diff != "" {
		t.Errorf("what was made and what is read (-made +read):\n%s", diff)
	}
	if r.State != store.RenderQueued || r.Draft || r.Run != 1 || r.Film != f.ID || r.Duration != 13*time.Second+1 || !slices.Equal(r.Spans, spans) {
		t.Errorf("a new reel is %+v", r)
	}
	_, err := s.BeginReel(ctx, r.ID, 2, "w1")
	wants(t, vig.CodeConflict, err)
	lost := must[string](t)(s.BeginReel(ctx, r.ID, 1, "w1"))
	attempt := must[string](t)(s.BeginReel(ctx, r.ID, 1, "w2"))
	wants(t, vig.CodeConflict, s.PublishReel(ctx, r.ID, lost, "reels/lost.mp4", time.Second))
	wants(t, vig.CodeConflict, s.PublishReel(ctx, r.ID, "", "reels/none.mp4", time.Second))
	wants(t, vig.CodeInvalid, s.PublishReel(ctx, r.ID, attempt, "", time.Second))
	wants(t, vig.CodeConflict, s.FailReel(ctx, r.ID, lost, "it crashed"))
	ok(t, s.FailReel(ctx, r.ID, attempt, "the disk \x00 was full"))
	if got := must[store.Reel](t)(s.Reel(ctx, r.ID)); got.State != store.RenderFailed || got.Reason != "the disk � was full" || got.Worker != "" || got.Attempt != "" {
		t.Errorf("a failed reel is %+v", got)
	}
	_, err = s.BeginReel(ctx, r.ID, 1, "w1")
	wants(t, vig.CodeConflict, err)
	if run := must[int](t)(s.RetryReel(ctx, r.ID)); run != 2 {
		t.Errorf("run %d, want 2", run)
	}
	_, err = s.BeginReel(ctx, r.ID, 1, "w1") // the task of the run before
	wants(t, vig.CodeConflict, err)
	attempt = must[string](t)(s.BeginReel(ctx, r.ID, 2, "w1"))
	ok(t, s.PublishReel(ctx, r.ID, attempt, "reels/1.mp4", 13*time.Second))
	ok(t, s.PublishReel(ctx, r.ID, attempt, "reels/1.mp4", 13*time.Second)) // its answer was lost
	wants(t, vig.CodeConflict, s.PublishReel(ctx, r.ID, attempt, "reels/2.mp4", 13*time.Second))
	wants(t, vig.CodeConflict, s.PublishReel(ctx, r.ID, lost, "reels/1.mp4", time.Second))
	wants(t, vig.CodeConflict, s.FailReel(ctx, r.ID, "", "too late"))
	_, err = s.RetryReel(ctx, r.ID)
	wants(t, vig.CodeConflict, err)
	got := must[store.Reel](t)(s.Reel(ctx, r.ID))
	if got.State != store.RenderReady || got.Key != "reels/1.mp4" || got.Duration != 13*time.Second || got.Reason != "" || got.Worker != "" {
		t.Errorf("a ready reel is %+v", got)
	}
	reels := must[[]store.Reel](t)(s.Reels(ctx, f.ID))
	if len(reels) != 2 || !reels[0].Draft || reels[1].ID != r.ID {
		t.Errorf("the reels are %+v", reels)
	}

	for _, bad := range [][]vig.Span{
		nil, make([]vig.Span, 101), {{Start: -1, End: 5}}, {{Start: 5, End: 5}}, {{Start: 0, End: 1}, {Start: 0, End: length + 1}},
	} {
		_, err := s.CreateReel(ctx, f.ID, bad)
		wants(t, vig.CodeInvalid, err)
	}
	for _, early := range []store.Film{Uploading(t, s), Queued(t, s), Analysing(t, s, "w")} {
		_, err := s.CreateReel(ctx, early.ID, spans)
		wants(t, vig.CodeConflict, err)
	}
	ok(t, s.ConfirmFilm(ctx, f.ID))
	r = must[store.Reel](t)(s.CreateReel(ctx, f.ID, spans))
	ok(t, s.ForgetFilm(ctx, f.ID)) // with a reel in the queue
	_, err = s.BeginReel(ctx, r.ID, 1, "w1")
	wants(t, vig.CodeNotFound, err)
	_, err = s.CreateReel(ctx, f.ID, spans)
	wants(t, vig.CodeConflict, err)
}

func testViewingCopies(t *testing.T, s *store.Store) {
	ctx := t.Context()
	f := Ready(t, s) // browsers play it
	_, err := s.ViewingCopy(ctx, f.ID)
	wants(t, vig.CodeNotFound, err)
	_, err = s.BeginViewingCopy(ctx, f.ID, 1, "w")
	wants(t, vig.CodeNotFound, err)

	f = Analysing(t, s, "w")
	draft := Draft(f)
	draft.NeedsViewingCopy = true
	must[store.AnalysisID](t)(s.PublishAnalysis(ctx, f.Attempt, draft))
	if f = film(t, s, f.ID); f.Viewing != store.RenderQueued || f.ViewingCopy != "" {
		t.Errorf("a film whose copy is due is %+v", f)
	}
	_, err = s.BeginViewingCopy(ctx, f.ID, 0, "w")
	wants(t, vig.CodeConflict, err)
	attempt := must[string](t)(s.BeginViewingCopy(ctx, f.ID, 1, "w"))
	ok(t, s.FailViewingCopy(ctx, f.ID, attempt, "it crashed"))
	if run := must[int](t)(s.RetryViewingCopy(ctx, f.ID)); run != 2 {
		t.Errorf("run %d, want 2", run)
	}
	attempt = must[string](t)(s.BeginViewingCopy(ctx, f.ID, 2, "w"))
	ok(t, s.PublishViewingCopy(ctx, f.ID, attempt, "films/1/viewing.mp4", length))
	if f = film(t, s, f.ID); f.Viewing != store.RenderReady || f.ViewingCopy != "films/1/viewing.mp4" || f.State != store.FilmReady {
		t.Errorf("a film with a copy is %+v", f)
	}
	if v := must[store.ViewingCopy](t)(s.ViewingCopy(ctx, f.ID)); v.Film != f.ID || v.Run != 2 || v.Key != f.ViewingCopy {
		t.Errorf("the copy is %+v", v)
	}
	ok(t, s.ForgetFilm(ctx, f.ID))
	if f = film(t, s, f.ID); f.Viewing != "" || f.ViewingCopy != "" {
		t.Errorf("a forgotten film is %+v", f)
	}
}
