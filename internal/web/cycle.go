package web

import (
	"context"
	"net/http"
	"time"

	"attune/internal/store"
	"attune/internal/vig"
)

type cycleJSON struct {
	ID       store.CycleID `json:"id"`
	Case     store.CaseID  `json:"case"`
	Number   int           `json:"number"`
	Goal     string        `json:"goal"`
	Created  time.Time     `json:"created"`
	FilmedOn string        `json:"filmed_on,omitempty"`
	ReviewOn string        `json:"review_on,omitempty"`
	Words    string        `json:"words,omitempty"`
	Done     bool          `json:"done"`
	ETag     string        `json:"etag"`
}

func showCycle(c store.Cycle) cycleJSON {
	return cycleJSON{
		ID: c.ID, Case: c.Case, Number: c.Number, Goal: c.Goal, Created: c.Created,
		FilmedOn: dayText(c.FilmedOn), ReviewOn: dayText(c.ReviewOn), Words: c.Words, Done: !c.Done.IsZero(), ETag: etagOf(c.Version),
	}
}

// dayText is a day as forms and JSON have it; "" is none.
func dayText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// readDay is the other way round.
func readDay(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}, vig.Errorf(vig.CodeInvalid, "read day", "%q is no day as 2026-03-29", text)
	}
	return t, nil
}

// ownCycle returns the cycle of the request's path, if its case is the
// account's.
func (h *Web) ownCycle(r *http.Request) (store.Cycle, error) {
	return h.ownCycleOf(r.Context(), store.CycleID(idOf(r, "cycle")))
}

func (h *Web) ownCycleOf(ctx context.Context, id store.CycleID) (store.Cycle, error) {
	c, err := h.Store.Cycle(ctx, id)
	if err == nil {
		_, err = h.ownCaseOf(ctx, c.Case)
	}
	return c, err
}

// seenCycle returns the cycle of the request's path, if its case is the
// account's or is shared with it.
func (h *Web) seenCycle(r *http.Request) (store.Cycle, error) {
	return h.seenCycleOf(r.Context(), store.CycleID(idOf(r, "cycle")))
}

func (h *Web) seenCycleOf(ctx context.Context, id store.CycleID) (store.Cycle, error) {
	c, err := h.Store.Cycle(ctx, id)
	if err == nil {
		_, err = h.seenCaseOf(ctx, c.Case)
	}
	return c, err
}

func (h *Web) getCycle(w http.ResponseWriter, r *http.Request) error {
	c, err := h.seenCycle(r)
	if err != nil {
		return err
	}
	h.answer(w, r, http.StatusOK, showCycle(c))
	return nil
}

func (h *Web) listCycles(w http.ResponseWriter, r *http.Request) error {
	of, err := h.seenCase(r)
	if err != nil {
		return err
	}
	cycles, err := h.Store.Cycles(r.Context(), of.ID)
	if err != nil {
		return err
	}
	shown := make([]cycleJSON, len(cycles))
	for i, c := range cycles {
		shown[i] = showCycle(c)
	}
	h.answer(w, r, http.StatusOK, map[string][]cycleJSON{"cycles": shown})
	return nil
}

func (h *Web) createCycle(w http.ResponseWriter, r *http.Request) error {
	of, err := h.ownCase(r)
	if err != nil {
		return err
	}
	var asked struct {
		Goal string `json:"goal"`
	}
	if err := decode(r, &asked); err != nil {
		return err
	}
	c, err := h.Store.CreateCycle(r.Context(), of.ID, asked.Goal)
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/api/v1/cycles/"+string(c.ID))
	h.answer(w, r, http.StatusCreated, showCycle(c))
	return nil
}

// setCycle changes what a request names of a cycle, if it is still as whoever
// asks has seen it.
func (h *Web) setCycle(w http.ResponseWriter, r *http.Request) error {
	c, err := h.ownCycle(r)
	if err != nil {
		return err
	}
	version, err := versionOf(r)
	if err != nil {
		return err
	}
	var asked struct {
		Goal     *string `json:"goal"`
		FilmedOn *string `json:"filmed_on"`
		ReviewOn *string `json:"review_on"`
		Words    *string `json:"words"`
		Done     *bool   `json:"done"`
	}
	if err := decode(r, &asked); err != nil {
		return err
	}
	change := store.CycleChange{Goal: asked.Goal, Words: asked.Words, Done: asked.Done}
	for _, one := range []struct {
		text *string
		day  **time.Time
	}{{asked.FilmedOn, &change.FilmedOn}, {asked.ReviewOn, &change.ReviewOn}} {
		if one.text == nil {
			continue
		}
		day, err := readDay(*one.text)
		if err != nil {
			return err
		}
		*one.day = &day
	}
	if c, err = h.changeCycle(r.Context(), c.ID, version, change); err != nil {
		return err
	}
	w.Header().Set("ETag", etagOf(c.Version))
	h.answer(w, r, http.StatusOK, showCycle(c))
	return nil
}

// changeCycle changes a cycle. The one conflict is that another came first.
func (h *Web) changeCycle(ctx context.Context, id store.CycleID, version int, change store.CycleChange) (store.Cycle, error) {
	c, err := h.Store.SetCycle(ctx, id, version, change)
	if vig.CodeOf(err) == vig.CodeConflict {
		err = &vig.Error{Code: codeOutdated, Op: "set cycle", Err: err}
	}
	return c, err
}
