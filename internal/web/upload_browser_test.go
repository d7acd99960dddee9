package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"attune/internal/store"
	"attune/internal/web/browsertest"
)

// Several films are sent one after the other. One is paused, one is none, one is
// there already, and the line breaks.
func TestUploadInBrowser(t *testing.T) {
	t.Parallel()
	b := take(t)
	cycles, err := b.Store.Cycles(t.Context(), b.kase.ID)
	ok(t, err)
	dir := t.TempDir()
	file := func(name string, content []byte) string {
		t.Helper()
		path := filepath.Join(dir, name)
		ok(t, os.WriteFile(path, content, 0o600))
		return path
	}
	films := map[string][]byte{"morning.mp4": filmOf(1, 6<<20), "evening.mov": filmOf(2, 5<<20)}
	morning, evening := file("morning.mp4", films["morning.mp4"]), file("evening.mov", films["evening.mov"])
	letter, empty := file("letter.mp4", make([]byte, 1<<20)), file("empty.mp4", nil)

	// Chromium sends again by itself what a broken connection held, also when it is
	// told that there is no line: it has to be gone at this end too.
	var gone atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if gone.Load() {
			panic(http.ErrAbortHandler)
		}
		b.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	tab := signedIn(t, b.Web, server.URL, b.guider)
	tab.Excuse("status of 415|net::ERR_|Failed to load resource|EventSource")
	tab.Go(server.URL + "/cycles/" + string(cycles[0].ID) + "/upload")
	row := func(n int) string { return fmt.Sprintf(".sendings > li:nth-child(%d)", n) }
	says := func(n int, text string) {
		t.Helper()
		tab.Until(text, fmt.Sprintf("document.querySelector(%q)?.innerText.includes(%q)", row(n), text))
	}
	const slow = 256 << 10 // so slow that a busy machine sees it in the middle
	tab.Line(browsertest.Line{Up: slow})
	tab.Choose(func() { tab.Click("label[for=films]") }, morning, evening, letter, empty)
	says(1, " of 6.3 MB")
	says(2, "Waits for its turn")
	says(4, "There is nothing in this file.")

	// Paused, it lets the next go first.
	tab.Click(row(1) + " [data-do=pause]")
	says(1, "Paused at ")
	says(2, " of 5.2 MB")
	tab.Line(browsertest.Line{Offline: true})
	gone.Store(true)
	server.CloseClientConnections()
	says(2, "goes on by itself")
	gone.Store(false)
	tab.Line(browsertest.Line{})
	says(2, "All of it has arrived.")
	says(3, "This is not a film we can read")
	tab.Click(row(1) + " [data-do=resume]")
	says(1, "All of it has arrived.")
	tab.Click(row(3) + " [data-do=dismiss]")
	says(3, "There is nothing in this file.")
	tab.Until("both films in the list of the cycle", "document.querySelectorAll('#there [data-film]').length >= 2")

	found, err := b.Store.Films(t.Context(), store.FilmQuery{Case: b.kase.ID})
	ok(t, err)
	for _, f := range found {
		if content, is := films[f.Name]; is {
			settled(t, b.Store, b.staging, f.ID)
			holds(t, b.Vault, f.ID, content)
			delete(films, f.Name)
		}
	}
	if len(films) > 0 {
		t.Errorf("of these nothing came: %v", len(films))
	}

	// What is given up leaves nothing, and can be sent anew.
	tab.Reload()
	tab.Line(browsertest.Line{Up: slow})
	third := file("third.mp4", filmOf(3, 6<<20))
	tab.Choose(func() { tab.Click("label[for=films]") }, third)
	says(1, " of 6.3 MB")
	tab.Click(row(1) + " [data-do=give_up]")
	tab.Until("an empty list", "!document.querySelector('.sendings > li')")
	tab.Until("nothing kept of it here", "Object.keys(localStorage).every(k => !k.startsWith('attune-begun-'))")
	tab.Reload()
	tab.Until("no film that has begun", "!document.querySelector('[data-begun]')")
	tab.Line(browsertest.Line{})
	tab.Choose(func() { tab.Click("label[for=films]") }, third)
	says(1, "All of it has arrived.")
}
