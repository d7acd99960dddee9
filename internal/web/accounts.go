package web

import (
	"net/http"
	"slices"

	"attune/internal/store"
	"attune/internal/vig"
	"attune/internal/web/page"
)

// showAccounts shows an admin the accounts.
func (h *Web) showAccounts(w http.ResponseWriter, r *http.Request) error {
	return h.accountsPage(w, r, http.StatusOK, page.Accounts{})
}

// accountsPage answers with a page of the accounts, with what is already in shown.
func (h *Web) accountsPage(w http.ResponseWriter, r *http.Request, status int, shown page.Accounts) error {
	const path = "/admin/accounts"
	all, err := h.Store.Accounts(r.Context())
	if err != nil {
		return err
	}
	asked := partOf(r)
	shown.Find = find(len(all), asked, "account", path, nil)
	shown.Place = asked.address("", nil)
	listed, pages := cut(slices.DeleteFunc(all, func(a store.Account) bool { return !asked.finds(a.Name) }), asked, path, nil)
	shown.Pages = pages
	programs, err := h.Store.WithTokens(r.Context(), unsigned(listed))
	if err != nil {
		return err
	}
	me := accountOf(r.Context()).ID
	for _, a := range listed {
		shown.All = append(shown.All, page.AccountsRow{
			ID: string(a.ID), Name: a.Name, Role: string(a.Role), State: stateOf(a, programs[a.ID]), Created: a.Created, Self: a.ID == me,
		})
	}
	return h.page(w, r, status, shown)
}

// unsigned are the accounts that nobody can sign in with yet.
func unsigned(accounts []store.Account) (ids []store.AccountID) {
	for _, a := range accounts {
		if !a.HasPassword && !a.HasSubject {
			ids = append(ids, a.ID)
		}
	}
	return ids
}

// stateOf says how an account may be used, in the words of [page.AccountsRow].
func stateOf(a store.Account, hasToken bool) string {
	switch {
	case a.Disabled:
		return "disabled"
	case a.HasPassword:
		return "active"
	case a.HasSubject:
		return "elsewhere"
	case hasToken:
		return "tokens"
	}
	return "invited"
}

// addAccount makes an account, and shows the link with which its owner first
// signs in.
func (h *Web) addAccount(w http.ResponseWriter, r *http.Request) error {
	name := r.PostFormValue("name")
	account, err := h.Store.CreateAccount(r.Context(), name, store.Role(r.PostFormValue("role")))
	switch vig.CodeOf(err) {
	case "":
	case vig.CodeConflict:
		return h.accountsPage(w, r, http.StatusUnprocessableEntity, page.Accounts{Problem: "taken", Name: name})
	case vig.CodeInvalid:
		return h.accountsPage(w, r, http.StatusUnprocessableEntity, page.Accounts{Problem: "empty"})
	default:
		return err
	}
	h.log.InfoContext(r.Context(), "account added", "account", account.ID, "by", accountOf(r.Context()).ID)
	return h.showLink(w, r, account, store.PurposeInvite)
}

// showLink makes a link for an account, and shows it once.
func (h *Web) showLink(w http.ResponseWriter, r *http.Request, of store.Account, purpose store.Purpose) error {
	secret, link, err := h.Store.CreateLink(r.Context(), of.ID, purpose)
	if err != nil {
		return err
	}
	return h.accountsPage(w, r, http.StatusOK, page.Accounts{Of: of.Name, Link: h.publicAddress(r) + WelcomePath + secret, Expires: link.Expires})
}

// WelcomePath is where links lead that work once; their secret follows.
const WelcomePath = "/welcome/"

// publicAddress is where people reach the service: as the settings say, or as who
// asks reached it.
func (h *Web) publicAddress(r *http.Request) string {
	if h.PublicURL != nil {
		return h.PublicURL.Scheme + "://" + h.PublicURL.Host
	}
	return "http://" + r.Host
}

// anotherAccount returns the account of the request's path, unless it is the
// admin's own: nobody shuts themselves out.
func (h *Web) anotherAccount(r *http.Request) (store.Account, error) {
	a, err := h.Store.Account(r.Context(), store.AccountID(idOf(r, "account")))
	if err == nil && a.ID == accountOf(r.Context()).ID {
		err = vig.Errorf(vig.CodeConflict, "change account", "this is your own account, which another admin or the command 'attune account' can change")
	}
	return a, err
}

// resetAccount makes a new link for who cannot get in: with it they choose a new
// password. Until then nobody signs in.
func (h *Web) resetAccount(w http.ResponseWriter, r *http.Request) error {
	a, err := h.anotherAccount(r)
	if err != nil {
		return err
	}
	h.log.InfoContext(r.Context(), "account reset", "account", a.ID, "by", accountOf(r.Context()).ID)
	return h.showLink(w, r, a, store.PurposeReset)
}

func (h *Web) disableAccount(w http.ResponseWriter, r *http.Request) error {
	return h.ableAccount(w, r, true, "disable")
}

func (h *Web) enableAccount(w http.ResponseWriter, r *http.Request) error {
	return h.ableAccount(w, r, false, "enable")
}

func (h *Web) ableAccount(w http.ResponseWriter, r *http.Request, disabled bool, done string) error {
	a, err := h.anotherAccount(r)
	if err != nil {
		return err
	}
	if err := h.Store.SetDisabled(r.Context(), a.ID, disabled); err != nil {
		return err
	}
	h.log.InfoContext(r.Context(), "account changed", "account", a.ID, "disabled", disabled, "by", accountOf(r.Context()).ID)
	return h.accountsPage(w, r, http.StatusOK, page.Accounts{Done: done, Of: a.Name})
}
