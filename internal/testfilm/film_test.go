package testfilm

import (
	"testing"
	"time"
)

func TestTimings(t *testing.T) {
	t.Parallel()
	swing := Film{Timing: Swing}.whole().frames()
	lo, hi := time.Hour, time.Duration(0)
	for i := range swing[1:] {
		lo, hi = min(lo, swing[i+1]-swing[i]), max(hi, swing[i+1]-swing[i])
	}
	if lo < 19*time.Millisecond || lo > 22*time.Millisecond || hi < 43*time.Millisecond || hi > 46*time.Millisecond {
		t.Errorf("intervals swing from %v to %v, want 20 to 45 ms", lo, hi)
	}
	hole := Film{Timing: Hole}.whole().frames()
	for i := range hole[1:] {
		want := 40 * time.Millisecond
		if hole[i] < 30*time.Second && hole[i+1] >= 30*time.Second {
			want += HoleLength
		}
		if got := hole[i+1] - hole[i]; got != want {
			t.Errorf("%v after frame %d at %v, want %v", got, i, hole[i], want)
		}
	}
}
