package web

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"attune/internal/signin"
	"attune/internal/store"
	"attune/internal/vig"
	"attune/internal/web/page"
)

// ElsewherePath is where a provider of accounts sends people back to.
const ElsewherePath = signInPath + "/elsewhere/back"

// visit is what a browser keeps while somebody is at the provider.
type visit struct {
	signin.Flow
	Next string `json:"next"`           // where they go afterwards
	Link string `json:"link,omitempty"` // secret of the link with which they came
}

// visitTime is how long a visit may take: somebody looks for a telephone.
const visitTime = 15 * time.Minute

// providerName is what people call the provider; "" where there is none.
func (h *Web) providerName() string {
	if h.provider == nil {
		return ""
	}
	if h.provider.Name != "" {
		return h.provider.Name
	}
	at, err := url.Parse(h.provider.Issuer)
	if err != nil {
		return h.provider.Issuer
	}
	return at.Hostname()
}

func (h *Web) visitCookie(value string, seconds int) *http.Cookie {
	c := &http.Cookie{ //nolint:gosec // Secure wherever there is https
		Name: "attune-elsewhere", Value: value, Path: "/", MaxAge: seconds, HttpOnly: true,
		Secure: secureURL(h.PublicURL), SameSite: http.SameSiteLaxMode, // strict ones do not come back with who was away
	}
	if c.Secure {
		c.Name = "__Host-" + c.Name
	}
	return c
}

// goElsewhere sends somebody to the provider.
func (h *Web) goElsewhere(w http.ResponseWriter, r *http.Request) error {
	return h.beginVisit(w, r, visit{Next: local(r.PostFormValue("next"))})
}

// welcomeElsewhere sends somebody to the provider who has a link: whichever
// account they come back with is the link's from then on.
func (h *Web) welcomeElsewhere(w http.ResponseWriter, r *http.Request) error {
	secret, _, _, err := h.linkOf(r)
	if err != nil {
		return h.gone(w, r, err)
	}
	return h.beginVisit(w, r, visit{Next: "/", Link: secret})
}

func (h *Web) beginVisit(w http.ResponseWriter, r *http.Request, v visit) error {
	if h.provider == nil {
		return &vig.Error{Code: vig.CodeNotFound, Op: "sign in elsewhere: there is no provider"}
	}
	to, flow, err := h.provider.Begin(r.Context())
	if err != nil {
		h.log.WarnContext(r.Context(), "provider cannot be asked", "error", err)
		return h.page(w, r, http.StatusBadGateway, page.SignIn{Next: v.Next, Problem: "elsewhere", Provider: h.providerName()})
	}
	v.Flow = flow
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	http.SetCookie(w, h.visitCookie(base64.RawURLEncoding.EncodeToString(text), int(visitTime.Seconds())))
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// comeBack signs somebody in who comes back from the provider.
func (h *Web) comeBack(w http.ResponseWriter, r *http.Request) error {
	if h.provider == nil {
		return &vig.Error{Code: vig.CodeNotFound, Op: "sign in elsewhere: there is no provider"}
	}
	v := h.endVisit(w, r)
	q := r.URL.Query()
	if wait := h.tries.address.Take(h.addressOf(r), h.now()); wait > 0 {
		return h.tooMany(w, r, wait, page.SignIn{Next: local(v.Next), Problem: "wait", Minutes: minutes(wait), Provider: h.providerName()})
	}
	who, err := h.provider.Finish(r.Context(), v.Flow, q.Get("state"), q.Get("code"))
	if err != nil {
		h.log.InfoContext(r.Context(), "sign-in elsewhere refused", "reason", signin.Reason(err))
		return h.page(w, r, http.StatusForbidden, page.SignIn{Next: local(v.Next), Problem: "elsewhere", Provider: h.providerName()})
	}
	account, err := h.accountElsewhere(r.Context(), who, v.Link)
	if code := vig.CodeOf(err); code == vig.CodeNotFound || code == vig.CodeConflict {
		return h.page(w, r, http.StatusForbidden, page.SignIn{Next: local(v.Next), Problem: "unknown", Provider: h.providerName()})
	}
	if err != nil {
		return err
	}
	if err := h.startSession(w, r, account.ID); err != nil {
		return err
	}
	h.log.InfoContext(r.Context(), "signed in elsewhere", "account", account.ID)
	http.Redirect(w, r, local(v.Next), http.StatusSeeOther)
	return nil
}

// endVisit returns what the browser kept of a visit, and makes it forget that.
func (h *Web) endVisit(w http.ResponseWriter, r *http.Request) visit {
	var v visit
	http.SetCookie(w, h.visitCookie("", -1))
	c, err := r.Cookie(h.visitCookie("", 0).Name)
	if err != nil {
		return v
	}
	text, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil || json.Unmarshal(text, &v) != nil {
		return visit{} // which has no state, and is refused
	}
	return v
}

// accountElsewhere returns the account of somebody whom the provider knows: the
// one they used before, the one of the link they came with, or one whose name is
// the address that the provider verified. None is made.
func (h *Web) accountElsewhere(ctx context.Context, who signin.Identity, link string) (store.Account, error) {
	if link != "" {
		return h.Store.UseLink(ctx, link, store.Entry{Issuer: who.Issuer, Subject: who.Subject})
	}
	account, err := h.Store.AccountBySubject(ctx, who.Issuer, who.Subject)
	if vig.CodeOf(err) == vig.CodeNotFound && who.Email != "" {
		account, err = h.accountByEmail(ctx, who)
	}
	if err == nil && account.Disabled {
		err = &vig.Error{Code: vig.CodeNotFound, Op: "find account: it is disabled"}
	}
	return account, err
}

func (h *Web) accountByEmail(ctx context.Context, who signin.Identity) (store.Account, error) {
	account, err := h.Store.AccountByName(ctx, who.Email)
	if lower := strings.ToLower(who.Email); vig.CodeOf(err) == vig.CodeNotFound && lower != who.Email {
		account, err = h.Store.AccountByName(ctx, lower)
	}
	if err != nil || account.Disabled {
		return account, err
	}
	return account, h.Store.SetSubject(ctx, account.ID, who.Issuer, who.Subject)
}
