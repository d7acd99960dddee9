package web

import (
	"slices"
	"time"

	"attune/internal/store"
	"attune/internal/web/page"
)

// due returns what is to be done next in a cycle, nil where nothing is: what
// leads furthest comes first, whatever else there is. The films are the
// cycle's, the newest first; clips returns those of a film.
func due(y store.Cycle, films []store.Film, now time.Time, clips func(store.FilmID) ([]store.Clip, error)) (*page.Due, error) {
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
		return d, nil
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
		return d, nil
	}
	if f, ok := newest(store.FilmReady); ok {
		found, err := clips(f.ID)
		if err != nil {
			return nil, err
		}
		d.Href = "/films/" + string(f.ID) + "/review"
		if d.Step, d.Count = "go_on", countKept(found); d.Count == 0 {
			d.Step, d.Count = "review", len(found)
		}
		return d, nil
	}
	if _, ok := newest(store.FilmQueued, store.FilmAnalysing); ok {
		d.Step = "wait"
		return d, nil
	}
	if _, ok := newest(store.FilmUploading); ok {
		d.Step, d.Href = "finish", upload
		return d, nil
	}
	if f, ok := newest(store.FilmFailed, store.FilmRefused); ok {
		d.Step, d.Href = "look", "/films/"+string(f.ID)
		return d, nil
	}
	d.Step, d.Href, d.On, d.When = "film", upload, y.FilmedOn, whenOf(y.FilmedOn, now)
	if d.When == "today" || d.When == "late" {
		d.Step = "upload"
	}
	return d, nil
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

// byUrgency puts what is due in order: what was planned for a day that is over,
// then today, then what waits for nothing but the guider, then later days.
func byUrgency(all []page.Due) {
	rank := func(d page.Due) int { return map[string]int{"late": 0, "today": 1, "": 2, "later": 3}[d.When] }
	slices.SortStableFunc(all, func(a, b page.Due) int {
		if a, b := rank(a), rank(b); a != b {
			return a - b
		}
		return a.On.Compare(b.On)
	})
}
