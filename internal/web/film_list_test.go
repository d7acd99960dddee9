package web

import (
	"net/http"
	"strings"
	"testing"

	"attune/internal/store"
	"attune/internal/store/storetest"
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
	count(look(cycle+"?page=15").wants(t, "701 to 720 of 720", `hx-get="`+cycle+`?page=15"`), 20)
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
