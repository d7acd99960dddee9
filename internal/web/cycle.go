package web

import (
	"context"
	"net/http"
	"time"

	"attune/internal/store"
)

type cycleJSON struct {
	ID      store.CycleID `json:"id"`
	Case    store.CaseID  `json:"case"`
	Number  int           `json:"number"`
	Goal    string        `json:"goal"`
	Created time.Time     `json:"created"`
}

func showCycle(c store.Cycle) cycleJSON {
	return cycleJSON{ID: c.ID, Case: c.Case, Number: c.Number, Goal: c.Goal, Created: c.Created}
}

// ownCycleOf returns a cycle, if its case is the account's.
func (h *Web) ownCycleOf(ctx context.Context, id store.CycleID) (store.Cycle, error) {
	c, err := h.Store.Cycle(ctx, id)
	if err == nil {
		_, err = h.ownCaseOf(ctx, c.Case)
	}
	return c, err
}

func (h *Web) getCycle(w http.ResponseWriter, r *http.Request) error {
	c, err := h.ownCycleOf(r.Context(), store.CycleID(idOf(r, "cycle")))
	if err != nil {
		return err
	}
	h.answer(w, r, http.StatusOK, showCycle(c))
	return nil
}

func (h *Web) listCycles(w http.ResponseWriter, r *http.Request) error {
	of, err := h.ownCase(r)
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
