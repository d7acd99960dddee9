package web

import (
	"net/http"
	"net/url"
	"strings"

	"attune/internal/vig"
)

// transport asks browsers to come by https alone for a year.
const transport = "max-age=31536000"

// newCross returns what refuses requests that change something and were made by
// a page from elsewhere. Behind a web server that speaks https, requests come
// with the origin of public.
func newCross(public *url.URL) (*http.CrossOriginProtection, error) {
	c := http.NewCrossOriginProtection()
	if public == nil {
		return c, nil
	}
	if err := c.AddTrustedOrigin(public.Scheme + "://" + public.Host); err != nil {
		return nil, vig.Errorf(vig.CodeInvalid, "read public address", "%w", err)
	}
	return c, nil
}

// refuseCross answers a request that a page from elsewhere made.
func (h *Web) refuseCross(w http.ResponseWriter, r *http.Request) {
	err := vig.Errorf(vig.CodeForbidden, "check origin", "this was sent by a page from elsewhere")
	if strings.HasPrefix(r.URL.Path, "/api/") {
		h.fail(w, r, err)
		return
	}
	h.failPage(w, r, err)
}
