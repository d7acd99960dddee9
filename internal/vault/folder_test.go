package vault

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"attune/internal/vig"
)

func TestFolderIsForItsOwner(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data", "vault")
	b := bundle{Vault: open(t, "file://"+dir), ctx: t.Context()}
	b.put(t, ResultKey("f", "a", "stills/m1.jpg"), []byte("x"))
	files := 0
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(fileMode)
		if e.IsDir() {
			want = folderMode
		} else {
			files++
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
		return nil
	})
	if err != nil || files != 1 {
		t.Errorf("%d files, %v", files, err)
	}
}

func TestFolderIsNotLeft(t *testing.T) {
	outside := t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "original"), []byte("of others"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	v := open(t, "file://"+dir)
	if err := os.Mkdir(filepath.Join(dir, "films"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "films", "f")); err != nil {
		t.Fatal(err)
	}
	if r, err := v.Open(t.Context(), OriginalKey("f")); err == nil {
		_ = r.Close()
		t.Error("a file of another folder was opened")
	}
	if err := v.Delete(t.Context(), OriginalKey("f")); err == nil {
		t.Error("a file of another folder was deleted")
	}
	for e, err := range v.Keys(t.Context(), "") {
		t.Errorf("%s is listed, %v", e.Key, err)
	}
	w, err := v.Create(t.Context(), OriginalKey("f"))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Commit(); err == nil {
		t.Error("a file of another folder was written")
	}
	if data, err := os.ReadFile(filepath.Join(outside, "original")); err != nil || string(data) != "of others" {
		t.Errorf("it is %q now, %v", data, err)
	}
}

func TestFolderClearsLeftovers(t *testing.T) {
	dir := t.TempDir()
	long := time.Now().Add(-2 * leftover)
	swept := []string{
		".original123", ".installation1", ".m12.jpg9223372036854775807", ".reel.mp44", ".viewing.mp45", ".analysis.json6",
		".01900000-0000-7000-8000-000000000001.mp47",
	}
	kept := []string{".DS_Store", ".bashrc", ".m1.jpg", ".nfs000000000123", ".notes1", ".original", ".original.bak1", "original1"}
	for _, name := range slices.Concat(swept, kept) {
		write(t, dir, name, long)
	}
	write(t, dir, ".original456", time.Now())
	open(t, "file://"+dir)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, e := range entries {
		left = append(left, e.Name())
	}
	want := slices.Concat(kept, []string{".original456"})
	slices.Sort(want)
	if !slices.Equal(left, want) {
		t.Errorf("left are %v, want %v", left, want)
	}
}

// What somebody still writes is left, however long it rests.
func TestFolderClearsWhatNobodyWrites(t *testing.T) {
	dir := t.TempDir()
	v := open(t, "file://"+dir)
	w, err := v.Create(t.Context(), OriginalKey("f"))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Fatalf("%v, %v", entries, err)
	}
	long := time.Now().Add(-2 * leftover)
	if err := os.Chtimes(filepath.Join(dir, entries[0].Name()), long, long); err != nil {
		t.Fatal(err)
	}
	write(t, dir, ".reel.mp41", time.Now().Add(-2*idle))
	write(t, dir, ".reel.mp42", time.Now().Add(-idle/2))
	if err := v.Clear(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{".reel.mp41": false, ".reel.mp42": true} {
		if _, err := os.Stat(filepath.Join(dir, name)); want != (err == nil) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := w.Commit(); err != nil {
		t.Errorf("what was being written is lost: %v", err)
	}
}

// write makes an empty file of a time.
func write(t *testing.T, dir, name string, when time.Time) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(filepath.Join(dir, name), when, when); err != nil {
		t.Fatal(err)
	}
}

func TestAddresses(t *testing.T) {
	for _, address := range []string{"", "vault", "ftp://a", "file://vault", "file:///a?metadata=skip", "file:", "\x00"} {
		if _, err := Open(t.Context(), address); vig.CodeOf(err) != vig.CodeInvalid {
			t.Errorf("%q: %v", address, err)
		}
	}
}
