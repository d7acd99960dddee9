package gallery

import (
	"time"

	"attune/internal/web/page"
)

func row(name, id string, state page.FilmState) page.FilmRow {
	state.ID, state.Mine = "gallery-film-"+id, true
	return page.FilmRow{FilmState: state, Name: name, Address: "/api/v1/uploads/" + state.ID}
}

func upload(name, id string, change func(*page.Upload)) State {
	of := page.Upload{
		CaseID: "gallery-case-" + id, CaseCode: "V-17", CycleID: "gallery-1", Cycle: 2,
		Endpoint: "/api/v1/uploads/", Most: 16 << 30,
	}
	change(&of)
	return State{Name: name, Model: of, Answers: Answers{"GET /api/v1/cases/" + of.CaseID + "/events": quiet}}
}

var _ = add("upload", guider,
	upload("nothing sent yet", "none", func(*page.Upload) {}),
	upload("films of every kind", "some", func(u *page.Upload) {
		u.Begun = []page.FilmRow{row("morning.mov", "morning", page.FilmState{State: "uploading", Size: 900_000_000, Arrived: 310_000_000})}
		u.Films = []page.FilmRow{
			row("kitchen table.mp4", "u1", page.FilmState{State: "analysing", Stage: "Looking and listening", Share: 0.43, Left: 4 * time.Minute}),
			row("garden.mp4", "u2", page.FilmState{State: "queued", Place: 2}),
			row("story.mp4", "u3", page.FilmState{State: "ready", Found: 7}),
			row("letter.pdf", "u4", page.FilmState{State: "refused", Reason: "This is no film."}),
		}
	}),
	upload("long names", "long", func(u *page.Upload) {
		u.CaseCode = longCode
		u.Begun = []page.FilmRow{row(longFile, "long-1", page.FilmState{State: "uploading", Size: 900_000_000, Arrived: 310_000_000})}
		u.Films = []page.FilmRow{row(longWord+".mp4", "long-2", page.FilmState{State: "queued", Place: 12})}
	}),
	upload("sent elsewhere", "nowhere", func(u *page.Upload) { u.Endpoint = "" }),
)
