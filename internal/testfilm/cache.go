package testfilm

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"attune/internal/vig"
)

// renderVersion belongs to the name of every kept film: raise it whenever the
// same [Film] would give other frames, sound, bytes or truth.
const renderVersion = 4

// Kept returns the path of f, made once for each machine and kept in the
// folder for temporary files, and its truth. The file belongs to all who ask
// for the same film: do not change it. The films that older versions of this
// package kept are removed when one is made.
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
	root := keepFolder(renderVersion)
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
	if truth, err = Make(ctx, path, f, nil); err != nil {
		return "", nil, err
	}
	if err := removeOlder(); err != nil {
		return "", nil, err
	}
	if err := truth.Save(name + ".part"); err != nil {
		return "", nil, err
	}
	return path, truth, os.Rename(name+".part", name+".json")
}

// keepFolder is where this user's films of a renderVersion are kept.
func keepFolder(version any) string {
	return filepath.Join(os.TempDir(), fmt.Sprintf("attune-testfilm-%d-%v", os.Getuid(), version))
}

// removeOlder removes the films of earlier renderVersions, which nobody asks
// for any more.
func removeOlder() error {
	folders, err := filepath.Glob(keepFolder("*"))
	if err != nil {
		return err
	}
	for _, folder := range folders {
		version, err := strconv.Atoi(strings.TrimPrefix(folder, keepFolder("")))
		if err != nil || version >= renderVersion {
			continue
		}
		if err := os.RemoveAll(folder); err != nil {
			return err
		}
	}
	return nil
}
