package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"attune/internal/store"
)

// day is a day of a spring.
func day(n int) time.Time { return time.Date(2026, 3, n, 0, 0, 0, 0, time.UTC) }

func testStandings(t *testing.T, s *store.Store) {
	ctx := t.Context()
	guider := Guider(t, s).ID
	old := Cycle(t, s, guider)
	Cycle(t, s, Guider(t, s).ID) // of another
	if all := must[[]store.Standing](t)(s.Standings(ctx, Guider(t, s).ID)); len(all) != 0 {
		t.Errorf("who has no case has %+v", all)
	}

	// What counts is the latest cycle, however many films are in which state.
	before := must[store.Film](t)(s.CreateFilm(ctx, store.FilmDraft{Cycle: old.ID, Name: "x.mp4"}))
	ok(t, s.RefuseFilm(ctx, before.ID, "no film"))
	latest := must[store.Cycle](t)(s.CreateCycle(ctx, old.Case, "wait"))
	latest = must[store.Cycle](t)(s.SetCycle(ctx, latest.ID, 0, store.CycleChange{FilmedOn: new(day(3)), ReviewOn: new(day(9)), Words: new("É so.")}))
	for range 3 {
		must[store.Film](t)(s.CreateFilm(ctx, store.FilmDraft{Cycle: latest.ID, Name: "x.mp4"}))
	}
	queued := must[store.Film](t)(s.CreateFilm(ctx, store.FilmDraft{Cycle: latest.ID, Name: "x.mp4"}))
	ok(t, s.ReceiveFilm(ctx, queued.ID, Hash("x"), 1, 0))
	over := Cycle(t, s, guider)
	over = must[store.Cycle](t)(s.SetCycle(ctx, over.ID, 0, store.CycleChange{Done: new(true)}))
	must[store.Case](t)(s.SetCase(ctx, over.Case, 0, store.CaseChange{Archived: new(true)}))

	got := must[[]store.Standing](t)(s.Standings(ctx, guider))
	codes := must[map[store.CaseID]store.Case](t)(s.CasesOf(ctx, []store.CaseID{old.Case, over.Case, "none"}))
	if len(codes) != 2 || codes[old.Case] != must[store.Case](t)(s.Case(ctx, old.Case)) {
		t.Errorf("the cases are %+v", codes)
	}
	latest.Goal, latest.Words = "", "É"
	want := []store.Standing{
		{Case: over.Case, Code: codes[over.Case].Code, Archived: true, Cycle: over},
		{Case: old.Case, Code: codes[old.Case].Code, Cycle: latest, Films: []store.FilmState{store.FilmQueued, store.FilmUploading}},
	}
	for i := range got {
		slices.Sort(got[i].Films)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("they stand (-want +got):\n%s", diff)
	}

	numbers := must[map[store.CaseID]int](t)(s.LatestCycles(ctx, []store.CaseID{old.Case, over.Case, "none"}))
	if diff := cmp.Diff(map[store.CaseID]int{old.Case: 2, over.Case: 1}, numbers); diff != "" {
		t.Errorf("the latest cycles (-want +got):\n%s", diff)
	}
	if none := must[map[store.CaseID]store.Case](t)(s.CasesOf(ctx, nil)); len(none) != 0 {
		t.Errorf("of none there are %+v", none)
	}
	if none := must[map[store.CaseID]int](t)(s.LatestCycles(ctx, nil)); len(none) != 0 {
		t.Errorf("of none there are %+v", none)
	}
}

func testNewestFilms(t *testing.T, s *store.Store) {
	ctx := t.Context()
	guider := Guider(t, s).ID
	one, two, other := Cycle(t, s, guider), Cycle(t, s, guider), Cycle(t, s, guider)
	film := func(in store.Cycle, receive bool) store.FilmID {
		f := must[store.Film](t)(s.CreateFilm(ctx, store.FilmDraft{Cycle: in.ID, Name: "x.mp4"}))
		if receive {
			ok(t, s.ReceiveFilm(ctx, f.ID, Hash("x"), 1, 0))
		}
		return f.ID
	}
	film(one, true)
	queued := film(one, true)
	film(one, false)
	uploading := film(one, false)
	inTwo := film(two, true)
	film(other, true)
	var got []store.FilmID
	for _, f := range must[[]store.Film](t)(s.NewestFilms(ctx, []store.CycleID{one.ID, two.ID})) {
		got = append(got, f.ID)
	}
	if diff := cmp.Diff([]store.FilmID{inTwo, uploading, queued}, got); diff != "" {
		t.Errorf("the newest (-want +got):\n%s", diff)
	}
	if none := must[[]store.Film](t)(s.NewestFilms(ctx, nil)); len(none) != 0 {
		t.Errorf("of none there are %+v", none)
	}
}

// Clips of several films at once are those of each.
func testClipsOfFilms(t *testing.T, s *store.Store) {
	ctx := t.Context()
	one, two := Ready(t, s), Ready(t, s)
	Ready(t, s) // which is not asked for
	clips := must[[]store.Clip](t)(s.Clips(ctx, one.ID))
	Keep(t, s, clips[0])
	added := must[store.Clip](t)(s.AddClip(ctx, one.ID, store.NewClip{Span: clips[0].Span}))
	Keep(t, s, added)
	must[store.Clip](t)(s.DeleteClip(ctx, added.ID, 0))
	got := must[map[store.FilmID]store.ClipCount](t)(s.ClipCounts(ctx, []store.FilmID{one.ID, two.ID, "none"}))
	want := map[store.FilmID]store.ClipCount{
		one.ID: {All: len(clips), Kept: 1},
		two.ID: {All: len(must[[]store.Clip](t)(s.Clips(ctx, two.ID)))},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("they are counted as (-want +got):\n%s", diff)
	}
	if none := must[map[store.FilmID]store.ClipCount](t)(s.ClipCounts(ctx, nil)); len(none) != 0 {
		t.Errorf("of none there are %+v", none)
	}

	listed := must[map[store.FilmID][]store.Clip](t)(s.ClipsOf(ctx, []store.FilmID{one.ID, two.ID, "none"}))
	all := map[store.FilmID][]store.Clip{
		one.ID: must[[]store.Clip](t)(s.Clips(ctx, one.ID)),
		two.ID: must[[]store.Clip](t)(s.Clips(ctx, two.ID)),
	}
	if diff := cmp.Diff(all, listed); diff != "" {
		t.Errorf("the clips (-want +got):\n%s", diff)
	}
	if none := must[map[store.FilmID][]store.Clip](t)(s.ClipsOf(ctx, nil)); len(none) != 0 {
		t.Errorf("of none there are %+v", none)
	}
}
