package page

import "time"

// Film is how one film is, live, and where to go from there.
type Film struct {
	FilmState
	Name     string // of the file, as it was sent
	CaseID   string
	CaseCode string // of the client
	CycleID  string
	Cycle    int           // its number
	Duration time.Duration // 0 if it is not known
	Sent     time.Time     // when it began to arrive

}

func (Film) template() string { return "film" }
