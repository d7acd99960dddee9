package vig

import "time"

// Span is a piece of a film, [Start, End), measured from its first frame.
type Span struct {
	Start, End time.Duration
}

// Length returns how long s is; never negative.
func (s Span) Length() time.Duration { return max(0, s.End-s.Start) }

// Contains reports whether t lies in s.
func (s Span) Contains(t time.Duration) bool { return s.Start <= t && t < s.End }

// Overlap returns how long s and o are both running.
func (s Span) Overlap(o Span) time.Duration {
	return Span{max(s.Start, o.Start), min(s.End, o.End)}.Length()
}

// Union returns the smallest span that holds s and o.
func (s Span) Union(o Span) Span {
	return Span{min(s.Start, o.Start), max(s.End, o.End)}
}

// IoU returns the intersection over union of s and o, 0 to 1 (Jaccard 1912).
// Of two spans that are apart or empty it is 0.
func (s Span) IoU(o Span) float64 {
	both := s.Overlap(o)
	if both == 0 {
		return 0
	}
	return both.Seconds() / (s.Length() + o.Length() - both).Seconds()
}

// Clamp returns the part of s inside o.
func (s Span) Clamp(o Span) Span {
	c := Span{max(s.Start, o.Start), min(s.End, o.End)}
	c.End = max(c.Start, c.End)
	return c
}
