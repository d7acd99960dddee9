package gallery

import "attune/internal/web/page"

var caseForm = page.CaseForm{Code: "V-17", Goals: longGoals, Version: 1}

var _ = add("case", guider,
	State{Name: "begun", Notice: "case_made", Model: page.Case{ID: "gallery-1", Code: "V-17", Mine: true, Form: page.CaseForm{Code: "V-17", Version: 1},
		Due: &page.Due{Step: "film", Href: "/cycles/gallery-1/upload"}, Cycles: []page.CaseCycle{{ID: "gallery-1", Number: 1}}}},
	State{Name: "three cycles", Answers: entryAnswers, Model: page.Case{ID: "gallery-1", Code: "V-17", Goals: longGoals, Mine: true, Form: caseForm,
		Due: &page.Due{Step: "go_on", Href: "/films/gallery-a/review", Count: 2},
		Cycles: []page.CaseCycle{
			{ID: "gallery-1", Number: 1, Goal: "Notice when she looks at me.", FilmedOn: day(2), ReviewOn: day(9), Done: true,
				Words: "I did not know that I wait for her. I thought I was too quick.", Films: someFilms[5:]},
			{ID: "gallery-2", Number: 2, Goal: "Wait a little longer.", FilmedOn: day(16), ReviewOn: day(23), Done: true, Words: "She really likes it when I copy her!"},
			{ID: "gallery-3", Number: 3, FilmedOn: day(21), Films: someFilms[:3]},
		},
		Shares: &page.Shares{Case: "gallery-1", Supervisors: []string{"Sam Supervisor"}, First: day(1), Last: day(31), Usual: day(14)}}},
	State{Name: "many films", Model: page.Case{ID: "gallery-1", Code: "V-17", Mine: true, Form: caseForm,
		Due:    &page.Due{Step: "go_on", Href: "/films/gallery-a/review", Count: 2},
		Cycles: []page.CaseCycle{{ID: "gallery-1", Number: 1, Done: true, More: 1}, {ID: "gallery-2", Number: 2, Films: someFilms, More: 44}}}},
	State{Name: "long names", Model: page.Case{ID: "gallery-1", Code: longCode, Goals: longWord + " " + longGoals, Mine: true, Form: caseForm,
		Due:    &page.Due{Step: "look", Href: "/films/gallery-e"},
		Cycles: []page.CaseCycle{{ID: "gallery-1", Number: 1, Goal: longWord, Words: longWord, Films: someFilms[4:5]}},
		Shares: &page.Shares{Case: "gallery-1", Supervisors: []string{"Sam Supervisor", longWord}, First: day(1), Last: day(31), Usual: day(14),
			With: []page.Share{{Account: "gallery-1", Name: "Sam Supervisor", Last: day(20)}, {Account: "gallery-2", Name: longWord, Last: day(31)}}}}},
	State{Name: "changed meanwhile", Model: page.Case{ID: "gallery-1", Code: "V-17", Goals: "To enjoy mealtimes again.", Mine: true,
		Form:   page.CaseForm{Code: "V-17", Goals: longGoals, Version: 2, Wrong: "It was changed meanwhile.", Outdated: true},
		Cycles: []page.CaseCycle{{ID: "gallery-1", Number: 1}}}},
	State{Name: "archived", Notice: "archived", Model: page.Case{ID: "gallery-1", Code: "V-17", Goals: longGoals, Archived: true, Mine: true, Form: caseForm,
		Cycles: []page.CaseCycle{{ID: "gallery-1", Number: 1, Done: true}}}},
	State{Name: "shared", Viewer: supervisor, Model: page.Case{ID: "gallery-1", Code: "V-17", Goals: longGoals, Ends: day(31),
		Cycles: []page.CaseCycle{{ID: "gallery-1", Number: 1, Done: true, Words: "I wait for her.", Films: someFilms[1:2]}}}},
)
