package main

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"attune/internal/report"
	"attune/internal/vig"
	"attune/internal/web/browsertest"
)

// tenMinutes is what was measured on a film of ten minutes, at six samples a
// second, in signals.json.
func tenMinutes(t *testing.T, path string) {
	t.Helper()
	const length = 10 * time.Minute
	wave := func(period float64, sharp bool) []vig.Point {
		var points []vig.Point
		for at := time.Duration(0); at < length; at += time.Second / 6 {
			s := at.Seconds()
			v := 0.5 + 0.5*math.Sin(s/period)*math.Cos(s/7)
			p := vig.Point{Time: at, Value: vig.Read(v)}
			if sharp {
				p.Value = vig.Read(math.Round(v))
			}
			if math.Mod(s, 97) > 80 {
				p.Value = vig.Reading{}
			}
			points = append(points, p)
		}
		return points
	}
	signals := report.Signals{
		Duration: length,
		People:   []vig.Person{{ID: "p1", Role: vig.RoleAdult, Coverage: 0.9}, {ID: "p2", Role: vig.RoleChild, Coverage: 0.8}},
		Signals: []vig.Signal{
			{Name: "facing", People: []vig.PersonID{"p1", "p2"}, Points: wave(4, true)},
			{Name: "facing", People: []vig.PersonID{"p2", "p1"}, Points: wave(5, true)},
			{Name: "mutual facing", People: []vig.PersonID{"p1", "p2"}, Points: wave(6, true)},
			{Name: "smile", People: []vig.PersonID{"p1"}, Points: wave(3, false)},
			{Name: "smile", People: []vig.PersonID{"p2"}, Points: wave(2, false)},
			{Name: "voice", People: []vig.PersonID{"p1"}, Points: wave(2, true)},
			{Name: "voice", People: []vig.PersonID{"p2"}, Points: wave(3, true)},
			{Name: "voice", Points: wave(2.5, true)},
			{Name: "movement", People: []vig.PersonID{"p1"}, Points: wave(1.3, false)},
			{Name: "movement", People: []vig.PersonID{"p2"}, Points: wave(1.7, false)},
		},
	}
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := report.WriteSignals(file, signals); err != nil {
		t.Fatal(err)
	}
}

