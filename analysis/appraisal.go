package analysis

import (
	"slices"
	"time"

	"attune/internal/vig"
)

// appraisal is what a span of the meeting shows.
type appraisal struct {
	span     vig.Span
	coverage float64
	chain    *Chain
	wait     *wait
	answered bool // the wait is followed by an act and its answer
	returned *returned
	mutual   spans
	facing   [2]spans
	shared   spans
	smile    [2]spans
	together spans
	voice    [2]spans
	unowned  spans
	rank     float64 // only for the order: larger comes first
}

const (
	// leastMutual is how long both must be turned to each other for that to
	// carry a moment, leastSeen the share of a moment in which both faces must
	// be seen: enough for leastMutual in the shortest usual moment, 2 of 8 s, and
	// a fifth more. It costs suggestions that could not be checked by watching the
	// faces: of 21 chains of synthetic sessions in which each face is away for a
	// third of the time, 21 are suggested without it, 19 at 0.15, 15 at 0.3 and 7
	// at 0.45; none was a wrong one.
	leastMutual = 2 * time.Second
	leastSeen   = 0.3
	// leastCue is how long a cue must run to be told, and leastTogether moving
	// together: half of the shortest usual moment, so that it is what the moment
	// shows. Between 2 and 8 s no suggestion of the synthetic sessions changes.
	leastCue      = 500 * time.Millisecond
	leastTogether = 4 * time.Second
)

// The weights by which moments are put in order: a chain before everything
// else together; then whether it is more than an answer, whether the child
// began it, and the other cues. What counts in full does so from an amount on
// that a moment either has or has not, so that the order does not hang on a
// face seen once more or less. They order suggestions inside one film and are
// never shown. Synthetic films.
const (
	chainWeight   = 10.0
	attunedWeight = 2.0 // of a chain of attunedTurns
	childWeight   = 1.0
	mutualWeight  = 2.0 // for enoughMutual of the span
	sharedWeight  = 1.5
	smileWeight   = 0.5
	waitWeight    = 1.0
	returnWeight  = 0.5 // without a chain, of which it is a part
	syncWeight    = 1.0
	lengthWeight  = 0.05 // less for each second over usualMost
	unseenPenalty = 0.5  // at no coverage at all, falling to none at enoughSeen

	enoughMutual = 0.5
	enoughSeen   = 0.5
)

// appraise says what s shows, and whether that is enough for a moment: a
// chain; a wait with the act that ends it and its answer; or the two turned to
// each other and one more cue, as that the one turned first and the other then
// too. A single cue is not enough, nor is what illustrates no principle.
func (m *meeting) appraise(s vig.Span) (appraisal, bool) {
	a := appraisal{span: s, coverage: share(m.both.overlap(s), s.Length())}
	for i := range m.chains {
		if c := &m.chains[i]; c.Span.Overlap(s) > 0 {
			if p, ok := c.part(s, m.either); ok && (a.chain == nil || p.alternations > a.chain.alternations) {
				a.chain = &p
			}
		}
	}
	for i := range m.waits {
		w := &m.waits[i]
		if s.Overlap(w.span) >= leastWait && w.act.Span.End <= s.End {
			a.wait, a.answered = w, m.isAnswered(w.act, s)
			break
		}
	}
	for i := range m.returns {
		if r := &m.returns[i]; r.span.Overlap(s) == r.span.Length() {
			a.returned = r
			break
		}
	}
	a.mutual = m.mutual.within(s)
	a.shared = m.shared.within(s).atLeast(leastCue)
	a.together = m.together.within(s).atLeast(leastTogether)
	a.unowned = m.ownerless.within(s)
	for k := range m.two {
		a.facing[k] = m.facing[k].within(s).atLeast(leastCue)
		a.smile[k] = m.smile[k].within(s).atLeast(leastCue)
		a.voice[k] = m.voice[k].within(s)
	}
	a.rank = a.order(m)
	return a, a.enough() && len(a.principles(m)) > 0
}

func (a *appraisal) enough() bool {
	if a.coverage < leastSeen {
		return false
	}
	if a.chain != nil || a.answered {
		return true
	}
	more := len(a.shared) > 0 || len(a.smile[0]) > 0 || len(a.smile[1]) > 0 || len(a.together) > 0 ||
		len(a.voice[0]) > 0 || len(a.voice[1]) > 0 || len(a.unowned) > 0 || a.wait != nil || a.returned != nil
	return a.mutual.length() >= leastMutual && more
}

// order returns the number by which appraisals are put in order.
func (a *appraisal) order(m *meeting) float64 {
	var r float64
	if a.chain != nil {
		r += chainWeight
		if a.chain.alternations+1 >= attunedTurns {
			r += attunedWeight
		}
		if child := m.index(vig.RoleChild); child >= 0 && a.chain.Turns[0].who == child {
			r += childWeight
		}
	} else if a.returned != nil {
		r += returnWeight
	}
	r += mutualWeight * min(1, share(a.mutual.length(), a.span.Length())/enoughMutual)
	switch {
	case len(a.shared) > 0:
		r += sharedWeight
	case len(a.smile[0])+len(a.smile[1]) > 0:
		r += smileWeight
	}
	if a.wait != nil {
		r += waitWeight
	}
	if len(a.together) > 0 {
		r += syncWeight
	}
	r -= lengthWeight * max(0, (a.span.Length()-usualMost).Seconds())
	return r * (1 - unseenPenalty*max(0, 1-a.coverage/enoughSeen))
}

// isAnswered reports whether the other takes a turn after t, inside s.
func (m *meeting) isAnswered(t Turn, s vig.Span) bool {
	return slices.ContainsFunc(m.turns, func(u Turn) bool {
		return u.who == 1-t.who && u.Span.Start >= t.Span.Start+leastLatency &&
			u.Span.Start <= t.Span.End+maxLatency && u.Span.End <= s.End
	})
}

// share returns part ÷ whole.
func share(part, whole time.Duration) float64 {
	if whole <= 0 {
		return 0
	}
	return part.Seconds() / whole.Seconds()
}

// attunedTurns is how many turns make a chain one of developing interaction:
// initiative, reception, response and a second turn.
const attunedTurns = 4

// principles returns the groups of principles that a may illustrate.
func (a *appraisal) principles(m *meeting) []vig.Principle {
	var out []vig.Principle
	receiver := m.index(vig.RoleAdult)
	attentive := a.wait != nil
	for k := range m.two {
		if (receiver < 0 || k == receiver) && a.facing[k].length() >= leastMutual {
			attentive = true
		}
	}
	if attentive {
		out = append(out, vig.BeingAttentive)
	}
	if a.wait != nil {
		out = append(out, vig.EncouragingInitiatives)
	}
	received := a.answered
	if c := a.chain; c != nil {
		received = received || receiver < 0 || c.Turns[0].who != receiver
	} else if r := a.returned; r != nil {
		received = received || receiver < 0 || r.first != receiver
	}
	if received {
		out = append(out, vig.ReceivingInitiatives)
	}
	if a.chain != nil && a.chain.alternations+1 >= attunedTurns || a.mutual.length() >= leastCue && len(a.shared) > 0 {
		out = append(out, vig.AttunedInteractions)
	}
	return out
}
