package analysis

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"attune/internal/vig"
)

// The sentences of evidence. {A} is who acts, {b} and {b's} the other. They
// say what can be checked by watching: no feeling, no lack, no score.
const (
	sayTurns       = "%d turns that answer each other in %s; {A} began."
	sayTurned      = "{A} turned to {b} %s after {b's} %s."
	sayTurnedAt    = "{A} turned to {b} during {b's} %s."
	sayWasTurned   = "{A} was turned to {b} when {b's} %s began."
	sayAnswered    = "{A} answered with a %s, %s after {b's} %s."
	sayMutual      = "Both are turned to each other for %s, %s."
	sayFacing      = "{A} is turned to {b} for %s, %s."
	saySharedSmile = "Both smile."
	saySmile       = "{A} smiles."
	sayWaiting     = "{A} is turned to {b}, still and silent, for %s; then comes {b's} %s."
	sayTogether    = "Their movements rise and fall together for %s."
	saySounds      = "Sounds of both are heard."
	saySound       = "{A} makes a sound."
	sayAtOnce      = "Sounds of both are heard at the same time for %s."
	sayVoice       = "A voice is heard; whose, the sound alone does not tell."
)

// What a turn to somebody was seen by.
const (
	byHead = "by the turn of the head alone"
	byEyes = "by head and eyes"
)

// leastTold is the shortest time that is told as one.
const leastTold = 100 * time.Millisecond

// sentences are all of the above, for the test of the vocabulary.
var sentences = []string{
	sayTurns, sayTurned, sayTurnedAt, sayWasTurned, sayAnswered, sayMutual, sayFacing, saySharedSmile, saySmile, sayWaiting,
	sayTogether, saySounds, saySound, sayAtOnce, sayVoice,
}

// acts are the words for what somebody did.
var actWords = map[ActKind]string{ActVoice: "sound", ActMovement: "movement", ActGaze: "turn of the head"}

// evidence returns what a shows, the strongest cue first.
func (a *appraisal) evidence(m *meeting) []vig.Evidence {
	var out []vig.Evidence
	say := func(cue vig.Cue, s vig.Span, who int, format string, args ...any) {
		e := vig.Evidence{Cue: cue, Span: s.Clamp(a.span), Text: m.sentence(who, fmt.Sprintf(format, args...))}
		switch cue {
		case vig.CueSmile, vig.CueVoice:
			if who >= 0 {
				e.People = []vig.PersonID{m.two[who].id}
			}
		case vig.CueFacing, vig.CueWaiting, vig.CueTurns:
			e.People = []vig.PersonID{m.two[who].id, m.two[1-who].id}
		default:
			e.People = []vig.PersonID{m.two[0].id, m.two[1].id}
		}
		out = append(out, e)
	}
	if c := a.chain; c != nil {
		say(vig.CueTurns, c.Span, c.Turns[0].who, sayTurns, c.alternations+1, seconds(c.Span.Length()))
		m.reception(c, say)
	} else if r := a.returned; r != nil {
		say(vig.CueFacing, r.span, 1-r.first, sayTurned, seconds(r.after), actWords[ActGaze])
	}
	if w := a.wait; w != nil {
		say(vig.CueWaiting, w.span, w.waiter, sayWaiting, seconds(w.span.Clamp(a.span).Length()), w.act.word())
	}
	if l := a.mutual.longest(); l.Length() >= leastCue {
		say(vig.CueMutualFacing, l, -1, sayMutual, seconds(l.Length()), m.seenBy(l, 0, 1))
	}
	for k := range m.two {
		if l := a.facing[k].longest(); l.Length() > 0 && a.mutual.longest().Length() < leastMutual {
			say(vig.CueFacing, l, k, sayFacing, seconds(l.Length()), m.seenBy(l, k))
		}
	}
	switch {
	case len(a.shared) > 0:
		say(vig.CueSharedSmile, a.shared.longest(), -1, saySharedSmile)
	default:
		for k := range m.two {
			if len(a.smile[k]) > 0 {
				say(vig.CueSmile, a.smile[k].longest(), k, saySmile)
			}
		}
	}
	if len(a.together) > 0 {
		l := a.together.longest()
		say(vig.CueSynchrony, l, -1, sayTogether, seconds(l.Length()))
	}
	if l := a.voice[0].and(a.voice[1]).longest(); l.Length() >= leastCue {
		say(vig.CueVoice, l, -1, sayAtOnce, seconds(l.Length()))
	} else if a.chain == nil {
		a.sounds(say)
	}
	return out
}

