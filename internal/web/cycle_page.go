package web

import (
	"net/http"
	"time"

	"attune/internal/store"
	"attune/internal/vig"
	"attune/internal/web/page"
)

func (h *Web) cyclePage(w http.ResponseWriter, r *http.Request) error {
	y, err := h.seenCycle(r)
	if err != nil {
		return err
	}
	return h.showCyclePage(w, r, http.StatusOK, y, page.CycleForm{
		Goal: y.Goal, FilmedOn: dayText(y.FilmedOn), ReviewOn: dayText(y.ReviewOn), Words: y.Words, Version: y.Version,
	})
}

// showCyclePage answers with a cycle and its films, and what somebody began to
// write.
func (h *Web) showCyclePage(w http.ResponseWriter, r *http.Request, status int, y store.Cycle, form page.CycleForm) error {
	ctx := r.Context()
	c, err := h.Store.Case(ctx, y.Case)
	if err != nil {
		return err
	}
	films, err := h.listedFilms(ctx, store.FilmQuery{Cycle: y.ID})
	if err != nil {
		return err
	}
	mine := c.Guider == accountOf(ctx).ID
	shown := page.Cycle{
		ID: string(y.ID), Case: string(c.ID), Code: c.Code, Goals: c.Goals, Number: y.Number, Goal: y.Goal,
		FilmedOn: y.FilmedOn, ReviewOn: y.ReviewOn, Words: y.Words, Done: !y.Done.IsZero(), Mine: mine,
		Steps: steps(y, films), Form: form,
	}
	asked := partOf(r)
	asked.find = "" // there is nothing to look for
	var listed []store.Film
	listed, shown.Pages = cut(films, asked, "/cycles/"+string(y.ID), nil)
	if shown.Films, err = h.entries(r, listed, mine); err != nil {
		return err
	}
	if mine && !shown.Done {
		clips, err := h.clipCounts(ctx, films)
		if err != nil {
			return err
		}
		shown.Due = due(y, films, h.now(), clips)
	}
	return h.page(w, r, status, shown)
}

// editCycle changes a cycle by the form of its page.
func (h *Web) editCycle(w http.ResponseWriter, r *http.Request) error {
	y, err := h.ownCycle(r)
	if err == nil {
		err = readForm(r)
	}
	if err != nil {
		return err
	}
	form := page.CycleForm{
		Goal: field(r, "goal"), FilmedOn: field(r, "filmed_on"), ReviewOn: field(r, "review_on"),
		Words: field(r, "words"), Version: versionField(r),
	}
	change := store.CycleChange{Goal: &form.Goal, Words: &form.Words}
	filmedOn, err := readDay(form.FilmedOn)
	if err == nil {
		change.FilmedOn = &filmedOn
		var reviewOn time.Time
		if reviewOn, err = readDay(form.ReviewOn); err == nil {
			change.ReviewOn = &reviewOn
			_, err = h.changeCycle(r.Context(), y.ID, form.Version, change)
		}
	}
	if text, status, ok := wrong(err); ok {
		form.Wrong = text
		if vig.CodeOf(err) == codeOutdated {
			form.Version, form.Outdated = y.Version, true // it is said, and to save again is to mean it
		}
		return h.showCyclePage(w, r, status, y, form)
	}
	if err != nil {
		return err
	}
	return done(w, r, "/cycles/"+string(y.ID), "saved")
}

// endCycle ends a cycle, or takes it up again.
func (h *Web) endCycle(w http.ResponseWriter, r *http.Request) error {
	y, err := h.ownCycle(r)
	if err == nil {
		err = readForm(r)
	}
	if err != nil {
		return err
	}
	over, said := true, "ended"
	switch field(r, "done") {
	case "yes":
	case "no":
		over, said = false, "goes_on"
	default:
		return vig.Errorf(vig.CodeInvalid, "end cycle", "it is not said whether the cycle is to end")
	}
	if _, err := h.Store.SetCycle(r.Context(), y.ID, 0, store.CycleChange{Done: &over}); err != nil {
		return err
	}
	if over {
		return done(w, r, "/cases/"+string(y.Case), said)
	}
	return done(w, r, "/cycles/"+string(y.ID), said)
}
