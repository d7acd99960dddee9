package storetest

import (
	"testing"
	"time"

	"attune/internal/store"
	"attune/internal/vig"
)

// Of two who change the same version of a clip the second is told, and changes
// nothing.
func testClipVersions(t *testing.T, s *store.Store) {
	ctx := t.Context()
	f := Ready(t, s)
	seen := must[[]store.Clip](t)(s.Clips(ctx, f.ID))[0]
	if seen.Version != 1 {
		t.Errorf("a new clip has the version %d", seen.Version)
	}
	longer := vig.Span{Start: seen.Span.Start, End: seen.Span.End + time.Second}
	set := must[store.Clip](t)(s.SetClip(ctx, seen.ID, seen.Version, store.ClipKept, longer))
	if set.Version != 2 || set.State != store.ClipKept || set.Span != longer {
		t.Errorf("a clip that was set is %+v", set)
	}
	_, err := s.SetClip(ctx, seen.ID, seen.Version, store.ClipSetAside, seen.Span)
	wants(t, vig.CodeConflict, err)
	if now := must[store.Clip](t)(s.Clip(ctx, seen.ID)); now != set {
		t.Errorf("who saw an old version made %+v of %+v", now, set)
	}
	set = must[store.Clip](t)(s.SetClip(ctx, seen.ID, 0, store.ClipSetAside, seen.Span))
	if set.Version != 3 || set.State != store.ClipSetAside {
		t.Errorf("set whichever version it had, it is %+v", set)
	}
}
