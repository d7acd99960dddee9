package web

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

func document(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(openapiYAML)
	ok(t, err)
	return doc
}

func TestHealth(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.do(t, request{path: "/healthz"}, http.StatusOK)
	b.do(t, request{path: "/readyz"}, http.StatusOK)
	b.queue.breakDown(errors.New("dial unix: no such file"))
	b.do(t, request{path: "/healthz"}, http.StatusOK)
	got := b.do(t, request{path: "/readyz"}, http.StatusServiceUnavailable)
	if want := "The queue cannot be reached. Try again in a little while."; read[errorBody](t, got).Error.Message != want || got.Header.Get("Retry-After") == "" {
		t.Errorf("%s", got.body)
	}
}

// The log tells ids and times, and nothing of people, cases or films; what went
// wrong inside is told to the log and not to who asked.
func TestLog(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.do(t, request{as: b.guider, path: "/api/v1/cases?code=V-17"}, http.StatusOK)
	b.do(t, request{as: b.guider, path: "/api/v1/films/" + string(b.film.ID)}, http.StatusOK)
	ok(t, b.vault.Close())
	got := b.do(t, request{as: b.guider, path: "/api/v1/films/" + string(b.film.ID) + "/original"}, http.StatusInternalServerError)
	b.server.Close()
	if bytes.Contains(got.body, []byte("vault")) || bytes.Contains(got.body, []byte("file")) {
		t.Errorf("it says what is nobody's business: %s", got.body)
	}
	logged := b.logged.String()
	for _, wanted := range []string{"route=\"GET /api/v1/cases\"", string(b.guider.ID), "request failed"} {
		if !strings.Contains(logged, wanted) {
			t.Errorf("the log does not tell %s:\n%s", wanted, logged)
		}
	}
	for _, secret := range []string{"V-17", "visit.mp4", b.guider.token, "name=", "meals"} {
		if strings.Contains(logged, secret) {
			t.Errorf("the log tells %q:\n%s", secret, logged)
		}
	}
}
