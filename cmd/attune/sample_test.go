package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"attune/internal/testfilm"
)

func TestSample(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("needs the ffmpeg program: ", err)
	}
	dir := t.TempDir()
	film, truth := filepath.Join(dir, "a.b.mkv"), filepath.Join(dir, "a.b.truth.json")
	const mine = "not to be lost"
	write(t, truth, mine)
	call := []string{"sample", "-o", film, "--length", shortestSample.String()}
	if got := attune(call...); got.code != exitUsage || !strings.Contains(got.stderr, "--force") {
		t.Errorf("over a file that is there: exit code %d, %q", got.code, got.stderr)
	}
	if b, err := os.ReadFile(truth); err != nil || string(b) != mine {
		t.Errorf("the file that was there: %q, %v", b, err)
	}
	if got := attune(append(call, "--force")...); got.code != exitOK {
		t.Fatalf("exit code %d: %s", got.code, got.stderr)
	}
	if _, err := testfilm.Load(truth); err != nil {
		t.Error(err)
	}
	if f := probed(t, film); (f.Duration-shortestSample).Abs() > shortestSample/100 || !f.Audio {
		t.Errorf("the sample is %+v", f)
	}
	if b, err := os.ReadFile(film); err != nil || !strings.HasPrefix(string(b), "\x1a\x45\xdf\xa3") { // EBML
		t.Errorf("the sample is not in Matroska, %v", err)
	}
}

func TestSampleNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]testfilm.Film{
		"a.mp4":        {},
		"dir.ts/a.MKV": {Container: testfilm.MKV},
		"a.webm":       {Container: testfilm.WebM, Codec: testfilm.VP9},
		"a.ts":         {Container: testfilm.TS},
	} {
		var film testfilm.Film
		if err := codeFor(&film, name); err != nil || film.Container != want.Container || film.Codec != want.Codec {
			t.Errorf("%s: container %q, codec %q, %v", name, film.Container, film.Codec, err)
		}
	}
	for _, name := range []string{"a", "a.avi", "a.mp4.txt", ".", ""} {
		if got := attune("sample", "-o", name); got.code != exitUsage || !strings.Contains(got.stderr, ".webm") {
			t.Errorf("%q: exit code %d, %q", name, got.code, got.stderr)
		}
	}
}
