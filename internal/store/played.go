package store

import (
	"cmp"
	"slices"
	"time"

	"attune/internal/vig"
)

// Of a clip a little need not have been played for it to be kept, nor of a reel
// for it to be confirmed: players tell where they are some times a second, and
// who trims a clip by frames has seen what they stepped over. It is the larger
// of these two, and at most half of what is very short.
const (
	unplayedTime  = time.Second
	unplayedShare = 10 // one in so many
)

// covered reports whether enough of a span was played.
func covered(span vig.Span, played []vig.Span) bool {
	return unplayed(span, played) <= min(max(unplayedTime, span.Length()/unplayedShare), span.Length()/2)
}

// unplayed returns how much of a span was not played.
func unplayed(span vig.Span, played []vig.Span) time.Duration {
	missing := span.Length()
	for _, p := range played {
		missing -= p.Overlap(span)
	}
	return missing
}

// withPlayed returns what was played with what more is told, in order and apart,
// of something of that length; 0 is one that is not known.
func withPlayed(was, more []vig.Span, length time.Duration) ([]vig.Span, error) {
	if len(more) > maxSpans {
		return nil, refuse(vig.CodeInvalid, "%d spans at once, and %d can be told", len(more), maxSpans)
	}
	all := slices.Clone(was)
	for _, span := range more {
		if err := checkSpan(span, 0); err != nil {
			return nil, err
		}
		if length > 0 {
			span = span.Clamp(vig.Span{End: length}) // a player may know the end less exactly
		}
		if span.Length() > 0 {
			all = append(all, span)
		}
	}
	return joined(all), nil
}

// joined returns spans in order, those that overlap or touch as one.
func joined(spans []vig.Span) []vig.Span {
	slices.SortFunc(spans, func(a, b vig.Span) int { return cmp.Compare(a.Start, b.Start) })
	apart := []vig.Span{}
	for _, span := range spans {
		if last := len(apart) - 1; last >= 0 && span.Start <= apart[last].End {
			apart[last] = apart[last].Union(span)
		} else {
			apart = append(apart, span)
		}
	}
	return apart
}
