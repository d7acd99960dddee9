package analysis

import "attune/internal/vig"

// Config says how moments are chosen. Its zero value is what the design asks
// for.
type Config struct {
	// Most is how many moments are suggested at most. Zero means as many as the
	// film's length allows: 3 in a minute, 8 in ten, never more than 24.
	Most int
}

// Result is what was found in one film. Spans and times are from its first
// frame.
type Result struct {
	People    []vig.Person // the two who meet first, the adult before the child; then others, most seen first
	Scenes    []vig.Scene  // one for each observation, in order of time
	Signals   []vig.Signal // of the two who meet
	Turns     []Turn       // of the two who meet, and voices of which it is not clear whose they are
	Chains    []Chain
	Moments   []vig.Moment // the strongest first; they do not overlap
	DraftReel []string     // ids of the best three moments, at most 3 minutes, in order of the film
	Notes     []string     // what could not be seen or heard, as sentences
}

// Analyze finds candidate moments in a recording. It does not change rec. A
// recording that shows too little gives a result without moments, and notes
// that say why.
func Analyze(rec vig.Recording, cfg Config) Result {
	f := newFilm(rec)
	heard := bursts(f.sound)
	ps := follow(f)
	two := meetFirst(f, ps)
	if two {
		assignRoles(f, ps, heardIn(heard))
		orderTwo(ps)
	}
	number(ps)
	fs := newFacings(f, ps)
	moved := movements(f, ps)
	drawn := make([][]vig.Reading, len(ps))
	for k := range ps {
		drawn[k] = shown(moved[k])
	}

	r := Result{People: people(f, ps), Scenes: scenes(f, ps, fs, drawn, heard)}
	var m *meeting
	if two {
		m = newMeeting(f, ps, fs, heard, moved)
		r.Turns, r.Chains = m.turns, m.chains
		r.Moments = m.moments(cfg.wanted(f.span.Length()))
		r.DraftReel = draftReel(r.Moments)
	}
	r.Signals = signals(f, ps, fs, drawn, m, heard)
	r.noteSight(f, m)
	r.noteSound(f, m, heard)
	return r
}
