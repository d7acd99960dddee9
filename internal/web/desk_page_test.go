package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"attune/internal/store"
	"attune/internal/web/page"
)

// visit asks for a page, or sends the form of one.
func (b *bundle) visit(t *testing.T, as asker, path string, form url.Values, status int) response {
	t.Helper()
	asked := request{as: b.inBrowser(t, as), path: path}
	if form != nil {
		asked.method, asked.body = "POST", form
	}
	got := b.send(t, b.request(t, asked))
	if got.StatusCode != status {
		t.Fatalf("%s: status %d, want %d: %s", path, got.StatusCode, status, got.body)
	}
	return got
}

func (r response) wants(t *testing.T, texts ...string) response {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(string(r.body), text) {
			t.Errorf("%s has no %q:\n%s", r.Request.URL.Path, text, r.body)
		}
	}
	return r
}

func (r response) lacks(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(string(r.body), text) {
			t.Errorf("%s has %q:\n%s", r.Request.URL.Path, text, r.body)
		}
	}
}

// A guider begins a case, writes down its goals, plans its cycle, ends it and
// archives the case, all by forms.
func TestCaseByForms(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.visit(t, b.guider, "/", nil, http.StatusOK).wants(t, "V-17", "Review the film: 2 moments are suggested", "/films/"+string(b.film.ID)+"/review")

	got := b.visit(t, b.guider, "/cases", url.Values{"code": {" V-18 "}, "goals": {"sleep\r\nbetter"}}, http.StatusSeeOther)
	to, _, _ := strings.Cut(got.Header.Get("Location"), "?")
	c, err := b.store.CaseByCode(t.Context(), b.guider.ID, "V-18")
	ok(t, err)
	if to != "/cases/"+string(c.ID) || c.Goals != "sleep\nbetter" {
		t.Fatalf("made %+v, sent to %q", c, to)
	}
	b.visit(t, b.guider, got.Header.Get("Location"), nil, http.StatusOK).wants(t, "V-18", "The case has begun", "Film the two together")
	b.visit(t, b.guider, "/cases", url.Values{"code": {"V-18"}, "goals": {"typed"}}, http.StatusConflict).wants(t, "already have a case with this code", ">typed<")

	form := url.Values{"code": {"V-18b"}, "goals": {"sleep"}, "version": {"1"}}
	b.visit(t, b.guider, to, form, http.StatusSeeOther)
	b.visit(t, b.guider, to, form, http.StatusPreconditionFailed).wants(t, "changed meanwhile", `name="version" value="2"`, ">sleep<")

	b.visit(t, b.guider, to+"/cycles", url.Values{"goal": {"bedtime"}}, http.StatusSeeOther)
	cycles, err := b.store.Cycles(t.Context(), c.ID)
	ok(t, err)
	if len(cycles) != 2 || cycles[1].Goal != "bedtime" {
		t.Fatalf("the cycles are %+v", cycles)
	}
	at := "/cycles/" + string(cycles[1].ID)
	b.visit(t, b.guider, at, url.Values{"goal": {"bedtime"}, "filmed_on": {"2099-03-29"}, "words": {"I wait."}, "version": {"1"}}, http.StatusSeeOther)
	b.visit(t, b.guider, at, nil, http.StatusOK).wants(t, "29 March 2099", "I wait.", "bedtime", `value="2099-03-29"`)
	b.visit(t, b.guider, at, url.Values{"filmed_on": {"soon"}, "words": {"typed"}, "version": {"2"}}, http.StatusBadRequest).wants(t, "is no day", ">typed<")

	b.visit(t, b.guider, at+"/done", url.Values{"done": {"yes"}}, http.StatusSeeOther)
	b.visit(t, b.guider, to, nil, http.StatusOK).wants(t, "Begin the next cycle", "ended")
	b.visit(t, b.guider, to+"/archive", url.Values{"archived": {"yes"}}, http.StatusSeeOther)
	b.visit(t, b.guider, to, nil, http.StatusOK).wants(t, "This case is archived")
	b.visit(t, b.guider, "/", nil, http.StatusOK).wants(t, "1 archived case").lacks(t, "Begin the next cycle")
	b.visit(t, b.guider, to+"/archive", url.Values{}, http.StatusBadRequest)
}

// A supervisor sees what is shared, and no form.
func TestSharedCasePages(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.visit(t, b.viewer, "/", nil, http.StatusOK).wants(t, "V-17", "shared until").lacks(t, "Begin a case")
	b.visit(t, b.viewer, "/cases/"+string(b.kase.ID), nil, http.StatusOK).wants(t, "Shared with you until", "visit.mp4").lacks(t, "Archive", `action="/cases`)
	b.visit(t, b.viewer, "/cycles/"+string(b.cycle.ID), nil, http.StatusOK).wants(t, "visit.mp4").lacks(t, "Send a film", `action="/cycles`)
	b.visit(t, b.supervisor, "/", nil, http.StatusOK).wants(t, "No case is shared with you now").lacks(t, "V-17")
}

