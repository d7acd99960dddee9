package gallery

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"attune/internal/web/browsertest"
	"attune/internal/web/page"
)

func pages(t *testing.T) *page.Set {
	t.Helper()
	set, err := page.New()
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// Every state is written without a failure, and has an address of its own.
func TestStates(t *testing.T) {
	t.Parallel()
	handler := Handler(pages(t))
	seen := map[string]bool{}
	for _, s := range States() {
		if seen[s.Address()] {
			t.Errorf("there are two states %s", s.Address())
		}
		seen[s.Address()] = true
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, Path+"/"+s.Address(), nil))
		if want := max(s.Status, http.StatusOK); w.Code != want || !strings.Contains(w.Body.String(), "</html>") {
			t.Errorf("%s: status %d: %s", s.Address(), w.Code, w.Body)
		}
		for pattern, answer := range s.Answers {
			if _, err := json.Marshal(answer.JSON); err != nil {
				t.Errorf("%s: %s: %v", s.Address(), pattern, err)
			}
		}
	}
}

// Every page has its states here.
func TestEveryPage(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../page/templates/*.html")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d templates, %v", len(files), err)
	}
	shown := map[string]bool{}
	for _, s := range States() {
		shown[s.Page] = true
	}
	for _, file := range files {
		if name := strings.TrimSuffix(filepath.Base(file), ".html"); !shown[name] {
			t.Errorf("no state of %q is shown", name)
		}
	}
}

// axe-core finds nothing on any page in any state, on a laptop and on a
// telephone, in light and in dark; nothing is wider than the screen; and nothing
// is complained of in the console. With ATTUNE_SCREENSHOTS there are pictures of
// all to look at. ATTUNE_GALLERY=cycle looks at one page only.
func TestAccessible(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("../page/assets/dist/desk.js"); err != nil {
		t.Skip("needs the bundles, which 'make build' makes")
	}
	server := httptest.NewServer(Handler(pages(t)))
	t.Cleanup(server.Close)
	tab := browsertest.Open(t)
	only := os.Getenv("ATTUNE_GALLERY")
	for _, s := range States() {
		if only != "" && s.Page != only {
			continue
		}
		name := strings.ReplaceAll(s.Address(), "/", "-")
		if s.Status >= http.StatusBadRequest || failing(s) {
			tab.Excuse("Failed to load resource|status of [45]")
		}
		tab.Excuse("does not conform to the required format") // what was typed is shown again
		tab.Prefer("prefers-color-scheme", "light")
		tab.Laptop()
		tab.Go(server.URL + Path + "/" + s.Address())
		if n := browsertest.Eval[int](tab, weight); n > heaviest {
			t.Errorf("%s weighs %d bytes", name, n)
		}
		for _, size := range []struct {
			name string
			set  func()
		}{
			{"laptop", tab.Laptop}, {"phone", tab.Phone},
			// At twice the size, which is where the columns become one.
			{"laptop at 200 %", func() { tab.Size(browsertest.LaptopWidth/2, browsertest.LaptopHeight/2) }},
		} {
			size.set()
			for _, scheme := range []string{"light", "dark"} {
				if strings.Contains(size.name, "%") {
					break // it looks the same, but for its width
				}
				tab.Prefer("prefers-color-scheme", scheme)
				where := name + "-" + size.name + "-" + scheme
				if scheme == "light" {
					tab.Axe(where)
				} else {
					tab.AxeContrast(where)
				}
				tab.Picture(where)
			}
			if wide := browsertest.Eval[int](tab, "document.documentElement.scrollWidth - innerWidth"); wide > 0 {
				t.Errorf("%s on a %s is %d px wider than the screen", name, size.name, wide)
			}
		}
	}
}

// heaviest is what a page may weigh, without the film: some seconds over the
// slowest line that somebody would upload films by.
const heaviest = 300_000

// weight sums up what a page is made of, from the line or kept, but for films.
const weight = `performance.getEntries()
	.filter(e => e.entryType === "navigation" || e.entryType === "resource" && e.initiatorType !== "video")
	.reduce((sum, e) => sum + e.encodedBodySize, 0)`

// failing says whether an answer of the state is an error, of which browsers
// complain.
func failing(s State) bool {
	for _, answer := range s.Answers {
		if answer.Status >= http.StatusBadRequest {
			return true
		}
	}
	return false
}
