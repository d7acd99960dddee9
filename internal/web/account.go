package web

import (
	"context"
	"net/http"
	"strings"

	"attune/internal/store"
	"attune/internal/vig"
)

type accountKey struct{}

// accountOf returns the account that the request of this context acts for.
// Behind a route that asks for a token there always is one.
func accountOf(ctx context.Context) store.Account {
	a, _ := ctx.Value(accountKey{}).(store.Account)
	return a
}

// authenticate returns r with the account that it acts for: whose token it
// shows, or that the browser is signed in with.
func (h *Web) authenticate(r *http.Request) (*http.Request, error) {
	const op = "authenticate"
	var account store.Account
	var err error
	if shown := r.Header.Get("Authorization"); shown != "" {
		scheme, secret, _ := strings.Cut(shown, " ")
		if secret = strings.TrimSpace(secret); !strings.EqualFold(scheme, "Bearer") || secret == "" {
			return nil, &vig.Error{Code: codeUnauthenticated, Op: op}
		}
		account, err = h.Store.AccountByToken(r.Context(), secret)
	} else if c, missing := r.Cookie(h.sessions.Cookie.Name); missing == nil {
		account, err = h.accountBySession(r, c.Value)
	} else {
		return nil, &vig.Error{Code: codeUnauthenticated, Op: op}
	}
	switch vig.CodeOf(err) {
	case "":
		return r.WithContext(context.WithValue(r.Context(), accountKey{}, account)), nil
	case vig.CodeNotFound, vig.CodeForbidden: // a disabled account's is worth no more than none
		return nil, &vig.Error{Code: codeUnauthenticated, Op: op, Err: err}
	default:
		return nil, err
	}
}

// only refuses accounts that have none of the roles.
func only(account store.Account, roles []store.Role) error {
	for _, role := range roles {
		if account.Role == role {
			return nil
		}
	}
	return vig.Errorf(vig.CodeForbidden, "check role", "an account with the role %s may not do this", account.Role)
}

type meJSON struct {
	ID   store.AccountID `json:"id"`
	Name string          `json:"name"`
	Role store.Role      `json:"role"`
}

// me says who the token is.
func (h *Web) me(w http.ResponseWriter, r *http.Request) error {
	a := accountOf(r.Context())
	h.answer(w, r, http.StatusOK, meJSON{ID: a.ID, Name: a.Name, Role: a.Role})
	return nil
}
