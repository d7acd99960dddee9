package gallery

import (
	"time"

	"attune/internal/web/page"
)

// quiet is a stream of events on which nothing comes.
var quiet = Answer{Kind: "text/event-stream", Body: []byte(":\n\n"), Hold: true}

var sent = time.Date(2026, time.November, 3, 14, 5, 0, 0, time.UTC)

// film is a state of the page of a film.
func film(name, id string, state page.FilmState, change ...func(*page.Film)) State {
	state.ID, state.Mine = "gallery-film-"+id, true
	if state.Size == 0 {
		state.Size = 1_234_000_000
	}
	of := page.Film{
		FilmState: state, Name: "kitchen table.mp4", CaseID: "gallery-1", CaseCode: "V-17",
		CycleID: "gallery-1", Cycle: 2, Duration: 12*time.Minute + 40*time.Second, Sent: sent,
	}
	for _, c := range change {
		c(&of)
	}
	return State{Name: name, Model: of, Answers: Answers{"GET /api/v1/films/" + of.ID + "/events": quiet}}
}

var _ = add("film", guider,
	film("arriving", "arriving", page.FilmState{State: "uploading", Arrived: 420_000_000}, func(f *page.Film) { f.Duration = 0 }),
	film("arrived", "arrived", page.FilmState{State: "uploading", Arrived: 1_234_000_000}, func(f *page.Film) { f.Duration = 0 }),
	film("no room", "full", page.FilmState{State: "uploading", Arrived: 1_234_000_000,
		Reason: "All of it has arrived, and there is no room to take it in. It waits until there is."}, func(f *page.Film) { f.Duration = 0 }),
	film("next in the queue", "next", page.FilmState{State: "queued", Place: 1}),
	film("in the queue", "queued", page.FilmState{State: "queued", Place: 4}),
	film("being looked at", "analysing", page.FilmState{State: "analysing", Stage: "Looking and listening", Share: 0.43, Left: 4 * time.Minute}),
	film("begun to be looked at", "begun", page.FilmState{State: "analysing"}),
	film("ready", "ready", page.FilmState{State: "ready", Found: 8}),
	film("ready with a copy in the making", "copying", page.FilmState{State: "ready", Found: 1, Viewing: "rendering"}),
	film("ready without a copy", "uncopied", page.FilmState{State: "ready", Found: 5, Viewing: "failed"}),
	film("nothing found", "nothing", page.FilmState{State: "ready"}),
	film("confirmed", "confirmed", page.FilmState{State: "confirmed", Found: 8}),
	film("refused", "refused", page.FilmState{State: "refused", Reason: "More than a tenth of this film is damaged."}),
	film("stopped", "failed", page.FilmState{State: "failed", Reason: "The work on the film took more memory than it may."}),
	film("forgotten", "forgotten", page.FilmState{State: "forgotten"}, func(f *page.Film) { f.Name, f.Duration = "", 0 }),
	film("long names", "long", page.FilmState{State: "ready", Found: 8}, func(f *page.Film) { f.Name, f.CaseCode = longFile, longWord }),
	func() State {
		s := film("shared", "shared", page.FilmState{State: "ready", Found: 8}, func(f *page.Film) { f.Mine = false })
		s.Viewer = supervisor
		return s
	}(),
)
