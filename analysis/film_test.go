package analysis

import (
	"testing"
	"time"

	"attune/internal/vig"
)

// A film whose sound runs on ends with its picture: nothing after that can be
// watched, or cut.
func TestFilmEndsWithItsPicture(t *testing.T) {
	t.Parallel()
	f := newFilm(vig.Recording{
		Duration:     10 * time.Second,
		Observations: []vig.Observation{{Time: 0}, {Time: 9900 * time.Millisecond}},
		Sound:        make([]vig.SoundFrame, 15*time.Second/vig.SoundStep),
	})
	if f.span.End != 10*time.Second || len(f.sound) != int(10*time.Second/vig.SoundStep) {
		t.Errorf("it ends at %v with %d frames of sound, want 10s and %d", f.span.End, len(f.sound), 10*time.Second/vig.SoundStep)
	}
}
