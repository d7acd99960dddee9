package analysis

import (
	"time"

	"attune/internal/vig"
)

// returned is a turn of the head to the other that the other returns: one is
// turned first, and while that lasts the other turns too.
type returned struct {
	span  vig.Span // from the first turn of the head to the end of the other
	first int      // who turned first
	after time.Duration
}

// returns finds the turns of the head that are returned, as an answer would
// be: not at once, which is chance, and not late.
func returns(facing [2]spans, shifted [2][]time.Duration) []returned {
	var out []returned
	for first := range facing {
		for _, at := range shifted[first] {
			for _, u := range shifted[1-first] {
				after := u - at
				if after < leastLatency || after > gazeTurn+maxLatency {
					continue
				}
				s := vig.Span{Start: at, End: u + gazeTurn}
				if facing[first].overlap(s) == s.Length() {
					out = append(out, returned{span: s, first: first, after: after})
				}
				break
			}
		}
	}
	return out
}
