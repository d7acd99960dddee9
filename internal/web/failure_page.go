package web

import (
	"net/http"
	"net/url"

	"attune/internal/vig"
	"attune/internal/web/page"
)

// failPage answers, on a page, a request that failed. Who is not signed in is
// sent to where they can, and comes back from there.
func (h *Web) failPage(w http.ResponseWriter, r *http.Request, err error) {
	if vig.CodeOf(err) == codeUnauthenticated {
		h.askToSignIn(w, r)
		return
	}
	code, m := h.explain(w, r, err)
	if code == "" {
		return
	}
	if err := h.page(w, r, m.status, page.Failure{Status: m.status, What: m.happened(err), Next: m.next}); err != nil {
		h.fail(w, r, err)
	}
}

// askToSignIn sends who is not signed in to where they can, and from there back
// to the page that they were on: a form may be sent to where there is none. A
// part of a page (htmx) asks for the whole page to go there.
func (h *Web) askToSignIn(w http.ResponseWriter, r *http.Request) {
	back, part := r.URL, r.Header.Get("HX-Request") != ""
	if part {
		at, err := url.Parse(r.Header.Get("HX-Current-URL"))
		if err != nil {
			at = &url.URL{}
		}
		back = at
	}
	next := back.RequestURI()
	if at := h.pageAt(back.Path); at != back.Path {
		next = (&url.URL{Path: at}).EscapedPath()
	}
	to := signInPath
	if next = local(next); next != "/" {
		to += "?" + url.Values{"next": {next}}.Encode()
	}
	if part {
		w.Header().Set("HX-Redirect", to)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}