// timelineDesk serves a page with a timeline alone.
func timelineDesk(t *testing.T) *httptest.Server {
	t.Helper()
	if _, err := os.Stat(filepath.Join(bundles, "player.js")); err != nil {
		t.Skip("needs the bundles, which 'make build' makes: ", err)
	}
	dir := t.TempDir()
	tenMinutes(t, filepath.Join(dir, "signals.json"))
	mux := http.NewServeMux()
	mux.Handle("GET /assets/", http.StripPrefix("/assets/", http.FileServer(http.Dir(bundles))))
	mux.Handle("GET /", http.FileServer(http.Dir(dir)))
	mux.HandleFunc("GET /page.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(w, `const timeline = document.querySelector("attune-timeline"), states = ["suggested", "kept", "set_aside"];
			window.told = [];
			for (const name of ["seek", "select", "trim"]) timeline.addEventListener(name, e => window.told.push({name, ...e.detail}));
			timeline.film = {signals: "/signals.json", duration: 600};
			timeline.clips = Array.from({length: 8}, (_, i) => ({id: "c" + i, start: 30 + 70 * i, end: 42 + 71 * i, label: "Clip " + (i + 1), short: String(i + 1), state: states[i % 3]}));
			timeline.played = [{start: 30, end: 75}];
			timeline.frames = {count: 15000, typical: 0.04, time: n => n / 25, end: n => (n + 1) / 25, nearest: t => Math.round(t * 25), snap: t => Math.round(t * 25) / 25};`)
	})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self'; connect-src 'self'")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><html lang="en-GB"><meta name="viewport" content="width=device-width"><title>Film</title><link rel="icon" href="data:,">
			<link rel="stylesheet" href="/assets/desk.css"><link rel="stylesheet" href="/assets/player.css">
			<script type="application/json" id="messages">%s</script>
			<main><h1>Film</h1><attune-timeline></attune-timeline></main>
			<script type="module" src="/assets/player.js"></script><script type="module" src="/page.js"></script>`, texts(t, "player", "timeline"))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

// The timeline by mouse and by keys: it tells what was done, and moves the
// handles by frames.
func TestTimeline(t *testing.T) {
	t.Parallel()
	server := timelineDesk(t)
	tab := browsertest.Open(t)
	tab.Go(server.URL)
	tab.Until("the lanes", "document.querySelector('attune-timeline canvas')")
	tab.Axe("the timeline")
	tab.Picture("timeline")
	browsertest.Eval[bool](tab, "timeline = document.querySelector('attune-timeline'), true")
	type told struct {
		Name, ID, Edge string
		Time, At       float64
		Start, End     float64
		Done           bool
	}
	all := func() (found []told) {
		t.Helper()
		return browsertest.Eval[[]told](tab, "window.told.splice(0)")
	}
	last := func(name string) told {
		t.Helper()
		tab.Until("the event "+name, fmt.Sprintf("window.told.some(e => e.name === %q && (e.done ?? true))", name))
		found := all()
		return found[len(found)-1]
	}
	near := func(what string, got, want, tolerance float64) {
		t.Helper()
		if math.Abs(got-want) > tolerance {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	view := func() (start, end float64) {
		t.Helper()
		v := browsertest.Eval[[]float64](tab, "[timeline.view.start, timeline.view.end]")
		return v[0], v[1]
	}

	// The mouse puts the playhead where it is: in the middle of the film.
	tab.Drag(".timeline-tiles", 0, 0)
	tab.Drag(".timeline-film", 0, 90)
	near("a click in the middle", last("seek").Time, 300, 2)
	// Keys move it.
	tab.TabTo(".timeline-head")
	tab.Press("ArrowRight", "Shift+ArrowRight")
	near("keys", last("seek").Time, 306, 2)
	tab.Press("End")
	near("End", last("seek").Time, 600, 0)
	tab.Press("Home")
	near("Home", last("seek").Time, 0, 0)
	// + and − come closer to the playhead and go away from it.
	browsertest.Eval[bool](tab, "timeline.time = 200, true")
	tab.Press("+", "+")
	if start, end := view(); end-start > 160 || start > 200 || end < 200 {
		t.Errorf("after + + %v to %v is in sight", start, end)
	}
	tab.Press("0")
	if start, end := view(); start != 0 || end != 600 {
		t.Errorf("after 0 %v to %v is in sight", start, end)
	}
	// The wheel comes closer to where the mouse is with Control, and else does not
	// keep the page from scrolling.
	tab.Wheel(".timeline-film", 0, -300, true)
	if start, end := view(); end-start > 400 || math.Abs((start+end)/2-300) > 5 {
		t.Errorf("after the wheel %v to %v is in sight", start, end)
	}
	if !browsertest.Eval[bool](tab, `document.querySelector(".timeline-scroll").dispatchEvent(new WheelEvent("wheel", {deltaY: 100, cancelable: true}))`) {
		t.Error("the timeline keeps the wheel from the page")
	}
	tab.Click(".timeline-button:nth-of-type(3)")
	all()

	// Clips are one stop, and arrows go from one to the next.
	tab.TabTo(".timeline-clip")
	tab.Press("ArrowRight", "ArrowRight", "Enter")
	if got := last("select"); got.ID != "c2" {
		t.Errorf("chosen: %+v", got)
	}
	browsertest.Eval[bool](tab, "timeline.selected = 'c2', timeline.show({start: 170, end: 184}), true")
	if start, end := view(); start > 170 || end < 184 || end-start > 60 {
		t.Errorf("for the clip %v to %v is in sight", start, end)
	}
	tab.Picture("timeline-near")
	tab.Axe("the timeline with a clip chosen")
	// A handle by keys goes by frames, and by a second with Shift.
	tab.TabTo("[data-edge=start]")
	tab.Press("ArrowLeft")
	if got := last("trim"); got.Edge != "start" || got.Start != 169.96 || got.End != 184 || got.At != 169.96 || !got.Done {
		t.Errorf("a frame earlier: %+v", got)
	}
	tab.TabTo("[data-edge=end]")
	tab.Press("Shift+ArrowRight", "ArrowLeft")
	if got := last("trim"); got.Edge != "end" || got.Start != 169.96 || got.End != 184.96 {
		t.Errorf("longer: %+v", got)
	}
	// By the mouse: told while it moves, once at the end, and on frames.
	pixels := browsertest.Eval[float64](tab, "document.querySelector('.timeline-film').getBoundingClientRect().width / 600")
	tab.Drag("[data-edge=end]", 3*pixels, 0)
	tab.Until("the end of the trim", "window.told.at(-1)?.done")
	moved := all()
	got := moved[len(moved)-1]
	near("dragged", got.End, 187.96, 0.1)
	near("on a frame", got.End*25, math.Round(got.End*25), 1e-6)
	done := 0
	for _, one := range moved {
		if one.Done {
			done++
		}
	}
	if done != 1 || len(moved) < 3 {
		t.Errorf("%d of %d events end the trim", done, len(moved))
	}
	// A beginning does not go beyond the end.
	tab.Drag("[data-edge=start]", 30*pixels, 0)
	if got := last("trim"); got.Start >= got.End || got.End-got.Start > 0.05 {
		t.Errorf("beyond the end: %+v", got)
	}

	// What is said of the lanes has what they show.
	words := tab.Text(".timeline-words table")
	for _, want := range []string{"Adult to child: facing", "Child: smile", "% of the film", "0:00 to "} {
		if !strings.Contains(words, want) {
			t.Errorf("the words do not have %q:\n%s", want, words)
		}
	}
	// The view follows the film as it plays, and not who has scrolled away.
	browsertest.Eval[bool](tab, "timeline.show({start: 400, end: 401}), timeline.time = timeline.view.end - 0.01, timeline.time += 0.02, true")
	if start, end := view(); browsertest.Eval[float64](tab, "timeline.time") > end-(end-start)/2 {
		t.Errorf("the playhead is out of sight: %v to %v", start, end)
	}
	tab.Prefer("prefers-color-scheme", "dark")
	tab.Phone()
	frames := "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
	tab.Until("a telephone's width", "document.querySelector('.timeline-scroll').clientWidth < 390")
	browsertest.Eval[bool](tab, frames) // in which the timeline takes the width up
	browsertest.Eval[bool](tab, "timeline.selected = 'c4', timeline.show(timeline.clips[4]), "+frames)
	if start, end := view(); start > 310 || end < 326 {
		t.Errorf("on the telephone %v to %v is in sight, want the clip from 310 to 326", start, end)
	}
	tab.Picture("timeline-phone")
	tab.Axe("the timeline on a telephone, dark")
	tab.Prefer("prefers-color-scheme", "light")
	tab.Size(683, 384)
	tab.Picture("timeline-200")
	if wide := browsertest.Eval[bool](tab, "document.documentElement.scrollWidth > innerWidth"); wide {
		t.Error("at 200 % the page is wider than the screen")
	}
}
