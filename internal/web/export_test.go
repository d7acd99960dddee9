package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"attune/internal/store"
	"attune/internal/store/storetest"
	"attune/internal/vig"
)

// What is exported is what is kept, and of a version what it was made of,
// whatever was changed since. See internal/export for the formats.
func TestExports(t *testing.T) {
	t.Parallel()
	b := setup(t)
	film := "/api/v1/films/" + string(b.film.ID) + "/export."
	get := func(path string, status int) string {
		t.Helper()
		return string(b.do(t, request{as: b.guider, path: path}, status).body)
	}
	get(film+"edl", http.StatusConflict) // nothing is kept
	if text := get(film+"csv", http.StatusOK); !strings.Contains(text, "\r\n,suggested,20.000,29.000,") {
		t.Errorf("of suggestions: %s", text)
	}
	for _, c := range b.clips {
		storetest.Keep(t, b.store, c)
	}
	note, tags := "she waits", []vig.Principle{vig.ReceivingInitiatives}
	_, err := b.store.ChangeClip(t.Context(), b.clips[1].ID, 0, store.ClipChange{Note: &note, Tags: &tags})
	ok(t, err)
	made := read[reelJSON](t, b.do(t, request{as: b.guider, method: "POST", path: "/api/v1/films/" + string(b.film.ID) + "/reels",
		body: map[string]string{"title": "Tea time"}}, http.StatusAccepted))
	shorter := vig.Span{Start: time.Second, End: 5 * time.Second}
	note = "she waits longer" // written after the version was made
	_, err = b.store.ChangeClip(t.Context(), b.clips[1].ID, 0, store.ClipChange{Span: &shorter, Note: &note})
	ok(t, err)
	reel := "/api/v1/reels/" + string(made.ID) + "/export."
	for path, want := range map[string][]string{
		film + "edl": {"KEPT CLIPS - 25 FPS\r\n", "00:00:01:00 00:00:05:00 00:00:00:00 00:00:04:00\r\n* FROM CLIP NAME: visit.mp4\r\n"},
		reel + "edl": {"REEL 1 - 25 FPS\r\n", "001  BL ", "00:00:01:00 00:00:09:00 00:00:04:00 00:00:12:00\r\n", "* COMMENT: she waits\r\n"},
		film + "csv": {"\r\n1,kept,1.000,5.000,4.000,", ",m2,receiving initiatives,,she waits longer\r\n"},
		reel + "csv": {"\r\n1,kept,1.000,9.000,8.000,00:00:01.000,00:00:09.000,4.000,12.000,m2,receiving initiatives,,she waits\r\n2,kept,20.000,"},
		film + "eaf": {`MEDIA_URL="visit.mp4"`, `MIME_TYPE="video/mp4"`, `TIME_VALUE="5000"`, "adult turned to child"},
		reel + "eaf": {`TIME_VALUE="9000"`, "she waits"},
		film + "vtt": {"WEBVTT\n", "00:00:01.000 --> 00:00:05.000\nClip 1\nreceiving initiatives\nshe waits longer\n"},
		reel + "vtt": {"00:00:04.000 --> 00:00:12.000\nClip 1\nreceiving initiatives\nshe waits\n", "00:00:12.000 --> 00:00:21.000\nClip 2\n"},
	} {
		text := get(path, http.StatusOK)
		for _, part := range want {
			if !strings.Contains(text, part) {
				t.Errorf("%s lacks %q:\n%s", path, part, text)
			}
		}
	}
	sent := b.do(t, request{as: b.guider, path: reel + "csv"}, http.StatusOK)
	if d := sent.Header.Get("Content-Disposition"); d != `attachment; filename="reel-1.csv"` {
		t.Errorf("it is stored as %q", d)
	}
	get("/api/v1/reels/"+string(b.reel.ID)+"/export.csv", http.StatusConflict) // the draft
}
