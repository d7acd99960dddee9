package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"attune/internal/store"
	"attune/internal/vig"
)

// The way of most films: uploaded, queued, analysed, confirmed, forgotten.
func testFilmToReady(t *testing.T, s *store.Store) {
	ctx := t.Context()
	guider := Guider(t, s)
	cycle := Cycle(t, s, guider.ID)
	f := must[store.Film](t)(s.CreateFilm(ctx, store.FilmDraft{Cycle: cycle.ID, Name: "Besuch — 1.mp4", Size: 16 << 30}))
	if f.State != store.FilmUploading || f.Case != cycle.Case || f.Guider != guider.ID || f.Size != 16<<30 || !f.Queued.IsZero() {
		t.Errorf("a new film is %+v", f)
	}
	ok(t, s.ReceiveFilm(ctx, f.ID, Hash("film"), 1000, length))
	f = film(t, s, f.ID)
	if f.State != store.FilmQueued || f.Run != 1 || f.SHA256 != Hash("film") || f.Size != 1000 || f.Duration != length || f.Queued.IsZero() {
		t.Errorf("a received film is %+v", f)
	}
	attempt := must[string](t)(s.BeginFilm(ctx, f.ID, 1, "w1"))
	f = film(t, s, f.ID)
	if f.State != store.FilmAnalysing || f.Attempt != attempt || attempt == "" || f.Worker != "w1" {
		t.Errorf("a film that was begun is %+v", f)
	}
	draft := Draft(f)
	id := must[store.AnalysisID](t)(s.PublishAnalysis(ctx, attempt, draft))
	f = film(t, s, f.ID)
	if f.State != store.FilmReady || f.Analysis != id || f.Worker != "" || f.Viewing != "" || f.ViewingCopy != "" {
		t.Errorf("an analysed film is %+v", f)
	}
	a := must[store.Analysis](t)(s.Analysis(ctx, id))
	want := store.Analysis{ID: id, Film: f.ID, Attempt: attempt, Format: draft.Format, JSON: draft.JSON, Keys: draft.Keys, Created: a.Created}
	if diff := cmp.Diff(want, a); diff != "" {
		t.Errorf("the analysis (-want +got):\n%s", diff)
	}
	if age := time.Since(a.Created); age < -time.Second || age > time.Hour || a.Created.Location() != time.UTC {
		t.Errorf("it was made at %v", a.Created)
	}
	clips := must[[]store.Clip](t)(s.Clips(ctx, f.ID))
	if len(clips) != 2 || clips[0].Moment != "m1" || clips[0].State != store.ClipSuggested || clips[1].Span != draft.Clips[0].Span {
		t.Errorf("the clips are %+v", clips)
	}
	reels := must[[]store.Reel](t)(s.Reels(ctx, f.ID))
	if len(reels) != 1 || !reels[0].Draft || reels[0].State != store.RenderReady || reels[0].Key != draft.Reel.Key ||
		reels[0].Duration != draft.Reel.Duration || !slices.Equal(reels[0].Spans, draft.Reel.Spans) {
		t.Errorf("the reels are %+v", reels)
	}

	ok(t, s.ConfirmFilm(ctx, f.ID))
	if f = film(t, s, f.ID); f.State != store.FilmConfirmed || f.Analysis != id {
		t.Errorf("a confirmed film is %+v", f)
	}
	ok(t, s.ForgetFilm(ctx, f.ID))
	got := film(t, s, f.ID)
	if diff := cmp.Diff(store.Film{ID: f.ID, Cycle: cycle.ID, Case: cycle.Case, Guider: guider.ID, State: store.FilmForgotten,
		Run: 1, Created: f.Created, Changed: got.Changed, Queued: f.Queued}, got); diff != "" {
		t.Errorf("a forgotten film (-want +got):\n%s", diff)
	}
	_, err := s.Analysis(ctx, id)
	wants(t, vig.CodeNotFound, err)
	_, err = s.Reel(ctx, reels[0].ID)
	wants(t, vig.CodeNotFound, err)
	_, err = s.Clip(ctx, clips[0].ID)
	wants(t, vig.CodeNotFound, err)
}
