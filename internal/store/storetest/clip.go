package storetest

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"attune/internal/store"
	"attune/internal/vig"
)

// Keep plays a clip and keeps it.
func Keep(t testing.TB, s *store.Store, c store.Clip) store.Clip {
	t.Helper()
	kept := store.ClipKept
	return must[store.Clip](t)(s.ChangeClip(t.Context(), c.ID, 0, store.ClipChange{State: &kept, Played: []vig.Span{c.Span}}))
}

// to returns where a value lies.
func to[T any](v T) *T { return &v }

func testClips(t *testing.T, s *store.Store) {
	ctx := t.Context()
	f := Ready(t, s)
	clips := must[[]store.Clip](t)(s.Clips(ctx, f.ID))
	trimmed := vig.Span{Start: 2 * time.Second, End: 9*time.Second + 1}
	tags := []vig.Principle{vig.ReceivingInitiatives, vig.Guiding}
	c := must[store.Clip](t)(s.ChangeClip(ctx, clips[0].ID, 0, store.ClipChange{
		State: to(store.ClipKept), Span: &trimmed, Tags: &tags, Goal: to("more calm at meals"), Note: to("See how she waits – ♥"),
		Played: []vig.Span{trimmed},
	}))
	want := clips[0]
	want.State, want.Span, want.Version = store.ClipKept, trimmed, 2
	want.Tags, want.Goal, want.Note = tags, "more calm at meals", "See how she waits – ♥"
	got := must[store.Clip](t)(s.Clip(ctx, c.ID))
	if diff := cmp.Diff(want, got) + cmp.Diff(want, c); diff != "" {
		t.Errorf("changed (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(clips[1], must[store.Clip](t)(s.Clip(ctx, clips[1].ID))); diff != "" {
		t.Errorf("its neighbour (-want +got):\n%s", diff)
	}
	for name, bad := range map[string]store.ClipChange{
		"empty":    {Span: &vig.Span{}},
		"early":    {Span: &vig.Span{Start: -1, End: 1}},
		"backward": {Span: &vig.Span{Start: 2, End: 1}},
		"late":     {Span: &vig.Span{Start: 0, End: length + 1}},
		"state":    {State: to(store.ClipState("loved"))},
		"tag":      {Tags: &[]vig.Principle{"being nice"}},
		"tags":     {Tags: &[]vig.Principle{vig.Guiding, vig.Guiding}},
		"note":     {Note: to(strings.Repeat("x", 10_001))},
		"no text":  {Note: to("\xff")},
		"goal":     {Goal: to(strings.Repeat("x", 10_001))},
		"played":   {Played: []vig.Span{{Start: 3, End: 2}}},
	} {
		_, err := s.ChangeClip(ctx, c.ID, 0, bad)
		if vig.CodeOf(err) != vig.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := s.ChangeClip(ctx, "none", 0, store.ClipChange{})
	wants(t, vig.CodeNotFound, err)
	must[store.Clip](t)(s.ChangeClip(ctx, c.ID, 0, store.ClipChange{State: to(store.ClipSetAside)}))
	must[store.Clip](t)(s.ChangeClip(ctx, c.ID, 0, store.ClipChange{
		State: to(store.ClipSuggested), Span: &clips[0].Span, Tags: &[]vig.Principle{}, Goal: to(""), Note: to(""),
	}))
	clips[0].Version = 4
	if diff := cmp.Diff(clips, must[[]store.Clip](t)(s.Clips(ctx, f.ID))); diff != "" {
		t.Errorf("set back (-want +got):\n%s", diff)
	}
}

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
	set := must[store.Clip](t)(s.ChangeClip(ctx, seen.ID, seen.Version, store.ClipChange{State: to(store.ClipSetAside), Span: &longer}))
	if set.Version != 2 || set.State != store.ClipSetAside || set.Span != longer {
		t.Errorf("a clip that was set is %+v", set)
	}
	for _, late := range []error{
		second(s.ChangeClip(ctx, seen.ID, seen.Version, store.ClipChange{Note: to("mine")})),
		third(s.SplitClip(ctx, seen.ID, seen.Version, seen.Span.Start+1, "")),
		second(s.DeleteClip(ctx, seen.ID, seen.Version)),
	} {
		wants(t, vig.CodeConflict, late)
	}
	if diff := cmp.Diff(set, must[store.Clip](t)(s.Clip(ctx, seen.ID))); diff != "" {
		t.Errorf("by who saw an old version (-want +got):\n%s", diff)
	}
	set = must[store.Clip](t)(s.ChangeClip(ctx, seen.ID, 0, store.ClipChange{State: to(store.ClipSuggested)}))
	if set.Version != 3 || set.State != store.ClipSuggested {
		t.Errorf("set whichever version it had, it is %+v", set)
	}
}

func third[T, U any](_ T, _ U, err error) error { return err }

// A clip is kept only after it was played, and one that grows beyond what was
// played has to be kept anew.
func testKeepAfterPlay(t *testing.T, s *store.Store) {
	ctx := t.Context()
	f := Ready(t, s)
	c := must[[]store.Clip](t)(s.Clips(ctx, f.ID))[0] // 0 to 20 s
	keep := func(played ...vig.Span) (store.Clip, error) {
		return s.ChangeClip(ctx, c.ID, 0, store.ClipChange{State: to(store.ClipKept), Played: played})
	}
	sec := func(from, to float64) vig.Span {
		return vig.Span{Start: time.Duration(from * float64(time.Second)), End: time.Duration(to * float64(time.Second))}
	}
	_, err := keep()
	wants(t, vig.CodeConflict, err)
	_, err = keep(sec(0, 8), sec(20, 400)) // what it touches is not of it
	wants(t, vig.CodeConflict, err)
	if now := must[store.Clip](t)(s.Clip(ctx, c.ID)); now.State != store.ClipSuggested || now.Version != 1 {
		t.Errorf("refused, it is %+v", now)
	}
	// What was refused was not told either; and 2 of 20 s may be missing, no more.
	must[store.Review](t)(s.AddPlayed(ctx, f.ID, []vig.Span{sec(0, 8)}))
	_, err = keep(sec(10.1, 20))
	wants(t, vig.CodeConflict, err)
	kept, err := keep(sec(10, 20))
	ok(t, err)
	if kept.State != store.ClipKept {
		t.Errorf("played and kept, it is %+v", kept)
	}
	change := func(change store.ClipChange) store.Clip {
		t.Helper()
		return must[store.Clip](t)(s.ChangeClip(ctx, c.ID, 0, change))
	}
	must[store.Review](t)(s.AddPlayed(ctx, f.ID, []vig.Span{sec(8, 10)}))
	if got := change(store.ClipChange{Span: to(sec(0, 20.1))}); got.State != store.ClipKept {
		t.Errorf("a frame or two longer, it is %+v", got)
	}
	if got := change(store.ClipChange{Span: to(sec(0, 30))}); got.State != store.ClipSuggested {
		t.Errorf("much longer, it is %+v", got)
	}
	_, err = s.ChangeClip(ctx, c.ID, 0, store.ClipChange{State: to(store.ClipKept), Span: to(sec(100, 120))})
	wants(t, vig.CodeConflict, err)
	if got := change(store.ClipChange{State: to(store.ClipKept), Played: []vig.Span{sec(19, 30)}}); got.State != store.ClipKept {
		t.Errorf("played to the end, it is %+v", got)
	}
	// Notes of a kept clip do not ask again what was played.
	if got := change(store.ClipChange{Note: to("x")}); got.State != store.ClipKept {
		t.Errorf("with a note, it is %+v", got)
	}
	// A very short one must have been played by half.
	_, err = s.AddClip(ctx, f.ID, store.NewClip{Span: sec(200, 201), State: store.ClipKept, Played: []vig.Span{sec(200, 200.4)}})
	wants(t, vig.CodeConflict, err)
}

func testAddClip(t *testing.T, s *store.Store) {
	ctx := t.Context()
	f := Ready(t, s)
	suggested := must[[]store.Clip](t)(s.Clips(ctx, f.ID))
	span := vig.Span{Start: 5 * time.Second, End: 12 * time.Second}
	draft := store.NewClip{Request: "r1", Span: span, State: store.ClipKept, Tags: []vig.Principle{vig.BeingAttentive}, Goal: "calm", Note: "n", Played: []vig.Span{span}}
	c := must[store.Clip](t)(s.AddClip(ctx, f.ID, draft))
	want := store.Clip{ID: c.ID, Film: f.ID, Span: span, State: store.ClipKept, ByHand: true, Tags: draft.Tags, Goal: "calm", Note: "n", Version: 1}
	again := must[store.Clip](t)(s.AddClip(ctx, f.ID, draft)) // its answer was lost
	stored := must[store.Clip](t)(s.Clip(ctx, c.ID))
	if diff := cmp.Diff(want, c) + cmp.Diff(want, again) + cmp.Diff(want, stored); diff != "" {
		t.Errorf("added (-want +got):\n%s", diff)
	}
	early := must[store.Clip](t)(s.AddClip(ctx, f.ID, store.NewClip{Span: vig.Span{Start: 1, End: 2}}))
	if diff := cmp.Diff(append(suggested, early, c), must[[]store.Clip](t)(s.Clips(ctx, f.ID))); diff != "" {
		t.Errorf("the list (-want +got):\n%s", diff)
	}
	for code, bad := range map[vig.Code]store.NewClip{
		vig.CodeConflict: {Span: vig.Span{Start: time.Minute, End: 2 * time.Minute}, State: store.ClipKept},
		vig.CodeInvalid:  {Span: vig.Span{Start: 0, End: length + 1}},
	} {
		_, err := s.AddClip(ctx, f.ID, bad)
		wants(t, code, err)
	}
	// The request of one film is not that of another.
	other := Ready(t, s)
	if made := must[store.Clip](t)(s.AddClip(ctx, other.ID, draft)); made.ID == c.ID || made.Film != other.ID {
		t.Errorf("in another film it is %+v", made)
	}
	_, err := s.AddClip(ctx, Queued(t, s).ID, draft)
	wants(t, vig.CodeConflict, err)
	_, err = s.AddClip(ctx, "none", draft)
	wants(t, vig.CodeNotFound, err)
}

func testSplitClip(t *testing.T, s *store.Store) {
	ctx := t.Context()
	f := Ready(t, s)
	whole := must[[]store.Clip](t)(s.Clips(ctx, f.ID))[0]
	Keep(t, s, whole)
	whole = must[store.Clip](t)(s.ChangeClip(ctx, whole.ID, 0, store.ClipChange{
		Tags: &[]vig.Principle{vig.BeingAttentive}, Goal: to("calm"), Note: to("n"),
	}))
	at := 8 * time.Second
	for _, edge := range []time.Duration{whole.Span.Start, whole.Span.End, -1, length} {
		wants(t, vig.CodeInvalid, third(s.SplitClip(ctx, whole.ID, 0, edge, "")))
	}
	first, rest, err := s.SplitClip(ctx, whole.ID, whole.Version, at, "r1")
	ok(t, err)
	wantFirst, wantRest := whole, whole
	wantFirst.Span.End, wantFirst.Version = at, whole.Version+1
	wantRest.ID, wantRest.Span.Start, wantRest.ByHand, wantRest.Note, wantRest.Version = rest.ID, at, true, "", 1
	if diff := cmp.Diff(wantFirst, first) + cmp.Diff(wantRest, rest); diff != "" {
		t.Errorf("split (-want +got):\n%s", diff)
	}
	againFirst, againRest, err := s.SplitClip(ctx, whole.ID, whole.Version, at, "r1") // its answer was lost
	ok(t, err)
	if diff := cmp.Diff(first, againFirst) + cmp.Diff(rest, againRest); diff != "" {
		t.Errorf("split once more (-want +got):\n%s", diff)
	}
	all := must[[]store.Clip](t)(s.Clips(ctx, f.ID))
	if len(all) != 3 || all[0].ID != first.ID || all[1].ID != rest.ID {
		t.Errorf("the list is %+v", all)
	}
	if diff := cmp.Diff([]store.Clip{first, rest}, store.InReel(all)); diff != "" {
		t.Errorf("in the reel (-want +got):\n%s", diff)
	}
	// Undone, it is as it was.
	must[store.Clip](t)(s.DeleteClip(ctx, rest.ID, rest.Version))
	must[store.Clip](t)(s.ChangeClip(ctx, whole.ID, first.Version, store.ClipChange{Span: &whole.Span, State: &whole.State}))
	whole.Version += 2
	if diff := cmp.Diff([]store.Clip{whole}, must[[]store.Clip](t)(s.Clips(ctx, f.ID))[:1]); diff != "" {
		t.Errorf("undone (-want +got):\n%s", diff)
	}
}

func testDeleteClip(t *testing.T, s *store.Store) {
	ctx := t.Context()
	f := Ready(t, s)
	suggested := must[[]store.Clip](t)(s.Clips(ctx, f.ID))
	_, err := s.DeleteClip(ctx, suggested[0].ID, 0)
	wants(t, vig.CodeConflict, err)
	span := vig.Span{Start: 5 * time.Second, End: 12 * time.Second}
	c := must[store.Clip](t)(s.AddClip(ctx, f.ID, store.NewClip{Span: span, State: store.ClipKept, Note: "n", Played: []vig.Span{span}}))
	gone := must[store.Clip](t)(s.DeleteClip(ctx, c.ID, c.Version))
	if gone.Deleted.IsZero() || gone.Version != 2 {
		t.Errorf("deleted, it is %+v", gone)
	}
	if diff := cmp.Diff(gone, must[store.Clip](t)(s.DeleteClip(ctx, c.ID, 0))); diff != "" {
		t.Errorf("deleted twice (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(gone, must[store.Clip](t)(s.Clip(ctx, c.ID))); diff != "" {
		t.Errorf("found (-want +got):\n%s", diff)
	}
	left := must[[]store.Clip](t)(s.Clips(ctx, f.ID))
	if diff := cmp.Diff(suggested, left); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
	if reel := store.InReel([]store.Clip{gone}); len(reel) != 0 {
		t.Errorf("the reel has %+v", reel)
	}
	_, err = s.ChangeClip(ctx, c.ID, 0, store.ClipChange{Note: to("x")})
	wants(t, vig.CodeConflict, err)
	wants(t, vig.CodeConflict, third(s.SplitClip(ctx, c.ID, 0, 8*time.Second, "")))
	_, err = s.RestoreClip(ctx, c.ID, 1)
	wants(t, vig.CodeConflict, err)
	back := must[store.Clip](t)(s.RestoreClip(ctx, c.ID, gone.Version))
	c.Version = 3
	if diff := cmp.Diff(c, back); diff != "" {
		t.Errorf("restored (-want +got):\n%s", diff)
	}
}

func testOrderClips(t *testing.T, s *store.Store) {
	ctx := t.Context()
	f := Ready(t, s)
	var ids []store.ClipID
	for _, start := range []time.Duration{30, 10, 20} {
		span := vig.Span{Start: start * time.Second, End: (start + 5) * time.Second}
		ids = append(ids, must[store.Clip](t)(s.AddClip(ctx, f.ID, store.NewClip{Span: span, State: store.ClipKept, Played: []vig.Span{span}})).ID)
	}
	c30, c10, c20 := ids[0], ids[1], ids[2]
	reel := func() (in []store.ClipID) {
		for _, c := range store.InReel(must[[]store.Clip](t)(s.Clips(ctx, f.ID))) {
			in = append(in, c.ID)
		}
		return in
	}
	is := func(what string, want ...store.ClipID) {
		t.Helper()
		if diff := cmp.Diff(want, reel()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	is("at first it is in the order of the film", c10, c20, c30)
	r := must[store.Review](t)(s.OrderClips(ctx, f.ID, 1, []store.ClipID{c20, c30, c10}))
	if r.OrderVersion != 2 || len(r.Played) != 3 {
		t.Errorf("put in order, the review is %+v", r)
	}
	is("in order", c20, c30, c10)
	for _, wrong := range [][]store.ClipID{nil, {c20, c30}, {c20, c30, c30}, {c20, c30, "none"}, {c20, c30, c10, c10}} {
		_, err := s.OrderClips(ctx, f.ID, 0, wrong)
		wants(t, vig.CodeConflict, err)
	}
	_, err := s.OrderClips(ctx, f.ID, 1, []store.ClipID{c10, c20, c30})
	wants(t, vig.CodeConflict, err)
	is("as it was", c20, c30, c10)

	// Set aside by mistake and kept again it has its place; a new one is the last.
	must[store.Clip](t)(s.ChangeClip(ctx, c20, 0, store.ClipChange{State: to(store.ClipSetAside)}))
	is("without one", c30, c10)
	must[store.Clip](t)(s.ChangeClip(ctx, c20, 0, store.ClipChange{State: to(store.ClipKept)}))
	is("with it again", c20, c30, c10)
	span := vig.Span{Start: time.Second, End: 4 * time.Second}
	early := must[store.Clip](t)(s.AddClip(ctx, f.ID, store.NewClip{Span: span, State: store.ClipKept, Played: []vig.Span{span}})).ID
	is("with a new one", c20, c30, c10, early)
	must[store.Clip](t)(s.ChangeClip(ctx, c20, 0, store.ClipChange{State: to(store.ClipSetAside)}))
	must[store.Review](t)(s.OrderClips(ctx, f.ID, 2, []store.ClipID{early, c10, c30}))
	must[store.Clip](t)(s.ChangeClip(ctx, c20, 0, store.ClipChange{State: to(store.ClipKept)}))
	is("kept again after the others were put in order", early, c10, c30, c20)
	_, err = s.OrderClips(ctx, "none", 0, nil)
	wants(t, vig.CodeNotFound, err)
}

func testReviewOfFilm(t *testing.T, s *store.Store) {
	ctx := t.Context()
	f := Ready(t, s)
	r := must[store.Review](t)(s.Review(ctx, f.ID))
	if diff := cmp.Diff(store.Review{Film: f.ID, Played: []vig.Span{}, OrderVersion: 1}, r); diff != "" {
		t.Errorf("at first (-want +got):\n%s", diff)
	}
	add := func(spans ...vig.Span) {
		t.Helper()
		r = must[store.Review](t)(s.AddPlayed(ctx, f.ID, spans))
	}
	add(vig.Span{Start: 10, End: 20}, vig.Span{Start: 30, End: 40})
	add(vig.Span{Start: 35, End: 50}, vig.Span{Start: 20, End: 22}, vig.Span{Start: 1, End: 2})
	add(vig.Span{Start: length - 1, End: length + time.Second}) // a player's end
	add()
	want := []vig.Span{{Start: 1, End: 2}, {Start: 10, End: 22}, {Start: 30, End: 50}, {Start: length - 1, End: length}}
	if diff := cmp.Diff(want, r.Played) + cmp.Diff(r, must[store.Review](t)(s.Review(ctx, f.ID))); diff != "" {
		t.Errorf("played (-want +got):\n%s", diff)
	}
	_, err := s.AddPlayed(ctx, f.ID, []vig.Span{{Start: -1, End: 2}})
	wants(t, vig.CodeInvalid, err)
	_, err = s.AddPlayed(ctx, f.ID, make([]vig.Span, 101))
	wants(t, vig.CodeInvalid, err)
	_, err = s.AddPlayed(ctx, Queued(t, s).ID, want)
	wants(t, vig.CodeConflict, err)
	ok(t, s.ForgetFilm(ctx, f.ID))
	if r = must[store.Review](t)(s.Review(ctx, f.ID)); len(r.Played) != 0 {
		t.Errorf("of a forgotten film %+v is known", r)
	}
}
