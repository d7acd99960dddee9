package browsertest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const sample = `<!doctype html><html lang="en"><title>Sample</title><link rel="icon" href="data:,">
<h1>Sample</h1>
<label>Name <input id="name"></label> <button id="one">One</button> <a href="/file">File</a>
<label>Files <input id="files" type="file" multiple></label>
<p id="said">nothing</p>
<script>
const say = text => document.getElementById("said").textContent = text;
document.getElementById("one").onclick = () => say("one");
document.getElementById("files").onchange = e => say([...e.target.files].map(f => f.name).join());
document.addEventListener("keydown", e => { if (e.key === "z" && e.ctrlKey) say("undo"); if (e.key === "?") say("help"); });
document.addEventListener("dragover", e => e.preventDefault());
document.addEventListener("drop", e => { e.preventDefault(); say("dropped " + e.dataTransfer.files[0].name); });
window.addEventListener("offline", () => say("offline"));
window.addEventListener("online", () => say("online"));
</script>`

func serve(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, sample) })
	mux.HandleFunc("GET /strict", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'")
		fmt.Fprint(w, sample)
	})
	mux.HandleFunc("GET /file", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Disposition", `attachment; filename="reel.mp4"`)
		fmt.Fprint(w, "reel")
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func TestTab(t *testing.T) {
	t.Parallel()
	at := serve(t)
	tab := Open(t)
	tab.Go(at + "/")
	tab.At("^/$")
	tab.TabTo("#name")
	tab.Type("Anna")
	if name := Eval[string](tab, "document.getElementById('name').value"); name != "Anna" {
		t.Errorf("typed %q", name)
	}
	tab.Press("Tab", "Enter")
	tab.See("one")
	tab.Press("Control+z")
	tab.See("undo")
	tab.Press("?")
	tab.See("help")
	tab.TabBackTo("#name")

	file := filepath.Join(t.TempDir(), "visit.mp4")
	if err := os.WriteFile(file, []byte("film"), 0o600); err != nil {
		t.Fatal(err)
	}
	tab.Choose(func() { tab.TabTo("#files"); tab.Press("Enter") }, file)
	tab.Until("the file", "document.getElementById('said').textContent === 'visit.mp4'")
	tab.Drop("h1", file)
	tab.See("dropped visit.mp4")

	got, err := os.ReadFile(tab.Download(func() { tab.Click("a") }))
	if err != nil || string(got) != "reel" {
		t.Errorf("downloaded %q, %v", got, err)
	}
	tab.Line(Line{Offline: true})
	tab.See("offline")
	tab.Line(Line{})
	tab.See("online")
	if w := tab.Weight(nil); w < len(sample) || w > 10*len(sample) {
		t.Errorf("a page of %d bytes weighs %d", len(sample), w)
	}
	if c := tab.Complaints(); len(c) > 0 {
		t.Errorf("complaints about a page that has nothing wrong: %q", c)
	}
}

// What is wrong with a page is told.
func TestComplaints(t *testing.T) {
	t.Parallel()
	at := serve(t)
	tab := Open(t)
	for _, wrong := range []struct{ how, page, do string }{
		{"Content Security Policy", "/strict", "1"},
		{"left behind", "/", "console.error('left behind')"},
		{"no such thing", "/", "setTimeout(() => { throw new Error('no such thing') })"},
		{"404", "/", "fetch('/none').then(() => 1)"},
		{"left the machine", "/", "fetch('http://attune.invalid/').catch(() => 1)"},
	} {
		before := len(tab.Complaints())
		tab.Go(at + wrong.page)
		Eval[any](tab, wrong.do+", 1")
		for range 200 { // what the network says comes a little later
			if strings.Contains(strings.Join(tab.Complaints()[before:], "\n"), wrong.how) {
				break
			}
			Eval[bool](tab, "new Promise(done => setTimeout(() => done(true), 25))")
		}
		if got := tab.Complaints()[before:]; !strings.Contains(strings.Join(got, "\n"), wrong.how) {
			t.Errorf("%s: the complaints are %q", wrong.how, got)
		}
	}
	tab.Excuse(".") // they were looked at
}
