package testfilm

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// kept is Kept, which must succeed.
func kept(t *testing.T, f Film) (string, *Truth) {
	t.Helper()
	path, truth, err := Kept(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	return path, truth
}

func TestKept(t *testing.T) {
	needFFmpeg(t)
	t.Setenv("TMPDIR", t.TempDir())
	f := small(Film{})
	f.Duration = time.Second
	path, truth := kept(t, f)
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	again, same := kept(t, f)
	after, err := os.Stat(again)
	if err != nil {
		t.Fatal(err)
	}
	if again != path || !after.ModTime().Equal(before.ModTime()) {
		t.Errorf("made again: %s, %s", path, again)
	}
	if diff := cmp.Diff(truth, same); diff != "" {
		t.Error(diff)
	}
	f.Seed = 1
	if other, _ := kept(t, f); other == path {
		t.Error("another film has the same name")
	}
}

func TestKeptRemovesOlderFilms(t *testing.T) {
	needFFmpeg(t)
	t.Setenv("TMPDIR", t.TempDir())
	folders := map[string]bool{ // and whether they stay
		keepFolder(renderVersion - 1): false,
		keepFolder(1):                 false,
		keepFolder(renderVersion + 1): true,
		keepFolder("notes"):           true,
	}
	for folder := range folders {
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "film.mp4"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f := small(Film{})
	f.Duration = time.Second
	kept(t, f)
	for folder, stays := range folders {
		if _, err := os.Stat(filepath.Join(folder, "film.mp4")); (err == nil) != stays {
			t.Errorf("%s: %v; stays: %v", filepath.Base(folder), err, stays)
		}
	}
}
