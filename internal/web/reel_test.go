package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"attune/internal/store"
	"attune/internal/store/storetest"
	"attune/internal/titlecard"
	"attune/internal/vig"
)

// From kept clips to a reel that is confirmed, and on to its next version.
func TestReelVersions(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, c := range b.clips {
		storetest.Keep(t, b.store, c)
	}
	path := "/api/v1/films/" + string(b.film.ID) + "/reels"
	post := func(path string, body any, status int) response {
		t.Helper()
		return b.do(t, request{as: b.guider, method: "POST", path: path, body: body}, status)
	}
	got := post(path, map[string]string{"title": "Tea\r\ntime "}, http.StatusAccepted)
	one, at := read[reelJSON](t, got), got.Header.Get("Location")
	if one.Version != 1 || one.Title != "Tea\ntime" || one.Duration != 17+titlecard.Length.Seconds() || !one.Confirmed.IsZero() {
		t.Errorf("made %+v", one)
	}
	for _, bad := range []string{strings.Repeat("long ", 20), "一緒に", "bell\a"} {
		post(path, map[string]string{"title": bad}, http.StatusBadRequest)
	}
	post(at+"/confirm", nil, http.StatusConflict) // it cannot have been watched
	b.render(t, one.ID)

	m := read[manifestJSON](t, b.do(t, request{as: b.guider, path: at + "/manifest.json"}, http.StatusOK))
	if m.Format != store.ManifestFormat || m.Film.SHA256 != b.film.SHA256 || m.MadeBy != b.guider.ID || len(m.Clips) != 2 ||
		m.Clips[0].Clip != b.clips[1].ID || m.Settings.TitleCard.Text != "Tea\ntime" || m.ConfirmedBy != "" {
		t.Errorf("the manifest is %+v", m)
	}
	told := post(at+"/confirm", nil, http.StatusConflict)
	if !strings.Contains(string(told.body), "play it") {
		t.Errorf("not played, it says %s", told.body)
	}
	length := m.Settings.TitleCard.Length
	post(at+"/played", map[string]any{"played": [][2]float64{{3, 1}}}, http.StatusBadRequest)
	post(at+"/played", map[string]any{"played": [][2]float64{{0, 9}, {9, 17 + time.Duration(length).Seconds()}}}, http.StatusOK)
	if confirmed := read[reelJSON](t, post(at+"/confirm", nil, http.StatusOK)); confirmed.Confirmed.IsZero() {
		t.Errorf("confirmed, it is %+v", confirmed)
	}
	if f := b.again(t, b.film.ID); f.State != store.FilmConfirmed {
		t.Errorf("the film is %s", f.State)
	}
	m = read[manifestJSON](t, b.do(t, request{as: b.guider, path: at + "/manifest.json"}, http.StatusOK))
	if m.ConfirmedBy != b.guider.ID || m.Confirmed.IsZero() {
		t.Errorf("confirmed, the manifest is %+v", m)
	}
	sent := b.do(t, request{as: b.guider, path: at + "/reel.mp4?download=1"}, http.StatusOK)
	if d := sent.Header.Get("Content-Disposition"); d != `attachment; filename="reel-1.mp4"` {
		t.Errorf("it is stored as %q", d)
	}

	two := read[reelJSON](t, post(path, struct{}{}, http.StatusAccepted))
	if two.Version != 2 || two.Duration != 17 {
		t.Errorf("the next version is %+v", two)
	}
	b.render(t, two.ID)
	aside := store.ClipSetAside
	_, err := b.store.ChangeClip(t.Context(), b.clips[0].ID, 0, store.ClipChange{State: &aside})
	ok(t, err)
	b.watch(t, two.ID)
	told = post("/api/v1/reels/"+string(two.ID)+"/confirm", nil, http.StatusConflict)
	if !strings.Contains(string(told.body), "make it anew") {
		t.Errorf("it says %s", told.body)
	}
	post("/api/v1/reels/"+string(b.reel.ID)+"/confirm", nil, http.StatusConflict) // the draft
}

// render makes a reel ready, as a worker does.
func (b *bundle) render(t *testing.T, id store.ReelID) {
	t.Helper()
	reel, err := b.store.Reel(t.Context(), id)
	ok(t, err)
	attempt, err := b.store.BeginReel(t.Context(), id, reel.Run, "w1")
	ok(t, err)
	key := "reels/" + string(id) + "/reel.mp4"
	b.put(t, key, files["reel.mp4"])
	ok(t, b.store.PublishReel(t.Context(), id, attempt, key, reel.Duration))
}

