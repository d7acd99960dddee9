package web

import (
	"net/http"
	"net/url"
	"path"
	"strings"
)

// signInPath is where one signs in.
const signInPath = "/sign-in"

// local returns where a person goes next who came from there, or "/": only to a
// page of this service, whatever a link says. What begins with two slashes, or
// what a browser takes for them, is another host.
func local(next string) string {
	const home = "/"
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || len(next) > maxNext ||
		strings.ContainsFunc(next, func(c rune) bool { return c <= ' ' || c > '~' || c == '\\' }) {
		return home
	}
	at, err := url.Parse(next)
	if err != nil || at.IsAbs() || at.Host != "" || at.User != nil || strings.Contains(at.Path, "//") ||
		strings.Contains(at.Path, "/.") || strings.Contains(at.Path, "\\") {
		return home
	}
	if strings.HasPrefix(at.Path, signInPath) || strings.HasPrefix(at.Path, "/sign-out") || strings.HasPrefix(at.Path, "/api/") || strings.HasPrefix(at.Path, "/welcome/") {
		return home // not in circles, and to nothing that is no page
	}
	return at.RequestURI()
}

// maxNext is longer than any address of a page.
const maxNext = 512

// pageAt returns the path of the page that people open at a path. Forms are sent
// to paths below their pages', and not all of these can be opened: then it is the
// nearest above that can.
func (h *Web) pageAt(at string) string {
	for ; len(at) > 1; at = path.Dir(at) {
		_, pattern := h.mux.Handler(&http.Request{Method: http.MethodGet, URL: &url.URL{Path: at}})
		if h.places[pattern] {
			return at
		}
	}
	return "/"
}
