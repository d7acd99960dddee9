package page

import "time"

// Due is what is to be done next in a case.
type Due struct {
	// Step names it: "film", "upload", "finish", "wait", "look", "review", "go_on",
	// "plan", "share", "words", "end", "next".
	Step string
	Href string // where it is done; "" where there is only waiting
	Code string // of the client
	// Number is that of the cycle, from 1.
	Number int
	On     time.Time // the day that it is planned for; zero is none
	When   string    // "today", "late", "later"; "" without a day
	Count  int       // of what the step is about: suggestions to look at, clips kept
}

// Actionable says whether it is somebody's turn, and not only to wait.
func (d Due) Actionable() bool { return d.Href != "" }