type sayer func(cue vig.Cue, s vig.Span, who int, format string, args ...any)

// reception tells how the first turn of c was received.
func (m *meeting) reception(c *Chain, say sayer) {
	first, answers := c.Turns[0], c.answers()
	receiver := answers[0].who
	if f := m.facing[receiver]; len(f) > 0 {
		k := min(f.from(first.Span.Start), len(f)-1)
		switch turned := f[k]; {
		case turned.Start > answers[0].Span.End || turned.End <= first.Span.Start:
			// Not turned to the other when the answer came.
		case turned.Start >= first.Span.End+leastTold:
			say(vig.CueFacing, turned, receiver, sayTurned, seconds(turned.Start-first.Span.End), first.word())
		case turned.Start > first.Span.Start:
			say(vig.CueFacing, turned, receiver, sayTurnedAt, first.word())
		default:
			say(vig.CueFacing, turned, receiver, sayWasTurned, first.word())
		}
	}
	for _, t := range answers {
		if !t.has(ActVoice) {
			continue
		}
		at := t.of(ActVoice)
		if after := at.Start - first.Span.End; after >= leastTold {
			say(vig.CueVoice, at, receiver, sayAnswered, actWords[ActVoice], seconds(after), first.word())
		}
		return
	}
}

// answers returns the turns of the receiver before the initiator's next.
func (c *Chain) answers() []Turn {
	n := 1
	for n < len(c.Turns) && c.Turns[n].who != c.Turns[0].who {
		n++
	}
	return c.Turns[1:n]
}

func (a *appraisal) sounds(say sayer) {
	switch {
	case len(a.voice[0]) > 0 && len(a.voice[1]) > 0:
		say(vig.CueVoice, a.voice[0][0].Union(a.voice[1][0]), -1, saySounds)
	case len(a.voice[0]) > 0:
		say(vig.CueVoice, a.voice[0].longest(), 0, saySound)
	case len(a.voice[1]) > 0:
		say(vig.CueVoice, a.voice[1].longest(), 1, saySound)
	case len(a.unowned) > 0:
		say(vig.CueVoice, a.unowned.longest(), -1, sayVoice)
	}
}

// word returns the word for t: its voice if it has one, else what began it.
func (t Turn) word() string {
	if t.has(ActVoice) {
		return actWords[ActVoice]
	}
	return actWords[t.Acts[0].Kind]
}

// of returns the span of the first act of a kind, which t has.
func (t Turn) of(k ActKind) vig.Span {
	for _, a := range t.Acts {
		if a.Kind == k {
			return a.Span
		}
	}
	return t.Span
}

// sentence puts the people into text: who acts and the other.
func (m *meeting) sentence(who int, text string) string {
	if who < 0 {
		return text
	}
	a, b := m.name(who), m.name(1-who)
	text = strings.NewReplacer("{A}", a, "{b}", b, "{b's}", m.possessive(1-who)).Replace(text)
	return upperFirst(text)
}

// name returns what the k-th of the two is called inside a sentence.
func (m *meeting) name(k int) string {
	switch p := m.two[k]; {
	case p.role != vig.RoleUnknown:
		return string(p.role)
	case p.middle() <= m.two[1-k].middle():
		return "the person at left"
	default:
		return "the person at right"
	}
}

func (m *meeting) possessive(k int) string {
	if m.two[k].role == vig.RoleUnknown {
		return "the other's"
	}
	return "the " + m.name(k) + "'s"
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// seconds writes d to a tenth of a second, as "0.8 s" or "9 s".
func seconds(d time.Duration) string {
	return strconv.FormatFloat(math.Round(d.Seconds()*10)/10, 'f', -1, 64) + " s"
}
