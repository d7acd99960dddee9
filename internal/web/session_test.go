package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"attune/internal/store"
)

// The cookie is for this service alone, and for https where there is any.
func TestSessionCookie(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, test := range []struct {
		public string
		want   string
	}{
		{"", "attune-session=…; Path=/; HttpOnly; SameSite=Lax"},
		{"http://127.0.0.1:8080", "attune-session=…; Path=/; HttpOnly; SameSite=Lax"},
		{"https://attune.example", "__Host-attune-session=…; Path=/; HttpOnly; Secure; SameSite=Lax"},
	} {
		cfg := b.Config
		if test.public != "" {
			at, err := url.Parse(test.public)
			ok(t, err)
			cfg.PublicURL = at
		}
		h, err := New(t.Context(), cfg)
		ok(t, err)
		w := httptest.NewRecorder()
		ok(t, h.startSession(w, b.request(t, request{}), b.guider.ID))
		got := w.Header().Get("Set-Cookie")
		name, rest, _ := strings.Cut(got, "=")
		secret, rest, _ := strings.Cut(rest, ";")
		if got := name + "=…;" + rest; got != test.want {
			t.Errorf("at %q: %s", test.public, got)
		}
		if len(secret) < 43 { // 32 random bytes
			t.Errorf("the secret has %d letters", len(secret))
		}
		if c := w.Header().Values("Cache-Control"); len(c) != 1 || c[0] != private {
			t.Errorf("Cache-Control is %q", c)
		}
		w = httptest.NewRecorder()
		h.ServeHTTP(w, b.request(t, request{path: "/healthz"}))
		if secured := w.Header().Get("Strict-Transport-Security") != ""; secured != strings.HasPrefix(test.public, "https:") {
			t.Errorf("at %q: Strict-Transport-Security is %v", test.public, secured)
		}
	}
}

// Whoever planted a secret in a browser has nothing of it: a session that begins
// has a new one, and the one before is over.
func TestSessionFixation(t *testing.T) {
	t.Parallel()
	b := setup(t)
	planted := asker{cookie: &http.Cookie{Name: b.sessions.Cookie.Name, Value: "planted"}}
	r := b.request(t, request{as: planted})
	w := httptest.NewRecorder()
	ok(t, b.startSession(w, r, b.guider.ID))
	b.do(t, request{as: planted, path: "/api/v1/me"}, http.StatusUnauthorized)
	first := asker{cookie: w.Result().Cookies()[0]}
	b.do(t, request{as: first, path: "/api/v1/me"}, http.StatusOK)

	w = httptest.NewRecorder()
	ok(t, b.startSession(w, b.request(t, request{as: first}), b.other.ID))
	b.do(t, request{as: first, path: "/api/v1/me"}, http.StatusUnauthorized)
	if got := read[meJSON](t, b.do(t, request{as: asker{cookie: w.Result().Cookies()[0]}, path: "/api/v1/me"}, http.StatusOK)); got.ID != b.other.ID {
		t.Errorf("signed in as %+v", got)
	}
}

// A token that is shown counts, whatever the browser is signed in as.
func TestTokenBeforeSession(t *testing.T) {
	t.Parallel()
	b := setup(t)
	both := asker{token: b.other.token, cookie: b.inBrowser(t, b.guider).cookie}
	if got := read[meJSON](t, b.do(t, request{as: both, path: "/api/v1/me"}, http.StatusOK)); got.ID != b.other.ID {
		t.Errorf("taken for %+v", got)
	}
	both.token = "attune_none"
	b.do(t, request{as: both, path: "/api/v1/me"}, http.StatusUnauthorized)
}

// A session ends with the account, and does not come back with it.
func TestSessionOfDisabled(t *testing.T) {
	t.Parallel()
	b := setup(t)
	browser := b.inBrowser(t, b.guider)
	b.do(t, request{as: browser, path: "/api/v1/me"}, http.StatusOK)
	ok(t, b.store.SetDisabled(t.Context(), b.guider.ID, true))
	b.do(t, request{as: browser, path: "/api/v1/me"}, http.StatusUnauthorized)
	ok(t, b.store.SetDisabled(t.Context(), b.guider.ID, false))
	b.do(t, request{as: browser, path: "/api/v1/me"}, http.StatusUnauthorized)
}

