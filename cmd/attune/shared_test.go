package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// films returns the films in a folder beside the project, or skips.
func films(t *testing.T, folder string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(shared(), "media", folder, "*"))
	if err != nil || len(found) == 0 {
		t.Skipf("needs the films of %s beside the project (ATTUNE_SHARED)", folder)
	}
	return found
}

// Every film that people and phones make is analysed.
func TestSharedFilms(t *testing.T) {
	t.Parallel()
	for _, film := range append(films(t, "real"), films(t, "containers")...) {
		name := filepath.Base(film)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "sample_vvc.mp4" { // no decoder: refused with a reason
				if got := attune("analyze", film); got.code != exitUnsupported || !strings.Contains(got.stderr, "vvc") {
					t.Errorf("exit code %d, said %q", got.code, got.stderr)
				}
				return
			}
			_, a := analyzed(t, film, "--models", sharedModels())
			if strings.HasPrefix(name, "no_face") && len(a.Moments) > 0 {
				t.Errorf("moments in a film without a face: %v", a.Moments)
			}
		})
	}
}

// A broken film ends in a result or in one line that says why, never in a
// crash.
func TestSharedBrokenFilms(t *testing.T) {
	t.Parallel()
	for _, film := range films(t, "broken") {
		t.Run(filepath.Base(film), func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "result")
			got := attune("analyze", film, "-o", dir, "--models", sharedModels())
			_, err := os.Stat(dir)
			switch got.code {
			case exitOK:
				findings(t, dir)
			case exitInvalid, exitUnsupported:
				last := got.stderr[strings.LastIndex(strings.TrimSpace(got.stderr), "\n")+1:]
				if !strings.HasPrefix(last, "attune: ") || len(last) < 20 || !os.IsNotExist(err) {
					t.Errorf("said %q, and the folder: %v", last, err)
				}
			default:
				t.Errorf("exit code %d: %s", got.code, got.stderr)
			}
		})
	}
}
