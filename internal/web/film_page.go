package web

import (
	"context"
	"net/http"

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
	state, err := h.filmState(r.Context(), f)
	if err != nil {
		return err
	}
	return h.page(w, r, http.StatusOK, page.Film{
		FilmState: state, Name: f.Name, CaseID: string(of.ID), CaseCode: of.Code, CycleID: string(cycle.ID), Cycle: cycle.Number,
		Duration: f.Duration, Sent: f.Created,
	})
}

// filmState returns how a film is, as pages say it.
func (h *Web) filmState(ctx context.Context, f store.Film) (page.FilmState, error) {
	shown, err := h.describe(ctx, f)
	if err != nil {
		return page.FilmState{}, err
	}
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
	case store.FilmReady, store.FilmConfirmed:
		clips, err := h.Store.Clips(ctx, f.ID)
		if err != nil {
			return page.FilmState{}, err
		}
		for _, c := range clips {
			if c.Moment != "" {
				state.Found++
			}
		}
	}
	return state, nil
}

// filmRows returns films as lists show them.
func (h *Web) filmRows(ctx context.Context, films []store.Film) ([]page.FilmRow, error) {
	rows := make([]page.FilmRow, 0, len(films))
	for _, f := range films {
		state, err := h.filmState(ctx, f)
		if err != nil {
			return nil, err
		}
		rows = append(rows, page.FilmRow{FilmState: state, Name: f.Name, Address: uploadsPath + string(f.ID)})
	}
	return rows, nil
}

// allFilms returns all films that q asks for, however many, the newest first.
func (h *Web) allFilms(ctx context.Context, q store.FilmQuery) ([]store.Film, error) {
	return all(func(p store.Page) ([]store.Film, error) {
		q.Page = p
		return h.Store.Films(ctx, q)
	}, func(f store.Film) string { return string(f.ID) })
}

// filmsByCycle is allFilms, the films of each cycle by themselves.
func (h *Web) filmsByCycle(ctx context.Context, q store.FilmQuery) (map[store.CycleID][]store.Film, error) {
	films, err := h.allFilms(ctx, q)
	of := map[store.CycleID][]store.Film{}
	for _, f := range films {
		of[f.Cycle] = append(of[f.Cycle], f)
	}
	return of, err
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
