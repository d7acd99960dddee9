package gallery

import "attune/internal/web/page"

func cycleSteps(reached int) (steps []page.Step) {
	for i, name := range []string{"film", "review", "reel", "share"} {
		s := page.Step{Name: name, State: "later"}
		if i < reached {
			s.State = "done"
		} else if i == reached {
			s.State = "now"
		}
		steps = append(steps, s)
	}
	return steps
}

var _ = add("cycle", guider,
	State{Name: "no film yet", Notice: "cycle_made", Model: page.Cycle{ID: "gallery-1", Case: "gallery-1", Code: "V-17", Number: 1, Mine: true,
		Due: &page.Due{Step: "film", Href: "/cycles/gallery-1/upload"}, Steps: cycleSteps(0), Form: page.CycleForm{Version: 1}}},
	State{Name: "many films", Model: page.Cycle{ID: "gallery-1", Case: "gallery-1", Code: "V-17", Goals: longGoals, Number: 2, Mine: true,
		Due: &page.Due{Step: "go_on", Href: "/films/gallery-a/review", Count: 2}, Steps: cycleSteps(1), Films: someFilms,
		Form: page.CycleForm{Goal: "Wait a little longer.", FilmedOn: "2026-03-21", Version: 3}}},
	State{Name: "page of films in the middle", Model: page.Cycle{ID: "gallery-1", Case: "gallery-1", Code: "V-17", Number: 2, Mine: true,
		Due: &page.Due{Step: "go_on", Href: "/films/gallery-a/review", Count: 2}, Steps: cycleSteps(1), Films: someFilms[3:],
		Pages: page.Pages{From: 51, To: 53, Of: 120, Number: 2, Last: 3, Previous: "/cycles/gallery-1", Next: "/cycles/gallery-1?page=3"},
		Form:  page.CycleForm{Version: 3}}},
	State{Name: "being looked at", Model: page.Cycle{ID: "gallery-1", Case: "gallery-1", Code: "V-17", Number: 1, Mine: true,
		Due: &page.Due{Step: "wait"}, Steps: cycleSteps(0), Films: someFilms[1:2], Form: page.CycleForm{Version: 1}}},
	State{Name: "shared review today", Model: page.Cycle{ID: "gallery-1", Case: "gallery-1", Code: longCode, Goals: longGoals, Number: 1, Mine: true,
		Due: &page.Due{Step: "share", Href: "/films/gallery-f/show", On: day(29), When: "today"}, Steps: cycleSteps(3), Films: someFilms[5:],
		Form: page.CycleForm{Goal: longGoals, FilmedOn: "2026-03-21", ReviewOn: "2026-03-29", Version: 3}}},
	State{Name: "changed meanwhile", Model: page.Cycle{ID: "gallery-1", Case: "gallery-1", Code: "V-17", Number: 1, Mine: true, Steps: cycleSteps(0),
		Goal: "Wait a little longer.", FilmedOn: day(21),
		Form: page.CycleForm{Goal: "Notice when she looks at me.", Version: 3, Wrong: "It was changed meanwhile.", Outdated: true}}},
	State{Name: "day is none", Model: page.Cycle{ID: "gallery-1", Case: "gallery-1", Code: "V-17", Number: 1, Mine: true, Steps: cycleSteps(0),
		Form: page.CycleForm{Goal: longWord, FilmedOn: "2026-02-30", Version: 1, Wrong: "“2026-02-30” is no day as 2026-03-29. Correct it and send it again."}}},
	State{Name: "ended", Notice: "saved", Model: page.Cycle{ID: "gallery-1", Case: "gallery-1", Code: "V-17", Number: 1, Mine: true, Done: true, Steps: cycleSteps(4),
		Form: page.CycleForm{Goal: "Wait a little longer.", Words: "I wait for her.", Version: 4}}},
	State{Name: "shared", Viewer: supervisor, Model: page.Cycle{ID: "gallery-1", Case: "gallery-1", Code: "V-17", Goals: longGoals, Number: 2, Steps: cycleSteps(3),
		Goal: "Wait a little longer.", FilmedOn: day(21), ReviewOn: day(29), Words: "I wait for her.", Films: someFilms[1:2]}},
)
