package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"attune/internal/store"
	"attune/internal/store/storetest"
	"attune/internal/vault"
	"attune/internal/vig"
	"attune/internal/web/browsertest"
)

// A film that is not analysed yet has no review: its own page says how far it
// is.
func TestReviewPageOfWaitingFilm(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f := b.queued(t)
	got := b.send(t, b.request(t, request{as: b.inBrowser(t, b.guider), path: "/films/" + string(f.ID) + "/review"}))
	if got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/films/"+string(f.ID) {
		t.Errorf("status %d, to %q", got.StatusCode, got.Header.Get("Location"))
	}
}

// The page says what could not be seen, and what the film lacks.
func TestReviewPageSays(t *testing.T) {
	t.Parallel()
	b := setup(t)
	page := func(as asker, f store.Film) string {
		t.Helper()
		got := b.send(t, b.request(t, request{as: b.inBrowser(t, as), path: "/films/" + string(f.ID) + "/review"}))
		if got.StatusCode != http.StatusOK {
			t.Fatalf("status %d: %s", got.StatusCode, got.body)
		}
		return string(got.body)
	}
	found := page(b.guider, b.film)
	for _, want := range []string{"adult turned to child", "no sound", "more calm at meals", `data-command="keep"`, "/stills/m1.jpg"} {
		if !strings.Contains(found, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(found, "Nothing was suggested") {
		t.Error("the page says that nothing was suggested")
	}
	empty := b.analysed(t, files["original"], `{"format":"attune.analysis/1","film":{"audio_codec":"aac"},"people":[],"moments":[],
		"draft_reel":[],"notes":["The child's face was seen in 4 % of the film."]}`)
	found = page(b.guider, empty)
	for _, want := range []string{"Nothing was suggested in this film.", "was seen in 4 % of the film."} {
		if !strings.Contains(found, want) {
			t.Errorf("without moments the page does not say %q", want)
		}
	}
	if strings.Contains(found, "no sound") {
		t.Error("the page says that the film has no sound")
	}
	shared := page(b.viewer, b.film)
	if !strings.Contains(shared, "shared with you") || strings.Contains(shared, `data-command="keep"`) {
		t.Error("who may only look is not told so, or can do more")
	}
}

// analysed returns a film of the guider's with these bytes and this analysis; a
// clip for each of its moments. Each of with changes what is stored.
func (b *bundle) analysed(t *testing.T, original, analysis string, with ...func(*store.AnalysisDraft)) store.Film {
	t.Helper()
	ctx := t.Context()
	f, err := b.store.CreateFilm(ctx, store.FilmDraft{Cycle: b.cycle.ID, Name: "visit.mp4", Size: int64(len(original))})
	ok(t, err)
	b.put(t, vault.OriginalKey(f.ID), original)
	// No film lasts a number of milliseconds.
	ok(t, b.store.ReceiveFilm(ctx, f.ID, storetest.Hash(string(f.ID)), f.Size, filmLength-345_678))
	attempt, err := b.store.BeginFilm(ctx, f.ID, 1, "w1")
	ok(t, err)
	draft := store.AnalysisDraft{Film: f.ID, Format: "attune.analysis/1", JSON: []byte(analysis), Keys: map[string]string{}}
	var found struct {
		Moments []struct {
			ID    string
			Rank  int
			Start float64 `json:"start_s"`
			End   float64 `json:"end_s"`
		}
	}
	ok(t, json.Unmarshal(draft.JSON, &found))
	for _, m := range found.Moments {
		draft.Clips = append(draft.Clips, store.ClipDraft{Moment: m.ID, Rank: m.Rank, Span: vig.Span{Start: duration(m.Start), End: duration(m.End)}})
	}
	for _, name := range []string{"signals.json", "frames.json"} {
		draft.Keys[name] = vault.ResultKey(f.ID, attempt, name)
		b.put(t, draft.Keys[name], files[name])
	}
	for _, change := range with {
		change(&draft)
	}
	_, err = b.store.PublishAnalysis(ctx, attempt, draft)
	ok(t, err)
	return b.again(t, f.ID)
}

// pattern is a film of filmLength at 25 frames a second that browsers play, of
// coloured bars and a tone.
var pattern = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "attune-pattern")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "film.mp4")
	said, err := exec.CommandContext(context.Background(), "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=60",
		"-f", "lavfi", "-i", "sine=d=60", "-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-pix_fmt", "yuv420p",
		"-c:a", "aac", "-movflags", "+faststart", path).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, said)
	}
	film, err := os.ReadFile(path)
	return string(film), err
})

