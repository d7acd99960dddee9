package web

import (
	"net/http"
	"strings"
	"testing"

	"attune/internal/store"
)

// shows asks for a page and wants it to have texts.
func (b *bundle) shows(t *testing.T, as asker, path string, texts ...string) string {
	t.Helper()
	got := b.send(t, b.request(t, request{as: as, path: path}))
	if got.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d: %s", path, got.StatusCode, got.body)
	}
	for _, text := range texts {
		if !strings.Contains(strings.ReplaceAll(string(got.body), "\u00a0", " "), text) {
			t.Errorf("%s has no %q: %s", path, text, got.body)
		}
	}
	return string(got.body)
}

// posts sends a form of a page, and wants to be led to an address.
func (b *bundle) posts(t *testing.T, as asker, path, to string) {
	t.Helper()
	asked := b.request(t, request{as: as, method: http.MethodPost, path: path})
	got, err := (&http.Client{Transport: b.server.Client().Transport, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}).Do(asked)
	ok(t, err)
	got.Body.Close()
	if at := got.Header.Get("Location"); got.StatusCode != http.StatusSeeOther || at != to {
		t.Errorf("POST %s: status %d, to %q", path, got.StatusCode, at)
	}
}

// The page says how the film is, and its forms change that.
func TestFilmPage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	before, f := b.queued(t), b.queued(t)
	at := "/films/" + string(f.ID)
	b.shows(t, b.guider, at, "visit.mp4", "V-17", "In the queue", "One film is looked at before it.", `data-version="queued-2--"`)
	b.posts(t, b.guider, "/films/"+string(before.ID)+"/cancel", "/films/"+string(before.ID))
	b.shows(t, b.guider, at, "It is the next")
	b.shows(t, b.guider, "/films/"+string(before.ID), cancelled, "/retry")
	_, err := b.store.BeginFilm(t.Context(), f.ID, f.Run, "w1")
	ok(t, err)
	b.queue.tell(string(f.ID), Progress{Stage: "Looking and listening", Share: 0.431, Left: 5 * filmLength})
	b.shows(t, b.guider, at, "Looking and listening: 43% done, about 5 minutes left", `value="0.431"`)
	b.posts(t, b.guider, at+"/cancel", at)
	b.posts(t, b.guider, at+"/cancel", at) // again it does nothing
	b.posts(t, b.guider, at+"/retry", at)
	if now := b.again(t, f.ID); now.State != store.FilmQueued || now.Run != 2 {
		t.Errorf("tried again, the film is %s, run %d", now.State, now.Run)
	}
	ready := b.shows(t, b.guider, "/films/"+string(b.film.ID), "2 moments are suggested.", "/review", "1 min")
	if strings.Contains(ready, "/cancel") {
		t.Error("work that is over can be stopped")
	}
	ok(t, b.store.RefuseFilm(t.Context(), f.ID, "This is <no> film."))
	b.shows(t, b.guider, at, "This is &lt;no&gt; film.", "/cycles/"+string(b.cycle.ID)+"/upload")
	if shared := b.shows(t, b.viewer, "/films/"+string(b.film.ID), "Look at the film"); strings.Contains(shared, "<form method=\"post\" action=\"/films") {
		t.Error("somebody it is shared with can change it")
	}
}
