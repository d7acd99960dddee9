package report

import (
	"context"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// browserTime is far more than Chromium needs, on a machine that runs every
// other test too: it bounds a hang.
const browserTime = 5 * time.Minute

// browser starts Debian's Chromium; its profile goes when the test ends.
func browser(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("needs chromium: ", err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WindowSize(1366, 768), chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, browserTime)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return ctx
}

// opened writes page into a folder with a reel of as many seconds as its clips,
// opens it from disk and returns the browser and what it complained of.
func opened(t *testing.T, page Page) (context.Context, func() []string) {
	t.Helper()
	ctx := browser(t)
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
	var mu sync.Mutex
	var complaints []string
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.Type == chromedp.ConsoleError || m.Type == chromedp.ConsoleException || m.Type == chromedp.ConsoleWarning {
				mu.Lock()
				complaints = append(complaints, m.Text)
				mu.Unlock()
			}
		}
	}()
	if err := chromedp.Do(ctx, chromedp.Navigate("file://"+filepath.Join(dir, PageFile))); err != nil {
		t.Fatal(err)
	}
	return ctx, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return complaints
	}
}

// The page is opened from disk, as a guider opens it: its player must find the
// reel, and a click on an instant must take the player to where the reel shows
// it.
func TestPageInBrowser(t *testing.T) {
	t.Parallel()
	ctx, complaints := opened(t, Page{Analysis: found(), Signals: signals(), Reel: "reel.webm", Clips: []time.Duration{0, at(11.6)}})
	const ready = `new Promise(done => { const p = document.getElementById('player');
		if (p.readyState > 0) done(p.duration); else { p.onloadedmetadata = () => done(p.duration); p.onerror = () => done(-1); } })`
	const place = `document.getElementById('player').currentTime`
	length := evaluate[float64](ctx, t, ready)
	// Where the player is sent to is looked at, so it must not go on from there.
	evaluate[bool](ctx, t, `document.getElementById('player').play = () => Promise.resolve(), true`)
	click(ctx, t, "#m2 .go")
	second := evaluate[float64](ctx, t, place)
	click(ctx, t, "#m1 .at")
	evidence := evaluate[float64](ctx, t, place)
	words := evaluate[string](ctx, t, `show(30), document.getElementById('playing').textContent`)
	position := evaluate[string](ctx, t, `getComputedStyle(document.querySelector('.band')).position`)
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
	if err := chromedp.Do(ctx, chromedp.KeyEvent("2")); err != nil {
		t.Fatal(err)
	}
	if at := evaluate[float64](ctx, t, place); math.Abs(at-11.6) > 0.01 {
		t.Errorf("the key 2 went to %v s of the reel, want 11.6", at)
	}
	if c := complaints(); len(c) > 0 {
		t.Errorf("the browser complained: %q", c)
	}
}

func evaluate[T any](ctx context.Context, t *testing.T, expression string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return v
}

func click(ctx context.Context, t *testing.T, selector string) {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.Click(selector)); err != nil {
		t.Fatalf("click %s: %v", selector, err)
	}
}
