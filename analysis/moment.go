package analysis

import (
	"fmt"
	"math"
	"slices"
	"time"

	"attune/internal/vig"
)

const (
	// A moment is 3–60 s long, usually 8–20.
	leastMoment   = 3 * time.Second
	longestMoment = 60 * time.Second
	usualLeast    = 8 * time.Second
	usualMost     = 20 * time.Second
	// margin is how far a moment reaches into the pauses around it: enough to
	// see how it begins. Of a pause shorter than two margins it takes half, so
	// that two moments never overlap.
	margin = time.Second

	// A film of a minute or less may have fewMoments, as many as a shared review
	// shows (Kennedy, Landor and Todd, Video Interaction Guidance, 2011: a few
	// clips, mostly three); a longer one one more for every momentEvery of it: 8
	// for ten minutes; but no more than manyMoments, which is what a guider can
	// look through.
	fewMoments  = 3
	fewFor      = time.Minute
	momentEvery = 108 * time.Second
	manyMoments = 24
	// A moment close to one that was chosen counts less, by up to nearness,
	// over about spread: so they are spread over the film. In synthetic sessions
	// of ten minutes with most chains in the first third, the longest stretch
	// without a suggestion is 0.78 of the film at a nearness of 0, 0.29 at 0.15,
	// 0.22 at 0.3 and 0.19 at 0.6, and 0.42, 0.22 and 0.22 at a spread of 10, 30
	// and 60 s; where there is room for all chains, none of them is lost. At 0.3 a
	// chain beside another one still comes before all that is none (7 against 6 at
	// most, by the weights of appraisals), from 0.4 on it would not.
	nearness = 0.3
	spread   = 30 * time.Second
	// asGood is the share by which a moment may fall short of the best and is
	// still as good. A shared smile that is read in one encoding of a film and
	// not in another is up to 1.5 of a chain's 15 or so, and being near another
	// moment some hundredths more: at 0.1 that changed the best three of a
	// synthetic session, at 0.15 it does not. Chosen on that film.
	asGood = 0.15

	// The draft reel.
	reelMoments = 3
	longestReel = 3 * time.Minute
)

// candidates returns the spans of m that may be moments.
func (m *meeting) candidates() []vig.Span {
	var out []vig.Span
	add := func(s vig.Span) {
		// A chain is not cut, unless it is too long as a whole: a moment starts
		// with the initiative.
		for _, c := range m.chains {
			if c.Span.Overlap(s) > 0 && c.Span.Length() <= usualMost {
				s = s.Union(c.Span)
			}
		}
		if c := m.inPauses(s); c.Length() >= leastMoment && c.Length() <= longestMoment {
			out = append(out, c)
		}
	}
	for _, c := range m.chains {
		m.windows(c.Span, add)
	}
	for _, s := range m.mutual.atLeast(leastMutual) {
		pieces(s, add)
	}
	for _, s := range m.shared {
		pieces(m.withFacing(s), add)
	}
	for _, s := range m.together.and(m.mutual) {
		pieces(m.withFacing(s), add)
	}
	for _, r := range m.returns {
		pieces(m.withFacing(r.span), add)
	}
	for _, w := range m.waits {
		add(w.span.Union(w.act.Span))
		add(w.span.Union(vig.Span{Start: w.act.Span.Start, End: w.act.Span.End + maxLatency}))
	}
	return out
}

// windows calls add for s if it is of usual length, otherwise for every part
// of usual length that begins and ends with a stretch of turns.
func (m *meeting) windows(s vig.Span, add func(vig.Span)) {
	if s.Length() <= usualMost {
		add(s)
		return
	}
	for i := m.busy.from(s.Start); i < len(m.busy) && m.busy[i].Start < s.End; i++ {
		for j := i; j < len(m.busy) && m.busy[j].Start < s.End; j++ {
			w := vig.Span{Start: m.busy[i].Start, End: m.busy[j].End}
			if w.Length() > usualMost && j > i {
				break
			}
			if w.Length() >= usualLeast {
				add(w)
			}
		}
	}
}

// withFacing returns s with the whole of the time around it in which both are
// turned to each other: a moment starts before they turn.
func (m *meeting) withFacing(s vig.Span) vig.Span {
	whole := s
	for i := m.mutual.from(s.Start); i < len(m.mutual) && m.mutual[i].Start < s.End; i++ {
		whole = whole.Union(m.mutual[i])
	}
	return whole
}

