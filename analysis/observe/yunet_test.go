package observe

import (
	"testing"
	"time"

	"attune/internal/vig"
)

// TestBelieved follows one low score after another.
func TestBelieved(t *testing.T) {
	t.Parallel()
	here, there := vig.Box{X: 0.1, Y: 0.1, W: 0.1, H: 0.2}, vig.Box{X: 0.7, Y: 0.1, W: 0.1, H: 0.2}
	y := &yunet{}
	for _, step := range []struct {
		at    time.Duration
		box   vig.Box
		score float64
		want  bool
	}{
		{0, here, 0.7, false},
		{time.Second, here, 0.8, true},
		{time.Second + 200*time.Millisecond, here, 0.5, true},
		{time.Second + 400*time.Millisecond, there, 0.7, false},
		{2*time.Second + 200*time.Millisecond, here, 0.6, true},
		{4 * time.Second, here, 0.7, false},
	} {
		got := y.believed(step.at, []found{{Face: vig.Face{Box: step.box, Confidence: step.score}}})
		if (len(got) == 1) != step.want {
			t.Errorf("at %v a face with %v: %v, want %v", step.at, step.score, !step.want, step.want)
		}
	}
}
