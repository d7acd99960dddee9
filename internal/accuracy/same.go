package accuracy

import (
	"time"

	"attune/internal/testfilm"
	"attune/internal/vig"
)

// SameIoU is the overlap from which two suggestions are the same one, and Best
// how many of the first are compared.
const (
	SameIoU = 0.5
	Best    = 3
)

// BestKept returns how many of the first [Best] suggestions of a are among the
// first of b, and how many there are.
func BestKept(a, b []vig.Span) (kept, of int) {
	a, b = a[:min(len(a), Best)], b[:min(len(b), Best)]
	for _, s := range a {
		for _, o := range b {
			if s.IoU(o) >= SameIoU {
				kept++
				break
			}
		}
	}
	return kept, len(a)
}

// EndsWithin returns how many ends of the suggestions that show chains, two
// each, lie within so much of those of the chain, and how many there are.
func EndsWithin(chains []testfilm.Chain, spans []vig.Span, within time.Duration) (close, of int) {
	for _, c := range chains {
		var best vig.Span
		for _, s := range spans {
			if c.Span.IoU(s) > c.Span.IoU(best) {
				best = s
			}
		}
		if c.Span.IoU(best) < ChainIoU {
			continue
		}
		for _, off := range []time.Duration{best.Start - c.Span.Start, best.End - c.Span.End} {
			of++
			if off.Abs() <= within {
				close++
			}
		}
	}
	return close, of
}
