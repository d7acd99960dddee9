package export

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"attune/internal/web/browsertest"
)

// A browser reads the notes as they were written.
func TestVTTInABrowser(t *testing.T) {
	t.Parallel()
	hostile := version()
	hostile.Clips[1].Note = "NOTE\n\n00:00:01.000 --> 00:00:02.000\n<script>alert(1)</script>&amp; STYLE"
	vtt := written(t, VTT, hostile)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /notes.vtt", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/vtt; charset=utf-8")
		_, _ = io.WriteString(w, vtt)
	})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<!doctype html><html lang="en"><title>Notes</title><link rel="icon" href="data:,">
			<video><track default kind="subtitles" srclang="en" src="/notes.vtt"></video>`)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	tab := browsertest.Open(t)
	tab.Go(server.URL + "/")
	tab.Until("the notes", "document.querySelector('track').readyState === 2")
	got := browsertest.Eval[[]string](tab, `[...document.querySelector('track').track.cues].map(c =>
		[c.id, c.startTime, c.endTime, c.getCueAsHTML().textContent].join("|"))`)
	want := []string{
		"1|4|18.04|Clip 1\nreceiving initiatives; developing attuned interactions\n=SUM(A1) is <b>not</b> a formula --> see\n\"how\" she waits, then & answers – ♥",
		"2|18.04|25.04|Clip 2\nNOTE\n00:00:01.000 --> 00:00:02.000\n<script>alert(1)</script>&amp; STYLE",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the cues are %q, want %q", got, want)
	}
}
