package web

import (
	"context"
	"net/http"
	"slices"

	"attune/internal/store"
	"attune/internal/vig"
	"attune/internal/web/page"
)

// uploadPage is where films are sent to a cycle.
func (h *Web) uploadPage(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	cycle, err := h.ownCycleOf(ctx, store.CycleID(idOf(r, "cycle")))
	if err != nil {
		return err
	}
	of, err := h.Store.Case(ctx, cycle.Case)
	if err != nil {
		return err
	}
	films, err := h.listedFilms(ctx, store.FilmQuery{Guider: of.Guider, Cycle: cycle.ID})
	if err != nil {
		return err
	}
	// Uploads that can be gone on with are all there, of what arrived the newest:
	// the page of the cycle has the others too.
	arrived := 0
	films = slices.DeleteFunc(films, func(f store.Film) bool {
		if f.State != store.FilmUploading {
			arrived++
		}
		return f.State != store.FilmUploading && arrived > partRows
	})
	rows, err := h.filmRows(ctx, films)
	if err != nil {
		return err
	}
	shown := page.Upload{CaseID: string(of.ID), CaseCode: of.Code, CycleID: string(cycle.ID), Cycle: cycle.Number, Most: h.MaxUpload, More: max(0, arrived-partRows)}
	if h.uploads != nil {
		shown.Endpoint = uploadsPath
	}
	for _, row := range rows {
		switch {
		case row.State == string(store.FilmUploading) && row.Arrived == 0: // nothing to go on with
		case row.State == string(store.FilmUploading) && !row.Whole():
			shown.Begun = append(shown.Begun, row)
		default:
			shown.Films = append(shown.Films, row)
		}
	}
	return h.page(w, r, http.StatusOK, shown)
}

// giveUpPage gives up an upload that was begun, and goes back to where films are
// sent. One that is over by now is none to give up.
func (h *Web) giveUpPage(w http.ResponseWriter, r *http.Request) error {
	f, err := h.ownFilm(r)
	if err != nil {
		return err
	}
	if h.uploads != nil && f.State == store.FilmUploading {
		if err := h.uploads.giveUp(r.Context(), f.ID); err != nil && vig.CodeOf(err) != vig.CodeConflict {
			return err
		}
	}
	http.Redirect(w, r, "/cycles/"+string(f.Cycle)+"/upload", http.StatusSeeOther)
	return nil
}

// giveUp gives an upload up that is not whole, whoever sends it just now.
func (u *uploads) giveUp(ctx context.Context, id store.FilmID) error {
	lock, err := u.locker.NewLock(string(id))
	if err != nil {
		return err
	}
	locking, cancel := context.WithTimeout(ctx, lockTime)
	defer cancel()
	if err := lock.Lock(locking, func() {}); err != nil {
		return vig.Errorf(vig.CodeConflict, "give upload up", "the film is being sent just now; stop that first")
	}
	defer lock.Unlock() //nolint:errcheck // never fails
	found, err := u.find(ctx, string(id))
	switch vig.CodeOf(err) {
	case "":
	case vig.CodeNotFound, codeGone:
		return nil
	default:
		return err
	}
	if found.at.whole() {
		return vig.Errorf(vig.CodeConflict, "give upload up", "all of the film has arrived; cancel the film instead")
	}
	return found.Terminate(ctx)
}