// patternFilm is pattern for a test, which has the bundles too.
func patternFilm(t *testing.T) string {
	t.Helper()
	if _, err := os.Stat("page/assets/dist/review.js"); err != nil {
		t.Skip("needs the bundles, which 'make build' makes")
	}
	film, err := pattern()
	if errors.Is(err, exec.ErrNotFound) {
		t.Skip("needs ffmpeg")
	}
	ok(t, err)
	return film
}

// twoMoments is an analysis with two short moments in a film of a minute.
const twoMoments = `{"format":"attune.analysis/1","film":{"audio_codec":"aac"},"people":[],
	"moments":[
		{"id":"m1","rank":1,"start_s":20,"end_s":23,"coverage":0.9,"principles":["receiving initiatives"],
			"evidence":[{"cue":"facing","people":["p1"],"start_s":21,"end_s":22,"text":"adult turned to child"}]},
		{"id":"m2","rank":2,"start_s":40,"end_s":42,"coverage":0.8,"principles":["being attentive"],
			"evidence":[{"cue":"voice","people":["p2"],"start_s":40.5,"end_s":41,"text":"child makes a sound"}]}],
	"draft_reel":["m1"]}`

// desk is a review in a browser.
type desk struct {
	*bundle
	t       *testing.T
	browser *browsertest.Browser
	*browsertest.Tab
	of store.Film
}

// openReview opens the review of a film with two moments, as somebody sees it
// who is signed in.
func openReview(t *testing.T, who func(*bundle) asker) *desk {
	t.Helper()
	film := patternFilm(t)
	d := &desk{bundle: setup(t), t: t, browser: browsertest.Start(t)}
	d.of = d.analysed(t, film, twoMoments)
	d.Tab = d.open(who(d.bundle))
	return d
}

func theGuider(b *bundle) asker { return b.guider }

// open opens another tab with the review.
func (d *desk) open(as asker) *browsertest.Tab {
	d.t.Helper()
	tab := d.browser.Tab()
	tab.Go(d.server.URL + "/keys")
	signed := d.inBrowser(d.t, as)
	browsertest.Eval[string](tab, fmt.Sprintf("document.cookie = %q", signed.cookie.Name+"="+signed.cookie.Value+"; path=/"))
	tab.Go(d.server.URL + "/films/" + string(d.of.ID) + "/review")
	tab.Until("the first frame", `document.querySelector("attune-player").frame >= 0`)
	return tab
}

// outline is a review as people see it, for comparing: versions and ids go up
// with every change, and are left out.
func (d *desk) outline() string {
	d.t.Helper()
	all := read[reviewJSON](d.t, d.do(d.t, request{as: d.guider, path: "/api/v1/films/" + string(d.of.ID) + "/clips"}, http.StatusOK))
	name := func(c clipJSON) string {
		return fmt.Sprintf("%s %.2f-%.2f %s %v %q %q", c.Moment, c.Start, c.End, c.State, c.Tags, c.Goal, c.Note)
	}
	names := map[store.ClipID]string{}
	var lines []string
	for _, c := range all.Clips {
		names[c.ID] = name(c)
		lines = append(lines, name(c))
	}
	slices.Sort(lines)
	lines = append(lines, "reel:")
	for _, id := range all.Order.Clips {
		lines = append(lines, names[id])
	}
	return strings.Join(lines, "\n")
}

// becomes waits until the review as the service has it is as wanted.
func (d *desk) becomes(what string, is func(outline string) bool) string {
	d.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(browsertest.Patience)
	for {
		now := d.outline()
		if is(now) {
			return now
		}
		select {
		case <-tick.C:
		case <-deadline:
			d.t.Fatalf("%s: the review stays\n%s", what, now)
		}
	}
}

