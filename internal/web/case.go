package web

import (
	"context"
	"net/http"
	"time"

	"attune/internal/store"
	"attune/internal/vig"
)

type caseJSON struct {
	ID      store.CaseID `json:"id"`
	Code    string       `json:"code"`
	Goals   string       `json:"goals"`
	Created time.Time    `json:"created"`
}

func showCase(c store.Case) caseJSON {
	return caseJSON{ID: c.ID, Code: c.Code, Goals: c.Goals, Created: c.Created}
}

// ownCase returns the case of the request's path, if it is the account's.
func (h *Web) ownCase(r *http.Request) (store.Case, error) {
	return h.ownCaseOf(r.Context(), store.CaseID(idOf(r, "case")))
}

func (h *Web) ownCaseOf(ctx context.Context, id store.CaseID) (store.Case, error) {
	c, err := h.Store.Case(ctx, id)
	if err == nil && c.Guider != accountOf(ctx).ID {
		err = &vig.Error{Code: vig.CodeNotFound, Op: "find case: it is another's"}
	}
	return c, err
}

func (h *Web) listCases(w http.ResponseWriter, r *http.Request) error {
	page, err := pageOf(r)
	if err != nil {
		return err
	}
	me := accountOf(r.Context()).ID
	var cases []store.Case
	if code := r.URL.Query().Get("code"); code != "" {
		c, err := h.Store.CaseByCode(r.Context(), me, code)
		switch vig.CodeOf(err) {
		case "":
			cases = []store.Case{c}
		case vig.CodeNotFound:
		default:
			return err
		}
		page.Limit = 0 // there is one at most, and no next page
	} else if cases, err = h.Store.Cases(r.Context(), me, page); err != nil {
		return err
	}
	shown, next := paged(cases, page, func(c store.Case) string { return string(c.ID) }, showCase)
	h.answer(w, r, http.StatusOK, struct {
		Cases []caseJSON `json:"cases"`
		Next  string     `json:"next,omitempty"`
	}{shown, next})
	return nil
}

func (h *Web) createCase(w http.ResponseWriter, r *http.Request) error {
	var asked struct {
		Code  string `json:"code"`
		Goals string `json:"goals"`
	}
	if err := decode(r, &asked); err != nil {
		return err
	}
	c, err := h.Store.CreateCase(r.Context(), store.CaseDraft{Guider: accountOf(r.Context()).ID, Code: asked.Code, Goals: asked.Goals})
	if vig.CodeOf(err) == vig.CodeConflict {
		return vig.Errorf(vig.CodeConflict, "create case", "you already have a case with this code")
	}
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/api/v1/cases/"+string(c.ID))
	h.answer(w, r, http.StatusCreated, showCase(c))
	return nil
}

func (h *Web) getCase(w http.ResponseWriter, r *http.Request) error {
	c, err := h.ownCase(r)
	if err != nil {
		return err
	}
	h.answer(w, r, http.StatusOK, showCase(c))
	return nil
}
