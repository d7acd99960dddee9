package web

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/renameio/v2"
	"golang.org/x/sys/unix"

	"attune/internal/store"
	"attune/internal/vig"
)

// staging is the folder in which films grow until they are whole: of each, its
// bytes in ID.film, and in ID.json how many of them are certain. Only those were
// ever acknowledged: they are on the disk, and so is their number, before
// anybody is told of it. What follows them in the file may be anything.
type staging struct {
	dir string
}

// stagedProgress is what ID.json has.
type stagedProgress struct {
	Size   int64 `json:"size"`
	Offset int64 `json:"offset"` // bytes that are certain
}

func (p stagedProgress) whole() bool { return p.Offset == p.Size }

// syncEvery is how many bytes are lost at most when the process is killed: a
// second of a fast line, and far more than what makes fsync slow.
const syncEvery = 16 << 20

// For the owner alone: these are films of people.
const (
	stagingMode    = 0o700
	stagedFileMode = 0o600
)

func openStaging(dir string) (staging, error) {
	if err := os.MkdirAll(dir, stagingMode); err != nil {
		return staging{}, vig.Errorf(vig.CodeInternal, "open staging folder", "%w", err)
	}
	return staging{dir: dir}, nil
}

func (s staging) film(id store.FilmID) string { return filepath.Join(s.dir, string(id)+".film") }

func (s staging) note(id store.FilmID) string { return filepath.Join(s.dir, string(id)+noteSuffix) }

const noteSuffix = ".json"

// create makes the place for a film.
func (s staging) create(id store.FilmID, size int64) error {
	f, err := os.OpenFile(s.film(id), os.O_CREATE|os.O_EXCL|os.O_WRONLY, stagedFileMode)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return s.save(id, stagedProgress{Size: size}) // makes the file durable too: it is in the same folder
}

// free is how many bytes the disk has left for this process.
func (s staging) free() (int64, error) {
	var disk unix.Statfs_t
	if err := unix.Statfs(s.dir, &disk); err != nil {
		return 0, err
	}
	return int64(disk.Bavail) * disk.Bsize, nil
}

// save notes durably how far a film is.
func (s staging) save(id store.FilmID, p stagedProgress) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if err := renameio.WriteFile(s.note(id), text, stagedFileMode, renameio.WithTempDir(s.dir)); err != nil {
		return err
	}
	return s.sync()
}

func (s staging) sync() error {
	d, err := os.Open(s.dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// load returns how far a film is; notfound if it is not here.
func (s staging) load(id store.FilmID) (stagedProgress, error) {
	var p stagedProgress
	text, err := os.ReadFile(s.note(id))
	if errors.Is(err, fs.ErrNotExist) {
		return p, &vig.Error{Code: vig.CodeNotFound, Op: "find upload: it is not there"}
	}
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	return p, err
}

// remove takes a film away whose record is not that of an upload any more. Its
// note goes last: while it is there, whoever looks through the folder finds that
// something is left to remove.
func (s staging) remove(id store.FilmID) error {
	for _, path := range []string{s.film(id), s.note(id)} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return s.sync()
}

// ids lists the films that are here.
func (s staging) ids() ([]store.FilmID, error) {
	entries, err := os.ReadDir(s.dir)
	var ids []store.FilmID
	for _, e := range entries {
		if id, ok := strings.CutSuffix(e.Name(), noteSuffix); ok && !strings.HasPrefix(id, ".") {
			ids = append(ids, store.FilmID(id))
		}
	}
	return ids, err
}

// leftover is the age at which a file here that belongs to no film has been left
// by a process that was killed.
const leftover = time.Hour

// clear removes what processes that were killed left half made or half removed.
func (s staging) clear(now time.Time) error {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		id, isFilm := strings.CutSuffix(e.Name(), ".film")
		if !isFilm && !strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if isFilm {
			if _, err := os.Stat(s.note(store.FilmID(id))); err == nil {
				continue
			}
		}
		info, err := e.Info()
		if err == nil && now.Sub(info.ModTime()) > leftover {
			err = os.Remove(filepath.Join(s.dir, e.Name()))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// appending adds bytes to a film.
type appending struct {
	staging
	id      store.FilmID
	file    *os.File
	at      stagedProgress
	written int64 // bytes after the certain ones
}

// add opens a film to add bytes at its certain end.
func (s staging) add(id store.FilmID) (*appending, error) {
	at, err := s.load(id)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(s.film(id), os.O_RDWR, stagedFileMode)
	if err != nil {
		return nil, err
	}
	return &appending{staging: s, id: id, file: f, at: at}, nil
}

// Write writes after what was written before.
func (a *appending) Write(p []byte) (int, error) {
	if int64(len(p)) > a.at.Size-a.end() {
		return 0, vig.Errorf(vig.CodeInvalid, "write film", "there are more bytes than were announced")
	}
	n, err := a.file.WriteAt(p, a.end())
	a.written += int64(n)
	if err == nil && a.written >= syncEvery {
		err = a.commit()
	}
	return n, err
}

// end is where the next byte goes.
func (a *appending) end() int64 { return a.at.Offset + a.written }

// commit makes certain what was written.
func (a *appending) commit() error {
	if a.written == 0 {
		return nil
	}
	if err := a.file.Sync(); err != nil {
		return err
	}
	next := stagedProgress{Size: a.at.Size, Offset: a.end()}
	if err := a.save(a.id, next); err != nil {
		return err
	}
	a.at, a.written = next, 0
	return nil
}

// head returns the first bytes, n of them if there are as many.
func (a *appending) head(n int64) ([]byte, error) {
	head := make([]byte, min(n, a.end()))
	if _, err := a.file.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return head, nil
}

func (a *appending) close() error { return a.file.Close() }

// open opens a film to read it. The caller closes it.
func (s staging) open(id store.FilmID) (*os.File, error) { return os.Open(s.film(id)) }
