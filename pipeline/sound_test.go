package pipeline

import (
	"math"
	"testing"
	"time"

	"attune/internal/vig"
)

// beeps is a source of sound that is silent but for 0.2 s of 440 Hz at each of
// the given seconds of its own clock.
const beeps = "aevalsrc='0.5*sin(2*PI*440*t)*(between(t,0.5,0.7)+between(t,1.5,1.7)+between(t,2.5,2.7))':s=44100:d=3"

// onsets returns the times at which sound begins after silence.
func onsets(pcm []float32) (times []time.Duration) {
	const window = SoundRate / 500 // 2 ms
	quiet := 0
	for i := 0; i+window <= len(pcm); i += window {
		peak := 0.0
		for _, v := range pcm[i : i+window] {
			peak = max(peak, math.Abs(float64(v)))
		}
		if peak < 0.1 {
			quiet += window
			continue
		}
		if quiet > SoundRate/20 {
			times = append(times, time.Duration(i)*time.Second/SoundRate)
		}
		quiet = 0
	}
	return times
}

func TestSoundLiesWhereItWasHeard(t *testing.T) {
	t.Parallel()
	picture := []string{"-f", "lavfi", "-i", "color=gray:s=64x48:r=25:d=3"}
	for _, test := range []struct {
		name, file string
		input      []string // before the sound
		output     []string
		shift      time.Duration // of the sound against the picture
		lost       int           // beeps that are cut off
	}{
		{"AAC in MP4", "f.mp4", nil, []string{"-c:a", "aac"}, 0, 0},
		{"Opus in WebM", "f.webm", nil, []string{"-c:v", "libvpx", "-c:a", "libopus"}, 0, 0},
		{"Opus in MP4", "f.mp4", nil, []string{"-c:a", "libopus"}, 0, 0},
		{"MP3 in MP4", "f.mp4", nil, []string{"-c:a", "libmp3lame"}, 0, 0},
		{"Vorbis in Matroska", "f.mkv", nil, []string{"-c:a", "libvorbis"}, 0, 0},
		// AVI cannot say that an encoder puts 1,105 samples before the sound.
		{"MP3 in AVI", "f.avi", nil, []string{"-c:v", "mpeg4", "-c:a", "libmp3lame"}, 25 * time.Millisecond, 0},
		{"PCM in AVI", "f.avi", nil, []string{"-c:v", "mjpeg", "-c:a", "pcm_s16le"}, 0, 0},
		{"PCM in QuickTime", "f.mov", nil, []string{"-c:a", "pcm_s24be"}, 0, 0},
		{"MP2 in a transport stream", "f.ts", nil, []string{"-c:a", "mp2"}, 0, 0},
		{"AC-3, six channels", "f.mkv", nil, []string{"-c:a", "ac3", "-ac", "6"}, 0, 0},
		{"stereo at 48 kHz", "f.mp4", nil, []string{"-c:a", "aac", "-ac", "2", "-ar", "48000"}, 0, 0},
		{"telephone A-law", "f.mov", nil, []string{"-c:a", "pcm_alaw", "-ar", "8000"}, 0, 0},
		{"sound begins later", "f.mp4", []string{"-itsoffset", "0.8"}, []string{"-c:a", "aac"}, 800 * time.Millisecond, 0},
		{"sound begins later, in Matroska", "f.mkv", []string{"-itsoffset", "0.8"}, []string{"-c:a", "libopus"}, 800 * time.Millisecond, 0},
		{"sound begins earlier", "f.mkv", []string{"-itsoffset", "-0.9"}, []string{"-c:a", "aac"}, -900 * time.Millisecond, 1},
		{"all starts at 10 s", "f.mkv", nil, []string{"-c:a", "aac", "-output_ts_offset", "10"}, 0, 0},
		{"a gap in the sound", "f.mkv", nil, []string{"-af", "aselect='not(between(t,0.9,1.3))'", "-c:a", "pcm_s16le"}, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			args := append(append(picture, test.input...), "-f", "lavfi", "-i", beeps)
			path := madeFilm(t, test.file, append(args, test.output...)...)
			film := mustOpen(t, path, Config{})
			got := onsets(pcm(t, film))
			var want []time.Duration
			for _, at := range []time.Duration{500, 1500, 2500} {
				want = append(want, at*time.Millisecond+test.shift)
			}
			want = want[test.lost:]
			if len(got) != len(want) {
				t.Fatalf("beeps begin at %v, want %v", got, want)
			}
			for i := range got {
				if !near(got[i], want[i], 3*time.Millisecond) { // a window, and what coding smears
					t.Errorf("beeps begin at %v, want %v", got, want)
					break
				}
			}
		})
	}
}

func TestSoundEndsWhereItEnds(t *testing.T) {
	t.Parallel()
	for seconds, want := range map[string]int{"1": 16000, "3": 48000} {
		path := madeFilm(t, "f.mkv", "-f", "lavfi", "-i", "color=gray:s=64x48:r=25:d=2",
			"-f", "lavfi", "-i", "sine=d="+seconds, "-c:a", "pcm_s16le")
		film := mustOpen(t, path, Config{})
		sound := pcm(t, film)
		if n := len(sound); n < want-32 || n > want+32 { // 2 ms: Matroska's clock
			t.Errorf("%s s of sound gave %d samples, want %d", seconds, n, want)
		}
		sum := 0.0
		for _, v := range sound {
			sum += float64(v) * float64(v)
		}
		// The sine filter's tone has an amplitude of 1/8.
		if rms := math.Sqrt(sum / float64(len(sound))); math.Abs(rms-1/8.0/math.Sqrt2) > 0.002 {
			t.Errorf("loudness is %.4f, want %.4f", rms, 1/8.0/math.Sqrt2)
		}
	}
}

func TestFilmWithoutSound(t *testing.T) {
	t.Parallel()
	film := mustOpen(t, greyFilm(t, 10, "f.mp4", "-c:v", "libx264"), Config{})
	if film.Info().AudioCodec != "" || len(pcm(t, film)) != 0 {
		t.Errorf("a film without sound has %q", film.Info().AudioCodec)
	}
}

func TestSoundThatIsNotTaken(t *testing.T) {
	t.Parallel()
	film := mustOpen(t, madeFilm(t, "f.mkv", "-f", "lavfi", "-i", "color=gray:s=64x48:r=25:d=1",
		"-f", "lavfi", "-i", "sine=d=1", "-c:a", "flac"), Config{})
	if i := film.Info(); i.AudioCodec != "" || len(i.Notes) != 1 {
		t.Errorf("info %+v; want no sound and a note", i)
	}
	if n := len(samples(t, film, FramesConfig{})); n != 6 {
		t.Errorf("%d samples, want 6", n)
	}
}

func TestSoundStopsEarly(t *testing.T) {
	t.Parallel()
	film := mustOpen(t, madeFilm(t, "f.mp4", "-f", "lavfi", "-i", "color=gray:s=64x48:r=25:d=4",
		"-f", "lavfi", "-i", "sine=d=4", "-c:a", "aac"), Config{})
	for s, err := range film.Sound(t.Context()) {
		if err != nil || len(s.PCM) != soundBlock {
			t.Errorf("%d samples, %v", len(s.PCM), err)
		}
		break
	}
	if soundBlock%int(SoundRate*vig.SoundStep/time.Second) != 0 {
		t.Error("a block does not hold whole steps")
	}
}