// What is shared is seen as long as it is shared, and only as it is shared.
func TestShareEnds(t *testing.T) {
	t.Parallel()
	b := setup(t)
	film := "/api/v1/films/" + string(b.film.ID)
	b.do(t, request{as: b.viewer, path: film}, http.StatusOK)
	b.do(t, request{as: b.viewer, method: http.MethodPost, path: film + "/cancel"}, http.StatusNotFound)
	cases := read[struct{ Cases []caseJSON }](t, b.do(t, request{as: b.viewer, path: "/api/v1/cases"}, http.StatusOK)).Cases
	if len(cases) != 1 || cases[0].ID != b.kase.ID {
		t.Errorf("the shared cases are %+v", cases)
	}
	ok(t, b.store.EndShare(t.Context(), b.kase.ID, b.viewer.ID))
	ended := b.do(t, request{as: b.viewer, path: film}, http.StatusNotFound)
	never := b.do(t, request{as: b.viewer, path: "/api/v1/films/01a1fd6c-0000-7000-8000-000000000000"}, http.StatusNotFound)
	if string(ended.body) != string(never.body) {
		t.Errorf("%s\n%s", ended.body, never.body)
	}
}

// Streams of events end with what they were asked for by, at the latest with the
// next heartbeat.
func TestEventsEnd(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		end  func(*testing.T, *bundle, asker) error
	}{
		{"disabled", func(t *testing.T, b *bundle, a asker) error { return b.store.SetDisabled(t.Context(), a.ID, true) }},
		{"signed out", func(t *testing.T, b *bundle, a asker) error { return b.store.DeleteSessions(t.Context(), a.ID) }},
		{"share ended", func(t *testing.T, b *bundle, a asker) error { return b.store.EndShare(t.Context(), b.kase.ID, a.ID) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.beat = 20 * time.Millisecond
			browser := b.inBrowser(t, b.viewer)
			r := b.request(t, request{as: browser, path: "/api/v1/films/" + string(b.film.ID) + "/events"})
			got, err := b.server.Client().Do(r)
			ok(t, err)
			defer got.Body.Close()
			first := make([]byte, 1)
			if _, err := got.Body.Read(first); err != nil || got.StatusCode != http.StatusOK {
				t.Fatalf("%d, %v", got.StatusCode, err)
			}
			ok(t, test.end(t, b, browser))
			for err == nil { // it is the test's deadline that bounds this
				_, err = got.Body.Read(make([]byte, 1024))
			}
		})
	}
}

// A session is over when nobody used it for long, and at its end in any case; an
// open stream is no use of it.
func TestSessionEnds(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for name, cfg := range map[string]Config{
		"idle":     {SessionIdle: time.Second, SessionLifetime: time.Hour},
		"lifetime": {SessionIdle: time.Hour, SessionLifetime: time.Second},
	} {
		cfg.Store, cfg.Vault, cfg.Queue = b.Store, b.Vault, b.Queue
		h, err := New(t.Context(), cfg)
		ok(t, err)
		w := httptest.NewRecorder()
		ok(t, h.startSession(w, b.request(t, request{}), b.guider.ID))
		browser := asker{cookie: w.Result().Cookies()[0]}
		status := func() int {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, b.request(t, request{as: browser, path: "/api/v1/me"}))
			return w.Code
		}
		began := time.Now()
		again := time.NewTicker(50 * time.Millisecond)
		defer again.Stop()
		for status() == http.StatusOK {
			if time.Since(began) > time.Minute {
				t.Fatalf("%s: it does not end", name)
			}
			<-again.C
		}
		if took := time.Since(began); took < 500*time.Millisecond {
			t.Errorf("%s: it ended after %v", name, took)
		}
	}
}

