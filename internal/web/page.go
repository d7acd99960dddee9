package web

import (
	"net/http"

	"attune/internal/vig"
	"attune/internal/web/page"
)

// page answers with a page. It is what handlers of pages end with.
func (h *Web) page(w http.ResponseWriter, r *http.Request, status int, model page.Page) error {
	me := accountOf(r.Context())
	frame := page.Frame{
		Viewer: page.Viewer{ID: string(me.ID), Name: me.Name, Role: string(me.Role)},
		Path:   r.URL.Path,
		Notice: r.URL.Query().Get("said"),
	}
	if r.Method == http.MethodPost {
		frame.Path, frame.Sent = h.pageAt(r.URL.Path), "taken"
		if status >= http.StatusBadRequest {
			frame.Sent = "refused"
		}
	}
	if frame.SignedIn() {
		var taken bool
		if frame.Receipt, taken = h.receiptOf(r); taken {
			frame.Sent = "taken"
		}
	}
	if _, failed := model.(page.Failure); failed {
		frame.Path = ""
	}
	return h.pages.Serve(w, r, status, frame, model)
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
