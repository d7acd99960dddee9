package web

import (
	"net/http"

	"attune/internal/vig"
	"attune/internal/web/page"
)

// page answers with a page. It is what handlers of pages end with.
func (h *Web) page(w http.ResponseWriter, r *http.Request, status int, model page.Page) error {
	me := accountOf(r.Context())
	return h.pages.Serve(w, r, status, page.Frame{
		Viewer: page.Viewer{Name: me.Name, Role: string(me.Role)},
		Path:   r.URL.Path,
		Notice: r.URL.Query().Get("said"),
	}, model)
}

// getAsset sends what a page brings to the browser.
func (h *Web) getAsset(w http.ResponseWriter, r *http.Request) error {
	if !h.pages.ServeAsset(w, r, r.PathValue("asset")) {
		return &vig.Error{Code: vig.CodeNotFound, Op: "find asset"}
	}
	return nil
}

func (h *Web) accessibilityPage(w http.ResponseWriter, r *http.Request) error {
	return h.page(w, r, http.StatusOK, page.Accessibility{})
}
