package gallery

import (
	"time"

	"attune/internal/web/page"
)

var (
	reelPicture = []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 9"><path fill="#5d7f8c" d="M0 0h16v9H0z"/><circle cx="6" cy="5" r="2" fill="#e8c9a8"/><circle cx="11" cy="6" r="1.4" fill="#e8c9a8"/></svg>`)
	reelMade    = time.Date(2026, time.November, 4, 9, 30, 0, 0, time.UTC)
)

// reel is a state of the page of a reel with n clips.
func reel(name, id string, n int, change func(*page.Reel)) State {
	of := page.Reel{
		FilmID: "gallery-reel-" + id, FilmName: "kitchen table.mp4", CaseID: "gallery-1", CaseCode: "V-17", CycleID: "gallery-1", Cycle: 2,
		Mine: true, CardLength: 4 * time.Second, MaxTitle: 68,
	}
	answers := Answers{}
	for i := range n {
		clip := page.ReelClip{Number: i + 1, Start: time.Duration(20+47*i) * time.Second, Length: time.Duration(9+5*i) * time.Second}
		if i != 1 {
			clip.Still = "/api/v1/films/" + of.FilmID + "/stills/m" + string(rune('a'+i)) + ".jpg"
			answers["GET "+clip.Still] = Answer{Kind: "image/svg+xml", Body: reelPicture}
		}
		if i == 0 {
			clip.Tags, clip.Note = []string{"receiving initiatives"}, "She waits, and he begins again.\nAsk what she noticed."
		}
		of.Clips = append(of.Clips, clip)
		of.Length += clip.Length
	}
	change(&of)
	state := State{Name: name, Model: of, Answers: answers}
	if of.Current != nil {
		answers["GET /api/v1/reels/"+of.Current.ID+"/reel.mp4"] = Answer{Hold: true}
		if of.Current.Rendering() {
			answers["GET /films/"+of.FilmID+"/reel"] = Answer{Hold: true}
		}
	}
	return state
}

// current gives the page a newest version.
func current(version int, state string, change ...func(*page.ReelVersion)) func(*page.Reel) {
	return func(r *page.Reel) {
		r.Current = &page.ReelVersion{
			ID: r.FilmID + "-version", Version: version, State: state, Length: r.Length, Clips: len(r.Clips), Made: reelMade,
		}
		for _, c := range change {
			c(r.Current)
		}
	}
}

func confirmed(v *page.ReelVersion) { v.Confirmed = reelMade.Add(time.Hour) }

var _ = add("reel", guider,
	reel("nothing kept", "none", 0, func(*page.Reel) {}),
	reel("not made yet", "new", 3, func(*page.Reel) {}),
	reel("a title that does not go", "wrong", 3, func(r *page.Reel) {
		r.Title, r.Wrong = "一緒に遊ぶ", "The title has '一', which the card cannot show. Correct it and send it again."
	}),
	reel("waiting", "queued", 3, current(1, "queued")),
	reel("being made", "rendering", 3, current(1, "rendering", func(v *page.ReelVersion) { v.Share = 0.37 })),
	reel("stopped", "failed", 3, current(1, "failed", func(v *page.ReelVersion) { v.Reason = "The work on the film took more memory than it may." })),
	reel("to be played", "ready", 3, current(1, "ready", func(v *page.ReelVersion) { v.Title = "Tea time, together" })),
	reel("to be confirmed", "played", 3, current(1, "ready", func(v *page.ReelVersion) {
		v.Played = [][2]float64{{0, v.Length.Seconds()}}
	})),
	reel("confirmed", "confirmed", 3, current(2, "ready", confirmed)),
	reel("changed since", "changed", 4, func(r *page.Reel) {
		current(2, "ready", confirmed)(r)
		r.Changes = page.ReelChanges{Added: 1, Dropped: 2, Trimmed: 1, Moved: true}
		r.Earlier = []page.ReelVersion{
			{ID: r.FilmID + "-2", Version: 1, State: "ready", Made: reelMade, Confirmed: reelMade},
			{ID: r.FilmID + "-1", Version: 1, State: "failed", Made: reelMade},
		}
	}),
	reel("many clips and long names", "many", 12, func(r *page.Reel) {
		r.FilmName, r.CaseCode = longFile, longWord
		r.Clips[0].Note = longGoals
		r.Clips[0].Tags = []string{"being attentive", "encouraging initiatives", "receiving initiatives", "developing attuned interactions"}
		r.Clips[2].Note = longWord
		current(2, "ready", func(v *page.ReelVersion) { v.Title = longWord[:68] })(r)
	}),
	func() State {
		s := reel("shared", "shared", 3, func(r *page.Reel) { current(1, "ready", confirmed)(r); r.Mine = false })
		s.Viewer = supervisor
		return s
	}(),
)
