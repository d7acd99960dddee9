package store

import (
	"testing"
	"time"

	"attune/internal/vig"
)

// Edges are the same to the microsecond, in which they are told, and no further.
func TestSameEdges(t *testing.T) {
	t.Parallel()
	was := vig.Span{Start: 1_001_000_000, End: 9_976_633_333}
	for by, same := range map[time.Duration]bool{-333: true, -999: true, 999: true, -time.Microsecond: false, time.Microsecond: false, time.Millisecond: false} {
		moved := vig.Span{Start: was.Start + by, End: was.End + by}
		if got := sameEdges(was, moved) == was; got != same {
			t.Errorf("moved by %v they are the same: %v", by, got)
		}
		changes := Manifest{Clips: []ManifestClip{{Clip: "c", Start: Seconds(was.Start), End: Seconds(was.End)}}}.Changes([]Clip{{ID: "c", Span: moved}})
		if changes.Any() == same {
			t.Errorf("moved by %v the changes are %+v", by, changes)
		}
	}
}
