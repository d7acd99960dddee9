package analysis

import (
	"fmt"
	"math"

	"attune/internal/vig"
)

// What could not be seen or heard, and so what the suggestions do not rest on.
const (
	noteNoPicture = "The film has no picture that could be looked at."
	noteNobody    = "No face was seen for long enough to follow anybody."
	noteOne       = "Only one person was seen for long enough to follow: nothing can be said about two."
	noteApart     = "The people in the film were never seen at the same time."
	noteNotTurned = "The two were not seen turned to each other."
	noteNothing   = "Nothing was found that two or more signs agree on."
	noteRoles     = "It could not be told who is the adult and who is the child."
	noteNoSound   = "There was no sound to listen to: only faces and movement were looked at."
	noteNoVoice   = "No voice was heard above the noise."
	noteOwnerless = "For most of the voices it could not be told whose they are."
	noteCoverage  = "The face of %s was seen in %d %% of the film."
)

// notes are all of the above, for the test of the vocabulary.
var notes = []string{
	noteNoPicture, noteNobody, noteOne, noteApart, noteNotTurned, noteNothing, noteRoles, noteNoSound, noteNoVoice,
	noteOwnerless, noteCoverage,
}

// fairCoverage is the coverage from which on no note is made of it. Two people
// of whom each is seen for 0.6 of the time are seen together for 0.36 of it, if
// the one has nothing to do with the other: just enough for the moments between
// them (leastSeen).
const fairCoverage = 0.6

func (r *Result) note(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}

// noteSight says how much of the people was seen.
func (r *Result) noteSight(f *film, m *meeting) {
	switch {
	case len(f.observations) == 0:
		r.note(noteNoPicture)
	case len(r.People) == 0:
		r.note(noteNobody)
	case len(r.People) == 1:
		r.note(noteOne)
	case m == nil:
		r.note(noteApart)
	default:
		if len(m.either) == 0 {
			r.note(noteNotTurned)
		} else if len(r.Moments) == 0 {
			r.note(noteNothing)
		}
		if m.index(vig.RoleAdult) < 0 {
			r.note(noteRoles)
		}
		for k := range m.two {
			if c := r.People[k].Coverage; c < fairCoverage {
				r.note(noteCoverage, m.article(k), int(math.Round(c*100)))
			}
		}
	}
}

// noteSound says how much was heard.
func (r *Result) noteSound(f *film, m *meeting, heard []burst) {
	switch {
	case len(f.sound) == 0:
		r.note(noteNoSound)
	case len(heard) == 0:
		r.note(noteNoVoice)
	case m != nil && 2*m.ownerless.length() > voiced(heard).length():
		r.note(noteOwnerless)
	}
}

// article returns what the k-th of the two is called, with its article.
func (m *meeting) article(k int) string {
	if m.two[k].role == vig.RoleUnknown {
		return m.name(k)
	}
	return "the " + m.name(k)
}
