package analysis

import (
	"time"

	"attune/internal/vig"
)

// Chain is a run of turns of two people in which each answers the one before.
type Chain struct {
	Span      vig.Span
	Initiator vig.PersonID // who began
	Receiver  vig.PersonID // who answered first
	Turns     []Turn       // in order of time

	alternations int // how often the turn passed from one to the other
}

const (
	// An answer begins at least leastLatency after the turn it answers began:
	// nobody reacts faster on purpose. And it begins at most maxLatency after
	// that turn ended: small children answer after about 1 s on average (Nguyen
	// et al., A systematic review and Bayesian meta-analysis of the development
	// of turn-taking in adult–child vocal interactions, Child Development 93,
	// 2022; Hilbrink, Gattis and Levinson, Frontiers in Psychology 6:1492, 2015);
	// 3 s is the bound of the design.
	leastLatency = 300 * time.Millisecond
	maxLatency   = 3 * time.Second
	// leastAlternations make a chain: the initiative, its answer, and the turn
	// that comes of it.
	leastAlternations = 2
	// leastFacingInChain is for how long one of the two must be turned to the
	// other: people who turn away from each other all the time may alternate
	// by chance.
	leastFacingInChain = 500 * time.Millisecond
	// mostApart is the share of the time from the end of a turn to that of its
	// answer in which both may be seen turned elsewhere: more, and the one does
	// not answer the other. Synthetic films.
	mostApart = 1.0 / 3
)

// chains finds the runs of answers in turns, which are those of both people in
// order of time. At least one of the two is turned to the other while facing
// runs, and both are seen turned elsewhere while apart does.
func chains(turns []Turn, facing, apart spans) []Chain {
	var out []Chain
	var run []Turn
	flush := func() {
		if c, ok := newChain(run, facing); ok {
			out = append(out, c)
		}
		run = nil
	}
	for _, t := range turns {
		if t.who < 0 {
			continue
		}
		if n := len(run); n > 0 {
			last := run[n-1]
			if t.who != last.who && t.Span.Start < last.Span.Start+leastLatency {
				continue // both at once: no answer, and no end of the chain
			}
			between := vig.Span{Start: last.Span.End, End: max(last.Span.End, t.Span.End)}
			if t.Span.Start > last.Span.End+maxLatency || share(apart.overlap(between), between.Length()) > mostApart {
				flush()
			}
		}
		run = append(run, t)
	}
	flush()
	return out
}

// newChain makes a chain of run, without the turns at its ends that nobody
// answered, if enough is left.
func newChain(run []Turn, facing spans) (Chain, bool) {
	for len(run) > 1 && run[0].who == run[1].who {
		run = run[1:]
	}
	for n := len(run); n > 1 && run[n-1].who == run[n-2].who; n-- {
		run = run[:n-1]
	}
	if len(run) < leastAlternations+1 {
		return Chain{}, false
	}
	if last := run[len(run)-1]; !last.has(ActVoice) && !last.has(ActMovement) {
		// A chain ends with the last voice or movement where there is one: who
		// turns the head afterwards begins something else.
		if c, ok := newChain(run[:len(run)-1], facing); ok {
			return c, true
		}
	}
	c := Chain{Turns: run, Span: run[0].Span, Initiator: run[0].Person, Receiver: run[1].Person}
	for i := 1; i < len(run); i++ {
		c.Span = c.Span.Union(run[i].Span)
		if run[i].who != run[i-1].who {
			c.alternations++
		}
	}
	if c.alternations < leastAlternations || facing.overlap(c.Span) < leastFacingInChain {
		return Chain{}, false
	}
	return c, true
}

// part returns the chain that the turns of c inside s make by themselves.
func (c Chain) part(s vig.Span, facing spans) (Chain, bool) {
	lo := 0
	for lo < len(c.Turns) && c.Turns[lo].Span.Start < s.Start {
		lo++
	}
	hi := lo
	for hi < len(c.Turns) && c.Turns[hi].Span.End <= s.End {
		hi++
	}
	return newChain(c.Turns[lo:hi], facing)
}
