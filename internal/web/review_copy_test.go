package web

import (
	"net/http"
	"testing"

	"attune/internal/store"
	"attune/internal/web/browsertest"
)

// Where browsers cannot play a film its review waits for a viewing copy, without
// asking again and again: that would keep the session of somebody who has gone.
func TestReviewAwaitsCopy(t *testing.T) {
	t.Parallel()
	film := patternFilm(t)
	b := setup(t)
	f := b.analysed(t, film, twoMoments, func(d *store.AnalysisDraft) { d.NeedsViewingCopy = true })
	tab := signedIn(t, b.Web, b.server.URL, b.guider)
	tab.Go(b.server.URL + "/films/" + string(f.ID) + "/review")
	tab.Until("what it waits for", `document.querySelector("[data-part=viewing]")?.hidden === false`)
	turnable(tab)
	browsertest.Eval[bool](tab, "(window.turn(true), true)")
	tab.Until("its stream closed", "window.streams.join() === String(EventSource.CLOSED)")
	attempt, err := b.store.BeginViewingCopy(t.Context(), f.ID, 1, "w1")
	ok(t, err)
	key := "viewing/" + string(f.ID) + ".mp4"
	b.put(t, key, film)
	ok(t, b.store.PublishViewingCopy(t.Context(), f.ID, attempt, key, f.Duration))
	browsertest.Eval[bool](tab, "(window.turn(false), true)")
	tab.Until("the first frame", `document.querySelector("attune-player").frame >= 0`)
	tab.Until("no word of waiting", `document.querySelector("[data-part=viewing]").hidden`)
	for _, asked := range tab.Requests(http.MethodGet) {
		if asked.Path == "/api/v1/films/"+string(f.ID) {
			t.Error("the page asked how the film is")
		}
	}
}
