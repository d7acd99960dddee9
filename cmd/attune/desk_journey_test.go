package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"attune/internal/remote"
	"attune/internal/testfilm"
	"attune/internal/testfilm/testfilmtest"
	"attune/internal/web/browsertest"
)

// From the link that makes the first account to a downloaded, confirmed reel, by
// keyboard alone: Tab, Enter and the keys of the review. The film's frames come
// at a variable rate, as a telephone's do.
func TestDeskByKeyboard(t *testing.T) {
	t.Parallel()
	d := openDesk(t)
	tab := d.browser.Tab()
	by := keyboard(tab)
	film, truth := testfilmtest.Cached(t, testfilm.Film{Width: 640, Height: 360, Duration: 20 * time.Second, Numbered: true, Timing: testfilm.Swing})
	d.signIn(t, by)
	d.begin(by, "V-17")
	tab.TabTo("#films")
	tab.Choose(func() { tab.Press("Enter") }, film)
	id := d.toReview(t, by)

	waitForFilm(tab)
	tab.Press("r") // the first suggestion is chosen: see it
	waitForPlayed(tab)
	tab.Press("k")
	tab.See("Kept: ")
	tab.Press("w")
	tab.Type("She waits, and he comes back to her.")
	tab.Press("Escape", "t", "Space", "Escape")
	tab.Press("x")
	tab.See("Set aside: ")
	tab.Press("z")
	tab.See("Undone.")
	// Nothing plays any more, or the next keys would be a race with it.
	stop(tab, func() { tab.Press("Space") })
	for range 25 { // a second each: to the beginning
		tab.Press("ArrowLeft")
	}
	tab.Until("the beginning", video+".currentTime < 0.2")
	tab.Press("i", "ArrowRight", "ArrowRight", ".", ".", "o")
	tab.See("Added")
	if !kept(tab) {
		tab.Press("r")
		waitForPlayed(tab)
		tab.Press("k")
	}
	tab.Until("two clips in the reel", "document.querySelectorAll('[data-part=reel] > li').length === 2")
	tab.Press(">") // they come as in the film, until somebody says otherwise
	tab.See("is number 2 in the reel")
	tab.Press("?")
	tab.Until("the sheet of keys", "document.querySelector('[data-part=sheet]').open")
	tab.Press("Escape")
	tab.Until("the sheet gone", "!document.querySelector('[data-part=sheet]').open")
	tab.See("All is saved")
	tab.Picture("journey-review")
	reel := d.toReel(t, by)
	d.holdsKept(t, id, reel, truth)
}

// The same with the mouse: pictures, buttons and the timeline.
func TestDeskByMouse(t *testing.T) {
	t.Parallel()
	d := openDesk(t)
	tab := d.browser.Tab()
	by := mouse(tab)
	film, truth := testfilmtest.Cached(t, testfilm.Film{Width: 640, Height: 360, Duration: 20 * time.Second, Numbered: true})
	d.signIn(t, by)
	d.begin(by, "V-18")
	tab.Drop(".drop", film)
	id := d.toReview(t, by)

	waitForFilm(tab)
	tab.Click("[data-part=pictures] button")
	waitForPlayed(tab)
	tab.Click("[data-command=keep]")
	tab.See("Kept: ")
	tab.Click("[data-command=start_later]")
	tab.See("It starts at ")
	tab.Click("[data-command=undo]")
	tab.See("Undone.")
	tab.Click("input[name=tags]")
	tab.Fill("#clip-note", "He looks up, and she answers.")
	stop(tab, func() { tab.Click("attune-player video") })
	// A moment of one's own: marked while the film plays.
	tab.Click("[data-command=mark_in]")
	tab.See("A moment begins at ")
	from := browsertest.Eval[float64](tab, video+".currentTime")
	if browsertest.Eval[bool](tab, "document.querySelector('[data-part=loop]').checked") {
		tab.Click("[data-part=loop]")
	}
	tab.Click("attune-player video")
	tab.Until("two seconds more", video+".currentTime >= "+strconv.FormatFloat(from+2, 'f', 3, 64)+" || "+video+".currentTime < "+strconv.FormatFloat(from-1, 'f', 3, 64))
	stop(tab, func() { tab.Click("attune-player video") })
	tab.Click("[data-command=mark_out]")
	tab.See("Added")
	if !kept(tab) {
		tab.Click("[data-part=pictures] button[aria-current], [data-part=pictures] [aria-current] button")
		waitForPlayed(tab)
		tab.Click("[data-command=keep]")
	}
	tab.Until("two clips in the reel", "document.querySelectorAll('[data-part=reel] > li').length === 2")
	tab.See("All is saved")
	reel := d.toReel(t, by)
	d.holdsKept(t, id, reel, truth)
}

const video = `document.querySelector("attune-player video")`

// waitForFilm waits until the film can be played.
func waitForFilm(tab *browsertest.Tab) {
	tab.Until("a film that can be played", video+"?.readyState >= 2")
}

// waitForPlayed waits until the chosen clip was played, and can be kept.
func waitForPlayed(tab *browsertest.Tab) {
	tab.Until("a clip that was played", "document.querySelector('[data-command=keep]').getAttribute('aria-disabled') === 'false'")
}

