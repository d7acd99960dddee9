package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"attune/internal/store"
	"attune/internal/store/storetest"
	"attune/internal/web/browsertest"
)

// However many films a case has, its pages weigh what pages may and need as many
// queries as those of one with a few; and there is a way to each film.
func TestPagesOfManyFilms(t *testing.T) {
	t.Parallel()
	b := setup(t)
	storetest.MakeMany(t, b.address, b.guider.ID, storetest.Many{Prefix: "many", Cases: 1, Goals: strings.Repeat("Ö", 5000), Films: 700, Clips: 9})
	const kase, cycle = "/cases/many-000001", "/cycles/many-000001"
	for range 20 { // which wait, each at a place of its own
		f, err := b.store.CreateFilm(t.Context(), store.FilmDraft{Cycle: "many-000001", Name: strings.Repeat("w", 255), Size: 1})
		ok(t, err)
		ok(t, b.store.ReceiveFilm(t.Context(), f.ID, storetest.Hash("x"), 1, 0))
	}
	look := func(path string) response {
		t.Helper()
		before := b.store.Queries()
		got := b.visit(t, b.guider, path, nil, http.StatusOK)
		if n := b.store.Queries() - before; n > manyQueries {
			t.Errorf("%s needs %d queries", path, n)
		}
		if n := len(got.body); n > heaviest {
			t.Errorf("%s weighs %d bytes", path, n)
		}
		return got
	}
	count := func(of response, want int) {
		t.Helper()
		if n := strings.Count(string(of.body), " data-film="); n != want {
			t.Errorf("%s shows %d films, want %d", of.Request.URL, n, want)
		}
	}
	count(look(kase).wants(t, "670 more films", `href="`+cycle+`"`), partRows)
	count(look(cycle).wants(t, "1 to 50 of 720", `href="`+cycle+`?page=2"`, "1 clip is kept"), partRows)
	count(look(cycle+"?page=15").wants(t, "701 to 720 of 720"), 20)
	count(look(cycle+"/upload").wants(t, "670 more films"), partRows)
}

// A film that was forgotten takes no place in a list.
func TestForgottenFilmIsNotListed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, path := range []string{"/cases/" + string(b.kase.ID), "/cycles/" + string(b.cycle.ID), "/cycles/" + string(b.cycle.ID) + "/upload"} {
		b.visit(t, b.guider, path, nil, http.StatusOK).wants(t, "visit.mp4")
	}
	ok(t, b.store.ForgetFilm(t.Context(), b.film.ID))
	for _, path := range []string{"/cases/" + string(b.kase.ID), "/cycles/" + string(b.cycle.ID), "/cycles/" + string(b.cycle.ID) + "/upload"} {
		b.visit(t, b.guider, path, nil, http.StatusOK).lacks(t, "visit.mp4", string(b.film.ID))
	}
}

// A film that newer ones have pushed off the page stays in the list of whoever
// looks at it, and goes on saying how it is.
func TestFilmPushedOffThePageStays(t *testing.T) {
	t.Parallel()
	b := setup(t)
	send := func() store.Film {
		t.Helper()
		f, err := b.store.CreateFilm(t.Context(), store.FilmDraft{Cycle: b.cycle.ID, Name: "visit.mp4", Size: 1})
		ok(t, err)
		ok(t, b.store.ReceiveFilm(t.Context(), f.ID, storetest.Hash(string(f.ID)), 1, 0))
		return b.again(t, f.ID)
	}
	var films []store.Film
	for range partRows {
		films = append(films, send())
	}
	tab := b.tab(t, b.guider)
	cycle := "/cycles/" + string(b.cycle.ID)
	for i, path := range []string{cycle, "/cases/" + string(b.kase.ID), cycle + "/upload"} {
		last := films[i]
		row := fmt.Sprintf("document.querySelector('[data-film=%q]')", last.ID)
		tab.Go(b.server.URL + path)
		tab.Until("the last film of the page, which is the next", row+"?.innerText.includes('It is the next to be looked at.')")
		title := browsertest.Eval[string](tab, "document.title")
		browsertest.Eval[bool](tab, "("+row+".querySelector('a').focus(), true)")
		send()
		b.visit(t, b.guider, path, nil, http.StatusOK).lacks(t, `data-film="`+string(last.ID)+`"`)
		_, err := b.store.BeginFilm(t.Context(), last.ID, last.Run, "w1")
		ok(t, err)
		tab.Until("the film where it was, being looked at", row+"?.querySelector('progress') != null")
		tab.Until("the focus where it was", row+".contains(document.activeElement)")
		if now := browsertest.Eval[string](tab, "document.title"); now != title {
			t.Errorf("%s is called %q, and was %q", path, now, title)
		}
	}
}

// What a list fetches of a film is as it has it, and nothing where the film was
// forgotten.
func TestListedFilm(t *testing.T) {
	t.Parallel()
	b := setup(t)
	path := "/films/" + string(b.film.ID) + "/row"
	entry, sent := `<li id="film-`+string(b.film.ID)+`"`, `id="sent-`+string(b.film.ID)+`"`
	b.visit(t, b.guider, path, nil, http.StatusOK).wants(t, entry, sent, "/films/"+string(b.film.ID)+"/review", "2 moments are suggested.")
	b.visit(t, b.viewer, path, nil, http.StatusOK).wants(t, entry).lacks(t, "/review")
	ok(t, b.store.ForgetFilm(t.Context(), b.film.ID))
	b.visit(t, b.guider, path, nil, http.StatusOK).lacks(t, entry, sent)
}

// A cycle's page says by itself what is due, as often as one of its films changes.
func TestCycleSaysWhatIsDue(t *testing.T) {
	t.Parallel()
	b := setup(t)
	y, err := b.store.CreateCycle(t.Context(), b.kase.ID, "")
	ok(t, err)
	var films []store.Film
	for range 2 {
		f, err := b.store.CreateFilm(t.Context(), store.FilmDraft{Cycle: y.ID, Name: "visit.mp4", Size: 1})
		ok(t, err)
		ok(t, b.store.ReceiveFilm(t.Context(), f.ID, storetest.Hash(string(f.ID)), 1, 0))
		films = append(films, f)
	}
	tab := b.tab(t, b.guider)
	tab.Go(b.server.URL + "/cycles/" + string(y.ID))
	tab.Until("nothing to do", "!document.querySelector('#now a')")
	browsertest.Eval[bool](tab, "document.querySelector('#now').isOld = true")
	ok(t, b.store.RefuseFilm(t.Context(), films[0].ID, "This is no film."))
	tab.Until("what is due said anew", "!document.querySelector('#now').isOld")
	ok(t, b.store.RefuseFilm(t.Context(), films[1].ID, "This is no film."))
	tab.Until("the film to look at", fmt.Sprintf("document.querySelector('#now a')?.getAttribute('href') === '/films/%s'", films[1].ID))
}
