package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"attune/internal/store"
)

func keys(t testing.TB, s *store.Store) []string {
	t.Helper()
	var all []string
	for key, err := range s.VaultKeys(t.Context(), func(f store.FilmID) string { return "original of " + string(f) }) {
		ok(t, err)
		all = append(all, key)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func testVaultKeys(t *testing.T, s *store.Store) {
	ctx := t.Context()
	if got := keys(t, s); len(got) > 0 {
		t.Errorf("an empty store refers to %v", got)
	}
	f := Analysing(t, s, "w")
	draft := Draft(f)
	draft.NeedsViewingCopy = true
	must[store.AnalysisID](t)(s.PublishAnalysis(ctx, f.Attempt, draft))
	folder := "films/" + string(f.ID) + "/" + f.Attempt
	copying := must[string](t)(s.BeginViewingCopy(ctx, f.ID, 1, "w"))
	ok(t, s.PublishViewingCopy(ctx, f.ID, copying, folder+"/viewing.mp4", length))
	r := Reel(t, s, f.ID)
	rendering := must[string](t)(s.BeginReel(ctx, r.ID, 1, "w"))
	ok(t, s.PublishReel(ctx, r.ID, rendering, "reels/1.mp4", time.Second))
	Reel(t, s, f.ID) // nothing in the vault yet
	uploading, refused, never := Uploading(t, s), Queued(t, s), Uploading(t, s)
	ok(t, s.RefuseFilm(ctx, refused.ID, "no picture"))
	ok(t, s.RefuseFilm(ctx, never.ID, "is there already")) // before it was received: its bytes are not kept

	others := []string{"original of " + string(uploading.ID), "original of " + string(refused.ID)}
	want := append([]string{
		"original of " + string(f.ID), folder + "/analysis.json", folder + "/stills/m1.jpg", folder + "/reel.mp4",
		folder + "/viewing.mp4", "reels/1.mp4",
	}, others...)
	slices.Sort(want)
	if diff := cmp.Diff(want, keys(t, s)); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	for _, err := range s.VaultKeys(ctx, func(store.FilmID) string { return "" }) {
		ok(t, err)
		break // and leave nothing open
	}
	ok(t, s.ForgetFilm(ctx, f.ID))
	slices.Sort(others)
	if diff := cmp.Diff(others, keys(t, s)); diff != "" {
		t.Errorf("keys after it was forgotten (-want +got):\n%s", diff)
	}
}