// watch plays the chosen clip until it may be kept.
func (d *desk) watch() {
	d.t.Helper()
	d.Press("r")
	d.Until("the clip was played", `document.querySelector("[data-command=keep]").ariaDisabled !== "true"`)
	browsertest.Eval[any](d.Tab, `document.querySelector("attune-player").pause(), 1`)
}

// seek shows an instant of the film.
func (d *desk) seek(at float64) {
	d.t.Helper()
	browsertest.Eval[any](d.Tab, fmt.Sprintf(`document.querySelector("attune-player").seek(%v).then(() => 1)`, at))
}

// A clip is kept after it was played and not before; whatever was done is undone
// by one key and done again by another, at the service too.
func TestReviewUndo(t *testing.T) {
	t.Parallel()
	d := openReview(t, theGuider)
	d.Press("k")
	d.See("Play it first")
	d.Until("it plays", `document.querySelector("attune-player").playing`)
	if now := d.outline(); strings.Contains(now, "kept") {
		t.Fatalf("kept what was not played:\n%s", now)
	}
	d.watch()
	d.Press("n")
	d.watch()
	d.Press("p", "k")
	d.becomes("the first kept", func(now string) bool { return strings.Contains(now, "m1 20.00-23.00 kept") })
	d.Press("n", "k")
	d.becomes("the second kept", func(now string) bool { return strings.Contains(now, "m2 40.00-42.00 kept") })
	d.Press("p", " ") // paused, in the first

	for _, one := range []struct {
		what string
		do   func()
	}{
		{"no longer kept", func() { d.Press("k") }},
		{"set aside", func() { d.Press("x") }},
		{"starts earlier", func() { d.Press("a") }},
		{"starts later", func() { d.Press("s") }},
		{"ends earlier", func() { d.Press("d") }},
		{"ends later", func() { d.Press("f") }},
		{"starts here", func() { d.seek(20.5); d.Press("[") }},
		{"ends here", func() { d.seek(22.5); d.Press("]") }},
		{"ends with the film", func() { d.seek(60); d.Press("]") }},
		{"longer", func() { d.Press("e") }},
		{"shorter", func() { d.Press("E") }},
		{"split", func() { d.seek(21.5); d.Press("c") }},
		{"moved", func() { d.Press(">") }},
		{"tagged", func() { d.Press("t", "Space", "Escape") }},
		{"noted", func() { d.Press("w"); d.Type("She waits. kxz?"); d.Press("Escape") }},
		{"added", func() { d.seek(20.4); d.Press("i"); d.seek(21.6); d.Press("o") }},
	} {
		before := d.outline()
		one.do()
		d.becomes(one.what, func(now string) bool { return now != before })
		d.saved()
		after := d.outline() // with all that belongs to it
		d.Press("z")
		d.becomes(one.what+", undone", func(now string) bool { return now == before })
		d.saved()
		d.Press("Z")
		d.becomes(one.what+", done again", func(now string) bool { return now == after })
		d.saved()
		d.Press("Control+z")
		d.becomes(one.what+", undone again", func(now string) bool { return now == before })
		d.saved()
	}
	// A clip to the end of the film was taken as it is, to the microsecond.
	d.seek(60)
	d.Press("]")
	d.becomes("to the end", func(now string) bool { return strings.Contains(now, "m1 20.00-60.00") })
	d.saved()
	clips, err := d.store.Clips(t.Context(), d.of.ID)
	ok(t, err)
	if end := clips[0].Span.End; end > d.of.Duration || end < d.of.Duration-time.Microsecond {
		t.Errorf("the film lasts %v, and the clip to its end goes to %v", d.of.Duration, end)
	}
	d.Press("z")
	d.becomes("as it was", func(now string) bool { return !strings.Contains(now, "-60.00") })

	// A clip of one's own is deleted, and comes back.
	d.seek(20.4)
	d.Press("i")
	d.seek(21.6)
	d.Press("o")
	with := d.becomes("added", func(now string) bool { return strings.Contains(now, " 20.40-21.6") })
	if !strings.Contains(with, "kept [] \"\" \"\"") {
		t.Errorf("what was marked in what was played is not kept at once:\n%s", with)
	}
	d.Press("Delete")
	d.becomes("deleted", func(now string) bool { return !strings.Contains(now, " 20.40-21.6") })
	d.Press("z")
	d.becomes("not deleted", func(now string) bool { return now == with })
}

