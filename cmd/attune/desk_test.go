package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"attune/internal/remote"
	"attune/internal/testfilm"
	"attune/internal/testfilm/testfilmtest"
	"attune/internal/web/browsertest"
)

// desk is the service as a guider has it in a browser, by real processes.
type desk struct {
	*service
	at      string // where it listens, also when it is started again
	browser *browsertest.Browser
}

// openDesk starts a service with nothing in it, and a browser.
func openDesk(t *testing.T) *desk {
	t.Helper()
	for _, needed := range []string{"redis-server", "ffprobe", "chromium"} {
		if _, err := exec.LookPath(needed); err != nil {
			t.Skip("needs ", needed)
		}
	}
	if _, err := os.Stat(filepath.Join("..", "..", "internal", "web", "page", "assets", "dist", "desk.js")); err != nil {
		t.Skip("needs the bundles, which 'make build' makes")
	}
	d := &desk{service: served(t, filepath.Join(shortDir(t), "data"))}
	d.at = strings.TrimPrefix(d.Address, "http://")
	d.browser = browsertest.Start(t)
	return d
}

// restart starts the service again where it was.
func (d *desk) restart(t *testing.T) {
	t.Helper()
	d.service = servedAt(t, d.data, d.at)
}

// kill ends the service as a power cut would.
func (d *desk) kill(t *testing.T) {
	t.Helper()
	if err := d.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = d.cmd.Wait()
}

// open opens a page of the desk.
func (d *desk) open(tab *browsertest.Tab, path string) { tab.Go(d.Address + path) }

// signIn makes the first account by the link that the service printed, in one
// tab; then all tabs of the browser are signed in.
func (d *desk) signIn(t *testing.T, by hand) {
	t.Helper()
	var link string
	for _, word := range strings.Fields(d.wayIn) {
		if strings.HasPrefix(word, d.Address+"/welcome/") {
			link = word
		}
	}
	if link == "" {
		t.Fatalf("the service names no link: %s", d.wayIn)
	}
	const password = "quiet winter kitchen table"
	by.tab.Go(link)
	by.fill("#name", "anna")
	by.fill("#password", password)
	by.fill("#again", password)
	by.press("main form button.main")
	by.tab.At("^/$")
}

// hand is how somebody works in a tab: with the keyboard alone, or with the
// mouse (and the keyboard to write).
type hand struct {
	tab   *browsertest.Tab
	press func(selector string) // a button or a link
	play  func(selector string) // a film with the browser's own buttons
	fill  func(selector, text string)
}

func keyboard(tab *browsertest.Tab) hand {
	return hand{
		tab:   tab,
		press: func(selector string) { tab.TabTo(selector); tab.Press("Enter") },
		play:  func(selector string) { tab.TabTo(selector); tab.Press("Space") },
		fill:  func(selector, text string) { tab.TabTo(selector); tab.Press("Control+a"); tab.Type(text) },
	}
}

func mouse(tab *browsertest.Tab) hand {
	return hand{tab: tab, press: tab.Click, play: tab.Click, fill: tab.Fill}
}

// told is the answer of the service's API at a path.
func told[T any](t *testing.T, d *desk, path string) T {
	t.Helper()
	var text bytes.Buffer
	if err := d.Fetch(t.Context(), d.Address+path, &text); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	var v T
	if err := json.Unmarshal(text.Bytes(), &v); err != nil {
		t.Fatalf("%s: %v: %s", path, err, text.String())
	}
	return v
}

// begin makes a case and goes to where films are sent to its first cycle.
func (d *desk) begin(by hand, code string) {
	by.fill("#code", code)
	by.fill("#goals", "More calm at meals")
	by.press("form[action='/cases'] button")
	by.tab.At("^/cases/[^/]+$")
	by.press(".cycles h3 a")
	by.tab.At("^/cycles/[^/]+$")
	by.press("a[href$='/upload']")
	by.tab.At("^/cycles/[^/]+/upload$")
}

// session is a session film that is quickly looked at.
var session = testfilm.Film{Width: 640, Height: 360, Duration: 20 * time.Second}

// padded writes a film of so many bytes: the session, and behind it what players
// pass over, so that it takes long to send and not long to look at.
func padded(t *testing.T, size int) (path, sha string) {
	t.Helper()
	film, _ := testfilmtest.Cached(t, session)
	head, err := os.ReadFile(film)
	if err != nil {
		t.Fatal(err)
	}
	rest := make([]byte, size-len(head))
	random := rand.NewChaCha8([32]byte{})
	_, _ = random.Read(rest) // never fails
	binary.BigEndian.PutUint32(rest, uint32(len(rest)))
	copy(rest[4:], "free")
	all := slices.Concat(head, rest)
	path = filepath.Join(t.TempDir(), "visit.mp4")
	if err := os.WriteFile(path, all, fileMode); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(all)
	return path, hex.EncodeToString(sum[:])
}