// Where one goes after signing in is here.
func TestLocal(t *testing.T) {
	t.Parallel()
	for next, want := range map[string]string{
		"/cases/1": "/cases/1", "/films/1/review?at=3": "/films/1/review?at=3", "/": "/", "": "/",
		"//evil.example": "/", "/\\evil.example": "/", "\\\\evil.example": "/", "https://evil.example": "/",
		"javascript:alert(1)": "/", "/\t/evil.example": "/", "/\n/evil.example": "/", " /x": "/", "cases": "/",
		"/%2f/evil.example": "/", "/%2F%2Fevil.example": "/", "/%5cevil.example": "/", "/x%00": "/x%00",
		"/sign-in?next=/": "/", "/sign-out": "/", "/welcome/secret": "/", "/api/v1/me": "/",
		"/" + strings.Repeat("x", 1000): "/", "/cases\r\nSet-Cookie: x": "/", "///evil.example": "/", "/.//evil.example": "/",
		"/x/..//evil.example": "/",
	} {
		if got := local(next); got != want {
			t.Errorf("%q leads to %q, want %q", next, got, want)
		}
	}
}

// Who is not signed in is sent to where they can be, and told how to come back.
func TestAskToSignIn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	page := b.serve(route{access: accounts, page: true, handle: func(http.ResponseWriter, *http.Request) error { return nil }})
	for _, test := range []struct {
		asked  request
		status int
		header string
		want   string
	}{
		{request{path: "/films/1?at=2"}, http.StatusSeeOther, "Location", "/sign-in?next=%2Ffilms%2F1%3Fat%3D2"},
		{request{path: "/"}, http.StatusSeeOther, "Location", "/sign-in"},
		{request{method: http.MethodPost, path: "/cases"}, http.StatusSeeOther, "Location", "/sign-in"},
		{request{method: http.MethodPost, path: "/cycles/1"}, http.StatusSeeOther, "Location", "/sign-in?next=%2Fcycles%2F1"},
		{request{method: http.MethodPost, path: "/cases/1/cycles?x=1"}, http.StatusSeeOther, "Location", "/sign-in?next=%2Fcases%2F1"},
		{request{method: http.MethodPost, path: "/account/tokens/1/delete"}, http.StatusSeeOther, "Location", "/sign-in?next=%2Faccount"},
		{request{method: http.MethodPost, path: "/films/1/reel/state"}, http.StatusSeeOther, "Location", "/sign-in?next=%2Ffilms%2F1%2Freel"},
		{request{method: http.MethodPost, path: "/admin/pause", header: map[string]string{"HX-Request": "true", "HX-Current-URL": "http://x/admin/retry"}},
			http.StatusUnauthorized, "HX-Redirect", "/sign-in?next=%2Fadmin"},
		{request{path: "/films/1/row", header: map[string]string{"HX-Request": "true", "HX-Current-URL": "javascript:1"}},
			http.StatusUnauthorized, "HX-Redirect", "/sign-in"},
		{request{path: "/films/1/row", header: map[string]string{"HX-Request": "true", "HX-Current-URL": "http://x/films/1"}},
			http.StatusUnauthorized, "HX-Redirect", "/sign-in?next=%2Ffilms%2F1"},
	} {
		w := httptest.NewRecorder()
		page.ServeHTTP(w, b.request(t, test.asked))
		if got := w.Header().Get(test.header); w.Code != test.status || got != test.want {
			t.Errorf("%s: %d, %s %q", test.asked.path, w.Code, test.header, got)
		}
	}
}

