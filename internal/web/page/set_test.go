package page

import (
	"compress/gzip"
	"io"
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
	if err := set(t).Serve(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil), http.StatusOK, frame, model); err != nil {
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
		{func() (string, error) { return s.length(65 * time.Minute) }, "1 h 5 min"},
		{func() (string, error) { return s.length(2 * time.Hour) }, "2 h"},
		{func() (string, error) { return s.length(80 * time.Hour) }, "3 days"},
		{func() (string, error) { return s.size(999) }, "999 bytes"},
		{func() (string, error) { return s.size(1_234_000_000) }, "1.2 GB"},
		{func() (string, error) { return s.size(12_300) }, "12 kB"},
		{func() (string, error) { return s.date(time.Date(2026, 5, 3, 0, 0, 0, 0, time.UTC)) }, "3 May 2026"},
	} {
		if got, err := one.got(); strings.ReplaceAll(got, "\u00a0", " ") != one.want || err != nil {
			t.Errorf("got %q, %v, want %q", got, err, one.want)
		}
	}
}

// Bundles are packed for those who can unpack, kept as long as they stay the
// same, and nothing else of the folder is served.
func TestAssets(t *testing.T) {
	t.Parallel()
	text := []byte(strings.Repeat("const a = 1;\n", 100))
	packed, err := pack(text)
	if err != nil {
		t.Fatal(err)
	}
	s := set(t)
	s.assets = &assets{files: map[string]asset{"desk.js": {bytes: text, packed: packed, kind: "text/javascript; charset=utf-8", hash: "abc"}}}
	get := func(path, encoding string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		r.Header.Set("Accept-Encoding", encoding)
		w := httptest.NewRecorder()
		if !s.ServeAsset(w, r, strings.TrimPrefix(r.URL.Path, "/assets/")) {
			t.Fatalf("%s is not there", path)
		}
		return w
	}
	plain, short := get("/assets/desk.js", ""), get("/assets/desk.js?abc", "br, gzip")
	if plain.Body.String() != string(text) || plain.Header().Get("Cache-Control") != "no-cache" || plain.Header().Get("Content-Encoding") != "" {
		t.Errorf("%v %s", plain.Header(), plain.Body)
	}
	unpacked, err := gzip.NewReader(short.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(unpacked); err != nil || string(got) != string(text) || !strings.Contains(short.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("%v, %v %q", short.Header(), err, got)
	}
	for _, none := range []string{"README.md", "../../doc.go", "", "desk.css"} {
		if s.ServeAsset(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil), none) {
			t.Errorf("%q is served", none)
		}
	}
}

// A page whose bundles were not made is readable, and says so.
func TestUnbuilt(t *testing.T) {
	t.Parallel()
	known, err := readMessages()
	if err != nil {
		t.Fatal(err)
	}
	none := &assets{}
	s := set(t)
	if s.pages[source], err = parse(functions(known.speak(source), none, source)); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	if err := s.Serve(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil), http.StatusOK, Frame{}, Home{Guides: true}); err != nil {
		t.Fatal(err)
	}
	if got := w.Body.String(); !strings.Contains(got, "make build") || !strings.Contains(got, "Begin a case") || strings.Contains(got, "<script type=\"module\"") {
		t.Errorf("the page is %s", got)
	}
}
