package web

import (
	"context"
	"testing"
	"time"

	"attune/internal/store"
	"attune/internal/store/storetest"
	"attune/internal/web/browsertest"
)

// A reel is confirmed by the button once it was played, in one go or in parts,
// and not before.
func TestReelIsPlayedFirst(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, c := range b.clips {
		storetest.Keep(t, b.store, c)
	}
	reel, err := b.makeReel(context.WithValue(t.Context(), accountKey{}, b.guider.Account), b.film.ID, nil, "")
	ok(t, err)
	attempt, err := b.store.BeginReel(t.Context(), reel.ID, 1, "w1")
	ok(t, err)
	key := "reels/" + string(reel.ID) + "/reel.mp4"
	b.put(t, key, string(pictures(t, reel.Duration)))
	ok(t, b.store.PublishReel(t.Context(), reel.ID, attempt, key, reel.Duration))

	tab := signedIn(t, b.Web, b.server.URL, b.guider)
	tab.Excuse("stills/") // of which the film here has but one
	tab.Go(b.server.URL + "/films/" + string(b.film.ID) + "/reel")
	const button = "form[action$='/reel/confirm'] button.main"
	const video = "document.querySelector('.reel-film')"
	held := func(text string) {
		t.Helper()
		tab.Until(text, `document.querySelector("`+button+`").ariaDisabled === "true" && document.querySelector("#unplayed").innerText === "`+text+`"`)
	}
	held("17 seconds of it have not been played yet.")
	tab.Click(button)
	tab.Until("the film to be played", "document.activeElement === "+video)
	if made, err := b.store.Reel(t.Context(), reel.ID); err != nil || !made.Confirmed.IsZero() {
		t.Fatalf("it was confirmed unseen: %+v %v", made, err)
	}

	// The last five seconds, and then all but those, on another visit.
	tab.Until("a film to jump in", video+".readyState >= 1 && ("+video+".currentTime = 12, true)")
	tab.Press("Space")
	tab.Until("its end", video+".ended")
	held("12 seconds of it have not been played yet.")
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	deadline := time.After(browsertest.Patience)
	for {
		made, err := b.store.Reel(t.Context(), reel.ID)
		ok(t, err)
		if len(made.Played) == 1 && made.Played[0].End > 16*time.Second {
			break
		}
		select {
		case <-ticker.C:
		case <-deadline:
			t.Fatalf("the records know of %v", made.Played)
		}
	}
	tab.Reload()
	held("12 seconds of it have not been played yet.")
	tab.Until("a film to play", video+".readyState >= 1 && ("+video+".playbackRate = 8, true)")
	tab.TabTo(".reel-film")
	tab.Press("Space")
	tab.Until("all of it played", `document.querySelector("`+button+`").ariaDisabled === "false"`)
	tab.Press("Space")
	tab.TabTo(button)
	tab.Press("Enter")
	tab.See("Version 1 is confirmed")
	if made, err := b.store.Reel(t.Context(), reel.ID); err != nil || made.ConfirmedBy != b.guider.ID {
		t.Errorf("confirmed, it is %+v %v", made, err)
	}
	if f := b.again(t, b.film.ID); f.State != store.FilmConfirmed {
		t.Errorf("the film is %s", f.State)
	}
}