// saved waits until the page says that all is saved.
func (d *desk) saved() {
	d.t.Helper()
	d.Until("all is saved", `["", "All is saved"].includes(document.querySelector("[data-part=standing]").textContent)`)
}

// While somebody writes keys are letters, and every command of the table has a
// key that the page knows.
func TestReviewKeys(t *testing.T) {
	t.Parallel()
	d := openReview(t, theGuider)
	before := d.outline()
	d.Press("w")
	const text = "kxzio?[]<> nasdfec 124"
	d.Type(text)
	d.becomes("the note", func(now string) bool { return strings.Contains(now, fmt.Sprintf("%q", text)) })
	d.Press("Escape")
	if on := browsertest.Eval[string](d.Tab, "document.activeElement.id"); on != "clip-title" {
		t.Errorf("Escape leads from writing to %q", on)
	}
	d.Press("z")
	d.becomes("as before", func(now string) bool { return now == before })

	// The sheet shows all keys, keeps nobody in it, and turns them off.
	d.Press("?")
	d.Until("the sheet", `document.querySelector("dialog[open]")`)
	d.Press("x") // no command, over the sheet
	d.TabTo("[data-part=keys_on]")
	d.Press("Space", "Escape")
	d.Until("no sheet", `!document.querySelector("dialog[open]")`)
	d.Press("x", "n")
	d.Click("[data-command=aside]")
	d.becomes("set aside with the mouse", func(now string) bool {
		return strings.Count(now, "set_aside") == 1 && strings.Contains(now, "m1 20.00-23.00 set_aside")
	})
	d.Press("Control+z") // as everywhere
	d.becomes("as before", func(now string) bool { return now == before })
	d.Click("[data-command=sheet]")
	d.TabTo("[data-part=keys_on]")
	d.Press("Space", "Escape", "x")
	d.becomes("set aside by key", func(now string) bool { return strings.Contains(now, "m1 20.00-23.00 set_aside") })

	// Who clicked goes on with the space bar, which plays and presses no button.
	d.Press("z")
	d.becomes("as before", func(now string) bool { return now == before })
	d.Click("[data-command=aside]")
	d.becomes("set aside with the mouse", func(now string) bool { return now != before })
	aside := d.outline()
	d.Press(" ")
	d.Until("it plays", `document.querySelector("attune-player").playing`)
	if now := d.outline(); now != aside {
		t.Errorf("the space bar made of\n%s\nthis:\n%s", aside, now)
	}
}

// Tab leads through the whole page and out of it, both ways.
func TestReviewFocus(t *testing.T) {
	t.Parallel()
	d := openReview(t, theGuider)
	d.TabTo(`.bottom a[href="/accessibility"]`)
	d.TabBackTo(`a.skip`)
	d.TabTo(`.picture:nth-child(2) button`)
	d.Press("Enter")
	d.Until("the second clip", `document.querySelector("#clip-title").textContent.startsWith("Moment 2")`)
	d.Until("it plays", `document.querySelector("attune-player").playing`)
	d.TabTo(".review-evidence button")
	d.Press("Enter")
	d.Until("its instant", `document.querySelector("attune-player").time >= 40.5`)
}

