package report

import (
	"cmp"
	"slices"
	"time"

	"attune/internal/vig"
)

// SameIoU is the overlap, intersection over union, from which two suggestions
// are taken for the same: more of them in common than not.
const SameIoU = 0.5

// Pair is a suggestion of one analysis beside that of another. One of them is
// nil where the other analysis has none there.
type Pair struct {
	A, B *vig.Moment
}

// Same reports whether both are there, with the same rank and span.
func (p Pair) Same() bool {
	return p.A != nil && p.B != nil && p.A.Rank == p.B.Rank && p.A.Span == p.B.Span
}

func (p Pair) start() time.Duration {
	if p.A != nil {
		return p.A.Span.Start
	}
	return p.B.Span.Start
}

// Pairs matches the suggestions of two analyses of one film, the most alike
// first, and returns them in order of time.
func Pairs(a, b Analysis) []Pair {
	var pairs []Pair
	free := map[*vig.Moment]bool{}
	for i := range b.Moments {
		free[&b.Moments[i]] = true
	}
	type match struct {
		a, b *vig.Moment
		iou  float64
	}
	var matches []match
	for i := range a.Moments {
		for j := range b.Moments {
			m := match{&a.Moments[i], &b.Moments[j], a.Moments[i].Span.IoU(b.Moments[j].Span)}
			if m.iou >= SameIoU {
				matches = append(matches, m)
			}
		}
	}
	slices.SortStableFunc(matches, func(x, y match) int { return cmp.Compare(y.iou, x.iou) })
	matched := map[*vig.Moment]bool{}
	for _, m := range matches {
		if !matched[m.a] && free[m.b] {
			matched[m.a], free[m.b] = true, false
			pairs = append(pairs, Pair{m.a, m.b})
		}
	}
	for i := range a.Moments {
		if m := &a.Moments[i]; !matched[m] {
			pairs = append(pairs, Pair{A: m})
		}
	}
	for i := range b.Moments {
		if m := &b.Moments[i]; free[m] {
			pairs = append(pairs, Pair{B: m})
		}
	}
	slices.SortStableFunc(pairs, func(x, y Pair) int { return cmp.Compare(x.start(), y.start()) })
	return pairs
}
