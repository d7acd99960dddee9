package testfilm

import (
	"math"
	"path/filepath"
	"testing"
	"time"

	"attune/internal/vig"
)

// TestSound finds voices and beeps where the truth says, by the sound's level.
func TestSound(t *testing.T) {
	t.Parallel()
	needFFmpeg(t)
	f := small(Film{Marked: true})
	path := filepath.Join(t.TempDir(), "film.mp4")
	truth, err := Make(t.Context(), path, f)
	if err != nil {
		t.Fatal(err)
	}
	pcm := run(t, "ffmpeg", "-v", "error", "-i", path, "-vn", "-f", "s16le", "-ac", "1", "-ar", "48000", "-")
	step := samples(truth.Step)
	for i := range truth.People[0].States {
		// What sounds between the middles of this step's neighbours.
		from, to := time.Duration(i)*truth.Step-truth.Step/2, time.Duration(i)*truth.Step+truth.Step/2
		sounds, silent := false, true
		for _, p := range truth.People {
			for _, v := range p.Voices {
				sounds = sounds || v.Contains(from-30*time.Millisecond) && v.Contains(to+60*time.Millisecond)
				silent = silent && v.Overlap(vig.Span{Start: from - 50*time.Millisecond, End: to + 50*time.Millisecond}) == 0
			}
		}
		for _, m := range truth.Marks {
			silent = silent && (vig.Span{Start: m, End: m + markLength}).Overlap(vig.Span{Start: from - 50*time.Millisecond, End: to + 50*time.Millisecond}) == 0
		}
		lo := samples(from)
		if lo < 0 || 2*(lo+step) > len(pcm) {
			continue
		}
		level := 0.0
		for k := lo; k < lo+step; k++ {
			level += sq(float64(int16(uint16(pcm[2*k])|uint16(pcm[2*k+1])<<8)) / 32768)
		}
		db := 10 * math.Log10(level/float64(step)+1e-12)
		if sounds && db < -40 || silent && db > -50 {
			t.Errorf("%.1f dB at %v; sounds %v, silent %v", db, from, sounds, silent)
		}
	}
}