// What another changed meanwhile is shown and not overwritten, and what was
// wanted here is not lost.
func TestReviewTwoAtOnce(t *testing.T) {
	t.Parallel()
	d := openReview(t, theGuider)
	d.Excuse("412")
	all := read[reviewJSON](t, d.do(t, request{as: d.guider, path: "/api/v1/films/" + string(d.of.ID) + "/clips"}, http.StatusOK))
	note := func(text string) {
		t.Helper()
		d.do(t, request{as: d.guider, method: "PATCH", path: "/api/v1/clips/" + string(all.Clips[0].ID), body: map[string]string{"note": text}, header: ifMatch("*")}, http.StatusOK)
	}
	note("theirs")
	d.Press("x")
	d.See("was changed in another window")
	if now := d.outline(); strings.Contains(now, "set_aside") || !strings.Contains(now, `"theirs"`) {
		t.Errorf("it was overwritten:\n%s", now)
	}
	if shown := browsertest.Eval[string](d.Tab, `document.querySelector("#clip-note").value`); shown != "theirs" {
		t.Errorf("the note of the other is shown as %q", shown)
	}
	d.Click("[data-command=use_mine]")
	d.becomes("both", func(now string) bool { return strings.Contains(now, "set_aside") && strings.Contains(now, `"theirs"`) })
	note("again")
	d.saved()
	d.Press("x")
	d.See("was changed in another window")
	d.Click("[data-command=take_theirs]")
	d.Until("no question", `document.querySelector("[data-part=conflict]").hidden`)
	if now := d.outline(); !strings.Contains(now, "set_aside") || !strings.Contains(now, `"again"`) {
		t.Errorf("theirs became\n%s", now)
	}

	// Somebody is writing: what they wrote is not lost, and what they go on to write
	// is no command.
	d.Press("w")
	d.Type("mine")
	note("in between")
	d.See("was changed in another window")
	d.Until("the note of the other", `document.querySelector("#clip-note").value === "in between"`)
	d.Type("kxz")
	d.TabTo("[data-command=use_mine]")
	d.Press("Enter")
	d.becomes("the note as it was written", func(now string) bool {
		return strings.Contains(now, `"againmine"`) && strings.Contains(now, "set_aside")
	})

	// Two tabs of one browser tell each other.
	second := d.open(d.guider)
	second.Press("n", "x")
	d.becomes("the second set aside", func(now string) bool { return strings.Count(now, "set_aside") == 2 })
	d.Until("the other tab knows", `document.querySelectorAll('.picture[data-state="set_aside"]').length === 2`)
}

// Without a network nothing is lost: it is said, and saved when it is back, in
// its order, once each.
func TestReviewOffline(t *testing.T) {
	t.Parallel()
	d := openReview(t, theGuider)
	d.Excuse("ERR_INTERNET_DISCONNECTED|Failed to load resource")
	d.watch()
	d.Line(browsertest.Line{Offline: true})
	d.Press("k")
	d.See("Not saved yet")
	d.Press("c", "z", "n", "x", "w")
	d.seek(20.5)
	d.Press("Escape", "p")
	if now := d.outline(); strings.Contains(now, "kept") {
		t.Errorf("it is saved already:\n%s", now)
	}
	d.Line(browsertest.Line{})
	d.becomes("all saved", func(now string) bool {
		return strings.Contains(now, "m1 20.00-23.00 kept") && strings.Contains(now, "m2 40.00-42.00 set_aside")
	})
	d.saved()
	if now := d.outline(); strings.Count(now, "\n") != 3 {
		t.Errorf("there is more than was made:\n%s", now)
	}
}

// What waits to be saved outlives the loading of the page, and signing in
// again.
func TestReviewResumes(t *testing.T) {
	t.Parallel()
	d := openReview(t, theGuider)
	d.Excuse("401|Failed to load resource|412")
	browsertest.Eval[any](d.Tab, `window.fetch = () => Promise.reject(new TypeError("no network")), 1`)
	d.Press("x")
	d.See("Not saved yet")
	d.Press("n", "x", "z", "p")
	d.Reload()
	now := d.becomes("set aside", func(now string) bool { return strings.Contains(now, "m1 20.00-23.00 set_aside") })
	d.saved()
	if strings.Count(now, "set_aside") != 1 || strings.Count(d.outline(), "set_aside") != 1 {
		t.Errorf("what was undone is done:\n%s", d.outline())
	}
	d.Until("it is shown", `document.querySelector('.picture[data-state="set_aside"]')`)

	ok(t, d.store.SetDisabled(t.Context(), d.guider.ID, true))
	d.Press("n", "x")
	d.See("you are signed out")
	ok(t, d.store.SetDisabled(t.Context(), d.guider.ID, false))
	signed := d.inBrowser(t, d.guider)
	browsertest.Eval[string](d.Tab, fmt.Sprintf("document.cookie = %q", signed.cookie.Name+"="+signed.cookie.Value+"; path=/"))
	d.becomes("set aside too", func(now string) bool { return strings.Count(now, "set_aside") == 2 })
}

