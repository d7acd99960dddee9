package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

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

// shownGoals is how much of the goals of a case a list shows, in letters: three
// lines of a card on the widest of screens.
const shownGoals = 300

// standing is a case of a guider, and what says when its turn is.
type standing struct {
	store.Standing
	due *page.Due
}

// guidersHome answers with a guider's cases, what is due next first, and what they
// began to write.
func (h *Web) guidersHome(w http.ResponseWriter, r *http.Request, status int, form page.CaseForm) error {
	all, err := h.Store.Standings(r.Context(), accountOf(r.Context()).ID)
	if err != nil {
		return err
	}
	asked := partOf(r)
	archive := r.URL.Query().Get("archived") == "yes"
	shown := page.Home{Guides: true, Archive: archive, New: form}
	more := url.Values{}
	if archive {
		more.Set("archived", "yes")
	}
	if shown.Find = find(len(all), asked, "case", "/", more); shown.Find != nil {
		shown.Find.Archived = archive
	}
	var listed []standing
	for _, c := range all {
		if !asked.finds(c.Code) {
			continue
		}
		if c.Archived && !archive {
			shown.Archived.Count++
		}
		if c.Archived == archive {
			listed = append(listed, standing{c, due(c.Cycle, stateless(c.Films), h.now(), nil)})
		}
	}
	shown.Archived.Href = part{find: asked.find}.address("/", url.Values{"archived": {"yes"}})
	if !archive {
		slices.SortStableFunc(listed, func(a, b standing) int { return byUrgency(a.due, b.due) })
	}
	listed, shown.Pages = cut(listed, asked, "/", more)
	if shown.Cases, err = h.homeCases(r.Context(), listed); err != nil {
		return err
	}
	// They are in the order of what is due, so that this begins the list.
	for _, c := range shown.Cases {
		if shown.Pages.Number == 1 && c.Due != nil && c.Due.Actionable() {
			shown.Due = append(shown.Due, *c.Due)
		}
	}
	if len(shown.Due) > glance {
		shown.Due, shown.DueBelow = shown.Due[:glance], true
	}
	return h.page(w, r, status, shown)
}

// stateless are films of which nothing is known but the states that they are in:
// enough to know when it is the turn of the case, and not yet for what.
func stateless(states []store.FilmState) []store.Film {
	films := make([]store.Film, len(states))
	for i, state := range states {
		films[i].State = state
	}
	return films
}

// homeCases shows the cases of one page, with what is due in them.
func (h *Web) homeCases(ctx context.Context, listed []standing) ([]page.HomeCase, error) {
	ids, cycles := make([]store.CaseID, len(listed)), make([]store.CycleID, len(listed))
	for i, c := range listed {
		ids[i], cycles[i] = c.Case, c.Cycle.ID
	}
	cases, err := h.Store.CasesOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	films, err := h.Store.NewestFilms(ctx, cycles)
	if err != nil {
		return nil, err
	}
	of := map[store.CycleID][]store.Film{}
	for _, f := range films {
		of[f.Cycle] = append(of[f.Cycle], f)
	}
	clips, err := h.clipCounts(ctx, films)
	if err != nil {
		return nil, err
	}
	var shown []page.HomeCase
	for _, c := range listed {
		one := page.HomeCase{ID: string(c.Case), Code: c.Code, Goals: opening(cases[c.Case].Goals, shownGoals), Number: c.Cycle.Number}
		if !c.Archived {
			one.Due = due(c.Cycle, of[c.Cycle.ID], h.now(), clips)
			one.Due.Code = c.Code
		}
		shown = append(shown, one)
	}
	return shown, nil
}

// clipCounts returns how many clips the newest film of each cycle has that is
// ready. The films are in order, the newest first.
func (h *Web) clipCounts(ctx context.Context, films []store.Film) (map[store.FilmID]store.ClipCount, error) {
	newest := map[store.CycleID]bool{}
	var ready []store.FilmID
	for _, f := range films {
		if f.State == store.FilmReady && !newest[f.Cycle] {
			newest[f.Cycle] = true
			ready = append(ready, f.ID)
		}
	}
	return h.Store.ClipCounts(ctx, ready)
}

// opening returns as much of a text as n letters are.
func opening(text string, n int) string {
	for at := range text {
		if n == 0 {
			return strings.TrimSpace(text[:at]) + "…"
		}
		n--
	}
	return text
}

// sharedHome answers with the cases that are shared with a supervisor.
func (h *Web) sharedHome(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	all, err := h.Store.CasesSharedWith(ctx, accountOf(ctx).ID)
	if err != nil {
		return err
	}
	asked := partOf(r)
	shown := page.Home{Find: find(len(all), asked, "case", "/", nil)}
	listed, pages := cut(slices.DeleteFunc(all, func(c store.SharedCase) bool { return !asked.finds(c.Code) }), asked, "/", nil)
	shown.Pages = pages
	ids := make([]store.CaseID, len(listed))
	for i, c := range listed {
		ids[i] = c.ID
	}
	numbers, err := h.Store.LatestCycles(ctx, ids)
	if err != nil {
		return err
	}
	for _, c := range listed {
		shown.Cases = append(shown.Cases, page.HomeCase{
			ID: string(c.ID), Code: c.Code, Goals: opening(c.Goals, shownGoals), Number: numbers[c.ID], Ends: c.Ends,
		})
	}
	return h.page(w, r, http.StatusOK, shown)
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
