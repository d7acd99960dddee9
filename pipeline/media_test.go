package pipeline

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"attune/internal/vig"
)

// each runs the test on every film of a shared folder.
func each(t *testing.T, folder string, test func(t *testing.T, path string)) {
	dir := sharedMedia(t, folder)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Run(e.Name(), func(t *testing.T) { test(t, filepath.Join(dir, e.Name())) })
	}
}

func TestSharedFilms(t *testing.T) {
	for _, folder := range []string{"real", "containers"} {
		each(t, folder, func(t *testing.T, path string) {
			film, err := openFile(t, path, Config{})
			if filepath.Base(path) == "sample_vvc.mp4" {
				if vig.CodeOf(err) != vig.CodeUnsupported {
					t.Errorf("%v, want code unsupported", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if film.Info().Duration > time.Minute {
				t.Skip("too long for a test; the benchmarks read it")
			}
			times := probeTimes(t, path)
			want := answers(times, 6)
			got := samples(t, film, FramesConfig{})
			if len(got) != len(want) {
				t.Fatalf("%d samples, want %d", len(got), len(want))
			}
			for i, n := range want {
				if !near(got[i].Time, times[n], time.Microsecond) {
					t.Errorf("sample %d lies at %v, want %v", i, got[i].Time, times[n])
				}
			}
			if film.Info().AudioCodec != "" && len(pcm(t, film)) == 0 {
				t.Error("no sound")
			}
			if film.Info().CorruptPackets != 0 || len(film.Info().Notes) != 0 {
				t.Errorf("info of a sound film: %+v", film.Info())
			}
		})
	}
}

func TestSharedBrokenFilms(t *testing.T) {
	each(t, "broken", func(t *testing.T, path string) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		n := 0
		film, err := openFile(t, path, Config{})
		if err == nil {
			n, err = drain(ctx, film)
		}
		switch vig.CodeOf(err) {
		case vig.CodeInvalid, vig.CodeUnsupported:
		case "":
			if n == 0 {
				t.Error("neither a sample nor a reason")
			}
		default:
			t.Error(err)
		}
		t.Log(n, err)
	})
}
