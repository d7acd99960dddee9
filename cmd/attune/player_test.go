package main

import (
	"testing"
	"time"

	"attune/internal/testfilm"
	"attune/internal/testfilm/testfilmtest"
	"attune/internal/web/browsertest"
)

// What a loop shows is its span, over and over; what counts as played is what
// was played, and nothing that was stepped through or jumped over.
func TestPlayerLoops(t *testing.T) {
	t.Parallel()
	path, _ := testfilmtest.Cached(t, testfilm.Film{Width: 640, Height: 360, Numbered: true, Duration: 8 * time.Second, Timing: testfilm.Swing})
	desk := newFilmDesk(t, path)
	tab := browsertest.Open(t, browsertest.Flag{Name: "autoplay-policy", Value: "no-user-gesture-required"})
	tab.Go(desk.address(false))
	tab.Until("the first frame", "window.ready")
	tab.Axe("the player")
	browsertest.Eval[any](tab, `player = document.querySelector("attune-player"), frames = [], told = [], turns = 0,
		player.addEventListener("time", e => { if (player.playing) { if (e.detail.frame < frames.at(-1)) turns++; frames.push(e.detail.frame); } }),
		player.addEventListener("played", e => told.push(e.detail)), 1`)

	// Steps and jumps are not playing.
	browsertest.Eval[any](tab, `(async () => { for (let i = 0; i < 5; i++) await player.step(1); await player.seek(5); await player.seek(1); return 1; })()`)
	if n := browsertest.Eval[int](tab, "player.played.length + told.length"); n != 0 {
		t.Errorf("%d spans were played before anything was", n)
	}

	browsertest.Eval[any](tab, "player.loop({start: 2, end: 3}), 1")
	tab.Until("two turns of the loop", "turns >= 2")
	got := browsertest.Eval[struct {
		First, Last, From, To int
		Played, Told          []struct{ Start, End float64 }
	}](tab, `(player.pause(), {first: player.frames.at(2), last: player.frames.nearest(3) - 1, from: Math.min(...frames), to: Math.max(...frames), played: player.played, told})`)
	// A frame beyond the end may be seen before the browser is told to go back.
	if got.From != got.First || got.To < got.Last || got.To > got.Last+2 {
		t.Errorf("the loop shows frames %d to %d, want %d to %d", got.From, got.To, got.First, got.Last)
	}
	if len(got.Played) != 1 || got.Played[0].Start > 2 || got.Played[0].Start < 1.9 || got.Played[0].End < 2.99 || got.Played[0].End > 3.15 {
		t.Errorf("played: %v, want 2 to 3", got.Played)
	}
	if len(got.Told) < 2 {
		t.Errorf("told of %v: of each turn, want two and more", got.Told)
	}
	for _, span := range got.Told {
		if span.Start < 1.9 || span.End > 3.15 || span.Start >= span.End {
			t.Errorf("told that %v was played", span)
		}
	}
	// Inside the loop one may seek and step; out of it ends it.
	if !browsertest.Eval[bool](tab, "player.seek(2.5).then(() => player.step(-1)).then(() => player.looped !== null)") {
		t.Error("a step inside the loop ends it")
	}
	if !browsertest.Eval[bool](tab, "player.seek(5).then(() => player.looped === null)") {
		t.Error("the loop goes on though somebody has left it")
	}

	// At a quarter of the speed every frame is shown.
	browsertest.Eval[any](tab, "frames = [], player.rate = 0.25, player.play().then(() => 1)")
	tab.Until("some frames", "frames.length > 12")
	missed := browsertest.Eval[int](tab, "(player.pause(), frames.slice(1).filter((n, i) => n - frames[i] !== 1).length)")
	if missed > 6 { // the machine may have other things to do
		t.Errorf("%d of 12 frames were left out at a quarter of the speed", missed)
	}
	if pressed := tab.Text(".player-speeds [aria-pressed=true]"); pressed != "¼×" {
		t.Errorf("the speed that is shown is %q", pressed)
	}

	// To the end: it stops there, and plays from the beginning again.
	browsertest.Eval[any](tab, "player.rate = 4, player.seek(7.5).then(() => player.play()).then(() => 1)")
	tab.Until("the end", "!player.playing && player.frame === player.frames.count - 1")
	tab.Press("Tab")
	tab.TabTo(".player-bar [aria-label=Play]")
	tab.Press("Enter")
	tab.Until("it plays", "player.playing && player.frame > 0")
}

// A film whose frames are not known, as of an analysis by an earlier version, is
// played and stepped through all the same.
func TestPlayerWithoutFrames(t *testing.T) {
	t.Parallel()
	path, _ := testfilmtest.Cached(t, testfilm.Film{Width: 640, Height: 360, Numbered: true, Duration: 4 * time.Second})
	desk := newFilmDesk(t, path)
	tab := browsertest.Open(t)
	tab.Excuse("404")
	tab.Go(desk.address(false))
	tab.Until("the first frame", "window.ready")
	got := browsertest.Eval[[]float64](tab, `(async () => {
		const player = document.querySelector("attune-player");
		window.ready = false;
		player.film = {...player.film, frames: "/none.json"};
		await new Promise(done => player.addEventListener("ready", done, {once: true}));
		await player.seek(2);
		await player.step(1);
		await player.step(1);
		return [player.exact ? 1 : 0, player.time];
	})()`)
	if got[0] != 0 || got[1] < 2.03 || got[1] > 2.13 {
		t.Errorf("exact: %v; two steps after 2 s it is at %v s", got[0], got[1])
	}
}
