package page

import "time"

// Home is where somebody begins: what is due next, and the cases.
type Home struct {
	Guides bool // whether cases can be made here
	// Archive says that it is the archived cases that are shown, and no others.
	Archive bool
	Due     []Due // the first of what is due, where this is the first page
	// DueBelow says that more is due than Due has: the cases go on with it.
	DueBelow bool
	Cases    []HomeCase
	Pages    Pages // of the cases
	// Find is what is looked for among them; nil where they can be seen at a glance.
	Find     *Find
	Archived HomeArchive
	New      CaseForm
}

// HomeArchive is where the archived cases are, of which there may be none.
type HomeArchive struct {
	Count int
	Href  string
}

// HomeCase is one case in the list.
type HomeCase struct {
	ID     string
	Code   string    // of the client
	Goals  string    // the beginning of them
	Number int       // of its latest cycle, from 1
	Due    *Due      // nil where nothing is
	Ends   time.Time // until when it is shared with the viewer; zero where it is theirs
}

// None says whether there is no case at all, as opposed to none that was looked
// for.
func (h Home) None() bool { return len(h.Cases) == 0 && (h.Find == nil || h.Find.Text == "") }

// Find is a form that looks for something in a long list.
type Find struct {
	Path     string // of the list
	What     string // "case", "account"
	Text     string // that is looked for; "" is nothing
	Archived bool   // it is the archive that is looked into
	All      string // address of the list without the text
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
