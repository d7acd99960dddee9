package sandbox

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// scratchName is how the folders of children are called.
const scratchName = "attune-media-*"

// scratch is the folder of one child. It is locked while its task runs, so that
// what a killed service left can be told from what another one uses.
type scratch struct {
	dir  string
	lock *os.File
}

// newScratch makes an empty folder in parent, which it makes too where it is
// missing. The caller removes it.
func newScratch(parent string) (*scratch, error) {
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return nil, err
	}
	parent, err := filepath.Abs(parent)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(parent, scratchName)
	if err != nil {
		return nil, err
	}
	s := &scratch{dir: dir}
	if s.lock, err = lockFolder(dir); err != nil {
		s.remove()
		return nil, err
	}
	return s, nil
}

// lockFolder locks a folder until it is closed or its process ends; it fails
// where somebody else has.
func lockFolder(dir string) (*os.File, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// remove removes the folder and all that the child has put into it.
func (s *scratch) remove() {
	_ = os.RemoveAll(s.dir) // what cannot be removed now is swept at the next start
	if s.lock != nil {
		s.lock.Close()
	}
}

// size returns how many bytes lie in the folder.
func (s *scratch) size() int64 { return folderSize(s.dir) }

// folderSize returns how many bytes lie in dir. What changes meanwhile counts
// or not.
func folderSize(dir string) (n int64) {
	_ = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // it has just gone
		}
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() {
			n += info.Size()
		}
		return nil
	})
	return n
}

// sweepAfter is how old a folder must be to be swept: a new one is not locked
// yet.
const sweepAfter = time.Minute

// sweepScratch removes folders of children whose parent was killed.
func sweepScratch(parent string) {
	left, _ := filepath.Glob(filepath.Join(parent, scratchName)) // the pattern is sound
	for _, dir := range left {
		if stat, err := os.Lstat(dir); err != nil || !stat.IsDir() || time.Since(stat.ModTime()) < sweepAfter {
			continue
		}
		lock, err := lockFolder(dir)
		if err != nil {
			continue // in use, or somebody else's
		}
		_ = os.RemoveAll(dir)
		lock.Close()
	}
}
