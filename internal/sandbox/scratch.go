package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
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
	_ = removeFolder(s.dir) // what cannot be removed now is swept at the next start
	if s.lock != nil {
		s.lock.Close()
	}
}

// removeFolder removes dir with all that is in it, whatever a child that is gone
// has made of it: folders that may not be listed, and folders in folders beyond
// what a path can name, which os.RemoveAll leaves. So each folder inside is
// opened up and brought to the top before it is emptied.
func removeFolder(dir string) error {
	names := 0
	// top returns a free name in dir.
	top := func() string {
		for ; ; names++ {
			path := filepath.Join(dir, strconv.Itoa(names))
			if _, err := os.Lstat(path); errors.Is(err, os.ErrNotExist) {
				return path
			}
		}
	}
	for {
		folders, err := removeFiles(dir)
		if err != nil || len(folders) == 0 {
			return errors.Join(err, os.Remove(dir))
		}
		for _, folder := range folders {
			inner, err := removeFiles(folder)
			for _, path := range inner {
				err = errors.Join(err, os.Rename(path, top()))
			}
			if err = errors.Join(err, os.Remove(folder)); err != nil {
				return err
			}
		}
	}
}

// removeFiles removes what in dir is no folder, and returns the folders, which
// it opens up as it does dir.
func removeFiles(dir string) (folders []string, err error) {
	if err := os.Chmod(dir, 0o700); err != nil { //nolint:gosec // a folder
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		path := filepath.Join(dir, entry.Name())
		if entry.IsDir() {
			folders = append(folders, path)
			err = errors.Join(err, os.Chmod(path, 0o700)) //nolint:gosec // a folder; one that is moved must be writable
			continue
		}
		err = errors.Join(err, os.Remove(path))
	}
	return folders, err
}

// maxEntries is how many files and folders a child may have: ten times as many
// as an analysis makes, which has fewer than a thousand stills. Folders and empty
// files hold few bytes, but a file system has room for only so many.
const maxEntries = 10_000

// checkFolder returns a crash where more lies in the folder dir than most bytes or
// [maxEntries], or where it cannot be looked at: a child makes no folders
// that cannot be listed unless it has something to hide.
func checkFolder(dir string, most int64) error {
	var bytes, entries int64
	var over error
	err := filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		var info fs.FileInfo
		if err == nil {
			info, err = entry.Info()
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil // it has just gone
		}
		if err != nil {
			return err
		}
		entries++
		bytes += usedBytes(info)
		switch {
		case bytes > most:
			over = outputCrash(most)
		case entries > maxEntries:
			over = entriesCrash()
		default:
			return nil
		}
		return fs.SkipAll
	})
	if err != nil {
		return hiddenCrash()
	}
	return over
}

// usedBytes returns how much room a file or folder takes: what it has on the
// disk, or its length where the file system packs it.
func usedBytes(info fs.FileInfo) int64 {
	var used int64
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		used = stat.Blocks * 512 // of stat(2), whatever the file system's blocks
	}
	if info.Mode().IsRegular() {
		used = max(used, info.Size())
	}
	return used
}

// Room returns how many bytes are free for us on the file system of dir.
func Room(dir string) (int64, error) {
	var stat unix.Statfs_t
	if err := unix.Statfs(dir, &stat); err != nil {
		return 0, err
	}
	return int64(stat.Bavail) * stat.Bsize, nil
}

// checkRoom returns an error where the file system of dir has less room left
// than least bytes: what a child wrote into files that have no name any more
// shows only there. The film need not be the reason, so it is not a crash.
func checkRoom(dir string, least int64) error {
	free, err := Room(dir)
	if err != nil {
		return fmt.Errorf("look for room: %w", err)
	}
	if free < least {
		return fmt.Errorf("only %s are left where the work's files lie, and %s must remain", bytesText(free), bytesText(least))
	}
	return nil
}

// sweepAfter is how old a folder must be to be swept: a new one is not locked
// yet.
const sweepAfter = time.Minute

// Sweep removes the folders that children of a killed parent left, and none that
// is in use. The first Run does so too.
func (r *Runner) Sweep() { sweepScratch(r.cfg.Scratch) }

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
		_ = removeFolder(dir) // or at the next start
		lock.Close()
	}
}
