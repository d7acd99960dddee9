// Package testfilmtest gives tests their films. It is apart from
// internal/testfilm so that the program does not carry package testing.
package testfilmtest

import (
	"os/exec"
	"testing"

	"attune/internal/testfilm"
)

// Cached is [testfilm.Kept] for tests. The test is skipped where there is no
// ffmpeg program.
func Cached(t testing.TB, f testfilm.Film) (path string, truth *testfilm.Truth) {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("needs the ffmpeg program: ", err)
	}
	path, truth, err := testfilm.Kept(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	return path, truth
}
