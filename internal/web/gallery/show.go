package gallery

import "attune/internal/web/page"

// show is a state of the shared review. Its film never comes.
func show(name, id string, clips ...page.ShowClip) State {
	at := "/api/v1/films/gallery-show-" + id
	return State{
		Name: name,
		Model: page.Show{FilmID: "gallery-show-" + id, Clips: len(clips), Review: page.ShowReview{
			Film:  page.ShowFilm{Source: at + "/viewing", Frames: at + "/frames.json", Duration: 600},
			Clips: clips, Evidence: at + "/moments", Cycle: "/api/v1/cycles/gallery-show-" + id,
		}},
		Answers: Answers{
			"GET " + at + "/viewing":     {Hold: true},
			"GET " + at + "/frames.json": {Hold: true},
		},
	}
}

var _ = add("show", guider,
	show("nothing to show", "none"),
	show("three clips", "three", page.ShowClip{Start: 20, End: 29}, page.ShowClip{Start: 61, End: 75}, page.ShowClip{Start: 200, End: 260}),
	func() State {
		s := show("shared", "shared", page.ShowClip{Start: 20, End: 29})
		s.Viewer = supervisor
		model := s.Model.(page.Show)
		model.Review.Cycle = ""
		s.Model = model
		return s
	}(),
)
