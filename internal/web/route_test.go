package web

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// kept is the answer on a connection whose write deadline is that of the request
// before.
type kept struct {
	*httptest.ResponseRecorder
	deadline time.Time
}

func (k *kept) SetWriteDeadline(t time.Time) error { k.deadline = t; return nil }

// No request has to be answered by the deadline of the one before it.
func TestKeptConnection(t *testing.T) {
	t.Parallel()
	b := setup(t)
	film := "/api/v1/films/" + string(b.film.ID)
	for _, asked := range []request{
		{path: "/nowhere"}, {path: "/healthz"}, {as: b.guider, path: film},
		{as: b.guider, method: http.MethodHead, path: film + "/original"}, // slow, and without a body
	} {
		w := &kept{httptest.NewRecorder(), time.Now().Add(-time.Second)}
		b.ServeHTTP(w, b.request(t, asked))
		if left := time.Until(w.deadline); left <= 0 || left > still {
			t.Errorf("%s: %d, and the deadline is in %v", asked.path, w.Code, left)
		}
	}
	// What takes its time before it answers has none until then.
	w := &kept{httptest.NewRecorder(), time.Now().Add(-time.Second)}
	b.serve(route{access: everybody, slow: true, handle: func(http.ResponseWriter, *http.Request) error { return nil }}).ServeHTTP(w, b.request(t, request{}))
	if !w.deadline.IsZero() {
		t.Errorf("the deadline is %v", w.deadline)
	}
}
