package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"github.com/alexedwards/scs/v2"

	"attune/internal/store"
	"attune/internal/vig"
)

const (
	// sessionIdle is how long a session lasts unused: over a long lunch, and not
	// over night.
	sessionIdle = 2 * time.Hour
	// sessionLifetime is how long a session lasts in any case: a working day.
	sessionLifetime = 12 * time.Hour
)

// sessionAccount is where a session keeps whose it is.
const sessionAccount = "account"

// newSessions returns the keeper of sessions, in the records. Where the service
// is reached by https, the cookie goes over nothing else, and no other host or
// path can have set it (the prefix __Host-).
func newSessions(cfg Config) *scs.SessionManager {
	// Not scs.New, which begins to keep sessions in memory, and never stops.
	m := &scs.SessionManager{
		Lifetime: cfg.SessionLifetime,
		Codec:    sessionCodec{},
		Store:    sessionRecords{cfg.Store, cfg.SessionIdle},
		// Without Persist it ends with the browser at the latest.
		Cookie: scs.SessionCookie{Name: "attune-session", Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode},
	}
	if secureURL(cfg.PublicURL) {
		m.Cookie.Name = "__Host-" + m.Cookie.Name
		m.Cookie.Secure = true
	}
	return m
}

// secureURL says whether the service is reached by https.
func secureURL(public *url.URL) bool { return public != nil && public.Scheme == "https" }

// sessionRecords keeps sessions in the records, under the hash of their secret.
type sessionRecords struct {
	*store.Store
	idle time.Duration
}

type untouched struct{}

// FindCtx returns the data of a session. It lasts longer by that, unless ctx
// says that nobody uses it.
func (s sessionRecords) FindCtx(ctx context.Context, secret string) ([]byte, bool, error) {
	found, err := s.Session(ctx, secret)
	if vig.CodeOf(err) == vig.CodeNotFound {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	if ctx.Value(untouched{}) == nil {
		_ = s.TouchSession(ctx, secret, found, s.idle) // or with its next use: it is good until then
	}
	return []byte(found.Data), true, nil
}

// CommitCtx stores a session that begins. What a session keeps does not change.
func (s sessionRecords) CommitCtx(ctx context.Context, secret string, data []byte, ends time.Time) error {
	_, values, err := sessionCodec{}.Decode(data)
	if err != nil {
		return err
	}
	of, _ := values[sessionAccount].(string)
	return s.CreateSession(ctx, secret, store.AccountID(of), string(data), s.idle, ends)
}

// DeleteCtx ends a session.
func (s sessionRecords) DeleteCtx(ctx context.Context, secret string) error {
	return s.DeleteSession(ctx, secret)
}

// Find, Commit and Delete are those of [scs.Store], which calls the ones above
// where it can.
func (s sessionRecords) Find(secret string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), secret)
}

// Commit is CommitCtx.
func (s sessionRecords) Commit(secret string, data []byte, ends time.Time) error {
	return s.CommitCtx(context.Background(), secret, data, ends)
}

// Delete is DeleteCtx.
func (s sessionRecords) Delete(secret string) error {
	return s.DeleteCtx(context.Background(), secret)
}

// sessionCodec writes sessions as JSON.
type sessionCodec struct{}

type sessionData struct {
	Ends   time.Time      `json:"ends"`
	Values map[string]any `json:"values"`
}

// Encode and Decode are those of [scs.Codec].
func (sessionCodec) Encode(ends time.Time, values map[string]any) ([]byte, error) {
	return json.Marshal(sessionData{ends, values})
}

// Decode is the other way round.
func (sessionCodec) Decode(text []byte) (time.Time, map[string]any, error) {
	var d sessionData
	err := json.Unmarshal(text, &d)
	return d.Ends, d.Values, err
}

// startSession signs an account in: with a new secret, whatever session the
// browser came with, which ends.
func (h *Web) startSession(w http.ResponseWriter, r *http.Request, of store.AccountID) error {
	if err := h.endSession(r); err != nil {
		return err
	}
	ctx, err := h.sessions.Load(r.Context(), "")
	if err != nil {
		return err
	}
	h.sessions.Put(ctx, sessionAccount, string(of))
	secret, ends, err := h.sessions.Commit(ctx)
	if err != nil {
		return err
	}
	h.sessions.WriteSessionCookie(ctx, w, secret, ends)
	w.Header().Set("Cache-Control", private) // to which the cookie's writer added
	return nil
}

// endSession ends the session of a request, if there is one.
func (h *Web) endSession(r *http.Request) error {
	if c, err := r.Cookie(h.sessions.Cookie.Name); err == nil {
		return h.Store.DeleteSession(r.Context(), c.Value)
	}
	return nil
}

// accountBySession returns the account that a browser is signed in with.
func (h *Web) accountBySession(r *http.Request, secret string) (store.Account, error) {
	ctx, err := h.sessions.Load(r.Context(), secret)
	if err != nil {
		return store.Account{}, err
	}
	id := h.sessions.GetString(ctx, sessionAccount)
	if id == "" {
		return store.Account{}, &vig.Error{Code: vig.CodeNotFound, Op: "find session: there is none"}
	}
	account, err := h.Store.Account(ctx, store.AccountID(id))
	if err == nil && account.Disabled {
		return store.Account{}, vig.Errorf(vig.CodeForbidden, "find account by session", "the account is disabled")
	}
	return account, err
}
