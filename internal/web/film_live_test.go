package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"attune/internal/store"
	"attune/internal/web/browsertest"
)

// tab opens a tab in which somebody is signed in.
func (b *bundle) tab(t *testing.T, as asker) *browsertest.Tab {
	t.Helper()
	return signedIn(t, b.Web, b.server.URL, as)
}

// signedIn opens a tab in which somebody is signed in to a service.
func signedIn(t *testing.T, h *Web, at string, as asker) *browsertest.Tab {
	t.Helper()
	if _, err := os.Stat("page/assets/dist/desk.js"); err != nil {
		t.Skip("needs the bundles, which 'make build' makes")
	}
	tab := browsertest.Open(t)
	w := httptest.NewRecorder()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at, nil)
	ok(t, err)
	ok(t, h.startSession(w, r, as.ID))
	cookie := w.Result().Cookies()[0]
	_, err = chromedp.Call(tab.Context(), network.SetCookie, network.SetCookieParams{Name: cookie.Name, Value: cookie.Value, URL: at})
	ok(t, err)
	return tab
}

// The page of a film says how it is as that changes, and whoever is at a button
// of it by keyboard is not lost.
func TestFilmPageIsLive(t *testing.T) {
	t.Parallel()
	b := setup(t)
	before, f := b.queued(t), b.queued(t)
	tab := b.tab(t, b.guider)
	tab.Go(b.server.URL + (&url.URL{Path: "/films/" + string(f.ID)}).String())
	tab.See("One film is looked at before it.")
	tab.TabTo("form[action$='/cancel'] button")
	ok(t, b.store.CancelFilm(t.Context(), before.ID, "stopped"))
	tab.See("It is the next to be looked at.")
	tab.Until("the focus where it was", "document.activeElement.id === `cancel`")
	attempt, err := b.store.BeginFilm(t.Context(), f.ID, f.Run, "w1")
	ok(t, err)
	tab.See("Being looked at")
	b.queue.tell(string(f.ID), Progress{Stage: "Looking and listening", Share: 0.5, Left: 3 * time.Minute})
	tab.See("Looking and listening: 50% done, about 3 minutes left")
	b.queue.tell(string(f.ID), Progress{Stage: "Cutting the draft reel", Share: 0.98})
	tab.See("Cutting the draft reel: 98% done")
	tab.Until("the bar", "document.querySelector('progress').value === 0.98")
	ok(t, b.store.FailFilm(t.Context(), f.ID, attempt, "The disk is full."))
	tab.See("The disk is full.")
	tab.Until("the focus at what it was about", "document.activeElement.id === 'state-title'")
	tab.Until("what became of it, said aloud", "document.querySelector('[role=status]').textContent.includes('The disk is full.')")
	tab.Click("form[action$='/retry'] button")
	tab.See("It is the next to be looked at.")
	if now := b.again(t, f.ID); now.State != store.FilmQueued || now.Run != 2 {
		t.Errorf("tried again, the film is %s, run %d", now.State, now.Run)
	}
}

// Browsers keep six connections to one service over all tabs: a tab that nobody
// looks at keeps none of them, and is told of all when somebody is back.
func TestHiddenTabKeepsNoStream(t *testing.T) {
	t.Parallel()
	b := setup(t)
	before, f := b.queued(t), b.queued(t)
	tab := b.tab(t, b.guider)
	tab.Go(b.server.URL + (&url.URL{Path: "/films/" + string(f.ID)}).String())
	tab.See("One film is looked at before it.")
	turnable(tab)
	browsertest.Eval[bool](tab, `(window.turn(true), window.dispatchEvent(new Event("pageshow")), true)`)
	tab.Until("its stream closed", "window.streams.join() === String(EventSource.CLOSED)")
	ok(t, b.store.CancelFilm(t.Context(), before.ID, "stopped"))
	browsertest.Eval[bool](tab, "(window.turn(false), true)")
	tab.See("It is the next to be looked at.")
}

// turnable lets a tab be turned away from, and to, by turn(hidden), and notes in
// streams how those were left that were closed.
func turnable(tab *browsertest.Tab) {
	browsertest.Eval[bool](tab, `(() => {
		window.streams = [];
		const close = EventSource.prototype.close;
		EventSource.prototype.close = function () { close.call(this); window.streams.push(this.readyState); };
		window.turn = (hidden) => {
			Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
			document.dispatchEvent(new Event("visibilitychange"));
		};
		return true;
	})()`)
}

// A stream that is refused, as the account has too many open elsewhere, is asked
// for again, and the page goes on as if nothing had been.
func TestRefusedStreamComesBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	before, f := b.queued(t), b.queued(t)
	var end func()
	for range mostStreams {
		var err error
		end, err = b.streams.begin(b.guider.ID)
		ok(t, err)
	}
	tab := b.tab(t, b.guider)
	tab.Excuse("status of 429")
	tab.Go(b.server.URL + (&url.URL{Path: "/films/" + string(f.ID)}).String())
	tab.See("One film is looked at before it.")
	refused, deadline := time.NewTicker(20*time.Millisecond), time.After(30*time.Second)
	defer refused.Stop()
	for !strings.Contains(b.logged.String(), "status=429") {
		select {
		case <-refused.C:
		case <-deadline:
			t.Fatal("no stream was refused")
		}
	}
	ok(t, b.store.CancelFilm(t.Context(), before.ID, "stopped"))
	end()
	tab.See("It is the next to be looked at.")
}