// What is said comes from the messages, and never from an address.
func TestSaid(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.visit(t, b.guider, "/?said=saved", nil, http.StatusOK).wants(t, "Saved.")
	b.visit(t, b.guider, "/?said=%3Cb%3Ehello", nil, http.StatusOK).lacks(t, "hello")
}

func TestDueInCycle(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 29, 0, 30, 0, 0, time.FixedZone("", 3600)) // the 28th in UTC
	today := time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC)
	day := func(n int) time.Time { return today.AddDate(0, 0, n) }
	films := func(states ...store.FilmState) (all []store.Film) {
		for _, s := range states {
			all = append(all, store.Film{ID: "f", State: s})
		}
		return all
	}
	for _, test := range []struct {
		name  string
		cycle store.Cycle
		films []store.Film
		clips store.ClipCount
		want  page.Due
	}{
		{"a new cycle", store.Cycle{}, nil, store.ClipCount{}, page.Due{Step: "film", Href: "/cycles/y/upload"}},
		{"a day is planned", store.Cycle{FilmedOn: day(1)}, nil, store.ClipCount{}, page.Due{Step: "film", Href: "/cycles/y/upload", On: day(1), When: "later"}},
		{"filmed today", store.Cycle{FilmedOn: today}, nil, store.ClipCount{}, page.Due{Step: "upload", Href: "/cycles/y/upload", On: today, When: "today"}},
		{"filmed yesterday", store.Cycle{FilmedOn: day(-1)}, films(store.FilmForgotten), store.ClipCount{}, page.Due{Step: "upload", Href: "/cycles/y/upload", On: day(-1), When: "late"}},
		{"uploading", store.Cycle{}, films(store.FilmUploading), store.ClipCount{}, page.Due{Step: "finish", Href: "/cycles/y/upload"}},
		{"waiting", store.Cycle{}, films(store.FilmUploading, store.FilmQueued), store.ClipCount{}, page.Due{Step: "wait"}},
		{"failed", store.Cycle{}, films(store.FilmRefused), store.ClipCount{}, page.Due{Step: "look", Href: "/films/f"}},
		{"ready", store.Cycle{}, films(store.FilmFailed, store.FilmReady), store.ClipCount{All: 2}, page.Due{Step: "review", Href: "/films/f/review", Count: 2}},
		{"begun", store.Cycle{}, films(store.FilmReady), store.ClipCount{All: 3, Kept: 1}, page.Due{Step: "go_on", Href: "/films/f/review", Count: 1}},
		{"confirmed", store.Cycle{}, films(store.FilmReady, store.FilmConfirmed), store.ClipCount{}, page.Due{Step: "plan", Href: "/cycles/y#review-on"}},
		{"review today", store.Cycle{ReviewOn: today}, films(store.FilmConfirmed), store.ClipCount{}, page.Due{Step: "share", Href: "/films/f/show", On: today, When: "today"}},
		{"review over", store.Cycle{ReviewOn: day(-1)}, films(store.FilmConfirmed), store.ClipCount{}, page.Due{Step: "words", Href: "/cycles/y#words", On: day(-1)}},
		{"words written", store.Cycle{ReviewOn: day(-1), Words: "I wait."}, films(store.FilmConfirmed), store.ClipCount{}, page.Due{Step: "end", Href: "/cycles/y", On: day(-1)}},
		{"ended", store.Cycle{Done: today}, films(store.FilmConfirmed), store.ClipCount{}, page.Due{Step: "next", Href: "/cases/c"}},
	} {
		test.cycle.ID, test.cycle.Case = "y", "c"
		got := due(test.cycle, test.films, now, map[store.FilmID]store.ClipCount{"f": test.clips})
		if *got != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, *got, test.want)
		}
	}
}

func TestByUrgency(t *testing.T) {
	t.Parallel()
	all := []*page.Due{
		{Step: "f"}, {Step: "c", Href: "/"}, {Step: "e", When: "later", Href: "/", On: time.Unix(2, 0)},
		{Step: "d", When: "later", Href: "/", On: time.Unix(1, 0)}, {Step: "b", When: "today", Href: "/"}, {Step: "a", When: "late", Href: "/"},
	}
	slices.SortStableFunc(all, byUrgency)
	var got string
	for _, d := range all {
		got += d.Step
	}
	if got != "abcdef" {
		t.Errorf("the order is %s", got)
	}
}