func kept(tab *browsertest.Tab) bool {
	return browsertest.Eval[bool](tab, "document.querySelector('[data-command=keep]').getAttribute('aria-pressed') === 'true'")
}

// stop stops the film if it plays.
func stop(tab *browsertest.Tab, press func()) {
	if browsertest.Eval[bool](tab, "!"+video+".paused") {
		press()
	}
	tab.Until("a film that stands", video+".paused && !"+video+".seeking")
}

// toReview waits until the film that was just chosen has been looked at, and
// goes to its review.
func (d *desk) toReview(t *testing.T, by hand) (film string) {
	t.Helper()
	by.tab.See("All of it has arrived")
	by.press(".sendings [data-part=film]")
	by.tab.At("^/films/[^/]+$")
	film = filepath.Base(by.tab.Path())
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	if err := d.Watch(ctx, film, func(f remote.Film) bool {
		return f.State == remote.Ready || f.State == remote.Failed || f.State == remote.Refused
	}, func(remote.Progress) {}); err != nil {
		t.Fatal(err)
	}
	by.tab.See("Ready for you") // without that anybody asked
	by.tab.Picture("journey-film")
	by.press("#state a[href$='/review']")
	by.tab.At("/review$")
	return film
}

// toReel goes from the review to the reel, has it made, plays it, confirms it
// and downloads it.
func (d *desk) toReel(t *testing.T, by hand) (path string) {
	t.Helper()
	by.press(".review-head a[href$='/reel']")
	by.tab.At("/reel$")
	by.press("form[action$='/reel'] button.main")
	by.tab.See("Version 1 is ready to be looked at")
	by.play(".reel-film")
	by.tab.See("You have played all of it.")
	by.press("form[action$='/reel/confirm'] button.main")
	by.tab.See("Version 1 is confirmed")
	by.tab.Picture("journey-reel")
	return by.tab.Download(func() { by.press("#version a[download]") })
}

// holdsKept holds a downloaded reel against the kept clips: ffprobe and the
// numbers on the pictures say that it has exactly their frames.
func (d *desk) holdsKept(t *testing.T, film, reel string, truth *testfilm.Truth) {
	t.Helper()
	if state := told[remote.Film](t, d, "/api/v1/films/"+film).State; state != remote.Confirmed {
		t.Errorf("the film is %s", state)
	}
	type clip struct {
		State    string
		Start    float64 `json:"start_s"`
		End      float64 `json:"end_s"`
		Position int     // in the reel; 0 is where the film has it
	}
	var want [][2]float64
	clips := told[struct{ Clips []clip }](t, d, "/api/v1/films/"+film+"/clips").Clips
	slices.SortStableFunc(clips, func(a, b clip) int { return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.Start, b.Start)) })
	for _, c := range clips {
		if c.State == "kept" {
			want = append(want, [2]float64{c.Start, c.End})
		}
	}
	if len(want) != 2 {
		t.Fatalf("%d clips are kept, of %+v", len(want), clips)
	}
	var frames []int // of the film, as the reel is to show them
	length := 0.0
	for _, span := range want {
		length += span[1] - span[0]
		for n, at := range truth.Frames {
			if s := (at - truth.Frames[0]).Seconds(); s >= span[0] && s < span[1] {
				frames = append(frames, n)
			}
		}
	}
	t.Logf("kept are %v, %d frames", want, len(frames))
	// A frame at the end of each clip, and what the sound is longer by at the end.
	if got := probed(t, reel).Duration.Seconds(); math.Abs(got-length) > 0.12 {
		t.Errorf("the reel lasts %.3f s, and what is kept %.3f s", got, length)
	}
	if shown := numbersIn(t, reel); !slices.Equal(shown, frames) {
		t.Errorf("the reel shows the frames %s, and %s are kept", runsOf(shown), runsOf(frames))
	}
}

// runsOf writes numbers as runs, as in "3–17 40–52".
func runsOf(numbers []int) string {
	var b strings.Builder
	for i := 0; i < len(numbers); {
		j := i
		for j+1 < len(numbers) && numbers[j+1] == numbers[j]+1 {
			j++
		}
		fmt.Fprintf(&b, "%d–%d ", numbers[i], numbers[j])
		i = j + 1
	}
	return strings.TrimSpace(b.String())
}

// numbersIn reads the numbers on the pictures of a film.
func numbersIn(t *testing.T, film string) []int {
	t.Helper()
	facts := probed(t, film)
	cmd := exec.CommandContext(t.Context(), "ffmpeg", "-nostdin", "-v", "error", "-i", film, "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "gray", "-")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	pictures := bufio.NewReaderSize(out, 1<<20)
	pix := make([]byte, facts.Width*facts.Height)
	var numbers []int
	for {
		if _, err := io.ReadFull(pictures, pix); err != nil {
			if !errors.Is(err, io.EOF) {
				t.Fatal(err)
			}
			break
		}
		n, ok := testfilm.ReadNumber(pix, facts.Width, facts.Height)
		if !ok {
			t.Fatalf("picture %d of the reel has no number", len(numbers))
		}
		numbers = append(numbers, n)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("ffmpeg: %v: %s", err, said.String())
	}
	return numbers
}