// pieces calls add for s, or where it is long for parts of it that overlap by
// half.
func pieces(s vig.Span, add func(vig.Span)) {
	if s.Length() <= usualMost {
		add(s)
		return
	}
	for start := s.Start; start+usualMost/2 < s.End; start += usualMost / 2 {
		add(vig.Span{Start: start, End: min(start+usualMost, s.End)})
	}
}

// inPauses returns s with its ends moved outwards into pauses between turns.
func (m *meeting) inPauses(s vig.Span) vig.Span {
	s = s.Clamp(m.film.span)
	first := m.busy.from(s.Start)
	if first < len(m.busy) {
		s.Start = min(s.Start, m.busy[first].Start)
	}
	before := m.film.span.Start
	if first > 0 {
		before = m.busy[first-1].End
		s.Start = max(s.Start-margin, before+(s.Start-before)/2)
	} else {
		s.Start = max(s.Start-margin, before)
	}
	after := m.busy.from(s.End)
	if after < len(m.busy) && m.busy[after].Start < s.End {
		s.End = m.busy[after].End
		after++
	}
	if after < len(m.busy) {
		s.End = min(s.End+margin, s.End+(m.busy[after].Start-s.End)/2)
	} else {
		s.End = min(s.End+margin, m.film.span.End)
	}
	return s.Clamp(m.film.span)
}

// wanted returns how many moments are suggested at most.
func (cfg Config) wanted(film time.Duration) int {
	most := min(fewMoments+int(max(0, film-fewFor)/momentEvery), manyMoments)
	if cfg.Most > 0 {
		return min(most, cfg.Most)
	}
	return most
}

// choose takes the best of the candidates, one after the other, none of which
// overlap.
func (m *meeting) choose(want int) []appraisal {
	var open []appraisal
	for _, s := range m.candidates() {
		if a, ok := m.appraise(s); ok {
			open = append(open, a)
		}
	}
	var chosen []appraisal
	for len(chosen) < want && len(open) > 0 {
		weights := make([]float64, len(open))
		for i := range open {
			weights[i] = open[i].rank * (1 - closeness(open[i].span, chosen))
		}
		best := firstOfBest(open, weights)
		b := open[best]
		chosen = append(chosen, b)
		open = slices.DeleteFunc(open, func(a appraisal) bool { return a.span.Overlap(b.span) > 0 })
	}
	return chosen
}

// firstOfBest returns the index of the one that begins first of those as good
// as the best; of several that begin with it, the best.
func firstOfBest(open []appraisal, weights []float64) int {
	least := slices.Max(weights) * (1 - asGood)
	first := -1
	for i, w := range weights {
		if w < least {
			continue
		}
		if first >= 0 {
			f := open[first].span
			if apart := open[i].span.Overlap(f) == 0; apart && open[i].span.Start > f.Start || !apart && w <= weights[first] {
				continue
			}
		}
		first = i
	}
	return first
}

// closeness returns how much less s counts for the one of chosen nearest to it.
func closeness(s vig.Span, chosen []appraisal) float64 {
	var most float64
	for i := range chosen {
		c := chosen[i].span
		gap := max(c.Start-s.End, s.Start-c.End)
		most = max(most, nearness*math.Exp(-gap.Seconds()/spread.Seconds()))
	}
	return most
}

// moments returns the suggestions, the strongest first.
func (m *meeting) moments(want int) []vig.Moment {
	var out []vig.Moment
	for i, a := range m.choose(want) {
		out = append(out, vig.Moment{
			ID:         fmt.Sprintf("m%d", i+1),
			Rank:       i + 1,
			Span:       a.span,
			Coverage:   a.coverage,
			Principles: a.principles(m),
			Evidence:   a.evidence(m),
		})
	}
	return out
}

// draftReel returns the ids of the best moments that fit into a reel, in the
// order in which they play: that of the film.
func draftReel(ms []vig.Moment) []string {
	var reel []vig.Moment
	var length time.Duration
	for _, m := range ms {
		if len(reel) < reelMoments && length+m.Span.Length() <= longestReel {
			reel = append(reel, m)
			length += m.Span.Length()
		}
	}
	slices.SortStableFunc(reel, func(a, b vig.Moment) int { return int(a.Span.Start - b.Span.Start) })
	var ids []string
	for _, m := range reel {
		ids = append(ids, m.ID)
	}
	return ids
}
