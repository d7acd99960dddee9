package web

import (
	"bytes"
	"crypto/rand"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strings"

	"attune/internal/vig"
)

// MonitorPath is where the page of the queue's author is shown, which is made
// for this path.
const MonitorPath = "/admin/queues"

// monitorPolicy lets that page, which is not ours, do what it must: scripts and
// styles that it brings, and those that its page and its scripts write into it
// and mark with the nonce. It asks nobody but this service.
const monitorPolicy = "default-src 'none'; script-src 'self' 'nonce-NONCE'; style-src 'self' 'nonce-NONCE'; " +
	"img-src 'self' data:; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"

// showMonitor shows the page of the queue's author to admins. What it brings is
// passed on as it is, but its page itself is changed: it would get fonts from
// another company's servers, which then knew who looks.
func (h *Web) showMonitor(w http.ResponseWriter, r *http.Request) error {
	if h.Monitor == nil {
		return &vig.Error{Code: vig.CodeNotFound, Op: "find monitor: there is none"}
	}
	answer := &monitorAnswer{header: w.Header().Clone(), status: http.StatusOK}
	h.Monitor.ServeHTTP(answer, r)
	header := w.Header()
	for _, name := range []string{"Allow", "Location"} {
		if v := answer.header.Get(name); v != "" {
			header.Set(name, v)
		}
	}
	body := answer.body.Bytes()
	switch end := path.Ext(r.URL.Path); {
	case strings.HasPrefix(r.URL.Path, MonitorPath+"/api/") && answer.status < http.StatusBadRequest:
		header.Set("Content-Type", "application/json")
	case answer.isPage():
		nonce := rand.Text()
		header.Set("Content-Type", "text/html; charset=utf-8")
		header.Set("Content-Security-Policy", strings.ReplaceAll(monitorPolicy, "NONCE", nonce))
		body = ownPage(body, nonce)
	case answer.status < http.StatusBadRequest && mime.TypeByExtension(end) != "":
		header.Set("Content-Type", mime.TypeByExtension(end)) // it goes by the bytes, and so calls pictures text
	default:
		header.Set("Content-Type", "text/plain; charset=utf-8")
	}
	w.WriteHeader(answer.status)
	_, _ = w.Write(body) // whoever asked may have gone
	return nil
}

var (
	elsewhere = regexp.MustCompile(`<link[^>]+href="(?:https?:)?//[^>]*>`)
	manifest  = regexp.MustCompile(`<link[^>]+rel="manifest"[^>]*>`)
	scripts   = regexp.MustCompile(`<script\b`)
)

// ownPage takes out of a page what is elsewhere, and what browsers fetch without
// a cookie, so that it would not be let in. It marks the scripts with the nonce,
// and puts it into the head for the library that writes the styles.
func ownPage(text []byte, nonce string) []byte {
	text = manifest.ReplaceAll(elsewhere.ReplaceAll(text, nil), nil)
	text = scripts.ReplaceAll(text, []byte(`<script nonce="`+nonce+`"`))
	return bytes.Replace(text, []byte("<head>"), []byte(`<head><meta property="csp-nonce" content="`+nonce+`">`), 1)
}

// monitorAnswer keeps an answer, so that it can be changed.
type monitorAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header, WriteHeader and Write are those of [http.ResponseWriter].
func (a *monitorAnswer) Header() http.Header         { return a.header }
func (a *monitorAnswer) WriteHeader(status int)      { a.status = status }
func (a *monitorAnswer) Write(p []byte) (int, error) { return a.body.Write(p) }

func (a *monitorAnswer) isPage() bool {
	return bytes.HasPrefix(bytes.ToLower(a.body.Bytes()), []byte("<!doctype html"))
}
