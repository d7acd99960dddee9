package models

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"attune/internal/vig"
)

func TestFind(t *testing.T) {
	t.Parallel()
	empty, first, second, wrong := t.TempDir(), t.TempDir(), t.TempDir(), t.TempDir()
	path := put(t, first, small.File, content)
	put(t, second, small.File, content)
	bad := put(t, wrong, small.File, []byte("something else"))
	absent := filepath.Join(empty, "absent")

	if got, err := small.Find(absent, empty, first, wrong, second); err != nil || got != path {
		t.Errorf("found %q, %v; want %q", got, err, path)
	}
	if _, err := small.Find(absent, empty); vig.CodeOf(err) != vig.CodeNotFound {
		t.Errorf("nowhere: error %v, want code notfound", err)
	}
	_, err := small.Find(empty, wrong, first)
	if vig.CodeOf(err) != vig.CodeInvalid || !strings.Contains(err.Error(), bad) {
		t.Errorf("a wrong file before the right one: error %v, want code invalid that names %s", err, bad)
	}
}

func TestDirs(t *testing.T) {
	t.Setenv("ATTUNE_MODELS", "/models")
	t.Setenv("XDG_DATA_HOME", "/data")
	t.Setenv("ATTUNE_SHARED", "/shared")
	want := []string{"/flag", "/models", "models", "/data/attune/models", "/usr/share/attune/models", "/shared/models"}
	if diff := cmp.Diff(want, Dirs("/flag")); diff != "" {
		t.Error(diff)
	}

	t.Setenv("ATTUNE_MODELS", "")
	t.Setenv("XDG_DATA_HOME", "relative")
	t.Setenv("HOME", "/home/anna")
	t.Setenv("ATTUNE_SHARED", "")
	want = []string{"models", "/home/anna/.local/share/attune/models", "/usr/share/attune/models", "../shared/models"}
	if diff := cmp.Diff(want, Dirs("")); diff != "" {
		t.Error(diff)
	}
}
