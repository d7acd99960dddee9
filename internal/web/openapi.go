package web

import (
	_ "embed" // openapi.yaml
	"net/http"
)

//go:embed openapi.yaml
var openapiYAML []byte

// openapi answers with the description of the API.
func (h *Web) openapi(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "application/yaml")
	_, err := w.Write(openapiYAML)
	return err
}
