package report

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"attune/internal/web/browsertest"
)

// opened writes page into a folder with a reel of as many seconds as its clips,
// and opens it from disk.
func opened(t *testing.T, page Page) *browsertest.Tab {
	t.Helper()
	tab := browsertest.Open(t)
	dir := t.TempDir()
	file, err := os.Create(filepath.Join(dir, PageFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := page.Write(file); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if page.Reel != "" {
		reel := exec.CommandContext(t.Context(), "ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=24",
			"-c:v", "libvpx", "-b:v", "200k", "-g", "25", "-f", "webm", filepath.Join(dir, page.Reel))
		if out, err := reel.CombinedOutput(); err != nil {
			t.Skipf("needs the ffmpeg program: %v: %s", err, out)
		}
	}
	tab.Go("file://" + filepath.Join(dir, PageFile))
	return tab
}

// The page is opened from disk, as a guider opens it: its player must find the
// reel, and a click on an instant must take the player to where the reel shows
// it.
func TestPageInBrowser(t *testing.T) {
	t.Parallel()
	tab := opened(t, Page{Analysis: found(), Signals: signals(), Reel: "reel.webm", Clips: []time.Duration{0, at(11.6)}})
	const ready = `new Promise(done => { const p = document.getElementById('player');
		if (p.readyState > 0) done(p.duration); else { p.onloadedmetadata = () => done(p.duration); p.onerror = () => done(-1); } })`
	const place = `document.getElementById('player').currentTime`
	length := browsertest.Eval[float64](tab, ready)
	// Where the player is sent to is looked at, so it must not go on from there.
	browsertest.Eval[bool](tab, `document.getElementById('player').play = () => Promise.resolve(), true`)
	tab.Click("#m2 .go")
	second := browsertest.Eval[float64](tab, place)
	tab.Click("#m1 .at")
	evidence := browsertest.Eval[float64](tab, place)
	words := browsertest.Eval[string](tab, `show(30), document.getElementById('playing').textContent`)
	position := browsertest.Eval[string](tab, `getComputedStyle(document.querySelector('.band')).position`)
	if length < 23 {
		t.Fatalf("the player found a reel of %v s, want 24", length)
	}
	// m1 is 11.6 s long, so m2 begins at 11.6 s of the reel.
	if math.Abs(second-11.6) > 0.01 {
		t.Errorf("a click on the second suggestion went to %v s of the reel, want 11.6", second)
	}
	if math.Abs(evidence-1) > 0.01 {
		t.Errorf("a click on evidence one second into the first went to %v s of the reel, want 1", evidence)
	}
	if words != "That instant is not in the draft reel: choose the film to see it." {
		t.Errorf("an instant outside the reel is answered by %q", words)
	}
	if position != "absolute" {
		t.Error("the page's style is not in force")
	}
	// After a click the keys still work: 2 is the second suggestion.
	tab.Press("2")
	if at := browsertest.Eval[float64](tab, place); math.Abs(at-11.6) > 0.01 {
		t.Errorf("the key 2 went to %v s of the reel, want 11.6", at)
	}
}