// What a page from elsewhere sends is refused, also with a cookie that is good.
func TestCrossOrigin(t *testing.T) {
	t.Parallel()
	b := setup(t)
	at, err := url.Parse("https://attune.example")
	ok(t, err)
	cfg := b.Config
	cfg.PublicURL = at
	behind, err := New(t.Context(), cfg)
	ok(t, err)
	for _, test := range []struct {
		header  map[string]string
		h       http.Handler
		refused bool
	}{
		{map[string]string{}, b.Web, false}, // no browser
		{map[string]string{"Sec-Fetch-Site": "same-origin"}, b.Web, false},
		{map[string]string{"Sec-Fetch-Site": "none"}, b.Web, false},
		{map[string]string{"Sec-Fetch-Site": "cross-site"}, b.Web, true},
		{map[string]string{"Sec-Fetch-Site": "same-site"}, b.Web, true}, // another port or a sister
		{map[string]string{"Origin": "https://evil.example"}, b.Web, true},
		{map[string]string{"Origin": "null"}, b.Web, true},
		{map[string]string{"Origin": b.server.URL}, b.Web, false},
		{map[string]string{"Origin": "https://attune.example"}, b.Web, true},
		{map[string]string{"Origin": "https://attune.example"}, behind, false}, // a web server is between
		{map[string]string{"Origin": "http://attune.example"}, behind, true},
	} {
		w := httptest.NewRecorder()
		test.h.ServeHTTP(w, b.request(t, request{as: b.guider, method: http.MethodPost, path: "/api/v1/cases", body: map[string]string{"code": "x"}, header: test.header}))
		if refused := w.Code == http.StatusForbidden; refused != test.refused {
			t.Errorf("%v: %d %s", test.header, w.Code, w.Body)
		}
	}
	for _, path := range []string{"/nowhere", "/sign-in"} {
		w := httptest.NewRecorder()
		b.ServeHTTP(w, b.request(t, request{method: http.MethodPost, path: path, header: map[string]string{"Sec-Fetch-Site": "cross-site"}}))
		if w.Code != http.StatusForbidden || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			t.Errorf("%s: %d %s", path, w.Code, w.Header())
		}
	}
}

// Pages fail on pages, and say nothing of what there is.
func TestFailPage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	browser := b.inBrowser(t, b.other)
	page := b.serve(route{access: viewers, page: true, handle: func(_ http.ResponseWriter, r *http.Request) error {
		_, err := b.seenFilmOf(r.Context(), store.FilmID(r.URL.Query().Get("id")))
		return err
	}})
	said := func(id string) string {
		w := httptest.NewRecorder()
		page.ServeHTTP(w, b.request(t, request{as: browser, path: "/x?id=" + id}))
		if w.Code != http.StatusNotFound || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			t.Errorf("%d %s", w.Code, w.Header())
		}
		return w.Body.String()
	}
	if anothers, none := said(string(b.film.ID)), said("none"); anothers != none {
		t.Errorf("%s\n%s", anothers, none)
	}
	html := map[string]string{"Accept": "text/html"}
	if got := b.send(t, b.request(t, request{path: "/nowhere", header: html})); !strings.Contains(string(got.body), "<h1>") {
		t.Errorf("nowhere is %s", got.body)
	}
	if got := b.send(t, b.request(t, request{path: "/api/nowhere", header: html})); !strings.Contains(string(got.body), `"notfound"`) {
		t.Errorf("nowhere of the API is %s", got.body)
	}
}

// slowly is a connection over which an answer goes slowly: between is called
// before each piece but the first.
type slowly struct {
	*httptest.ResponseRecorder
	between func()
	pieces  int
}

func (s *slowly) Write(p []byte) (int, error) {
	s.pieces++
	s.between()
	return s.ResponseRecorder.Write(p)
}

