package web

import (
	"net/http"

	"attune/internal/store"
	"attune/internal/web/page"
)

// homePage answers with where somebody begins.
func (h *Web) homePage(w http.ResponseWriter, r *http.Request) error {
	switch accountOf(r.Context()).Role {
	case store.RoleAdmin:
		http.Redirect(w, r, "/admin", http.StatusSeeOther)
		return nil
	case store.RoleSupervisor:
		return h.sharedHome(w, r)
	}
	return h.guidersHome(w, r, http.StatusOK, page.CaseForm{})
}

// guidersHome answers with a guider's cases, and what they began to write.
func (h *Web) guidersHome(w http.ResponseWriter, r *http.Request, status int, form page.CaseForm) error {
	ctx := r.Context()
	me := accountOf(ctx).ID
	cases, err := all(func(p store.Page) ([]store.Case, error) { return h.Store.Cases(ctx, me, p) }, func(c store.Case) string { return string(c.ID) })
	if err != nil {
		return err
	}
	cycles, err := h.Store.CyclesOf(ctx, me)
	if err != nil {
		return err
	}
	latest := map[store.CaseID]store.Cycle{}
	for _, y := range cycles {
		latest[y.Case] = y // they come in their order
	}
	of, err := h.filmsByCycle(ctx, store.FilmQuery{Guider: me})
	if err != nil {
		return err
	}
	shown := page.Home{Guides: true, New: form}
	for _, c := range cases {
		y := latest[c.ID]
		one := page.HomeCase{ID: string(c.ID), Code: c.Code, Goals: c.Goals, Number: y.Number}
		if !c.Archived.IsZero() {
			shown.Archived = append(shown.Archived, one)
			continue
		}
		if one.Due, err = due(y, of[y.ID], h.now(), h.clipsOf(r)); err != nil {
			return err
		}
		one.Due.Code = c.Code
		if one.Due.Actionable() {
			shown.Due = append(shown.Due, *one.Due)
		}
		shown.Cases = append(shown.Cases, one)
	}
	byUrgency(shown.Due)
	return h.page(w, r, status, shown)
}

// sharedHome answers with the cases that are shared with a supervisor.
func (h *Web) sharedHome(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	cases, err := h.Store.CasesSharedWith(ctx, accountOf(ctx).ID)
	if err != nil {
		return err
	}
	var shown page.Home
	for _, c := range cases {
		cycles, err := h.Store.Cycles(ctx, c.ID)
		if err != nil {
			return err
		}
		shown.Cases = append(shown.Cases, page.HomeCase{ID: string(c.ID), Code: c.Code, Goals: c.Goals, Number: len(cycles), Ends: c.Ends})
	}
	return h.page(w, r, http.StatusOK, shown)
}

// clipsOf returns how the clips of a film are found.
func (h *Web) clipsOf(r *http.Request) func(store.FilmID) ([]store.Clip, error) {
	return func(id store.FilmID) ([]store.Clip, error) { return h.Store.Clips(r.Context(), id) }
}

// all returns all pages of a list.
func all[T any](list func(store.Page) ([]T, error), id func(T) string) ([]T, error) {
	var found []T
	for p := (store.Page{Limit: maxPageLimit}); ; {
		some, err := list(p)
		if err != nil {
			return nil, err
		}
		found = append(found, some...)
		if len(some) < p.Limit {
			return found, nil
		}
		p.After = id(some[len(some)-1])
	}
}

// makeCase begins a case by the form of the home page.
func (h *Web) makeCase(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(r); err != nil {
		return err
	}
	form := page.CaseForm{Code: field(r, "code"), Goals: field(r, "goals")}
	c, err := h.newCase(r.Context(), form.Code, form.Goals)
	if text, status, ok := wrong(err); ok {
		form.Wrong = text
		return h.guidersHome(w, r, status, form)
	}
	if err != nil {
		return err
	}
	return done(w, r, "/cases/"+string(c.ID), "case_made")
}
