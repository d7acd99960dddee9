package page

import "time"

// FilmEntry is a film in a list.
type FilmEntry struct {
	ID       string
	Name     string // of the file as it was uploaded
	State    string // as the records have it: "ready", "failed" …
	Href     string // where to go on with it
	Still    string // address of a picture; "" is none
	Duration time.Duration
	Created  time.Time
	Kept     int // clips
}
