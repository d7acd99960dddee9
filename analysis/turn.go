package analysis

import (
	"cmp"
	"slices"
	"time"

	"attune/internal/vig"
)

// Act is one burst of which a turn is made.
type Act struct {
	Kind ActKind
	Span vig.Span
}

// ActKind is what somebody did.
type ActKind string

// The kinds of act.
const (
	ActVoice    ActKind = "voice"
	ActMovement ActKind = "movement"
	ActGaze     ActKind = "gaze" // the head turned to the other
)

// Turn is one person's burst of voice, movement or gaze shift: the acts of one
// person that overlap, or follow each other without the pause of a turn.
type Turn struct {
	Person vig.PersonID // "" for a voice of which it is not clear whose it is
	Span   vig.Span
	Acts   []Act // in order of time

	who int // index of the person among the two who meet, −1 if not clear
}

const (
	// turnPause is the least pause between two turns of one person: the
	// shortest answer that is looked for.
	turnPause = 300 * time.Millisecond
	// gazeTurn is how long turning the head takes.
	gazeTurn = 500 * time.Millisecond
	// besideVoice is how much of a movement around a voice belongs to one turn
	// with it: gestures start before the words and end after them.
	besideVoice = 500 * time.Millisecond
)

// turns makes the turns of one person, in order of time, from when they are
// heard and move, and when they turn their head to the other.
func turns(who int, id vig.PersonID, voice, movement, shifts spans) []Turn {
	var acts []Act
	for _, s := range voice {
		acts = append(acts, Act{ActVoice, s})
	}
	for _, s := range movement {
		acts = append(acts, Act{ActMovement, withVoice(s, voice)})
	}
	for _, s := range shifts {
		acts = append(acts, Act{ActGaze, s})
	}
	slices.SortStableFunc(acts, func(a, b Act) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	var out []Turn
	for _, a := range acts {
		if n := len(out); n > 0 && a.Span.Start < out[n-1].Span.End+turnPause {
			out[n-1].Acts = append(out[n-1].Acts, a)
			out[n-1].Span = out[n-1].Span.Union(a.Span)
			continue
		}
		out = append(out, Turn{Person: id, Span: a.Span, Acts: []Act{a}, who: who})
	}
	return out
}

// withVoice returns the part of a movement that goes with the voices it
// overlaps, all of it where it overlaps none.
func withVoice(movement vig.Span, voice spans) vig.Span {
	heard := voice.within(movement)
	if len(heard) == 0 {
		return movement
	}
	return vig.Span{Start: heard[0].Start - besideVoice, End: heard[len(heard)-1].End + besideVoice}.Clamp(movement)
}

// has reports whether t holds an act of a kind.
func (t Turn) has(k ActKind) bool {
	return slices.ContainsFunc(t.Acts, func(a Act) bool { return a.Kind == k })
}

// shifts returns when the answers a turn from no to yes, and stay there: when
// a head is seen to turn.
func shifts(f *film, a []answer) []time.Duration {
	var out []time.Duration
	for i := 1; i < len(a); i++ {
		if a[i] == yes && a[i-1] == no {
			out = append(out, f.observations[i].Time)
		}
	}
	return out
}

// headShifts returns how long the head turns that begin at those times go on, up
// to the end of the film.
func (f *film) headShifts(at []time.Duration) spans {
	var out spans
	for _, t := range at {
		out = append(out, vig.Span{Start: t, End: t + gazeTurn}.Clamp(f.span))
	}
	return out
}
