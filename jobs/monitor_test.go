package jobs

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// The page of asynq tells ids, and changes nothing unless it is let.
func TestMonitor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.queued(script{Name: "a"})
	conn, err := Connect(b.redis.URL())
	must(t, err)
	ask := func(m *Monitor, method, path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		m.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, "/monitor"+path, nil))
		return w
	}
	reading := NewMonitor(conn, "/monitor", false)
	defer reading.Close()
	if got := ask(reading, http.MethodGet, "/api/queues/films/pending_tasks"); got.Code != http.StatusOK || !strings.Contains(got.Body.String(), string(id)+", run 1") {
		t.Errorf("the tasks that wait: %d: %s", got.Code, got.Body)
	}
	for method, path := range map[string]string{
		http.MethodPost:   "/api/queues/films:pause",
		http.MethodDelete: "/api/queues/films/pending_tasks:delete_all",
	} {
		if got := ask(reading, method, path); got.Code != http.StatusMethodNotAllowed {
			t.Errorf("%s %s: %d", method, path, got.Code)
		}
	}
	if q := b.films(); q.Paused || q.Waiting != 1 {
		t.Errorf("what is read-only changed the queue: %+v", q)
	}
	writing := NewMonitor(conn, "/monitor", true)
	defer writing.Close()
	if got := ask(writing, http.MethodPost, "/api/queues/films:pause"); got.Code >= 300 || !b.films().Paused {
		t.Errorf("what is writable did not pause the queue: %d: %s", got.Code, got.Body)
	}
}

func TestShowPayload(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"id":"x","run":2}`: "x, run 2", "": "",
		`{"id":"x","run":2,"name":"Anna"}`: "not shown", "Anna": "not shown", "\x00": "not shown",
	} {
		if got := showPayload("", []byte(text)); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}
