package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"

	"attune/internal/signin"
	"attune/internal/vig"
	"attune/internal/web/page"
)

// Web answers the requests of the service.
type Web struct {
	Config
	log      *slog.Logger
	mux      *http.ServeMux
	places   map[string]bool // patterns of the pages that people can open
	sessions *scs.SessionManager
	cross    *http.CrossOriginProtection

	passwords *signin.Passwords
	provider  *signin.Provider // nil where people sign in here alone
	tries     tries
	now       func() time.Time

	uploads  *uploads      // nil where nothing can be uploaded
	stopping chan struct{} // closed by Shutdown
	stopOnce sync.Once
	beat     time.Duration // between heartbeats of a stream of events
	streams  streams
	pages    *page.Set
	meter    storageMeter
}

// New returns the handler of the service. Whoever serves it calls Shutdown when
// the server is to stop.
func New(_ context.Context, cfg Config) (*Web, error) {
	cfg = cfg.withDefaults()
	if cfg.Store == nil || cfg.Vault == nil || cfg.Queue == nil {
		return nil, vig.Errorf(vig.CodeInvalid, "make web", "store, vault and queue are needed")
	}
	pages, err := page.New()
	if err != nil {
		return nil, fmt.Errorf("make web: %w", err)
	}
	h := &Web{
		Config: cfg, log: cfg.Logger, mux: http.NewServeMux(), places: map[string]bool{}, stopping: make(chan struct{}), beat: heartbeat,
		pages: pages, sessions: newSessions(cfg), tries: newTries(), passwords: signin.NewPasswords(0), now: time.Now,
	}
	if cfg.Elsewhere.Issuer != "" {
		h.provider = signin.NewProvider(cfg.Elsewhere)
	}
	if h.cross, err = newCross(cfg.PublicURL); err != nil {
		return nil, err
	}
	if cfg.Staging != "" {
		if h.uploads, err = newUploads(cfg); err != nil {
			return nil, err
		}
	}
	for _, route := range slices.Concat(h.routes(), h.galleryRoutes()) {
		h.mux.Handle(route.pattern, h.serve(route))
		h.places[route.pattern] = route.page && !route.unattended && strings.HasPrefix(route.pattern, http.MethodGet+" ")
	}
	return h, nil
}

// Shutdown ends what would keep a server from stopping: the streams of events.
// It does not wait. It is for [http.Server.RegisterOnShutdown].
func (h *Web) Shutdown() { h.stopOnce.Do(func() { close(h.stopping) }) }

// ServeHTTP answers one request.
func (h *Web) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// A connection that is kept still has the deadline of the request before.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(quick)) // not of every connection, as in tests
	secure(w.Header())
	if secureURL(h.PublicURL) {
		w.Header().Set("Strict-Transport-Security", transport)
	}
	if err := h.cross.Check(r); err != nil {
		h.refuseCross(w, r)
		return
	}
	if handler, pattern := h.mux.Handler(r); pattern == "" {
		h.refuse(w, r, handler)
		return
	}
	h.mux.ServeHTTP(w, r)
}

// refuse answers, in our form, what the mux would have answered to a request
// that has no route.
func (h *Web) refuse(w http.ResponseWriter, r *http.Request, by http.Handler) {
	said := &beginning{header: http.Header{}}
	by.ServeHTTP(said, r)
	code := vig.CodeNotFound
	if said.status == http.StatusMethodNotAllowed {
		code = codeMethod
		w.Header().Set("Allow", said.header.Get("Allow"))
	}
	err := &vig.Error{Code: code, Op: "find route"}
	if strings.HasPrefix(r.URL.Path, "/api/") || !strings.Contains(r.Header.Get("Accept"), "text/html") {
		h.fail(w, r, err)
		return
	}
	if known, err := h.authenticate(r); err == nil {
		r = known // the page around it is theirs
	}
	h.failPage(w, r, err)
}

// beginning takes the status and the headers of an answer, and no more.
type beginning struct {
	header http.Header
	status int
}

// Header, WriteHeader and Write are those of [http.ResponseWriter].
func (b *beginning) Header() http.Header         { return b.header }
func (b *beginning) WriteHeader(status int)      { b.status = status }
func (b *beginning) Write(p []byte) (int, error) { return len(p), nil }
