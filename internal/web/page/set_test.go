package page

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func set(t *testing.T) *Set {
	t.Helper()
	s, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// show returns the HTML of a page as somebody sees it.
func show(t *testing.T, frame Frame, model Page) string {
	t.Helper()
	w := httptest.NewRecorder()
	if err := set(t).Serve(w, httptest.NewRequest(http.MethodGet, "/", nil), http.StatusOK, frame, model); err != nil {
		t.Fatal(err)
	}
	return w.Body.String()
}

// What people wrote is text on a page, whatever it looks like.
func TestEscaped(t *testing.T) {
	t.Parallel()
	got := show(t, Frame{Viewer: Viewer{Name: "<b>Ann", Role: "guider"}}, Home{Cases: []HomeCase{{ID: `"><script>`, Code: "<script>alert(1)</script>"}}})
	for _, not := range []string{"<b>Ann", "<script>alert", `"><script>`} {
		if strings.Contains(got, not) {
			t.Errorf("the page has %q", not)
		}
	}
}

// No page has anything that its own policy forbids.
func TestTemplatesKeepThePolicy(t *testing.T) {
	t.Parallel()
	for path, text := range sources(t) {
		if !strings.HasSuffix(path, ".html") {
			continue
		}
		for _, not := range []string{" style=", "<style", " onclick", " onload", " onsubmit", " hx-on", "javascript:", "https://", "http://"} {
			if strings.Contains(strings.ReplaceAll(text, "http://www.w3.org", ""), not) {
				t.Errorf("%s has %q", path, strings.TrimSpace(not))
			}
		}
	}
}

func TestLengthsAndDays(t *testing.T) {
	t.Parallel()
	known, err := readMessages()
	if err != nil {
		t.Fatal(err)
	}
	s := known.speak(source)
	for _, one := range []struct {
		got  func() (string, error)
		want string
	}{
		{func() (string, error) { return s.length(200 * time.Second) }, "3 min 20 s"},
		{func() (string, error) { return s.length(5 * time.Minute) }, "5 min"},
		{func() (string, error) { return s.length(900 * time.Millisecond) }, "1 s"},
		{func() (string, error) { return s.size(999) }, "999 bytes"},
		{func() (string, error) { return s.size(1_234_000_000) }, "1.2 GB"},
		{func() (string, error) { return s.size(12_300) }, "12 kB"},
		{func() (string, error) { return s.date(time.Date(2026, 5, 3, 0, 0, 0, 0, time.UTC)) }, "3 May 2026"},
	} {
		if got, err := one.got(); got != one.want || err != nil {
			t.Errorf("got %q, %v, want %q", got, err, one.want)
		}
	}
}
