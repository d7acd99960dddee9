package testfilm

import (
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestCached(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	f := small(Film{})
	f.Duration = time.Second
	path, truth := Cached(t, f)
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	again, same := Cached(t, f)
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
	if other, _ := Cached(t, f); other == path {
		t.Error("another film has the same name")
	}
}
