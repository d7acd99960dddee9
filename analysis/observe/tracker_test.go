package observe

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestSuppress makes one of two boxes on one head.
func TestSuppress(t *testing.T) {
	t.Parallel()
	left := tracked{head: head{100, 100, 60}, confidence: 0.6, seen: time.Second}
	leftWeaker := tracked{head: head{108, 104, 70}, confidence: 0.5, seen: time.Second}
	leftEarlier := tracked{head: head{102, 100, 60}, confidence: 0.9}
	right := tracked{head: head{300, 100, 60}, confidence: 0.2}
	got := suppress([]tracked{right, leftEarlier, leftWeaker, left})
	if diff := cmp.Diff([]tracked{left, right}, got, cmp.AllowUnexported(tracked{}, head{})); diff != "" {
		t.Error(diff)
	}
}

// TestWays counts how often each way of looking has its turn.
func TestWays(t *testing.T) {
	t.Parallel()
	one, two := make([]tracked, 1), make([]tracked, 2)
	for name, tt := range map[string]struct {
		faces []tracked
		every int // samples from one turn of the same way to the next
	}{
		"one person": {one, 3 * searchSoon},
		"two people": {two, 3 * searchEvery},
	} {
		tr := &tracker{faces: tt.faces}
		all := []int{frontal, leftward, rightward}
		if got := tr.ways(false); !slices.Equal(got, all) {
			t.Errorf("%s: at the start %v", name, got)
		}
		turns := map[int]int{}
		for tr.sample = 1; tr.sample <= 2*tt.every; tr.sample++ {
			for _, way := range tr.ways(false) {
				turns[way]++
			}
		}
		if want := map[int]int{frontal: 2, leftward: 2, rightward: 2}; !cmp.Equal(want, turns) {
			t.Errorf("%s: turns %v, want %v", name, turns, want)
		}
		if got := tr.ways(true); !slices.Equal(got, all) {
			t.Errorf("%s: all lost: %v", name, got)
		}
	}
}
