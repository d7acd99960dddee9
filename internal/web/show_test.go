package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"attune/internal/store"
	"attune/internal/store/storetest"
	"attune/internal/vault"
	"attune/internal/vig"
	"attune/internal/web/browsertest"
)

// telltales are words of the records that a client must not meet unawares.
var telltales = []string{"V-17", "visit.mp4", "more calm", "turned to child", "guider", "she waits", "receiving", "m1", "Cycle", "Your cases", "Sign out"}

// telling gives the records words that would tell of the case, wherever they
// were shown, and two clips that are kept.
func (b *bundle) telling(t *testing.T) {
	t.Helper()
	note, goal, tags := "she waits", "more calm at meals", []vig.Principle{vig.ReceivingInitiatives}
	for _, c := range b.clips {
		storetest.Keep(t, b.store, c)
		_, err := b.store.ChangeClip(t.Context(), c.ID, 0, store.ClipChange{Note: &note, Goal: &goal, Tags: &tags})
		ok(t, err)
	}
}

// The page of a shared review holds no name, no evidence and no menu, and shows
// what was confirmed whatever was changed since.
func TestShowPage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	at := "/films/" + string(b.film.ID) + "/show"
	b.shows(t, b.guider, at, "There is no clip to show yet.")
	b.telling(t)
	tellsNothing := func(as asker) string {
		t.Helper()
		text := b.shows(t, as, at, "<title>Shared review")
		for _, tell := range telltales {
			if strings.Contains(text, tell) {
				t.Errorf("the page tells %q: %s", tell, text)
			}
		}
		return text
	}
	if text := tellsNothing(b.guider); !strings.Contains(text, `"clips":[{"start":1,"end":9},{"start":20,"end":29}]`) || !strings.Contains(text, "/api/v1/cycles/") {
		t.Errorf("of what is kept: %s", text)
	}
	if text := tellsNothing(b.viewer); strings.Contains(text, "/api/v1/cycles/") {
		t.Error("somebody it is shared with can write the client's words")
	}
	reel, err := b.makeReel(context.WithValue(t.Context(), accountKey{}, b.guider.Account), b.film.ID, nil, "")
	ok(t, err)
	b.render(t, reel.ID)
	b.watch(t, reel.ID)
	_, err = b.store.ConfirmReel(t.Context(), reel.ID, b.guider.ID)
	ok(t, err)
	aside := store.ClipSetAside
	_, err = b.store.ChangeClip(t.Context(), b.clips[0].ID, 0, store.ClipChange{State: &aside})
	ok(t, err)
	if text := tellsNothing(b.guider); !strings.Contains(text, `{"start":20,"end":29}`) {
		t.Errorf("what was confirmed is not shown any more: %s", text)
	}
}

// playable puts a film of the length of the bundle's into the vault that
// browsers play.
func (b *bundle) playable(t *testing.T) {
	t.Helper()
	film := pictures(t, time.Minute)
	ok(t, b.vault.Delete(t.Context(), vault.OriginalKey(b.film.ID)))
	b.put(t, vault.OriginalKey(b.film.ID), string(film))
}

// pictures is a film that browsers play: its pictures change with every frame.
func pictures(t *testing.T, length time.Duration) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "film.mp4")
	source := fmt.Sprintf("testsrc=size=320x180:rate=25:duration=%f", length.Seconds())
	out, err := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-f", "lavfi", "-i", source,
		"-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-bf", "0", "-pix_fmt", "yuv420p", "-movflags", "+faststart", path).CombinedOutput()
	if err != nil {
		t.Skipf("needs the ffmpeg program: %v: %s", err, out)
	}
	film, err := os.ReadFile(path)
	ok(t, err)
	return film
}

