package gallery

import "attune/internal/web/page"

func listedFilm(name string, of page.FilmEntry) State {
	return State{Name: name, Model: page.ListedFilm{Name: of.Name, Entries: []page.FilmEntry{of}, Rows: []page.FilmRow{{FilmState: of.FilmState, Name: of.Name}}}}
}

var _ = add("listed_film", guider,
	listedFilm("being looked at", someFilms[1]),
	listedFilm("failed", someFilms[4]),
	State{Name: "forgotten", Model: page.ListedFilm{}},
)