// watch plays a reel from its beginning to its end.
func (b *bundle) watch(t *testing.T, id store.ReelID) {
	t.Helper()
	reel, err := b.store.Reel(t.Context(), id)
	ok(t, err)
	_, err = b.store.AddReelPlayed(t.Context(), id, []vig.Span{{End: reel.Duration}})
	ok(t, err)
}

// The page of a reel takes a guider from what is kept to a version that is
// confirmed, and says what was changed since.
func TestReelPage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	at := "/films/" + string(b.film.ID) + "/reel"
	b.shows(t, b.guider, at, "You keep no clip of this film yet.")
	for _, c := range b.clips {
		storetest.Keep(t, b.store, c)
	}
	b.shows(t, b.guider, at, "17 s in all.", "stills/m1.jpg", "Make the reel")
	if text := b.shows(t, b.viewer, at, "What is kept"); strings.Contains(text, "<form method=\"post\" action=\"/films") {
		t.Error("somebody it is shared with can make a reel")
	}
	form := func(path string, fields url.Values) response {
		t.Helper()
		return b.send(t, b.request(t, request{as: b.guider, method: "POST", path: at + path, body: fields}))
	}
	if got := form("", url.Values{"title": {"一緒に"}}); got.StatusCode != http.StatusBadRequest ||
		!strings.Contains(string(got.body), "which the card cannot show") || !strings.Contains(string(got.body), `value="一緒に"`) {
		t.Errorf("a title that does not go: %d %s", got.StatusCode, got.body)
	}
	form("", url.Values{"title": {"Tea <time>"}})
	form("", url.Values{"title": {"Tea <time>"}}) // pressed twice
	b.shows(t, b.guider, at, "Version 1 waits to be made", `/reel/state" hx-trigger="every 2s"`)
	versions, err := b.reelVersions(t.Context(), b.film.ID)
	ok(t, err)
	if len(versions) != 1 {
		t.Errorf("there are %d versions", len(versions))
	}
	one := versions[0].ID
	named := url.Values{"reel": {string(one)}}
	form("/confirm", named) // too early: nothing happens
	b.render(t, one)
	b.shows(t, b.guider, at, "Version 1 is ready", "/api/v1/reels/"+string(one)+"/reel.mp4", "Tea &lt;time&gt;", "Confirm the reel", "/export.eaf")
	form("/confirm", url.Values{"reel": {string(b.reel.ID)}}) // the draft
	form("/confirm", named)                                   // not played
	b.shows(t, b.guider, at, "Version 1 is ready", `played="[]"`, "21 seconds of it have not been played yet.", `aria-disabled="true"`)
	b.watch(t, one)
	text := b.shows(t, b.guider, at, "Version 1 is ready", `played="[[0,`, "You have played all of it.", "/api/v1/reels/"+string(one)+"/export.vtt")
	if strings.Contains(text, "/api/v1/films/"+string(b.film.ID)+"/export") {
		t.Error("what is kept can be had beside the version that shows it")
	}
	form("/confirm", named)
	b.shows(t, b.guider, at, "Version 1 is confirmed", at[:len(at)-4]+"show", "reel.mp4?download=1")
	note := "He waits."
	_, err = b.store.ChangeClip(t.Context(), b.clips[0].ID, 0, store.ClipChange{Note: &note})
	ok(t, err)
	b.shows(t, b.guider, at, "Version 1 is confirmed", "/api/v1/reels/"+string(one)+"/export.vtt", "/api/v1/films/"+string(b.film.ID)+"/export.vtt")
	shorter := vig.Span{Start: 20 * time.Second, End: 25 * time.Second}
	_, err = b.store.ChangeClip(t.Context(), b.clips[0].ID, 0, store.ClipChange{Span: &shorter})
	ok(t, err)
	b.shows(t, b.guider, at, "Version 1 shows what you kept before", "1 clip was trimmed", "Make version 2")
	form("", url.Values{"title": {""}})
	text = b.shows(t, b.guider, at, "Version 2 waits to be made", "Earlier versions", "Download version 1")
	if strings.Contains(text, "was trimmed") {
		t.Error("what is in the new version is said to have changed since")
	}
	versions, err = b.reelVersions(t.Context(), b.film.ID)
	ok(t, err)
	attempt, err := b.store.BeginReel(t.Context(), versions[0].ID, 1, "w1")
	ok(t, err)
	ok(t, b.store.FailReel(t.Context(), versions[0].ID, attempt, "The disk is full."))
	b.shows(t, b.guider, at, "Version 2 was not made", "The disk is full.", "Make it again")
	form("/retry", url.Values{"reel": {string(versions[0].ID)}})
	b.shows(t, b.guider, at, "Version 2 waits to be made")
}
