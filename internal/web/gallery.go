//go:build gallery

package web

import (
	"net/http"
	"slices"
	"strings"

	"attune/internal/web/gallery"
)

// galleryRoutes are those of the gallery, which shows nothing that is anybody's.
func (h *Web) galleryRoutes() []route {
	var routes []route
	for pattern, handle := range gallery.Handlers(h.pages) {
		routes = append(routes, route{pattern: pattern, access: everybody, slow: true,
			handle: func(w http.ResponseWriter, r *http.Request) error {
				handle(w, r)
				return nil
			}})
	}
	slices.SortFunc(routes, func(a, b route) int { return strings.Compare(a.pattern, b.pattern) })
	return routes
}
