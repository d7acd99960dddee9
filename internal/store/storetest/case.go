package storetest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"attune/internal/store"
	"attune/internal/vig"
)

func testCases(t *testing.T, s *store.Store) {
	ctx := t.Context()
	a, b := Guider(t, s), Guider(t, s)
	c := must[store.Case](t)(s.CreateCase(ctx, store.CaseDraft{Guider: a.ID, Code: "K-7", Goals: "More eye contact\nat meals"}))
	same := must[store.Case](t)(s.CreateCase(ctx, store.CaseDraft{Guider: b.ID, Code: "K-7"})) // of another guider
	_, err := s.CreateCase(ctx, store.CaseDraft{Guider: a.ID, Code: "K-7"})
	wants(t, vig.CodeConflict, err)
	_, err = s.CreateCase(ctx, store.CaseDraft{Guider: "nobody", Code: "K-8"})
	wants(t, vig.CodeNotFound, err)
	for _, bad := range []store.CaseDraft{
		{Guider: a.ID}, {Guider: a.ID, Code: "x\x00"}, {Guider: a.ID, Code: "x", Goals: "\xc3"},
		{Guider: a.ID, Code: "x", Goals: strings.Repeat("x", 10_001)},
	} {
		_, err := s.CreateCase(ctx, bad)
		wants(t, vig.CodeInvalid, err)
	}
	if got := must[store.Case](t)(s.Case(ctx, c.ID)); got != c {
		t.Errorf("got %+v, want %+v", got, c)
	}
	if got := must[store.Case](t)(s.CaseByCode(ctx, b.ID, "K-7")); got != same {
		t.Errorf("got %+v, want %+v", got, same)
	}
	_, err = s.CaseByCode(ctx, b.ID, "K-8")
	wants(t, vig.CodeNotFound, err)
	_, err = s.Case(ctx, "none")
	wants(t, vig.CodeNotFound, err)
	_, err = s.Cases(ctx, "", store.Page{}) // and not everybody's
	wants(t, vig.CodeInvalid, err)
	if diff := cmp.Diff([]store.Case{c}, must[[]store.Case](t)(s.Cases(ctx, a.ID, store.Page{}))); diff != "" {
		t.Errorf("the guider's cases (-want +got):\n%s", diff)
	}
}

func testSetCase(t *testing.T, s *store.Store) {
	ctx := t.Context()
	a := Guider(t, s)
	c := must[store.Case](t)(s.CreateCase(ctx, store.CaseDraft{Guider: a.ID, Code: "K-7", Goals: "meals"}))
	other := must[store.Case](t)(s.CreateCase(ctx, store.CaseDraft{Guider: a.ID, Code: "K-8"}))

	got := must[store.Case](t)(s.SetCase(ctx, c.ID, 1, store.CaseChange{Goals: new("meals, and bed")}))
	want := c
	want.Goals, want.Version = "meals, and bed", 2
	if got != want || must[store.Case](t)(s.Case(ctx, c.ID)) != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	_, err := s.SetCase(ctx, c.ID, 1, store.CaseChange{Goals: new("of another tab")})
	wants(t, vig.CodeConflict, err)
	_, err = s.SetCase(ctx, c.ID, 0, store.CaseChange{Code: new("K-8")})
	wants(t, vig.CodeConflict, err)
	for _, bad := range []store.CaseChange{{Code: new(" ")}, {Goals: new(strings.Repeat("x", 10_001))}, {Goals: new("\x00")}} {
		_, err := s.SetCase(ctx, other.ID, 0, bad)
		wants(t, vig.CodeInvalid, err)
	}
	_, err = s.SetCase(ctx, "none", 0, store.CaseChange{})
	wants(t, vig.CodeNotFound, err)

	archived := must[store.Case](t)(s.SetCase(ctx, c.ID, 0, store.CaseChange{Archived: new(true)}))
	again := must[store.Case](t)(s.SetCase(ctx, c.ID, 0, store.CaseChange{Archived: new(true)}))
	if archived.Archived.IsZero() || again.Archived != archived.Archived {
		t.Errorf("archived at %v, and at %v", archived.Archived, again.Archived)
	}
	if back := must[store.Case](t)(s.SetCase(ctx, c.ID, 0, store.CaseChange{Archived: new(false)})); !back.Archived.IsZero() || back.Goals != want.Goals {
		t.Errorf("it came back as %+v", back)
	}
	if got := must[store.Case](t)(s.Case(ctx, other.ID)); got != other {
		t.Errorf("the other case became %+v", got)
	}
}

