package web

import (
	"context"
	"net/http"
	"time"

	"attune/internal/store"
	"attune/internal/vig"
)

type caseJSON struct {
	ID       store.CaseID `json:"id"`
	Code     string       `json:"code"`
	Goals    string       `json:"goals"`
	Created  time.Time    `json:"created"`
	Archived bool         `json:"archived"`
	ETag     string       `json:"etag"`
}

func showCase(c store.Case) caseJSON {
	return caseJSON{ID: c.ID, Code: c.Code, Goals: c.Goals, Created: c.Created, Archived: !c.Archived.IsZero(), ETag: etagOf(c.Version)}
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

// seenCase returns the case of the request's path, if it is the account's or is
// shared with it.
func (h *Web) seenCase(r *http.Request) (store.Case, error) {
	return h.seenCaseOf(r.Context(), store.CaseID(idOf(r, "case")))
}

func (h *Web) seenCaseOf(ctx context.Context, id store.CaseID) (store.Case, error) {
	c, err := h.Store.Case(ctx, id)
	if err == nil {
		err = h.mayRead(ctx, c.Guider, c.ID)
	}
	if err != nil {
		return store.Case{}, err
	}
	return c, nil
}

// mayRead fails unless a case, with all that belongs to it, is the account's or
// is shared with it.
func (h *Web) mayRead(ctx context.Context, guider store.AccountID, id store.CaseID) error {
	me := accountOf(ctx)
	if guider == me.ID {
		return nil
	}
	if me.Role == store.RoleSupervisor {
		if shared, err := h.Store.SharedWith(ctx, id, me.ID); err != nil || shared {
			about(ctx, func(ctx context.Context) error { return h.mayRead(ctx, guider, id) }) // shares end
			return err
		}
	}
	return &vig.Error{Code: vig.CodeNotFound, Op: "find case: it is another's"}
}

func (h *Web) listCases(w http.ResponseWriter, r *http.Request) error {
	page, err := pageOf(r)
	if err != nil {
		return err
	}
	me := accountOf(r.Context()).ID
	var cases []store.Case
	if accountOf(r.Context()).Role == store.RoleSupervisor {
		return h.listSharedCases(w, r)
	}
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

// listSharedCases answers with the cases shared with a supervisor, on one page.
func (h *Web) listSharedCases(w http.ResponseWriter, r *http.Request) error {
	shared, err := h.Store.CasesSharedWith(r.Context(), accountOf(r.Context()).ID)
	if err != nil {
		return err
	}
	shown := make([]caseJSON, len(shared))
	for i, c := range shared {
		shown[i] = showCase(c.Case)
	}
	h.answer(w, r, http.StatusOK, map[string][]caseJSON{"cases": shown})
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
	c, err := h.newCase(r.Context(), asked.Code, asked.Goals)
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/api/v1/cases/"+string(c.ID))
	h.answer(w, r, http.StatusCreated, showCase(c))
	return nil
}

// newCase begins a case of the account's.
func (h *Web) newCase(ctx context.Context, code, goals string) (store.Case, error) {
	c, err := h.Store.CreateCase(ctx, store.CaseDraft{Guider: accountOf(ctx).ID, Code: code, Goals: goals})
	if vig.CodeOf(err) == vig.CodeConflict {
		return store.Case{}, errSameCode("create case")
	}
	return c, err
}

func (h *Web) getCase(w http.ResponseWriter, r *http.Request) error {
	c, err := h.seenCase(r)
	if err != nil {
		return err
	}
	h.answer(w, r, http.StatusOK, showCase(c))
	return nil
}

// errSameCode is what a guider is told who gives two cases the same code.
func errSameCode(op string) error {
	return vig.Errorf(vig.CodeConflict, op, "you already have a case with this code")
}

// setCase changes what a request names of a case, if it is still as whoever
// asks has seen it.
func (h *Web) setCase(w http.ResponseWriter, r *http.Request) error {
	c, err := h.ownCase(r)
	if err != nil {
		return err
	}
	version, err := versionOf(r)
	if err != nil {
		return err
	}
	var asked struct {
		Code     *string `json:"code"`
		Goals    *string `json:"goals"`
		Archived *bool   `json:"archived"`
	}
	if err := decode(r, &asked); err != nil {
		return err
	}
	c, err = h.changeCase(r.Context(), c, version, store.CaseChange{Code: asked.Code, Goals: asked.Goals, Archived: asked.Archived})
	if err != nil {
		return err
	}
	w.Header().Set("ETag", etagOf(c.Version))
	h.answer(w, r, http.StatusOK, showCase(c))
	return nil
}

// changeCase changes a case, and says which of the conflicts there was.
func (h *Web) changeCase(ctx context.Context, c store.Case, version int, change store.CaseChange) (store.Case, error) {
	const op = "set case"
	changed, err := h.Store.SetCase(ctx, c.ID, version, change)
	if vig.CodeOf(err) != vig.CodeConflict {
		return changed, err
	}
	if now, again := h.Store.Case(ctx, c.ID); again == nil && version != 0 && now.Version != version {
		return store.Case{}, &vig.Error{Code: codeOutdated, Op: op, Err: err}
	}
	return store.Case{}, errSameCode(op)
}
