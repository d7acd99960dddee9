package web

import (
	"net/http"
	"time"

	"attune/internal/store"
	"attune/internal/vig"
	"attune/internal/web/page"
)

const (
	// shareUsual is how long a share is proposed to last: a supervision and what
	// follows from it.
	shareUsual = 14 * 24 * time.Hour
	// shareLongest is how long one may last: the work with one client.
	shareLongest = 366 * 24 * time.Hour
)

// shares returns the part of a case's page on who else may see it.
func (h *Web) shares(r *http.Request, c store.Case) (page.Shares, error) {
	all, err := h.Store.Shares(r.Context(), c.ID)
	if err != nil {
		return page.Shares{}, err
	}
	supervisors, err := h.Store.Supervisors(r.Context())
	if err != nil {
		return page.Shares{}, err
	}
	now := h.now()
	part := page.Shares{Case: string(c.ID), Supervisors: supervisors, First: now, Last: now.Add(shareLongest), Usual: now.Add(shareUsual)}
	for _, one := range all {
		part.With = append(part.With, page.Share{Account: string(one.Account), Name: one.Name, Last: h.lastDay(one.Ends)})
	}
	return part, nil
}

// lastDay returns the day at the end of which a share ends.
func (h *Web) lastDay(ends time.Time) time.Time { return ends.Add(-time.Second).In(h.now().Location()) }

// shareCase lets a supervisor see a case until the end of a day.
func (h *Web) shareCase(w http.ResponseWriter, r *http.Request) error {
	const op = "share case"
	c, err := h.ownCase(r)
	if err != nil {
		return err
	}
	now := h.now()
	last, err := time.ParseInLocation(time.DateOnly, r.PostFormValue("last"), now.Location())
	if err != nil {
		return vig.Errorf(vig.CodeInvalid, op, "the last day is to be a day, as in 2026-05-31")
	}
	ends := last.AddDate(0, 0, 1)
	if ends.After(now.Add(shareLongest).AddDate(0, 0, 1)) {
		return vig.Errorf(vig.CodeInvalid, op, "a case can be shared for a year at most, and then again")
	}
	share, err := h.Store.ShareCase(r.Context(), c.ID, r.PostFormValue("name"), ends)
	if vig.CodeOf(err) == vig.CodeNotFound {
		return vig.Errorf(vig.CodeInvalid, op, "there is no supervisor of this name")
	}
	if err != nil {
		return err
	}
	h.log.InfoContext(r.Context(), "case shared", "case", c.ID, "with", share.Account, "ends", share.Ends)
	http.Redirect(w, r, "/cases/"+string(c.ID)+"#shares", http.StatusSeeOther)
	return nil
}

// endShare ends the share of a case at once.
func (h *Web) endShare(w http.ResponseWriter, r *http.Request) error {
	c, err := h.ownCase(r)
	if err != nil {
		return err
	}
	with := store.AccountID(idOf(r, "account"))
	if err := h.Store.EndShare(r.Context(), c.ID, with); err != nil && vig.CodeOf(err) != vig.CodeNotFound {
		return err // one that is over is as it should be
	}
	h.log.InfoContext(r.Context(), "share ended", "case", c.ID, "with", with)
	http.Redirect(w, r, "/cases/"+string(c.ID)+"#shares", http.StatusSeeOther)
	return nil
}
