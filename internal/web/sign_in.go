package web

import (
	"math"
	"net/http"
	"strconv"
	"time"

	"attune/internal/signin"
	"attune/internal/store"
	"attune/internal/vig"
	"attune/internal/web/page"
)

// tries bound how often passwords are tried.
type tries struct {
	pair    *signin.Limit // one name from one address: somebody who tries to remember
	address *signin.Limit // all names from one address: a school, or somebody who guesses
	name    *signin.Limit // one name from all addresses: many who guess together
}

// newTries returns limits with which somebody who guesses gets some thousand
// tries a day for one account, and few enough for nobody to notice who mistypes.
func newTries() tries {
	return tries{
		pair:    signin.NewLimit(5, 30*time.Second),
		address: signin.NewLimit(20, 3*time.Second),
		name:    signin.NewLimit(50, 15*time.Second),
	}
}

// take counts one try, and returns how long to wait before it is allowed.
func (t tries) take(address, name string, now time.Time) time.Duration {
	if wait := t.address.Take(address, now); wait > 0 {
		return wait
	}
	if wait := t.pair.Take(address+" "+name, now); wait > 0 {
		return wait
	}
	return t.name.Take(name, now)
}

// minutes is a time to wait as people are told it.
func minutes(wait time.Duration) int { return int(math.Ceil(wait.Minutes())) }

// maxTyped is the longest name that is looked up: longer ones there are not.
const maxTyped = 255

// showSignIn asks who somebody is. Who is signed in goes on.
func (h *Web) showSignIn(w http.ResponseWriter, r *http.Request) error {
	next := local(r.URL.Query().Get("next"))
	if _, err := h.authenticate(r); err == nil {
		http.Redirect(w, r, next, http.StatusSeeOther) //nolint:gosec // local: a page of this service
		return nil
	}
	return h.page(w, r, http.StatusOK, page.SignIn{Next: next, Provider: h.providerName()})
}

// signIn signs somebody in who knows the password of an account. Whether there is
// such an account is told neither by the answer nor by how long it takes.
func (h *Web) signIn(w http.ResponseWriter, r *http.Request) error {
	name, next := r.PostFormValue("name"), local(r.PostFormValue("next"))
	shown := page.SignIn{Name: name, Next: next, Provider: h.providerName()}
	if len(name) > maxTyped {
		name, shown.Name = "", ""
	}
	if wait := h.tries.take(h.addressOf(r), name, h.now()); wait > 0 {
		shown.Problem, shown.Minutes = "wait", minutes(wait)
		return h.tooMany(w, r, wait, shown)
	}
	account, right, err := h.known(r, name, r.PostFormValue("password"))
	if err != nil {
		return err
	}
	if !right || account.Disabled {
		h.log.InfoContext(r.Context(), "sign-in refused", "account", account.ID)
		shown.Problem = "wrong"
		return h.page(w, r, http.StatusUnprocessableEntity, shown)
	}
	h.tries.pair.Forgive(h.addressOf(r) + " " + name)
	if err := h.startSession(w, r, account.ID); err != nil {
		return err
	}
	h.log.InfoContext(r.Context(), "signed in", "account", account.ID)
	http.Redirect(w, r, next, http.StatusSeeOther) //nolint:gosec // local: a page of this service
	return nil
}

// known returns the account of a name, and whether it has that password. Where
// there is none it takes as long.
func (h *Web) known(r *http.Request, name, password string) (store.Account, bool, error) {
	ctx := r.Context()
	account, hash, err := h.Store.Password(ctx, name)
	if code := vig.CodeOf(err); err != nil && code != vig.CodeNotFound && code != vig.CodeInvalid {
		return account, false, err
	}
	right, stale, err := h.passwords.Check(ctx, password, hash)
	if err != nil || !right {
		return account, false, err
	}
	if stale {
		if renewed, err := h.passwords.Hash(ctx, password); err == nil {
			err = h.Store.RenewPassword(ctx, account.ID, hash, renewed)
			if err != nil {
				return account, false, err
			}
		}
	}
	return account, true, nil
}

// tooMany answers who tried too often.
func (h *Web) tooMany(w http.ResponseWriter, r *http.Request, wait time.Duration, shown page.Page) error {
	w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	return h.page(w, r, http.StatusTooManyRequests, shown)
}

// signOut ends the session of a browser, if it has one.
func (h *Web) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := h.endSession(r); err != nil {
		return err
	}
	h.dropCookie(w, r)
	http.Redirect(w, r, signInPath, http.StatusSeeOther)
	return nil
}

// dropCookie makes a browser forget its session.
func (h *Web) dropCookie(w http.ResponseWriter, r *http.Request) {
	h.sessions.WriteSessionCookie(r.Context(), w, "", time.Time{})
	w.Header().Set("Cache-Control", private) // to which the cookie's writer added
}
