package page

// ListedFilm is one film as each of the lists has it: what they fetch where it
// has changed, whether or not it would be on the page by now.
type ListedFilm struct {
	Name    string      // of the file, as it was sent
	Entries []FilmEntry // as cases and cycles list it; none where no list has it any more
	Rows    []FilmRow   // as the page lists it where it was sent
}

func (ListedFilm) template() string { return "listed_film" }