// A film that is on its way is cut when its account is disabled, in both
// directions.
func TestSlowEnds(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.beat = 0
	browser := b.inBrowser(t, b.guider)
	disable := func() { ok(t, b.store.SetDisabled(t.Context(), b.guider.ID, true)) }
	down := b.serve(route{access: accounts, slow: true, handle: func(w http.ResponseWriter, _ *http.Request) error {
		for range 10 {
			if _, err := w.Write([]byte("piece")); err != nil {
				return err
			}
		}
		return nil
	}})
	w := &slowly{ResponseRecorder: httptest.NewRecorder(), between: func() {}}
	down.ServeHTTP(w, b.request(t, request{as: browser}))
	if w.pieces != 10 {
		t.Errorf("of ten pieces %d came", w.pieces)
	}
	w = &slowly{ResponseRecorder: httptest.NewRecorder(), between: disable}
	down.ServeHTTP(w, b.request(t, request{as: browser}))
	if w.pieces != 1 {
		t.Errorf("disabled after the first piece, %d came", w.pieces)
	}

	ok(t, b.store.SetDisabled(t.Context(), b.guider.ID, false))
	var failed error
	up := b.serve(route{access: accounts, slow: true, handle: func(_ http.ResponseWriter, r *http.Request) error {
		if _, err := r.Body.Read(make([]byte, 1)); err != nil {
			t.Errorf("the first piece: %v", err)
		}
		disable()
		_, failed = r.Body.Read(make([]byte, 1))
		return failed
	}})
	answer := httptest.NewRecorder()
	up.ServeHTTP(answer, b.request(t, request{as: b.guider, method: http.MethodPatch, body: "a film"}))
	if failed == nil || answer.Code != http.StatusUnauthorized {
		t.Errorf("it goes on: %v, %d", failed, answer.Code)
	}
}

// What was shared, and is on its way, is cut when the share ends; its guider's
// goes on.
func TestSlowEndsWithTheShare(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.beat = 0
	film := b.serve(route{access: viewers, slow: true, handle: func(w http.ResponseWriter, r *http.Request) error {
		if _, err := b.seenFilmOf(r.Context(), b.film.ID); err != nil {
			return err
		}
		for range 10 {
			if _, err := w.Write([]byte("piece")); err != nil {
				return err
			}
		}
		return nil
	}})
	pieces := func(as asker, between func()) int {
		w := &slowly{ResponseRecorder: httptest.NewRecorder(), between: between}
		film.ServeHTTP(w, b.request(t, request{as: as}))
		return w.pieces
	}
	if n := pieces(b.viewer, func() {}); n != 10 {
		t.Errorf("shared: of ten pieces %d came", n)
	}
	if n := pieces(b.viewer, func() { ok(t, b.store.EndShare(t.Context(), b.kase.ID, b.viewer.ID)) }); n != 1 {
		t.Errorf("the share ended after the first piece, %d came", n)
	}
	if n := pieces(b.guider, func() {}); n != 10 {
		t.Errorf("the guider's own: of ten pieces %d came", n)
	}
}

// A session lasts longer by being used, and a page that is left open is no use.
func TestSessionTouched(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.sessions.Store = sessionRecords{b.store, 10 * time.Minute}
	browser := b.inBrowser(t, b.guider)
	b.sessions.Store = sessionRecords{b.store, time.Hour}
	left := func() time.Duration {
		all, err := b.store.Sessions(t.Context(), b.guider.ID)
		ok(t, err)
		return time.Until(all[0].Expires)
	}
	r := b.request(t, request{as: browser})
	if !b.stillMay(r, func(context.Context) error { return nil }) || left() > 10*time.Minute {
		t.Errorf("left open, it lasts %v", left())
	}
	if (&leave{h: b.Web, r: r}).holds() != nil || left() > 10*time.Minute {
		t.Errorf("with a film on its way, it lasts %v", left())
	}
	b.send(t, b.request(t, request{as: browser, path: "/films/" + string(b.film.ID) + "/reel/state"}))
	b.send(t, b.request(t, request{as: browser, method: http.MethodHead, path: "/api/v1/films/" + string(b.film.ID) + "/events"}))
	if left() > 10*time.Minute {
		t.Errorf("with a page that asks by itself, it lasts %v", left())
	}
	b.do(t, request{as: browser, path: "/api/v1/me"}, http.StatusOK)
	if left() < 50*time.Minute {
		t.Errorf("used, it lasts %v", left())
	}
}
