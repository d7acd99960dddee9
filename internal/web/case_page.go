package web

import (
	"net/http"
	"time"

	"attune/internal/store"
	"attune/internal/vig"
	"attune/internal/web/page"
)

func (h *Web) casePage(w http.ResponseWriter, r *http.Request) error {
	c, err := h.seenCase(r)
	if err != nil {
		return err
	}
	return h.showCasePage(w, r, http.StatusOK, c, page.CaseForm{Code: c.Code, Goals: c.Goals, Version: c.Version})
}

// showCasePage answers with a case and its cycles, and what somebody began to
// write.
func (h *Web) showCasePage(w http.ResponseWriter, r *http.Request, status int, c store.Case, form page.CaseForm) error {
	ctx := r.Context()
	cycles, err := h.Store.Cycles(ctx, c.ID)
	if err != nil {
		return err
	}
	films, err := h.listedFilms(ctx, store.FilmQuery{Case: c.ID})
	if err != nil {
		return err
	}
	mine := c.Guider == accountOf(ctx).ID
	// The newest of them all: the page of a cycle has the others too.
	entries, err := h.entries(r, films[:min(partRows, len(films))], mine)
	if err != nil {
		return err
	}
	of, shownOf := map[store.CycleID][]store.Film{}, map[store.CycleID][]page.FilmEntry{}
	for i, f := range films {
		of[f.Cycle] = append(of[f.Cycle], f)
		if i < len(entries) {
			shownOf[f.Cycle] = append(shownOf[f.Cycle], entries[i])
		}
	}
	shown := page.Case{ID: string(c.ID), Code: c.Code, Goals: c.Goals, Archived: !c.Archived.IsZero(), Mine: mine, Form: form}
	for i, y := range cycles {
		shown.Cycles = append(shown.Cycles, page.CaseCycle{
			ID: string(y.ID), Number: y.Number, Goal: y.Goal, FilmedOn: y.FilmedOn, ReviewOn: y.ReviewOn,
			Done: !y.Done.IsZero(), Words: y.Words, Films: shownOf[y.ID], More: len(of[y.ID]) - len(shownOf[y.ID]),
		})
		if last := i == len(cycles)-1; last && mine && !shown.Archived {
			clips, err := h.clipCounts(ctx, of[y.ID])
			if err != nil {
				return err
			}
			shown.Due = due(y, of[y.ID], h.now(), clips)
		}
	}
	if mine {
		shares, err := h.shares(r, c)
		if err != nil {
			return err
		}
		shown.Shares = &shares
	} else {
		if shown.Ends, err = h.sharedUntil(r, c.ID); err != nil {
			return err
		}
	}
	return h.page(w, r, status, shown)
}

// sharedUntil returns the last day on which a case is shared with the account.
func (h *Web) sharedUntil(r *http.Request, id store.CaseID) (time.Time, error) {
	shares, err := h.Store.Shares(r.Context(), id)
	if err != nil {
		return time.Time{}, err
	}
	for _, s := range shares {
		if s.Account == accountOf(r.Context()).ID {
			return h.lastDay(s.Ends), nil
		}
	}
	return time.Time{}, nil // it ended this moment
}

// entries shows films in a list, each of them.
func (h *Web) entries(r *http.Request, films []store.Film, mine bool) ([]page.FilmEntry, error) {
	known, err := h.knowFilms(r.Context(), films)
	if err != nil {
		return nil, err
	}
	var rows []page.FilmEntry
	for _, f := range films {
		at := "/films/" + string(f.ID)
		state := h.filmState(r.Context(), f, known)
		row := page.FilmEntry{FilmState: state, Name: f.Name, Duration: f.Duration, Created: f.Created, Href: at}
		switch f.State {
		case store.FilmUploading:
			if mine && !state.Whole() {
				row.Href = "/cycles/" + string(f.Cycle) + "/upload"
			}
		case store.FilmReady, store.FilmConfirmed:
			clips := known.clips[f.ID]
			row.Kept = countKept(clips)
			row.Still = stillOf(f, clips)
			if mine {
				row.Href = at + "/review"
			}
			if mine && f.State == store.FilmConfirmed {
				row.Href = at + "/reel"
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// stillOf returns where there is a picture of a film: of what was kept first,
// else of the strongest suggestion.
func stillOf(f store.Film, clips []store.Clip) string {
	for _, c := range append(store.InReel(clips), clips...) {
		if c.Moment != "" {
			return "/api/v1/films/" + string(f.ID) + "/stills/" + c.Moment + ".jpg"
		}
	}
	return ""
}

// editCase changes a case by the form of its page.
func (h *Web) editCase(w http.ResponseWriter, r *http.Request) error {
	c, err := h.ownCase(r)
	if err == nil {
		err = readForm(r)
	}
	if err != nil {
		return err
	}
	form := page.CaseForm{Code: field(r, "code"), Goals: field(r, "goals"), Version: versionField(r)}
	_, err = h.changeCase(r.Context(), c, form.Version, store.CaseChange{Code: &form.Code, Goals: &form.Goals})
	if text, status, ok := wrong(err); ok {
		form.Wrong = text
		if vig.CodeOf(err) == codeOutdated {
			form.Version, form.Outdated = c.Version, true // it is said, and to save again is to mean it
		}
		return h.showCasePage(w, r, status, c, form)
	}
	if err != nil {
		return err
	}
	return done(w, r, "/cases/"+string(c.ID), "saved")
}

// archiveCase ends the work on a case, or takes it up again.
func (h *Web) archiveCase(w http.ResponseWriter, r *http.Request) error {
	c, err := h.ownCase(r)
	if err == nil {
		err = readForm(r)
	}
	if err != nil {
		return err
	}
	over, said := true, "archived"
	switch field(r, "archived") {
	case "yes":
	case "no":
		over, said = false, "back"
	default:
		return vig.Errorf(vig.CodeInvalid, "archive case", "it is not said whether the case is to be archived")
	}
	if _, err := h.Store.SetCase(r.Context(), c.ID, 0, store.CaseChange{Archived: &over}); err != nil {
		return err
	}
	return done(w, r, "/cases/"+string(c.ID), said)
}

// makeCycle begins the next cycle by the form of the case's page.
func (h *Web) makeCycle(w http.ResponseWriter, r *http.Request) error {
	c, err := h.ownCase(r)
	if err == nil {
		err = readForm(r)
	}
	if err != nil {
		return err
	}
	y, err := h.Store.CreateCycle(r.Context(), c.ID, field(r, "goal"))
	if err != nil {
		return err
	}
	return done(w, r, "/cycles/"+string(y.ID), "cycle_made")
}
