package page

import "time"

// FilmEntry is a film in the lists of cases and cycles.
type FilmEntry struct {
	FilmState
	Name     string // of the file as it was sent
	Href     string // where to go on with it
	Still    string // address of a picture; "" is none
	Duration time.Duration
	Created  time.Time
	Kept     int // clips
}
