package gallery

import (
	"net/http"

	"attune/internal/web/page"
)

var _ = add("failure", guider,
	State{Name: "not found", Status: http.StatusNotFound, Model: page.Failure{
		Status: http.StatusNotFound, What: "There is nothing here, or nothing that you may see.",
		Next: "Check the address, or begin again from your list of cases."}},
	State{Name: "our fault", Status: http.StatusInternalServerError, Model: page.Failure{
		Status: http.StatusInternalServerError, What: "Something went wrong here, and it was noted.",
		Next: "Try again in a little while; nothing of yours is lost."}},
)
