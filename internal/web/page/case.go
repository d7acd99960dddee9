package page

import "time"

// Case is the work with one client.
type Case struct {
	ID       string
	Code     string // of the client
	Goals    string
	Archived bool
	Mine     bool      // whether the viewer may change it
	Ends     time.Time // the last day on which it is shared with the viewer
	Due      *Due      // nil where nothing is
	Cycles   []CaseCycle
	Form     CaseForm
	NextGoal string  // as it was typed for the next cycle
	Shares   *Shares // nil where the viewer may not share it
}

// CaseCycle is one of its cycles, in short.
type CaseCycle struct {
	ID       string
	Number   int // from 1
	Goal     string
	FilmedOn time.Time // zero is none
	ReviewOn time.Time
	Done     bool
	Words    string      // what the client said
	Films    []FilmEntry // the newest
	More     int         // films that are not in Films
}

func (Case) template() string { return "case" }
