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
	truth, err := Make(t.Context(), path, f, nil)
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

// TestMarks measures when the beeps begin against the first frame.
func TestMarks(t *testing.T) {
	t.Parallel()
	needFFmpeg(t)
	for name, f := range map[string]Film{
		"plain":       {},
		"swing":       {Timing: Swing},
		"hole":        {Timing: Hole},
		"late sound":  {Start: 5 * time.Second, SoundDelay: 300 * time.Millisecond, Container: MKV},
		"early sound": {SoundDelay: -400 * time.Millisecond},
		"opus":        {Codec: VP9, Container: WebM},
		"ts":          {Start: 5 * time.Second, Container: TS},
		"rotated":     {Rotation: 90},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f.Script, f.Marked = Nobody(), true
			f.Width, f.Height, f.Duration = 160, 90, 8*time.Second
			path := filepath.Join(t.TempDir(), "film"+f.Container.Ext())
			truth, err := Make(t.Context(), path, f, nil)
			if err != nil {
				t.Fatal(err)
			}
			p := probe(t, path)
			late := parse(t, p.Streams[1].StartTime) - parse(t, p.Streams[0].StartTime)
			pcm := run(t, "ffmpeg", "-v", "error", "-i", path, "-vn", "-f", "s16le", "-ac", "1", "-ar", "48000", "-")
			var beeps []time.Duration
			quiet := time.Second // since the last loud sample
			for i := 0; i+1 < len(pcm); i += 2 {
				loud := math.Abs(float64(int16(uint16(pcm[i])|uint16(pcm[i+1])<<8))) > 0.5*beepLevel*32768
				if loud && quiet > markLength {
					beeps = append(beeps, late+time.Duration(i/2)*time.Second/SampleRate)
				}
				if quiet += time.Second / SampleRate; loud {
					quiet = 0
				}
			}
			if len(beeps) != len(truth.Marks) {
				t.Fatalf("beeps at %v, want %v", beeps, truth.Marks)
			}
			for i, m := range truth.Marks {
				// Opus starts within 6.5 ms before the time that ffprobe gives; aac is exact.
				if !near(beeps[i], m, 8*time.Millisecond) {
					t.Errorf("beep at %v, want %v", beeps[i], m)
				}
			}
		})
	}
}

// TestVoicePitch measures the pitch of voices by autocorrelation.
func TestVoicePitch(t *testing.T) {
	t.Parallel()
	for _, pitch := range []float64{120, 170, 215, 300, 390} {
		v := Voice{Span: vig.Span{End: time.Second}, Pitch: pitch}
		sound := make([]float64, SampleRate)
		v.add(sound, 0)
		at, window := SampleRate/4, SampleRate/25
		best, lag := 0.0, 0
		for l := SampleRate / 500; l <= SampleRate/75; l++ {
			ab, aa, bb := 0.0, 0.0, 0.0
			for i := at; i < at+window; i++ {
				ab += sound[i] * sound[i+l]
				aa += sq(sound[i])
				bb += sq(sound[i+l])
			}
			// The first period, not a multiple that fits as well.
			if r := ab / math.Sqrt(aa*bb); r > best+0.02 {
				best, lag = r, l
			}
		}
		want := pitch * (1 + 0.1*math.Sin(math.Pi*0.25)) // of the melody, a quarter through
		if got := SampleRate / float64(lag); math.Abs(got/want-1) > 0.04 || best < 0.9 {
			t.Errorf("voice of %v Hz: measured %.1f Hz (r %.2f), want %.1f", pitch, got, best, want)
		}
	}
}
