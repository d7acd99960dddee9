package web

import (
	"net/http"
	"time"

	"attune/internal/store"
	"attune/internal/vig"
	"attune/internal/web/page"
)

// showAccount shows an account what it can change about itself.
func (h *Web) showAccount(w http.ResponseWriter, r *http.Request) error {
	return h.accountPage(w, r, http.StatusOK, page.Account{})
}

// accountPage answers with the page of an account, with what is already in shown.
func (h *Web) accountPage(w http.ResponseWriter, r *http.Request, status int, shown page.Account) error {
	me := accountOf(r.Context())
	sessions, err := h.Store.Sessions(r.Context(), me.ID)
	if err != nil {
		return err
	}
	tokens, err := h.Store.Tokens(r.Context(), me.ID)
	if err != nil {
		return err
	}
	shown.Name, shown.Role, shown.HasPassword, shown.Elsewhere = me.Name, string(me.Role), me.HasPassword, me.HasSubject
	shown.Provider, shown.Sessions = h.providerName(), len(sessions)
	asked := partOf(r)
	asked.find = "" // there is nothing to look for
	shown.Place = asked.address("", nil)
	tokens, shown.Pages = cut(tokens, asked, "/account", nil)
	for _, t := range tokens {
		shown.Tokens = append(shown.Tokens, page.AccountToken{ID: string(t.ID), Label: t.Label, Created: t.Created})
	}
	return h.page(w, r, status, shown)
}

// changePassword sets another password for who knows the one before. Every other
// browser is signed out.
func (h *Web) changePassword(w http.ResponseWriter, r *http.Request) error {
	me := accountOf(r.Context())
	before, problem, wait, err := h.asksPassword(r)
	if err != nil {
		return err
	}
	if problem != "" {
		return h.accountPage(w, r, refused(problem), page.Account{Problem: problem, Minutes: minutes(wait)})
	}
	password := r.PostFormValue("password")
	if problem = weakness(password, r.PostFormValue("again"), me.Name); problem != "" {
		return h.accountPage(w, r, http.StatusUnprocessableEntity, page.Account{Problem: problem})
	}
	hash, err := h.passwords.Hash(r.Context(), password)
	if err != nil {
		return err
	}
	if err := h.Store.SetPassword(r.Context(), me.ID, before, hash); err != nil {
		return err
	}
	if err := h.startSession(w, r, me.ID); err != nil {
		return err
	}
	h.log.InfoContext(r.Context(), "password changed", "account", me.ID)
	return h.accountPage(w, r, http.StatusOK, page.Account{Done: "password"})
}

// asksPassword looks whether whoever is signed in knows the password of the
// account. It returns its hash, or why not, in the words of [page.Account], and
// how long to wait.
func (h *Web) asksPassword(r *http.Request) (hash, problem string, wait time.Duration, err error) {
	me := accountOf(r.Context())
	if wait = h.tries.pair.Take("account "+string(me.ID), h.now()); wait > 0 {
		return "", "wait", wait, nil
	}
	_, hash, err = h.Store.Password(r.Context(), me.Name)
	if err != nil {
		return "", "", 0, err
	}
	right, _, err := h.passwords.Check(r.Context(), r.PostFormValue("current"), hash)
	if err == nil && !right {
		problem = "wrong"
	}
	return hash, problem, 0, err
}

// refused is the status of an answer that says such a problem.
func refused(problem string) int {
	if problem == "wait" {
		return http.StatusTooManyRequests
	}
	return http.StatusUnprocessableEntity
}

// signOutEverywhere ends all sessions of the account.
func (h *Web) signOutEverywhere(w http.ResponseWriter, r *http.Request) error {
	me := accountOf(r.Context()).ID
	if err := h.Store.DeleteSessions(r.Context(), me); err != nil {
		return err
	}
	h.log.InfoContext(r.Context(), "signed out everywhere", "account", me)
	h.dropCookie(w, r)
	http.Redirect(w, r, signInPath, http.StatusSeeOther)
	return nil
}

// makeToken makes a token for a program, and shows its secret once. It outlives
// the session, so that whoever finds a browser open makes none: the password is
// asked for, where the account has one.
func (h *Web) makeToken(w http.ResponseWriter, r *http.Request) error {
	me, label := accountOf(r.Context()), r.PostFormValue("label")
	if me.HasPassword {
		_, problem, wait, err := h.asksPassword(r)
		if err != nil {
			return err
		}
		if problem != "" {
			return h.accountPage(w, r, refused(problem), page.Account{TokenProblem: problem, Minutes: minutes(wait), Label: label})
		}
	}
	secret, err := h.Store.CreateToken(r.Context(), me.ID, label)
	if err != nil {
		return err
	}
	h.log.InfoContext(r.Context(), "token made", "account", me.ID)
	return h.accountPage(w, r, http.StatusOK, page.Account{Token: secret})
}

// deleteToken makes a token of the account worthless.
func (h *Web) deleteToken(w http.ResponseWriter, r *http.Request) error {
	me := accountOf(r.Context()).ID
	err := h.Store.DeleteToken(r.Context(), me, store.TokenID(idOf(r, "token")))
	if err != nil && vig.CodeOf(err) != vig.CodeNotFound { // one that is gone is as it should be
		return err
	}
	h.log.InfoContext(r.Context(), "token deleted", "account", me)
	return h.accountPage(w, r, http.StatusOK, page.Account{Done: "token_deleted"})
}
