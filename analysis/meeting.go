package analysis

import (
	"cmp"
	"slices"
	"time"

	"attune/internal/vig"
)

// middle returns where the head of p usually is between the left edge of the
// picture and the right.
func (p *person) middle() float64 {
	var xs []float64
	for i, j := range p.face {
		if j >= 0 {
			x, _ := p.place[i].Center()
			xs = append(xs, x)
		}
	}
	return median(xs)
}

// meeting is what the two who meet do, ready to be asked about any span.
type meeting struct {
	film   *film
	two    [2]*person
	both   spans    // both faces are seen
	facing [2]spans // the one is turned to the other
	mutual spans    // both are
	either spans    // at least one is
	apart  spans    // both are seen turned elsewhere

	smile  [2]spans
	shared spans // both smile

	voice     [2]spans
	ownerless spans // a voice, but it is not clear whose
	movement  [2]spans
	together  spans // their movements go together
	turns     []Turn
	busy      spans // any turn runs
	chains    []Chain
	waits     []wait
	returns   []returned
}

func newMeeting(f *film, ps []*person, fs facings, heard []burst, moved [][]vig.Reading) *meeting {
	m := &meeting{film: f, two: [2]*person{ps[0], ps[1]}}
	m.both = ps[0].seen.and(ps[1].seen)
	m.listen(heard)
	var shifted [2][]time.Duration
	for k := range m.two {
		shifted[k] = shifts(f, fs[k][1-k])
		m.facing[k] = fs.spans(f, k, 1-k)
		m.smile[k] = smiles(f, ps[k])
		m.movement[k] = moves(f, ps[k], moved[k])
		m.turns = append(m.turns, turns(k, ps[k].id, m.voice[k], m.movement[k], f.headShifts(shifted[k]))...)
	}
	m.turns = append(m.turns, turns(-1, "", m.ownerless, nil, nil)...)
	slices.SortStableFunc(m.turns, func(a, b Turn) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	m.mutual = m.facing[0].and(m.facing[1])
	m.either = union(slices.Concat(m.facing[0], m.facing[1]), 0)
	m.shared = m.smile[0].and(m.smile[1])
	m.apart = f.runs(func(i int) bool { return fs[0][1][i] == no && fs[1][0][i] == no }, 0)
	m.together = together(f, moved[0], moved[1])

	var all []vig.Span
	for _, t := range m.turns {
		all = append(all, t.Span)
	}
	m.busy = union(all, 0)
	m.chains = chains(m.turns, m.either, m.apart)
	m.waits = waits(m)
	m.returns = returns(m.facing, shifted)
	return m
}

// listen gives the voices that were heard to the two, where their register and
// the roles say whose they are.
func (m *meeting) listen(heard []burst) {
	var own [2][]vig.Span
	var others []vig.Span
	for _, b := range heard {
		k := m.index(b.register.role())
		switch {
		case b.register == bothVoices && m.index(vig.RoleAdult) >= 0:
			own[0], own[1] = append(own[0], b.span), append(own[1], b.span)
		case k < 0:
			others = append(others, b.span)
		default:
			own[k] = append(own[k], b.span)
		}
	}
	m.voice = [2]spans{union(own[0], turnPause), union(own[1], turnPause)}
	m.ownerless = union(others, turnPause)
}

// index returns which of the two has a role, −1 if neither is known to.
func (m *meeting) index(r vig.Role) int {
	if r == vig.RoleUnknown {
		return -1
	}
	return slices.IndexFunc(m.two[:], func(p *person) bool { return p.role == r })
}

func (r register) role() vig.Role {
	switch r {
	case adultVoice:
		return vig.RoleAdult
	case childVoice:
		return vig.RoleChild
	}
	return vig.RoleUnknown
}
