package report

import (
	"encoding/json"
	"io"
	"math"
	"time"

	"attune/internal/vig"
)

// SignalsFormat names the layout of signals.json.
const SignalsFormat = "attune.signals/1"

// Signals is what was measured over time: the content of signals.json.
type Signals struct {
	Duration time.Duration // of the film
	People   []vig.Person
	Signals  []vig.Signal
}

type signalsJSON struct {
	Format   string       `json:"format"`
	Duration float64      `json:"duration_s"`
	People   []personJSON `json:"people"`
	Lanes    []laneJSON   `json:"lanes"`
}

type personJSON struct {
	vig.Person
	Label string `json:"label"` // as in the evidence
}

type laneJSON struct {
	Name     string         `json:"name"` // of the kind, as vig.Signal has it
	People   []vig.PersonID `json:"people"`
	Label    string         `json:"label"`
	Coverage float64        `json:"coverage"` // share of the film in which it was seen
	Points   []pointJSON    `json:"points"`
}

// pointJSON is [seconds, value]: the value from then until the next point, null
// where it was not seen.
type pointJSON [2]any

// laneStep is the least by which a value of a lane differs from the next: a
// lane is drawn some 40 pixels high, on screens of two pixels each way.
const laneStep = 0.01

// WriteSignals writes s as signals.json.
func WriteSignals(w io.Writer, s Signals) error {
	doc := signalsJSON{Format: SignalsFormat, Duration: seconds(s.Duration), People: []personJSON{}, Lanes: []laneJSON{}}
	names := peopleNames(s.People)
	for _, p := range s.People {
		p.Coverage = vig.Round3(p.Coverage)
		doc.People = append(doc.People, personJSON{p, names[p.ID]})
	}
	for _, signal := range s.Signals {
		doc.Lanes = append(doc.Lanes, laneJSON{
			Name: signal.Name, People: listed(signal.People), Label: laneName(signal, names),
			Coverage: vig.Round3(coverage(signal.Points, s.Duration)), Points: coarse(signal.Points),
		})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(doc)
}

// coarse returns points in steps of laneStep, without those that repeat the
// value before them.
func coarse(points []vig.Point) []pointJSON {
	out := []pointJSON{}
	for _, p := range points {
		var value any
		if p.Value.Seen {
			value = vig.Round3(math.Round(p.Value.Value/laneStep) * laneStep)
		}
		if n := len(out); n > 0 && out[n-1][1] == value {
			continue
		}
		out = append(out, pointJSON{seconds(p.Time), value})
	}
	return out
}

// coverage returns the share of a film in which points were seen.
func coverage(points []vig.Point, film time.Duration) float64 {
	if film <= 0 {
		return 0
	}
	var seen time.Duration
	for i, p := range points {
		end := film
		if i+1 < len(points) {
			end = points[i+1].Time
		}
		if p.Value.Seen {
			seen += vig.Span{Start: p.Time, End: end}.Length()
		}
	}
	return min(1, seen.Seconds()/film.Seconds())
}