func testSetCycle(t *testing.T, s *store.Store) {
	ctx := t.Context()
	guider := Guider(t, s).ID
	c := Cycle(t, s, guider)
	second := must[store.Cycle](t)(s.CreateCycle(ctx, c.Case, ""))

	noon := time.Date(2026, 3, 29, 12, 0, 0, 0, time.FixedZone("", 3600))
	want := c
	want.Goal, want.FilmedOn, want.Version = "wait", time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC), 2
	if got := must[store.Cycle](t)(s.SetCycle(ctx, c.ID, 1, store.CycleChange{Goal: new("wait"), FilmedOn: &noon})); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	_, err := s.SetCycle(ctx, c.ID, 1, store.CycleChange{Words: new("of another tab")})
	wants(t, vig.CodeConflict, err)
	want.FilmedOn, want.ReviewOn, want.Words, want.Version = time.Time{}, want.FilmedOn, "I did not know that I wait.", 3
	got := must[store.Cycle](t)(s.SetCycle(ctx, c.ID, 2, store.CycleChange{FilmedOn: &time.Time{}, ReviewOn: &noon, Words: &want.Words, Done: new(true)}))
	if got.Done.IsZero() {
		t.Error("it is not done")
	}
	want.Done = got.Done
	if diff := cmp.Diff([]store.Cycle{want, second}, must[[]store.Cycle](t)(s.Cycles(ctx, c.Case))); diff != "" {
		t.Errorf("the case's cycles (-want +got):\n%s", diff)
	}
	if got := must[store.Cycle](t)(s.SetCycle(ctx, c.ID, 0, store.CycleChange{Done: new(false)})); !got.Done.IsZero() || got.Words != want.Words {
		t.Errorf("it goes on as %+v", got)
	}
	late := time.Date(20226, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, bad := range []store.CycleChange{
		{Goal: new(strings.Repeat("x", 10_001))}, {Words: new(strings.Repeat("x", 10_001))}, {FilmedOn: &late}, {ReviewOn: &late},
	} {
		_, err := s.SetCycle(ctx, c.ID, 0, bad)
		wants(t, vig.CodeInvalid, err)
	}
	_, err = s.SetCycle(ctx, "none", 0, store.CycleChange{})
	wants(t, vig.CodeNotFound, err)
}

func testCycles(t *testing.T, s *store.Store) {
	ctx := t.Context()
	first := Cycle(t, s, Guider(t, s).ID)
	if first.Number != 1 || first.ID == "" || first.Created.IsZero() {
		t.Errorf("a case begins with %+v", first)
	}
	// Two at once get two numbers.
	const more = 8
	together(t, more, func(int) error {
		_, err := s.CreateCycle(ctx, first.Case, "wait, and see")
		return err
	})
	cycles := must[[]store.Cycle](t)(s.Cycles(ctx, first.Case))
	for i, c := range cycles {
		if c.Number != i+1 || c.Case != first.Case {
			t.Errorf("cycle %d is %+v", i+1, c)
		}
	}
	if len(cycles) != 1+more || cycles[0] != first || cycles[1].Goal != "wait, and see" {
		t.Errorf("the cycles are %+v", cycles)
	}
	if got := must[store.Cycle](t)(s.Cycle(ctx, cycles[3].ID)); got != cycles[3] {
		t.Errorf("got %+v, want %+v", got, cycles[3])
	}
	_, err := s.Cycle(ctx, "none")
	wants(t, vig.CodeNotFound, err)
	_, err = s.CreateCycle(ctx, "none", "")
	wants(t, vig.CodeNotFound, err)
	_, err = s.CreateCycle(ctx, first.Case, "\x00")
	wants(t, vig.CodeInvalid, err)
}

