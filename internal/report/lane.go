package report

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"attune/internal/vig"
)

// laneColumns is the number of steps a lane is drawn in: one for each pixel
// of the widest lane the page shows.
const laneColumns = 1000

// lane is one signal as drawn: an area from 0 to 1, and the stretches that the
// camera did not show. Both are SVG paths in a box of laneColumns × 1.
type lane struct {
	Name   string
	Shape  string // "area" for a value, "state" for a yes or no
	Path   string
	Unseen string
	Says   string // what the lane shows, for a screen reader
}

func lanes(signals []vig.Signal, names map[vig.PersonID]string, film time.Duration) []lane {
	var all []lane
	for _, s := range signals {
		columns := sampled(s.Points, film)
		l := lane{Name: laneName(s, names), Shape: "state"}
		l.Path, l.Unseen = paths(columns)
		seen, above := 0, 0
		for _, c := range columns {
			if !c.Seen {
				continue
			}
			seen++
			if c.Value >= 0.5 {
				above++
			}
			if c.Value != 0 && c.Value != 1 {
				l.Shape = "area"
			}
		}
		l.Says = fmt.Sprintf("%s: seen in %d %% of the film, at or above half in %d %% of that",
			l.Name, percent(float64(seen)/laneColumns), percent(float64(above)/float64(max(1, seen))))
		all = append(all, l)
	}
	return all
}

// laneName says whose signal it is: "Adult: smile", "Adult to child: facing".
func laneName(s vig.Signal, names map[vig.PersonID]string) string {
	who := make([]string, len(s.People))
	for i, id := range s.People {
		who[i] = names[id]
	}
	switch len(who) {
	case 0:
		return capital(s.Name)
	case 1:
		return capital(who[0]) + ": " + s.Name
	default:
		joint := " and "
		if s.Name == string(vig.CueFacing) {
			joint = " to "
		}
		return capital(strings.Join(who, joint)) + ": " + s.Name
	}
}

func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

// sampled returns the largest value seen in each column: a glance of a third
// of a second must not vanish in an hour's film.
func sampled(points []vig.Point, film time.Duration) []vig.Reading {
	columns := make([]vig.Reading, laneColumns)
	column := func(t time.Duration) int {
		if film <= 0 {
			return 0
		}
		return int(min(laneColumns, max(0, t.Seconds()/film.Seconds()*laneColumns)))
	}
	for i, p := range points {
		if !p.Value.Seen {
			continue
		}
		end := film
		if i+1 < len(points) {
			end = points[i+1].Time
		}
		from := min(column(p.Time), laneColumns-1)
		for c := from; c < max(from+1, column(end)); c++ {
			if !columns[c].Seen || p.Value.Value > columns[c].Value {
				columns[c] = p.Value
			}
		}
	}
	return columns
}

// paths draws columns: the area under the values, and the unseen stretches as
// boxes of full height. SVG's y grows downwards, so 1 is the floor.
func paths(columns []vig.Reading) (area, unseen string) {
	var a, u strings.Builder
	for from := 0; from < len(columns); {
		to := from
		for to < len(columns) && columns[to] == columns[from] {
			to++
		}
		switch r := columns[from]; {
		case !r.Seen:
			fmt.Fprintf(&u, "M%d 0H%dV1H%dZ", from, to, from)
		case r.Value > 0:
			fmt.Fprintf(&a, "M%d 1V%gH%dV1Z", from, vig.Round3(1-min(1, r.Value)), to)
		}
		from = to
	}
	return a.String(), u.String()
}
