package vig

import "time"

// Signal is one named number over time, as drawn under the film.
type Signal struct {
	Name   string     // of the kind, as "facing", "mutual facing", "smile", "voice", "movement"
	People []PersonID // whose it is: one person, or two ("p1 to p2"); empty where nobody can be told, as for sound alone
	Points []Point    // in order of time
}

// Point is the value of a signal from Time until the next point. Where the
// camera did not show it, the value is not seen. Values are 0–1.
type Point struct {
	Time  time.Duration
	Value Reading
}
