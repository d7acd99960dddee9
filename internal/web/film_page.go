package web

import (
	"context"
	"net/http"
	"slices"

	"attune/internal/store"
	"attune/internal/vig"
	"attune/internal/web/page"
)

// filmPage shows how a film is.
func (h *Web) filmPage(w http.ResponseWriter, r *http.Request) error {
	f, err := h.seenFilm(r)
	if err != nil {
		return err
	}
	of, err := h.Store.Case(r.Context(), f.Case)
	if err != nil {
		return err
	}
	cycle, err := h.Store.Cycle(r.Context(), f.Cycle)
	if err != nil {
		return err
	}
	known, err := h.knowFilms(r.Context(), []store.Film{f})
	if err != nil {
		return err
	}
	return h.page(w, r, http.StatusOK, page.Film{
		FilmState: h.filmState(r.Context(), f, known), Name: f.Name, CaseID: string(of.ID), CaseCode: of.Code, CycleID: string(cycle.ID), Cycle: cycle.Number,
		Duration: f.Duration, Sent: f.Created,
	})
}

// knownFilms is what the records have of some films beside themselves.
type knownFilms struct {
	places map[store.FilmID]int
	clips  map[store.FilmID][]store.Clip // of those that are ready or confirmed
}

// knowFilms asks what there is to know of films, with one query for all of each.
func (h *Web) knowFilms(ctx context.Context, films []store.Film) (knownFilms, error) {
	var queued, reviewed []store.FilmID
	for _, f := range films {
		switch f.State {
		case store.FilmQueued:
			queued = append(queued, f.ID)
		case store.FilmReady, store.FilmConfirmed:
			reviewed = append(reviewed, f.ID)
		}
	}
	places, err := h.Store.Places(ctx, queued)
	if err != nil {
		return knownFilms{}, err
	}
	clips, err := h.Store.ClipsOf(ctx, reviewed)
	return knownFilms{places, clips}, err
}

// filmState returns how a film is, as pages say it.
func (h *Web) filmState(ctx context.Context, f store.Film, known knownFilms) page.FilmState {
	shown := h.describeAt(f, known.places[f.ID])
	state := page.FilmState{
		ID: string(f.ID), State: string(f.State), Reason: shown.Reason, Place: shown.Place, Size: f.Size,
		Viewing: string(f.Viewing), Mine: f.Guider == accountOf(ctx).ID,
	}
	switch f.State {
	case store.FilmUploading:
		if h.uploads != nil {
			if at, err := h.uploads.staging.load(f.ID); err == nil { // else it is just coming or going
				state.Arrived = at.Offset
			}
		}
	case store.FilmAnalysing:
		if p := h.progress(ctx, string(f.ID)); p != nil {
			state.Stage, state.Share, state.Left = p.Stage, p.Share, duration(p.Left)
		}
	}
	for _, c := range known.clips[f.ID] {
		if c.Moment != "" {
			state.Found++
		}
	}
	return state
}

// filmRows returns films as lists show them.
func (h *Web) filmRows(ctx context.Context, films []store.Film) ([]page.FilmRow, error) {
	known, err := h.knowFilms(ctx, films)
	rows := make([]page.FilmRow, 0, len(films))
	for _, f := range films {
		rows = append(rows, page.FilmRow{FilmState: h.filmState(ctx, f, known), Name: f.Name, Address: uploadsPath + string(f.ID)})
	}
	return rows, err
}

// filmRowPage shows one film as lists do.
func (h *Web) filmRowPage(w http.ResponseWriter, r *http.Request) error {
	f, err := h.seenFilm(r)
	if err != nil {
		return err
	}
	shown := page.ListedFilm{Name: f.Name}
	if f.State != store.FilmForgotten { // which lists leave out
		films := []store.Film{f}
		if shown.Entries, err = h.entries(r, films, f.Guider == accountOf(r.Context()).ID); err != nil {
			return err
		}
		if shown.Rows, err = h.filmRows(r.Context(), films); err != nil {
			return err
		}
	}
	return h.page(w, r, http.StatusOK, shown)
}

// allFilms returns all films that q asks for, however many, the newest first.
func (h *Web) allFilms(ctx context.Context, q store.FilmQuery) ([]store.Film, error) {
	return all(func(p store.Page) ([]store.Film, error) {
		q.Page = p
		return h.Store.Films(ctx, q)
	}, func(f store.Film) string { return string(f.ID) })
}

// listedFilms is allFilms without those that were forgotten, which lists leave out.
func (h *Web) listedFilms(ctx context.Context, q store.FilmQuery) ([]store.Film, error) {
	films, err := h.allFilms(ctx, q)
	return slices.DeleteFunc(films, func(f store.Film) bool { return f.State == store.FilmForgotten }), err
}

// The forms of a film's page. What does not go with how the film is by now does
// nothing: the page then shows how it is.

func (h *Web) cancelFilmPage(w http.ResponseWriter, r *http.Request) error {
	return h.onFilmPage(w, r, h.cancel)
}

func (h *Web) retryFilmPage(w http.ResponseWriter, r *http.Request) error {
	return h.onFilmPage(w, r, h.retry)
}

func (h *Web) retryViewingPage(w http.ResponseWriter, r *http.Request) error {
	return h.onFilmPage(w, r, h.retryViewingOf)
}

func (h *Web) onFilmPage(w http.ResponseWriter, r *http.Request, do func(context.Context, store.Film) error) error {
	f, err := h.ownFilm(r)
	if err != nil {
		return err
	}
	if err := do(r.Context(), f); err != nil && vig.CodeOf(err) != vig.CodeConflict {
		return err
	}
	http.Redirect(w, r, "/films/"+string(f.ID), http.StatusSeeOther)
	return nil
}
