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
		askToSignIn(w, r)
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

// askToSignIn sends who is not signed in to where they can. A part of a page
// (htmx) asks for the whole page to go there.
func askToSignIn(w http.ResponseWriter, r *http.Request) {
	back := ""
	switch {
	case r.Header.Get("HX-Request") != "":
		if at, err := url.Parse(r.Header.Get("HX-Current-URL")); err == nil {
			back = at.RequestURI()
		}
	case r.Method == http.MethodGet:
		back = r.URL.RequestURI()
	}
	to := signInPath
	if back = local(back); back != "/" {
		to += "?" + url.Values{"next": {back}}.Encode()
	}
	if r.Header.Get("HX-Request") != "" {
		w.Header().Set("HX-Redirect", to)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}