// Who may only look changes nothing, and is not offered to.
func TestReviewShared(t *testing.T) {
	t.Parallel()
	d := openReview(t, func(b *bundle) asker { return b.viewer })
	before := d.outline()
	d.See("shared with you")
	d.Press("k", "x", "e", "i", "o", "c", "Delete", ">", "z", "t", "w")
	d.Press("n")
	d.Until("the second clip", `document.querySelector("#clip-title").textContent.startsWith("Moment 2")`)
	if now := d.outline(); now != before {
		t.Errorf("it became\n%s", now)
	}
}

// The page is light, and shows both sizes without a scroll bar at the side.
func TestReviewWeight(t *testing.T) {
	t.Parallel()
	d := openReview(t, theGuider)
	weight := d.Weight(func(address string) bool { return !strings.Contains(address, "/viewing") })
	const most = 300_000
	if weight > most || weight < 50_000 {
		t.Errorf("the page weighs %d bytes without the film, want %d at most", weight, most)
	}
	d.Axe("review with a film")
	d.Picture("review-film-laptop")
	d.Phone()
	d.Picture("review-film-phone")
	// The film stays in sight where it is decided.
	browsertest.Eval[any](d.Tab, `document.querySelector("[data-command=keep]").scrollIntoView({block: "end"}), 1`)
	if bottom := browsertest.Eval[float64](d.Tab, `document.querySelector("attune-player video").getBoundingClientRect().bottom`); bottom < 100 {
		t.Errorf("at the decision the film ends at %v", bottom)
	}
	d.Prefer("prefers-color-scheme", "dark")
	d.Picture("review-film-phone-dark")
	d.Laptop()
	d.Picture("review-film-laptop-dark")
	d.Size(683, 384) // 200 %
	if wide := browsertest.Eval[int](d.Tab, "document.documentElement.scrollWidth - innerWidth"); wide > 0 {
		t.Errorf("at 200 %% the page is %d px wider than the screen", wide)
	}
	if !bytes.Contains([]byte(d.Text("#clip-title")), []byte("Moment 1")) {
		t.Error("no clip is chosen")
	}
}

// What was written and not sent yet, while an earlier change of the clip turns
// out to be refused, is part of what can be done all the same.
func TestReviewTypingWhileRefused(t *testing.T) {
	t.Parallel()
	d := openReview(t, theGuider)
	d.Excuse("412")
	clips, err := d.store.Clips(t.Context(), d.of.ID)
	ok(t, err)
	theirs := "theirs"
	_, err = d.store.ChangeClip(t.Context(), clips[0].ID, 0, store.ClipChange{Note: &theirs})
	ok(t, err)
	// All at once: the second is typed before the answer to the first can be there.
	browsertest.Eval[any](d.Tab, `(() => {
		const note = document.querySelector("#clip-note");
		for (const text of ["one", "one two three"]) {
			note.focus();
			note.value = text;
			note.dispatchEvent(new Event("input"));
			if (text === "one") note.blur();
		}
		return 1;
	})()`)
	d.See("was changed in another window")
	d.Click("[data-command=use_mine]")
	d.becomes("all that was typed", func(now string) bool { return strings.Contains(now, `"one two three"`) })
}

