package web

import (
	"net/http"

	"attune/internal/signin"
	"attune/internal/store"
	"attune/internal/vig"
	"attune/internal/web/page"
)

// linkOf returns the link of a request's path and its account.
func (h *Web) linkOf(r *http.Request) (secret string, link store.Link, account store.Account, err error) {
	secret = idOf(r, "secret")
	link, account, err = h.Store.Link(r.Context(), secret)
	return secret, link, account, err
}

// showWelcome lets who has a link choose how they sign in. To look at it does not
// use it up: programs that look at links in letters do so.
func (h *Web) showWelcome(w http.ResponseWriter, r *http.Request) error {
	secret, link, account, err := h.linkOf(r)
	if err != nil {
		return h.gone(w, r, err)
	}
	return h.page(w, r, http.StatusOK, h.welcomeTo(secret, link, account))
}

func (h *Web) welcomeTo(secret string, link store.Link, account store.Account) page.Welcome {
	return page.Welcome{Secret: secret, Name: account.Name, Choose: link.Purpose == store.PurposeFirst, Provider: h.providerName()}
}

// gone answers who has a link that there is not, or not any more.
func (h *Web) gone(w http.ResponseWriter, r *http.Request, err error) error {
	if vig.CodeOf(err) != vig.CodeNotFound {
		return err
	}
	return h.page(w, r, http.StatusNotFound, page.Welcome{Problem: "gone"})
}

// welcome sets the password of a link's account, and signs in with it.
func (h *Web) welcome(w http.ResponseWriter, r *http.Request) error {
	secret, link, account, err := h.linkOf(r)
	if err != nil {
		return h.gone(w, r, err)
	}
	shown := h.welcomeTo(secret, link, account)
	if shown.Choose {
		shown.Name = r.PostFormValue("name")
	}
	password := r.PostFormValue("password")
	if shown.Problem = weakness(password, r.PostFormValue("again"), shown.Name); shown.Problem != "" {
		return h.page(w, r, http.StatusUnprocessableEntity, shown)
	}
	if shown.Name == "" {
		shown.Problem = "empty"
		return h.page(w, r, http.StatusUnprocessableEntity, shown)
	}
	hash, err := h.passwords.Hash(r.Context(), password)
	if err != nil {
		return err
	}
	account, err = h.Store.UseLink(r.Context(), secret, store.Entry{Name: shown.Name, Password: hash})
	switch vig.CodeOf(err) {
	case "":
	case vig.CodeConflict:
		shown.Problem = "taken"
		return h.page(w, r, http.StatusUnprocessableEntity, shown)
	case vig.CodeInvalid:
		shown.Problem, shown.Name = "empty", ""
		return h.page(w, r, http.StatusUnprocessableEntity, shown)
	default:
		return h.gone(w, r, err)
	}
	if err := h.startSession(w, r, account.ID); err != nil {
		return err
	}
	h.log.InfoContext(r.Context(), "link used", "account", account.ID, "purpose", string(link.Purpose))
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

// weakness says why a password that was typed twice cannot be chosen, in the
// words of [page.Welcome]; "" if it can.
func weakness(password, again, name string) string {
	if problem := signin.Weakness(password, name); problem != "" {
		return problem
	}
	if password != again {
		return "differ"
	}
	return ""
}
