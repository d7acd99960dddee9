package analysis

import (
	"slices"
	"sort"
	"time"

	"attune/internal/vig"
)

// spans is a list of spans in order of time that do not overlap.
type spans []vig.Span

// union returns what any of the spans of all covers. Spans that are apart by
// less than bridge become one.
func union(all []vig.Span, bridge time.Duration) spans {
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b vig.Span) int { return int(a.Start - b.Start) })
	var u spans
	for _, s := range sorted {
		if s.Length() == 0 {
			continue
		}
		if n := len(u); n > 0 && s.Start <= u[n-1].End+bridge {
			u[n-1].End = max(u[n-1].End, s.End)
			continue
		}
		u = append(u, s)
	}
	return u
}

// from returns the index of the first span that ends after t.
func (ss spans) from(t time.Duration) int {
	return sort.Search(len(ss), func(i int) bool { return ss[i].End > t })
}

// within returns the parts of ss inside s.
func (ss spans) within(s vig.Span) spans {
	var in spans
	for i := ss.from(s.Start); i < len(ss) && ss[i].Start < s.End; i++ {
		if c := ss[i].Clamp(s); c.Length() > 0 {
			in = append(in, c)
		}
	}
	return in
}

// overlap returns for how long ss runs inside s.
func (ss spans) overlap(s vig.Span) time.Duration {
	var sum time.Duration
	for i := ss.from(s.Start); i < len(ss) && ss[i].Start < s.End; i++ {
		sum += ss[i].Overlap(s)
	}
	return sum
}

// length returns for how long ss runs.
func (ss spans) length() time.Duration {
	var sum time.Duration
	for _, s := range ss {
		sum += s.Length()
	}
	return sum
}

// and returns when both ss and o run.
func (ss spans) and(o spans) spans {
	var both spans
	for _, s := range ss {
		both = append(both, o.within(s)...)
	}
	return both
}

// atLeast returns the spans of ss that are no shorter than d.
func (ss spans) atLeast(d time.Duration) spans {
	return slices.DeleteFunc(slices.Clone(ss), func(s vig.Span) bool { return s.Length() < d })
}

// longest returns the longest span of ss, the first of equals.
func (ss spans) longest() vig.Span {
	var l vig.Span
	for _, s := range ss {
		if s.Length() > l.Length() {
			l = s
		}
	}
	return l
}
