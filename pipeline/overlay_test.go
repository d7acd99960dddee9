package pipeline

import (
	"path/filepath"
	"testing"
	"time"

	"attune/internal/testfilm"
	"attune/internal/testfilm/testfilmtest"
	"attune/internal/vig"
)

// An overlay is as long as its film, upright, and shows what was drawn.
func TestOverlay(t *testing.T) {
	t.Parallel()
	const length = 4 * time.Second
	source, _ := testfilmtest.Cached(t, testfilm.Film{Width: 320, Height: 180, Duration: length, Rotation: 90})
	film := mustOpen(t, source, Config{})
	path := filepath.Join(t.TempDir(), "overlay.mp4")
	var drawn []time.Duration
	done := 0.0
	err := film.Overlay(t.Context(), path, OverlayConfig{
		FramesConfig: FramesConfig{Hz: 6, LongSide: 320},
		Draw: func(s vig.Sample) error {
			drawn = append(drawn, s.Time)
			for i := range s.Picture.BGR { // all green
				s.Picture.BGR[i] = 0
				if i%3 == 1 {
					s.Picture.BGR[i] = 255
				}
			}
			return nil
		},
		Progress: func(share float64) { done = share },
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(drawn) != 24 || done != 1 {
		t.Errorf("%d samples were drawn on, done %v; want 24, 1", len(drawn), done)
	}
	overlay := mustOpen(t, path, Config{})
	info := overlay.Info()
	if info.Width != 320 || info.Height != 180 || (info.Duration-length).Abs() > time.Millisecond || info.AudioCodec != "aac" {
		t.Errorf("the overlay is %d×%d, %v long, with sound %q; want 320×180, %v, aac", info.Width, info.Height, info.Duration, info.AudioCodec, length)
	}
	for sample, err := range overlay.Frames(t.Context(), FramesConfig{}) {
		if err != nil {
			t.Fatal(err)
		}
		middle := sample.Picture.BGR[3*(90*320+160):]
		if middle[0] > 20 || middle[1] < 230 || middle[2] > 20 {
			t.Errorf("at %v the middle is BGR %v, want green", sample.Time, middle[:3])
		}
	}
}
