package testfilm

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"attune/internal/vig"
)

// renderVersion belongs to the name of every kept film: raise it whenever the
// same [Film] would give other frames, sound, bytes or truth.
const renderVersion = 4

// Cached is [Kept] for tests. The test is skipped where there is no ffmpeg
// program.
func Cached(t testing.TB, f Film) (path string, truth *Truth) {
	t.Helper()
	needFFmpeg(t)
	path, truth, err := Kept(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	return path, truth
}

// Kept returns the path of f, made once for each machine and kept in the
// folder for temporary files, and its truth. The file belongs to all who ask
// for the same film: do not change it.
func Kept(ctx context.Context, f Film) (path string, truth *Truth, err error) {
	defer func() {
		if err != nil {
			err = vig.Errorf(vig.CodeInternal, "keep test film", "%w", err)
		}
	}()
	f = f.whole()
	options, err := json.Marshal(f)
	if err != nil {
		return "", nil, err
	}
	root := filepath.Join(os.TempDir(), fmt.Sprintf("attune-testfilm-%d-%d", os.Getuid(), renderVersion))
	if err := os.MkdirAll(root, 0o700); err != nil {
		return "", nil, err
	}
	name := filepath.Join(root, fmt.Sprintf("%x", sha256.Sum256(options))[:20])
	path = name + f.Container.Ext()

	// Another process may be making the same film: the second one waits.
	lock, err := os.OpenFile(name+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", nil, err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return "", nil, err
	}
	// The truth is written last: where it is, the film is whole.
	if truth, err := Load(name + ".json"); err == nil {
		return path, truth, nil
	}
	if truth, err = Make(ctx, path, f); err != nil {
		return "", nil, err
	}
	if err := truth.Save(name + ".part"); err != nil {
		return "", nil, err
	}
	return path, truth, os.Rename(name+".part", name+".json")
}

// needFFmpeg skips t where the ffmpeg program is not installed.
func needFFmpeg(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("needs the ffmpeg program: ", err)
	}
}