// The shared review in a browser: clip by clip, to the frame, and nothing on the
// screen but the picture until it is asked for.
func TestSharedReview(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if _, err := os.Stat("page/assets/dist/show.js"); err != nil {
		t.Skip("needs the bundles, which 'make build' makes")
	}
	b.playable(t)
	b.telling(t)
	mux := http.NewServeMux()
	mux.Handle("/", b.Web)
	mux.HandleFunc("GET /enter", func(w http.ResponseWriter, r *http.Request) {
		if err := b.startSession(w, r, b.guider.ID); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	tab := browsertest.Open(t)
	tab.Excuse("favicon")
	tab.Go(server.URL + "/enter")
	tab.Go(server.URL + "/films/" + string(b.film.ID) + "/show")

	const player = "document.querySelector('attune-player')"
	stands := func(what string, frame int) {
		t.Helper()
		tab.Until(what, player+".frame === "+strconv.Itoa(frame)+" && !"+player+".playing && !"+player+".video.seeking")
	}
	stands("the first clip", 25)
	tellsNothing := func(when string) {
		t.Helper()
		shown := browsertest.Eval[string](tab, "document.documentElement.outerHTML")
		for _, tell := range telltales {
			if strings.Contains(shown, tell) {
				t.Errorf("%s the page tells %q: %s", when, tell, shown)
			}
		}
	}
	tellsNothing("at first")
	tab.Axe("show")
	tab.Picture("show-first-clip")

	tab.Press("ArrowRight", "ArrowRight", "ArrowLeft")
	stands("one frame on", 26)
	tab.Press("ArrowLeft", "ArrowLeft", "ArrowLeft")
	stands("no frame before the clip", 25)
	tab.Press("PageDown")
	stands("the second clip", 500)
	tab.Press("PageDown")
	stands("no clip after the last", 500)
	const rate = player + ".rate === "
	for key, want := range map[string]string{"2": "0.5", "4": "0.25", "1": "1"} {
		tab.Press(key)
		tab.Until("speed "+want, rate+want)
	}
	tab.Press("1", "s")
	tab.Until("half speed", rate+"0.5")
	tab.Press("S", "s") // with the capitals locked too
	tab.Until("full speed", rate+"1")
	tab.Press(" ")
	tab.Until("it plays", player+".playing")
	tab.Until("the buttons go", "document.querySelector('attune-show').hasAttribute('data-quiet')")
	tab.Picture("show-playing")
	stands("the last frame of the clip", 724)
	tab.Press("ArrowRight")
	stands("no frame after the clip", 724)
	tab.Press("Home")
	stands("the clip's beginning", 500)

	const covered = "!document.querySelector('[data-part=blank]').hidden"
	tab.Press("b")
	tab.Until("a blank screen", covered)
	tab.Picture("show-blank")
	tab.Press(".")
	tab.Until("the picture again", "!("+covered+")")
	tab.Press("h")
	tab.Until("a held picture", "document.querySelector('attune-show').hasAttribute('data-held')")
	tab.Press("Escape")
	tab.Until("the buttons again", "!document.querySelector('attune-show').hasAttribute('data-held')")
	tellsNothing("after all that")

	// What is asked for.
	tab.Press("PageUp", "e")
	tab.See("adult turned to child")
	tab.Axe("show with evidence")
	tab.Picture("show-evidence")
	tab.Press("Escape")
	tab.Until("nothing is open", "document.querySelector('#evidence').hidden")
	tab.Press("w")
	tab.Until("a place to write", "document.activeElement.id === 'said'")
	tab.Type("He looked so proud. " + "e b s") // letters, not commands
	tab.Until("it is saved", "document.querySelector('[data-part=saved]').textContent === 'Saved'")
	tab.Axe("show with words")
	tab.Picture("show-words")
	words := func() string {
		t.Helper()
		cycle, err := b.store.Cycle(t.Context(), b.cycle.ID)
		ok(t, err)
		return cycle.Words
	}
	if got := words(); got != "He looked so proud. e b s" {
		t.Errorf("kept with the cycle is %q", got)
	}
	// Written elsewhere meanwhile: nothing of either is lost.
	other := "From the other window."
	_, err := b.store.SetCycle(t.Context(), b.cycle.ID, 0, store.CycleChange{Words: &other})
	ok(t, err)
	tab.Excuse("412")
	tab.Type("!")
	tab.Until("both", "document.querySelector('#said').value.includes('From the other window.')")
	deadline := time.Now().Add(browsertest.Patience)
	for got := words(); got != other+"\n\nHe looked so proud. e b s!"; got = words() {
		if time.Now().After(deadline) {
			t.Fatalf("kept with the cycle is %q", got)
		}
		tab.Until("a moment later", "new Promise(done => requestAnimationFrame(() => done(true)))")
	}
	tab.Press("Escape", "?")
	tab.Until("the keys", "document.querySelector('dialog').open")
	tab.Axe("show with keys")
	tab.Picture("show-keys")
	tab.Press("Escape")
	tab.Phone()
	tab.Picture("show-phone")
	tab.Axe("show on a telephone")
	tab.Press("w")
	tab.Until("words on a telephone", "!document.querySelector('#words').hidden")
	tab.Picture("show-phone-words")
}

// What the client said is not lost with the session, nor with the page; and what
// the service will not take is not its failure.
func TestShowKeepsWords(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if _, err := os.Stat("page/assets/dist/show.js"); err != nil {
		t.Skip("needs the bundles, which 'make build' makes")
	}
	b.telling(t)
	tab, address := b.enter(t, b.guider)
	tab.Excuse(".*") // there is no film to play, and what is refused is meant
	show := func() {
		t.Helper()
		tab.Go(address + "/films/" + string(b.film.ID) + "/show")
		tab.Click("[data-do=words]")
		tab.Until("a place to write", "document.activeElement.id === 'said'")
	}
	written := func(want string) {
		t.Helper()
		deadline := time.Now().Add(browsertest.Patience)
		for {
			cycle, err := b.store.Cycle(t.Context(), b.cycle.ID)
			ok(t, err)
			if cycle.Words == want {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("kept with the cycle is %q, and %q was written", cycle.Words, want)
			}
			tab.Until("a moment later", "new Promise(done => requestAnimationFrame(() => done(true)))")
		}
	}
	show()
	ok(t, b.store.DeleteSessions(t.Context(), b.guider.ID))
	tab.Type("She said it helped.")
	tab.Until("it says why", "document.querySelector('[data-part=saved]').textContent.includes('you are signed out')")
	tab.Go(address + "/enter")
	show()
	written("She said it helped.")
	if got := browsertest.Eval[string](tab, "document.querySelector('#said').value"); got != "She said it helped." {
		t.Errorf("back on the page it shows %q", got)
	}
	tab.Until("nothing is left with the tab", "Object.keys(sessionStorage).every(key => !key.startsWith('attune-words-'))")

	// No field takes so much, but what was written in two windows may come to it.
	const most = "document.querySelector('#said').maxLength === 5000"
	tab.Until("a bound", most)
	browsertest.Eval[bool](tab, `(field => { field.value = "wörd ".repeat(2200); return field.dispatchEvent(new Event("input")); })(document.querySelector("#said"))`)
	tab.Until("the service's own words", "document.querySelector('[data-part=saved]').textContent.includes('10000')")
	tab.Fill("#said", "Shorter.")
	written("Shorter.")
}