// Long lists come in pages, which neither repeat nor leave out.
func testPages(t *testing.T, s *store.Store) {
	ctx := t.Context()
	guider := Guider(t, s).ID
	cycle := Cycle(t, s, guider)
	second := must[store.Cycle](t)(s.CreateCycle(ctx, cycle.Case, ""))
	var all []store.FilmID
	for i := range 23 {
		in := cycle.ID
		if i%2 == 1 {
			in = second.ID
		}
		f := must[store.Film](t)(s.CreateFilm(ctx, store.FilmDraft{Cycle: in, Name: "x.mp4"}))
		all = append(all, f.ID)
	}
	slices.Reverse(all) // the newest first
	ok(t, s.ReceiveFilm(ctx, all[0], Hash("x"), 1, 0))
	Uploading(t, s) // of another guider

	list := func(q store.FilmQuery) []store.FilmID {
		var got []store.FilmID
		for {
			page := must[[]store.Film](t)(s.Films(ctx, q))
			if len(page) == 0 {
				return got
			}
			if len(page) > 10 {
				t.Fatalf("a page of %d", len(page))
			}
			for _, f := range page {
				got = append(got, f.ID)
			}
			q.Page.After = string(got[len(got)-1])
		}
	}
	ten := store.Page{Limit: 10}
	for _, test := range []struct {
		name  string
		query store.FilmQuery
		want  []store.FilmID
	}{
		{"guider", store.FilmQuery{Guider: guider, Page: ten}, all},
		{"case", store.FilmQuery{Case: cycle.Case, Page: ten}, all},
		{"cycle and guider", store.FilmQuery{Guider: guider, Cycle: second.ID, Page: ten}, odd(all)},
		{"state", store.FilmQuery{Guider: guider, State: store.FilmQueued, Page: ten}, all[:1]},
		{"nobody", store.FilmQuery{Guider: "nobody", Page: ten}, nil},
	} {
		if diff := cmp.Diff(test.want, list(test.query)); diff != "" {
			t.Errorf("by %s (-want +got):\n%s", test.name, diff)
		}
	}
	ok(t, s.RefuseFilm(ctx, all[3], "no film"))
	var moving []store.FilmID
	for _, f := range must[[]store.Film](t)(s.Films(ctx, store.FilmQuery{Guider: guider})) {
		if f.Moves() {
			moving = append(moving, f.ID)
		}
	}
	if diff := cmp.Diff(moving, list(store.FilmQuery{Guider: guider, Moving: true, Page: ten})); diff != "" || len(moving) != 22 {
		t.Errorf("%d move (-want +got):\n%s", len(moving), diff)
	}
	if got := must[[]store.Film](t)(s.Films(ctx, store.FilmQuery{})); len(got) != 24 {
		t.Errorf("all films are %d", len(got))
	}

	for range 5 {
		Cycle(t, s, guider)
	}
	two := must[[]store.Case](t)(s.Cases(ctx, guider, store.Page{Limit: 2}))
	rest := must[[]store.Case](t)(s.Cases(ctx, guider, store.Page{After: string(two[1].ID)}))
	if len(two) != 2 || len(rest) != 4 || rest[3].ID != cycle.Case {
		t.Errorf("pages of %d and %d cases", len(two), len(rest))
	}
}

// odd returns every second of them, from the second.
func odd[T any](all []T) (some []T) {
	for i, v := range all {
		if i%2 == 1 {
			some = append(some, v)
		}
	}
	return some
}
