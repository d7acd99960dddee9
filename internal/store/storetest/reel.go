package storetest

import (
	"slices"
	"strings"
	"sync"
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
	r := Reel(t, s, f.ID, spans...)
	if diff := cmp.Diff(r, must[store.Reel](t)(s.Reel(ctx, r.ID))); diff != "" {
		t.Errorf("what was made and what is read (-made +read):\n%s", diff)
	}
	if r.State != store.RenderQueued || r.Draft || r.Version != 1 || r.Run != 1 || r.Film != f.ID || r.Duration != 13*time.Second+1 || !slices.Equal(r.Spans, spans) {
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

	for _, early := range []store.Film{Uploading(t, s), Queued(t, s), Analysing(t, s, "w")} {
		_, err := s.CreateReel(ctx, early.ID, store.ReelPlan{Clips: make([]store.Clip, 1)})
		wants(t, vig.CodeConflict, err)
	}
	ok(t, s.ConfirmFilm(ctx, f.ID))
	r = Reel(t, s, f.ID)
	ok(t, s.ForgetFilm(ctx, f.ID)) // with a reel in the queue
	_, err = s.BeginReel(ctx, r.ID, 1, "w1")
	wants(t, vig.CodeNotFound, err)
	_, err = s.CreateReel(ctx, f.ID, store.ReelPlan{Clips: make([]store.Clip, 1)})
	wants(t, vig.CodeConflict, err)
}

// A version of a reel is bound to what it shows, and is confirmed only while
// that is what is kept.
func testReelVersions(t *testing.T, s *store.Store) {
	ctx := t.Context()
	f := Ready(t, s)
	me := Guider(t, s).ID
	spans := []vig.Span{{Start: 2*time.Second + 1, End: 9 * time.Second}, {Start: 70 * time.Second, End: 75 * time.Second}}
	kept := KeepSpans(t, s, f.ID, spans...)
	card := vig.TitleCard{Text: "Playing together", Length: 4 * time.Second}
	one := must[store.Reel](t)(s.CreateReel(ctx, f.ID, store.ReelPlan{By: me, Clips: kept, Card: card}))
	want := &store.Manifest{
		Format: "attune.reel/2", Reel: one.ID, Version: 1,
		Film: store.ManifestFilm{ID: f.ID, SHA256: f.SHA256, Duration: store.Seconds(f.Duration)},
		Clips: []store.ManifestClip{
			{Clip: kept[0].ID, Version: kept[0].Version, Moment: "m1", Start: store.Seconds(spans[0].Start), End: store.Seconds(spans[0].End)},
			{Clip: kept[1].ID, Version: kept[1].Version, Moment: "m2", Start: store.Seconds(spans[1].Start), End: store.Seconds(spans[1].End)},
		},
		MadeBy: me, Made: one.Created,
		Settings: store.ManifestSettings{Quality: "original", TitleCard: &store.ManifestCard{Text: card.Text, Length: store.Seconds(card.Length)}},
	}
	if diff := cmp.Diff(want, must[store.Reel](t)(s.Reel(ctx, one.ID)).Manifest); diff != "" {
		t.Errorf("the manifest (-want +got):\n%s", diff)
	}
	if one.Duration != spans[0].Length()+spans[1].Length()+card.Length || one.Card != card {
		t.Errorf("a reel with a card is %+v", one)
	}

	for name, bad := range map[string]store.ReelPlan{
		"nothing": {}, "too many": {Clips: make([]store.Clip, 101)},
		"a card without a title": {Clips: kept, Card: vig.TitleCard{Length: time.Second}},
		"a title without a card": {Clips: kept, Card: vig.TitleCard{Text: "a"}},
		"a card for ever":        {Clips: kept, Card: vig.TitleCard{Text: "a", Length: time.Hour}},
		"a title without end":    {Clips: kept, Card: vig.TitleCard{Text: strings.Repeat("a", 201), Length: time.Second}},
	} {
		if _, err := s.CreateReel(ctx, f.ID, bad); vig.CodeOf(err) != vig.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := s.CreateReel(ctx, Ready(t, s).ID, store.ReelPlan{Clips: kept}) // of another film
	wants(t, vig.CodeConflict, err)
	stale := slices.Clone(kept)
	stale[1].Version--
	_, err = s.CreateReel(ctx, f.ID, store.ReelPlan{Clips: stale})
	wants(t, vig.CodeConflict, err)

	_, err = s.ConfirmReel(ctx, one.ID, me) // nobody can have seen it
	wants(t, vig.CodeConflict, err)
	_, err = s.AddReelPlayed(ctx, one.ID, []vig.Span{{End: time.Second}})
	wants(t, vig.CodeConflict, err)
	finish(t, s, one.ID)
	_, err = s.ConfirmReel(ctx, one.ID, me) // nobody has played it
	wants(t, vig.CodeConflict, err)
	for _, part := range []vig.Span{{Start: 6 * time.Second, End: time.Minute}, {End: 5 * time.Second}} {
		played := must[store.Reel](t)(s.AddReelPlayed(ctx, one.ID, []vig.Span{part}))
		if part.Start > 0 {
			_, err = s.ConfirmReel(ctx, one.ID, me) // not to its end, or not from its beginning
			wants(t, vig.CodeConflict, err)
		} else if want := []vig.Span{{End: 5 * time.Second}, {Start: 6 * time.Second, End: finished}}; !slices.Equal(played.Played, want) {
			t.Errorf("played %v, want %v", played.Played, want)
		}
	}
	confirmed := must[store.Reel](t)(s.ConfirmReel(ctx, one.ID, me))
	if confirmed.ConfirmedBy != me || confirmed.Confirmed.IsZero() || film(t, s, f.ID).State != store.FilmConfirmed {
		t.Errorf("confirmed, it is %+v", confirmed)
	}
	if diff := cmp.Diff(confirmed, must[store.Reel](t)(s.ConfirmReel(ctx, one.ID, "another"))); diff != "" {
		t.Errorf("a second time (-first +second):\n%s", diff)
	}
	if diff := cmp.Diff(confirmed, must[store.Reel](t)(s.Reel(ctx, one.ID))); diff != "" {
		t.Errorf("read again (-confirmed +read):\n%s", diff)
	}

	// What is changed after that asks for a new version, and the old one stays.
	trimmed := vig.Span{Start: spans[0].Start, End: spans[0].End - time.Second}
	kept[0] = KeepSpans(t, s, f.ID, trimmed)[0]
	if got := confirmed.Manifest.Changes(must[[]store.Clip](t)(s.KeptClips(ctx, f.ID))); got != (store.ReelChanges{Trimmed: 1}) {
		t.Errorf("after a trim the changes are %+v", got)
	}
	two := must[store.Reel](t)(s.CreateReel(ctx, f.ID, store.ReelPlan{By: me, Clips: kept[:1]}))
	finish(t, s, two.ID)
	watch(t, s, two.ID)
	_, err = s.ConfirmReel(ctx, two.ID, me) // less than what is kept
	wants(t, vig.CodeConflict, err)
	three := must[store.Reel](t)(s.CreateReel(ctx, f.ID, store.ReelPlan{By: me, Clips: kept}))
	if two.Version != 2 || three.Version != 3 {
		t.Errorf("the next versions are %d and %d", two.Version, three.Version)
	}
	finish(t, s, three.ID)
	watch(t, s, three.ID)
	must[store.Reel](t)(s.ConfirmReel(ctx, three.ID, me))
	setAside := store.ClipSetAside
	must[store.Clip](t)(s.ChangeClip(ctx, kept[1].ID, 0, store.ClipChange{State: &setAside}))
	if got := three.Manifest.Changes(must[[]store.Clip](t)(s.KeptClips(ctx, f.ID))); got != (store.ReelChanges{Dropped: 1}) {
		t.Errorf("after one was set aside the changes are %+v", got)
	}
	if again := must[store.Reel](t)(s.Reel(ctx, one.ID)); again.Confirmed != confirmed.Confirmed {
		t.Errorf("the first version became %+v", again)
	}
	draft := must[[]store.Reel](t)(s.Reels(ctx, f.ID))[0]
	_, err = s.ConfirmReel(ctx, draft.ID, me)
	wants(t, vig.CodeConflict, err)
}

// However often a reel is asked for at once, while it is in the making it is one
// version.
func testReelAgain(t *testing.T, s *store.Store) {
	ctx := t.Context()
	f := Ready(t, s)
	plan := store.ReelPlan{By: "somebody", Clips: KeepSpans(t, s, f.ID, vig.Span{End: 9 * time.Second}, vig.Span{Start: time.Minute, End: 65 * time.Second})}
	var asking sync.WaitGroup
	for range 8 {
		asking.Go(func() {
			if r, err := s.CreateReel(ctx, f.ID, plan); err != nil || r.Version != 1 || r.Run != 1 {
				t.Errorf("asked again, it is version %d: %v", r.Version, err)
			}
		})
	}
	asking.Wait()
	next := func(want int, plan store.ReelPlan) {
		t.Helper()
		if r := must[store.Reel](t)(s.CreateReel(ctx, f.ID, plan)); r.Version != want {
			t.Errorf("it is version %d, want %d", r.Version, want)
		}
	}
	titled := plan
	titled.Card = vig.TitleCard{Text: "Tea", Length: time.Second}
	next(2, titled)
	next(2, titled)
	next(3, store.ReelPlan{By: "somebody", Clips: plan.Clips[1:]})
	next(4, store.ReelPlan{By: "somebody", Clips: []store.Clip{plan.Clips[1], plan.Clips[0]}})
	note := "He waits."
	plan.Clips[0] = must[store.Clip](t)(s.ChangeClip(ctx, plan.Clips[0].ID, 0, store.ClipChange{Note: &note}))
	next(5, plan)
	reels := must[[]store.Reel](t)(s.Reels(ctx, f.ID))
	if len(reels) != 6 || reels[5].Manifest != nil || reels[5].Version != 5 { // the draft is the first
		t.Errorf("there are %+v", reels)
	}
	finish(t, s, reels[len(reels)-1].ID)
	next(6, plan) // what is made is not in the making
}

// A version keeps what was written of its clips when it was asked for.
func testReelTexts(t *testing.T, s *store.Store) {
	ctx := t.Context()
	f := Ready(t, s)
	kept := KeepSpans(t, s, f.ID, vig.Span{End: 9 * time.Second})
	tags, goal, note := []vig.Principle{vig.Principles[0]}, "bedtime", "He waits."
	kept[0] = must[store.Clip](t)(s.ChangeClip(ctx, kept[0].ID, 0, store.ClipChange{Tags: &tags, Goal: &goal, Note: &note}))
	r := must[store.Reel](t)(s.CreateReel(ctx, f.ID, store.ReelPlan{By: "somebody", Clips: kept}))
	since := func() store.ReelChanges {
		return must[store.Reel](t)(s.Reel(ctx, r.ID)).Manifest.Changes(must[[]store.Clip](t)(s.KeptClips(ctx, f.ID)))
	}
	if got := since(); got != (store.ReelChanges{}) {
		t.Errorf("with nothing changed: %+v", got)
	}
	other := "She waits."
	must[store.Clip](t)(s.ChangeClip(ctx, kept[0].ID, 0, store.ClipChange{Note: &other}))
	if got := since(); got != (store.ReelChanges{Noted: 1}) || got.Any() {
		t.Errorf("with another note: %+v", got)
	}
	old := *must[store.Reel](t)(s.Reel(ctx, r.ID)).Manifest
	old.Format = "attune.reel/1" // had no texts
	old.Clips[0].Note = ""
	if got := old.Changes(must[[]store.Clip](t)(s.KeptClips(ctx, f.ID))); got != (store.ReelChanges{}) || old.HasTexts() {
		t.Errorf("of the first format: %+v", got)
	}
	bound := must[store.Reel](t)(s.Reel(ctx, r.ID)).Manifest.Clips[0]
	if bound.Note != note || bound.Goal != goal || !slices.Equal(bound.Tags, tags) {
		t.Errorf("the manifest became %+v", bound)
	}
}

// finish makes a reel ready.
func finish(t *testing.T, s *store.Store, id store.ReelID) {
	t.Helper()
	attempt := must[string](t)(s.BeginReel(t.Context(), id, 1, "w1"))
	ok(t, s.PublishReel(t.Context(), id, attempt, "reels/"+string(id)+".mp4", finished))
}

// finished is how long a reel is that finish made ready.
const finished = 12 * time.Second

func watch(t *testing.T, s *store.Store, id store.ReelID) {
	t.Helper()
	must[store.Reel](t)(s.AddReelPlayed(t.Context(), id, []vig.Span{{End: finished}}))
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
