package web

import (
	"cmp"
	"slices"
	"time"

	"attune/internal/store"
	"attune/internal/web/page"
)

// due returns what is to be done next in a cycle: what
// leads furthest comes first, whatever else there is. The films are the
// cycle's, the newest first; of those in one state the newest is enough. clips
// are those of the newest film that is ready.
func due(y store.Cycle, films []store.Film, now time.Time, clips map[store.FilmID]store.ClipCount) *page.Due {
	at := "/cycles/" + string(y.ID)
	upload := at + "/upload"
	newest := func(states ...store.FilmState) (store.Film, bool) {
		i := slices.IndexFunc(films, func(f store.Film) bool { return slices.Contains(states, f.State) })
		if i < 0 {
			return store.Film{}, false
		}
		return films[i], true
	}
	d := &page.Due{Number: y.Number}
	if !y.Done.IsZero() {
		d.Step, d.Href = "next", "/cases/"+string(y.Case)
		return d
	}
	if f, ok := newest(store.FilmConfirmed); ok {
		d.On, d.When = y.ReviewOn, whenOf(y.ReviewOn, now)
		switch {
		case y.Words != "":
			d.Step, d.Href, d.When = "end", at, ""
		case d.When == "":
			d.Step, d.Href = "plan", at+"#review-on"
		case d.When == "late":
			d.Step, d.Href, d.When = "words", at+"#words", ""
		default:
			d.Step, d.Href = "share", "/films/"+string(f.ID)+"/show"
		}
		return d
	}
	if f, ok := newest(store.FilmReady); ok {
		d.Href = "/films/" + string(f.ID) + "/review"
		if d.Step, d.Count = "go_on", clips[f.ID].Kept; d.Count == 0 {
			d.Step, d.Count = "review", clips[f.ID].All
		}
		return d
	}
	if _, ok := newest(store.FilmQueued, store.FilmAnalysing); ok {
		d.Step = "wait"
		return d
	}
	if _, ok := newest(store.FilmUploading); ok {
		d.Step, d.Href = "finish", upload
		return d
	}
	if f, ok := newest(store.FilmFailed, store.FilmRefused); ok {
		d.Step, d.Href = "look", "/films/"+string(f.ID)
		return d
	}
	d.Step, d.Href, d.On, d.When = "film", upload, y.FilmedOn, whenOf(y.FilmedOn, now)
	if d.When == "today" || d.When == "late" {
		d.Step = "upload"
	}
	return d
}

// whenOf says how a day lies to now: "today", "late", "later", or "" where it
// is none.
func whenOf(day, now time.Time) string {
	if day.IsZero() {
		return ""
	}
	year, month, date := now.Date()
	switch today := time.Date(year, month, date, 0, 0, 0, 0, time.UTC); {
	case day.Equal(today):
		return "today"
	case day.Before(today):
		return "late"
	}
	return "later"
}

// countKept counts the clips that are kept.
func countKept(clips []store.Clip) int { return len(store.InReel(clips)) }

// steps says how far a cycle is on the way that each goes.
func steps(y store.Cycle, films []store.Film) []page.Step {
	names := []string{"film", "review", "reel", "share"}
	reached := 0
	for _, f := range films {
		switch f.State {
		case store.FilmReady:
			reached = max(reached, 1)
		case store.FilmConfirmed:
			reached = max(reached, 3)
		}
	}
	if !y.Done.IsZero() {
		reached = len(names)
	}
	all := make([]page.Step, len(names))
	for i, name := range names {
		state := "later"
		switch {
		case i < reached:
			state = "done"
		case i == reached:
			state = "now"
		}
		all[i] = page.Step{Name: name, State: state}
	}
	return all
}

// byUrgency compares what is due by when its turn is: what was planned for a day
// that is over, then today, then what waits for nothing but the guider, then
// later days, and last what goes on by itself.
func byUrgency(a, b *page.Due) int {
	rank := func(d *page.Due) int {
		if !d.Actionable() {
			return len(urgency)
		}
		return slices.Index(urgency, d.When)
	}
	return cmp.Or(rank(a)-rank(b), a.On.Compare(b.On))
}

// urgency is what page.Due.When can be, the most urgent first.
var urgency = []string{"late", "today", "", "later"}
