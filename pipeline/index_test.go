package pipeline

import (
	"testing"
	"time"
)

// The index has every frame at its time, also of films of which most frames are
// not decoded.
func TestIndex(t *testing.T) {
	t.Parallel()
	for _, film := range sampledFilms {
		t.Run(film.name, func(t *testing.T) {
			t.Parallel()
			path := greyFilm(t, film.frames, film.file, film.args...)
			f := mustOpen(t, path, Config{})
			if n := f.Index().Frames(); n != 0 {
				t.Errorf("before the film was read, it has %d frames", n)
			}
			samples(t, f, FramesConfig{})
			want, index := probeTimes(t, path), f.Index()
			if index.Frames() != len(want) {
				t.Fatalf("%d frames, want %d", index.Frames(), len(want))
			}
			at, i := int64(0), 0
			for _, run := range index.Runs {
				for range run.Count {
					at, i = at+run.Delta, i+1
					if got := time.Duration(at * index.Num * int64(time.Second) / index.Den); !near(got, want[i], time.Microsecond) {
						t.Fatalf("frame %d lies at %v, want %v", i, got, want[i])
					}
				}
			}
		})
	}
}

// Evenly spaced frames take one line, however many they are.
func TestIndexIsShort(t *testing.T) {
	t.Parallel()
	f := mustOpen(t, greyFilm(t, 120, "f.mp4", "-c:v", "libx264", "-bf", "3"), Config{})
	samples(t, f, FramesConfig{})
	if runs := f.Index().Runs; len(runs) != 1 || runs[0].Count != 119 {
		t.Errorf("the runs are %v", runs)
	}
}

// The clock of a browser begins with the first stream.
func TestIndexStart(t *testing.T) {
	t.Parallel()
	picture := []string{"-f", "lavfi", "-i", "color=s=64x48:r=25:d=2"}
	late := []string{"-f", "lavfi", "-itsoffset", "0.4", "-i", "color=s=64x48:r=25:d=2"}
	sound := []string{"-f", "lavfi", "-i", "sine=d=2"}
	for _, test := range []struct {
		name, file string
		args       [][]string
		want       time.Duration
	}{
		{"picture alone", "f.mp4", [][]string{picture}, 0},
		{"together", "f.mkv", [][]string{picture, sound}, 0},
		{"the sound is first", "f.mkv", [][]string{late, sound}, 400 * time.Millisecond},
		{"picture alone, late", "f.ts", [][]string{late, {"-muxdelay", "0"}}, 0},
	} {
		var args []string
		for _, a := range test.args {
			args = append(args, a...)
		}
		f := mustOpen(t, madeFilm(t, test.file, args...), Config{})
		samples(t, f, FramesConfig{})
		// Matroska keeps times in milliseconds; Opus and Vorbis begin before what is heard.
		if got := f.Index().Start; !near(got, test.want, 25*time.Millisecond) {
			t.Errorf("%s: the first frame is at %v of a browser's clock, want %v", test.name, got, test.want)
		}
	}
}