// arrived is how many bytes of an upload the service has.
func (d *desk) arrived(t *testing.T, path string) int64 {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodHead, d.Address+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+d.Token)
	r.Header.Set("Tus-Resumable", "1.0.0")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	answer.Body.Close()
	n, err := strconv.ParseInt(answer.Header.Get("Upload-Offset"), 10, 64)
	if err != nil {
		t.Fatalf("%s: status %d: %v", path, answer.StatusCode, err)
	}
	return n
}

// from is where the tab began to send, and to which address, at its nth request
// that sent something.
func from(t *testing.T, tab *browsertest.Tab, n int) (offset int64, path string) {
	t.Helper()
	sent := tab.Request(http.MethodPatch, n)
	offset, err := strconv.ParseInt(sent.Header.Get("Upload-Offset"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return offset, sent.Path
}

// A film whose upload is interrupted goes on where it was: in a new tab, after
// the old one was closed, when the same film is chosen again; and by itself,
// after the service was stopped, or killed.
func TestDeskUploadGoesOn(t *testing.T) {
	t.Parallel()
	d := openDesk(t)
	const size = 64 << 20
	film, sha := padded(t, size)
	tab := d.browser.Tab()
	by := mouse(tab)
	d.signIn(t, by)
	d.begin(by, "V-17")
	there := tab.Path()
	// A quarter of a piece a second: slow enough to be interrupted in the middle.
	slow := browsertest.Line{Up: 4 << 20}
	tab.Line(slow)
	choose := func(tab *browsertest.Tab) {
		t.Helper()
		tab.Choose(func() { tab.Click("label[for=films]") }, film)
	}
	reach := func(tab *browsertest.Tab, share float64) {
		t.Helper()
		tab.Until(strconv.FormatFloat(share, 'f', 2, 64)+" of the film", `(b => b && b.value / b.max >= `+strconv.FormatFloat(share, 'f', 2, 64)+`)(document.querySelector(".sendings progress"))`)
	}
	choose(tab)
	reach(tab, 0.3)
	tab.Picture("upload-sending")
	tab.Axe("a film is being sent")
	offset, upload := from(t, tab, 0)
	if offset != 0 {
		t.Errorf("a new film is sent from %d", offset)
	}
	tab.Close()

	tab = d.browser.Tab()
	d.open(tab, there)
	tab.See("visit.mp4: ")
	tab.Picture("upload-begun")
	had := d.arrived(t, upload)
	if had < size/8 {
		t.Errorf("of what was sent before the tab was closed, the service has %d bytes", had)
	}
	tab.Line(slow)
	choose(tab)
	reach(tab, 0.4)
	if offset, again := from(t, tab, 0); offset != had || again != upload {
		t.Errorf("it went on at %d of %s, and the service had %d of %s", offset, again, had, upload)
	}

	// The service goes, as when its machine is started anew.
	tab.Excuse("net::ERR_|Failed to load resource|EventSource")
	if code, _ := d.stop(t); code != exitOK {
		t.Errorf("told to stop, it ended with %d", code)
	}
	tab.See("goes on by itself")
	tab.Picture("upload-away")
	before := len(tab.Requests(http.MethodPatch))
	d.restart(t)
	if offset, again := from(t, tab, before); offset < had || again != upload {
		t.Errorf("after the service was stopped it went on at %d of %s", offset, again)
	} else {
		had = offset
	}

	// And as when somebody pulls the plug.
	d.kill(t)
	tab.See("goes on by itself")
	before = len(tab.Requests(http.MethodPatch))
	tab.Line(browsertest.Line{})
	d.restart(t)
	tab.See("All of it has arrived")
	if offset, again := from(t, tab, before); offset < had || again != upload {
		t.Errorf("after the service was killed it went on at %d of %s", offset, again)
	}
	id := filepath.Base(upload)
	var got remote.Film
	watching, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	if err := d.Watch(watching, id, func(f remote.Film) bool { got = f; return f.SHA256 != "" }, func(remote.Progress) {}); err != nil {
		t.Fatal(err)
	}
	if got.SHA256 != sha {
		t.Errorf("what arrived has the SHA-256 %s, and %s was sent", got.SHA256, sha)
	}
	tab.Until("the film in the list of the cycle", `document.querySelector('[data-film="`+id+`"]')`)
	tab.Picture("upload-arrived")
}
