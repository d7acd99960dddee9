package analysis

import (
	"time"

	"attune/internal/vig"
)

// wait is one of the two turned to the other, still and silent, until the
// other begins.
type wait struct {
	span   vig.Span
	waiter int
	act    Turn // what the other then did
}

const (
	// leastWait is longer than the pause after which somebody mostly goes on
	// (under 1 s) and holds most answers of small children (about 1 s: see
	// maxLatency).
	leastWait = 2 * time.Second
	// longestWait is the part of a long quiet time that is shown as waiting.
	longestWait = 8 * time.Second
	// waitSlack is by how much the one who waits may have turned away again
	// before the other begins.
	waitSlack = 300 * time.Millisecond
)

// waits finds the quiet times of m that end with a voice or a movement of one
// of the two while the other is turned to them. Where the roles are known it
// is the adult who waits.
func waits(m *meeting) []wait {
	adult := m.index(vig.RoleAdult)
	var out []wait
	var quietSince time.Duration
	for _, t := range m.turns {
		quiet := vig.Span{Start: quietSince, End: t.Span.Start}
		quietSince = max(quietSince, t.Span.End)
		if t.who < 0 || t.who == adult || t.Acts[0].Kind == ActGaze {
			continue
		}
		turned := m.facing[1-t.who].within(quiet)
		if len(turned) == 0 {
			continue
		}
		w := turned[len(turned)-1]
		if w.Length() < leastWait || w.End < quiet.End-waitSlack {
			continue
		}
		w.Start = max(w.Start, w.End-longestWait)
		out = append(out, wait{span: w, waiter: 1 - t.who, act: t})
	}
	return out
}
