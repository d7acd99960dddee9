package gallery

import (
	"fmt"
	"time"

	"attune/internal/web/page"
)

// day is a day of the spring in which all of this happens.
func day(n int) time.Time { return time.Date(2026, 3, n, 0, 0, 0, 0, time.UTC) }

var someDue = []page.Due{
	{Step: "words", Href: "/cycles/gallery-1#words", Code: "V-17", Number: 2},
	{Step: "share", Href: "/films/gallery-2/show", Code: "V-21", Number: 1, On: day(29), When: "today"},
	{Step: "review", Href: "/films/gallery-3/review", Code: "M-04", Number: 3, Count: 8},
	{Step: "look", Href: "/films/gallery-4", Code: "M-09", Number: 1},
	{Step: "film", Href: "/cycles/gallery-5/upload", Code: "K-11", Number: 1, On: day(30), When: "later"},
}

func manyCases(n int) (cases []page.HomeCase) {
	for i := range n {
		one := page.HomeCase{ID: fmt.Sprint("gallery-", i), Code: fmt.Sprintf("V-%02d", i+1), Number: i%3 + 1, Goals: longGoals}
		if d := someDue[i%len(someDue)]; i%4 != 3 {
			one.Due = &d
		} else {
			one.Due = &page.Due{Step: "wait"}
		}
		cases = append(cases, one)
	}
	return cases
}

// manyDue is what is due in manyCases.
func manyDue(n int) (all []page.Due) {
	for _, c := range manyCases(n) {
		if c.Due.Actionable() {
			d := *c.Due
			d.Code = c.Code
			all = append(all, d)
		}
	}
	return all
}

// manyArchived is manyCases after the work on them.
func manyArchived(n int) []page.HomeCase {
	cases := manyCases(n)
	for i := range cases {
		cases[i].Due = nil
	}
	return cases
}

var _ = add("home", guider,
	State{Name: "no case yet", Model: page.Home{Guides: true}},
	State{Name: "one case", Notice: "saved", Model: page.Home{Guides: true, Due: someDue[2:3], Cases: []page.HomeCase{
		{ID: "gallery-1", Code: "M-04", Number: 3, Goals: "Calm mealtimes, and to feel that he likes being with me.", Due: &someDue[2]}}}},
	State{Name: "many cases", Model: page.Home{Guides: true, Due: someDue, Cases: manyCases(9), Archived: page.HomeArchive{Count: 4, Href: "/?archived=yes"}}},
	State{Name: "first page of many", Model: page.Home{Guides: true, Due: manyDue(50)[:10], DueBelow: true, Cases: manyCases(50), Find: &page.Find{Path: "/", What: "case"},
		Pages:    page.Pages{From: 1, To: 50, Of: 3000, Number: 1, Last: 60, Next: "/?page=2"},
		Archived: page.HomeArchive{Count: 412, Href: "/?archived=yes"}}},
	State{Name: "page in the middle", Model: page.Home{Guides: true, Cases: manyCases(6), Find: &page.Find{Path: "/", What: "case", Text: "V-", All: "/"},
		Pages:    page.Pages{From: 51, To: 56, Of: 3000, Number: 2, Last: 60, Previous: "/?find=V-", Next: "/?find=V-&page=3"},
		Archived: page.HomeArchive{Count: 1, Href: "/?archived=yes&find=V-"}}},
	State{Name: "nothing found", Model: page.Home{Guides: true, Find: &page.Find{Path: "/", What: "case", Text: longWord, All: "/"}}},
	State{Name: "archive", Model: page.Home{Guides: true, Archive: true, Cases: manyArchived(50), Find: &page.Find{Path: "/", What: "case", Archived: true, All: "/?archived=yes"},
		Pages: page.Pages{From: 101, To: 150, Of: 412, Number: 3, Last: 9, Previous: "/?archived=yes&page=2", Next: "/?archived=yes&page=4"}}},
	State{Name: "empty archive", Model: page.Home{Guides: true, Archive: true}},
	State{Name: "long names", Model: page.Home{Guides: true,
		Due: []page.Due{{Step: "go_on", Href: "/films/gallery-3/review", Code: longCode, Number: 3, Count: 1}},
		Cases: []page.HomeCase{
			{ID: "gallery-1", Code: longCode, Number: 12, Goals: longGoals, Due: &page.Due{Step: "go_on", Href: "/films/gallery-3/review", Count: 1}},
			{ID: "gallery-2", Code: longWord, Number: 1, Goals: longWord}}}},
	State{Name: "code is taken", Model: page.Home{Guides: true, Cases: manyCases(1),
		New: page.CaseForm{Code: "V-01", Goals: "To enjoy mealtimes again.", Wrong: "You already have a case with this code. Fetch it again to see how it stands."}}},
	State{Name: "supervisor", Viewer: supervisor, Model: page.Home{Cases: []page.HomeCase{
		{ID: "gallery-1", Code: "V-17", Number: 2, Goals: longGoals, Ends: day(31)}}}},
	State{Name: "supervisor without cases", Viewer: supervisor, Model: page.Home{}},
)
