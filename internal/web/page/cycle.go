package page

import "time"

// Cycle is one round of film, edit and shared review.
type Cycle struct {
	ID       string
	Case     string // id
	Code     string // of the client
	Goals    string // of the case
	Number   int    // from 1
	Goal     string
	FilmedOn time.Time // zero is none
	ReviewOn time.Time
	Words    string // what the client said in the shared review
	Done     bool
	Mine     bool // whether the viewer may change it
	Due      *Due // nil where nothing is
	Steps    []Step
	Films    []FilmEntry
	Pages    Pages // of the films
	Form     CycleForm
}

// CycleForm is what somebody writes about a cycle, and what is wrong with it.
type CycleForm struct {
	Goal     string
	FilmedOn string // as 2026-03-29
	ReviewOn string
	Words    string
	Version  int
	Wrong    string // a sentence; "" where nothing is
	Outdated bool   // it was changed meanwhile: to save again replaces what the page shows of it
}

// Step is one of those that every cycle takes.
type Step struct {
	Name  string // "film", "review", "reel", "share"
	State string // "done", "now", "later"
}

func (Cycle) template() string { return "cycle" }
