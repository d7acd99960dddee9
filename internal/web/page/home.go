package page

import "time"

// Home is where somebody begins: what is due next, and the cases.
type Home struct {
	Guides   bool // whether cases can be made here
	Due      []Due
	Cases    []HomeCase
	Archived []HomeCase
	New      CaseForm
}

// HomeCase is one case in the list.
type HomeCase struct {
	ID     string
	Code   string // of the client
	Goals  string
	Number int       // of its latest cycle, from 1
	Due    *Due      // nil where nothing is
	Ends   time.Time // until when it is shared with the viewer; zero where it is theirs
}

// CaseForm is what somebody writes about a case, and what is wrong with it.
type CaseForm struct {
	Code    string
	Goals   string
	Version int
	Wrong   string // a sentence; "" where nothing is
	// Outdated says that the case was changed meanwhile: to save again replaces
	// what the page shows of it.
	Outdated bool
}

func (Home) template() string { return "home" }