// A split, and what was written of another clip, come with what is done all the
// same; two questions are asked one after the other; and what cannot be done any
// more shows the words that were written in it.
func TestReviewMineHoldsAll(t *testing.T) {
	t.Parallel()
	d := openReview(t, theGuider)
	d.Excuse("412|ERR_INTERNET_DISCONNECTED|Failed to load resource")
	clips, err := d.store.Clips(t.Context(), d.of.ID)
	ok(t, err)
	theirs := "theirs"
	offline := func(do func()) {
		t.Helper()
		d.Line(browsertest.Line{Offline: true})
		do()
		d.See("Not saved yet")
	}
	d.seek(21.5) // while there is a film to seek in
	offline(func() {
		d.Press("x", "c", "n") // what was split off, which is the second
		d.Until("what was split off", `document.querySelector("#clip-title").textContent.includes("part 2")`)
		d.Press("w")
		d.Type("of the rest")
		d.Press("Escape", "n", "x")
	})
	for _, c := range clips {
		_, err := d.store.ChangeClip(t.Context(), c.ID, 0, store.ClipChange{Note: &theirs})
		ok(t, err)
	}
	d.Line(browsertest.Line{})
	d.See("Moment 1 was changed in another window")
	d.Click("[data-command=use_mine]")
	d.See("Moment 2 was changed in another window")
	d.Click("[data-command=use_mine]")
	d.becomes("all", func(now string) bool {
		return strings.Contains(now, "m1 20.00-21.") && strings.Contains(now, `-23.00 set_aside [] "" "of the rest"`) &&
			strings.Count(now, `set_aside [] "" "theirs"`) == 2 && strings.Contains(now, `m2 40.00-42.00 set_aside [] "" "theirs"`)
	})
	d.saved()

	// What there is of the second is too short to be split there.
	browsertest.Eval[any](d.Tab, `document.querySelector("attune-player").pause(), 1`)
	d.seek(41.5)
	offline(func() {
		d.Press("c", "n")
		d.Until("what was split off", `document.querySelector("#clip-title").textContent.includes("Moment 2, part 2")`)
		d.Press("w")
		d.Type("only here")
		d.Press("Escape")
	})
	shorter := vig.Span{Start: clips[1].Span.Start, End: clips[1].Span.Start + time.Second}
	_, err = d.store.ChangeClip(t.Context(), clips[1].ID, 0, store.ClipChange{Span: &shorter})
	ok(t, err)
	d.Line(browsertest.Line{})
	d.See("was changed in another window")
	d.Click("[data-command=use_mine]")
	d.Until("what was written", `!document.querySelector("[data-part=lost]").hidden && document.querySelector("[data-part=lost_words]").value === "only here"`)
	d.Click("[data-command=lost_read]")
	d.Until("no notice", `document.querySelector("[data-part=lost]").hidden`)
}

// What an earlier visit of the tab left behind says nothing of clips that it did
// not change.
func TestReviewResumesWithFreshVersions(t *testing.T) {
	t.Parallel()
	d := openReview(t, theGuider)
	d.Excuse("Failed to load resource|412")
	clips, err := d.store.Clips(t.Context(), d.of.ID)
	ok(t, err)
	browsertest.Eval[any](d.Tab, `window.fetch = () => Promise.reject(new TypeError("no network")), 1`)
	d.Press("x")
	d.See("Not saved yet")
	theirs := "theirs"
	_, err = d.store.ChangeClip(t.Context(), clips[1].ID, 0, store.ClipChange{Note: &theirs})
	ok(t, err)
	d.Reload()
	d.becomes("the first set aside", func(now string) bool { return strings.Contains(now, "m1 20.00-23.00 set_aside") })
	d.saved()
	d.Press("n", "x")
	d.becomes("the second, without a question", func(now string) bool {
		return strings.Contains(now, `m2 40.00-42.00 set_aside [] "" "theirs"`)
	})
}

// A change whose answer was lost is told again as it was, and what came after it
// is no conflict.
func TestReviewAnswerLost(t *testing.T) {
	t.Parallel()
	d := openReview(t, theGuider)
	d.Excuse("Failed to load resource|412")
	before := d.outline()
	browsertest.Eval[any](d.Tab, `(() => {
		const fetched = window.fetch;
		window.fetch = async (...asked) => {
			await fetched(...asked);
			window.fetch = () => Promise.reject(new TypeError("no network"));
			throw new TypeError("no network");
		};
		window.mend = () => (window.fetch = fetched);
		return 1;
	})()`)
	d.Press("x")
	d.becomes("taken by the service", func(now string) bool { return now != before })
	d.See("Not saved yet")
	d.Press("x")
	browsertest.Eval[any](d.Tab, `window.mend(), 1`)
	d.becomes("undone", func(now string) bool { return now == before })
	d.saved()
	if browsertest.Eval[bool](d.Tab, `!document.querySelector("[data-part=conflict]").hidden`) {
		t.Error("it is asked about, though nobody else was there")
	}
}

// What the service told before a change was saved is not put over it.
func TestReviewRefreshWhileSaving(t *testing.T) {
	t.Parallel()
	d := openReview(t, theGuider)
	browsertest.Eval[any](d.Tab, `(() => {
		const fetched = window.fetch;
		window.asked = 0;
		const held = new Promise((go) => (window.letGo = go));
		window.fetch = async (...asked) => {
			const answer = await fetched(...asked);
			if ((asked[1]?.method ?? "GET") === "GET" && asked[0].endsWith("/clips") && window.asked++ === 0) await held;
			return answer;
		};
		document.dispatchEvent(new Event("visibilitychange"));
		return 1;
	})()`)
	d.Until("it is held", `window.asked === 1`)
	d.Press("x")
	d.becomes("set aside", func(now string) bool { return strings.Contains(now, "set_aside") })
	d.saved()
	browsertest.Eval[any](d.Tab, `window.letGo(), 1`)
	d.Until("it is asked anew", `window.asked === 2`)
	d.Until("it is shown", `document.querySelector('.picture[data-state="set_aside"]')`)
}

// All that was played is told in the end, though no more than a hundred spans at
// once.
func TestReviewPlayedManySpans(t *testing.T) {
	t.Parallel()
	d := openReview(t, theGuider)
	const spans = 120
	browsertest.Eval[any](d.Tab, fmt.Sprintf(`sessionStorage.setItem("attune-review-%s", JSON.stringify({
		waiting: [], versions: [], order: "", played: Array.from({length: %d}, (_, i) => [i * 0.4, i * 0.4 + 0.1]),
	})), 1`, d.of.ID, spans))
	d.Reload()
	d.Until("the first frame", `document.querySelector("attune-player").frame >= 0`)
	d.Press("x")
	d.becomes("set aside", func(now string) bool { return strings.Contains(now, "set_aside") })
	d.saved()
	d.Press("x")
	d.becomes("not set aside", func(now string) bool { return !strings.Contains(now, "set_aside") })
	review, err := d.store.Review(t.Context(), d.of.ID)
	ok(t, err)
	if len(review.Played) != spans {
		t.Errorf("%d spans are known as played, want %d", len(review.Played), spans)
	}
}

// A clip that comes back by undo comes back to its place in the reel, whatever
// was done to the order in between.
func TestReviewUndoOrder(t *testing.T) {
	t.Parallel()
	d := openReview(t, theGuider)
	_, err := d.store.AddPlayed(t.Context(), d.of.ID, []vig.Span{{Start: 10 * time.Second, End: 50 * time.Second}})
	ok(t, err)
	kept := store.ClipKept
	clips, err := d.store.Clips(t.Context(), d.of.ID)
	ok(t, err)
	for _, c := range clips {
		_, err := d.store.ChangeClip(t.Context(), c.ID, 0, store.ClipChange{State: &kept})
		ok(t, err)
	}
	_, err = d.store.AddClip(t.Context(), d.of.ID, store.NewClip{
		Request: "own", State: kept, Span: vig.Span{Start: 45 * time.Second, End: 48 * time.Second},
	})
	ok(t, err)
	d.Reload()
	d.Until("the first frame", `document.querySelector("attune-player").frame >= 0`)
	before := d.outline() // m1, m2, own
	d.Press("n", "k")
	out := d.becomes("the second out", func(now string) bool { return now != before })
	d.saved()
	d.Press("n", "<")
	moved := d.becomes("the third first", func(now string) bool { return now != out })
	d.saved()
	d.Press("z", "z")
	d.becomes("as before", func(now string) bool { return now == before })
	d.saved()
	d.Press("Z", "Z")
	d.becomes("done again", func(now string) bool { return now == moved })
	d.saved()
}
