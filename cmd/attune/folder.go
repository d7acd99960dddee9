package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"syscall"

	"attune/internal/report"
	"attune/internal/vig"
)

// The names of what is written beside the report.
const (
	reelFile  = "reel.mp4"
	stillsDir = "stills"
)

// ours are the files of a result, the one first that says that it is one.
var ours = []string{
	report.AnalysisFile, report.SignalsFile, report.FramesFile, report.ObservationsFile, report.PageFile, reelFile, overlayFile,
}

// stillName is the name of a still of ours, in stillsDir.
var stillName = regexp.MustCompile(`^m[0-9]+\.jpg$`)

// Results show people: they are for the one who made them.
const (
	folderMode = 0o700
	fileMode   = 0o600
)

// staging is how the hidden folders in which results are made are called.
const staging = ".attune-*"

// folder is where the results of one analysis go. They are made in a hidden
// folder inside it and moved to their places together, by renames, when all
// of them are whole; so it may be a mount point too.
type folder struct {
	dir     string
	made    []string // the folders that we made for it, outermost first
	staging *os.File // locked while we live
}

// newFolder makes dir where it does not exist. A folder with files called as
// ours that are not an earlier result is refused, so that nothing of anybody
// else is replaced. The caller calls discard.
func newFolder(dir string) (_ *folder, err error) {
	f := &folder{dir: dir}
	defer func() {
		if err != nil {
			f.discard()
		}
	}()
	if err := f.refuseForeign(); err != nil {
		return nil, err
	}
	if err := f.make(filepath.Clean(dir)); err != nil {
		return nil, err
	}
	f.sweep()
	path, err := os.MkdirTemp(dir, staging)
	if err != nil {
		return nil, err
	}
	if f.staging, err = os.Open(path); err != nil {
		return nil, err
	}
	return f, lock(f.staging)
}

// lock marks an open folder as in use until it is closed or its process ends.
func lock(folder *os.File) error {
	return syscall.Flock(int(folder.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}

// make makes path and what it lies in, and remembers what it made.
func (f *folder) make(path string) error {
	if stat, err := os.Stat(path); err == nil {
		if !stat.IsDir() {
			return fmt.Errorf("%s is a file; name a folder for the results with -o", path)
		}
		return nil
	}
	if parent := filepath.Dir(path); parent != path {
		if err := f.make(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(path, folderMode); err != nil {
		return err
	}
	f.made = append(f.made, path)
	return nil
}

// refuseForeign refuses a folder that holds files called as ours, but no
// findings of ours beside them.
func (f *folder) refuseForeign() error {
	if _, err := readResult(f.dir); err == nil {
		return nil
	}
	for _, name := range slices.Concat(ours, []string{stillsDir}) {
		if _, err := os.Lstat(filepath.Join(f.dir, name)); err == nil {
			return fmt.Errorf("%s holds %s, which is not of an earlier analysis; name another folder with -o", f.dir, name)
		}
	}
	return nil
}

// sweep removes what an analysis left that was killed: its lock is free.
func (f *folder) sweep() {
	left, _ := filepath.Glob(filepath.Join(f.dir, staging)) // the pattern is sound
	for _, path := range left {
		old, err := os.Open(path)
		if err != nil {
			continue
		}
		if lock(old) == nil {
			_ = os.RemoveAll(path)
		}
		old.Close()
	}
}

// path returns where to write the file called name for now.
func (f *folder) path(name string) string { return filepath.Join(f.staging.Name(), name) }

// writeObservations writes what was measured.
func (f *folder) writeObservations(rec vig.Recording, scenes []vig.Scene) error {
	return f.file(report.ObservationsFile, func(w io.Writer) error { return report.WriteObservations(w, rec, scenes) })
}

// write writes findings, stills and report.
func (f *folder) write(page report.Page) error {
	if len(page.Stills) > 0 {
		if err := os.Mkdir(f.path(stillsDir), folderMode); err != nil {
			return err
		}
	}
	for id, jpeg := range page.Stills {
		err := f.file(filepath.Join(stillsDir, id+".jpg"), func(w io.Writer) error {
			_, err := w.Write(jpeg)
			return err
		})
		if err != nil {
			return err
		}
	}
	if page.Frames.Frames() > 0 {
		if err := f.file(report.FramesFile, func(w io.Writer) error { return report.WriteFrames(w, page.Frames) }); err != nil {
			return err
		}
	}
	a := page.Analysis
	return errors.Join(
		f.file(report.AnalysisFile, func(w io.Writer) error { return report.WriteAnalysis(w, a) }),
		f.file(report.SignalsFile, func(w io.Writer) error {
			return report.WriteSignals(w, report.Signals{Duration: a.Film.Duration, People: a.People, Signals: page.Signals})
		}),
		f.file(report.PageFile, page.Write),
	)
}

// file writes one file and sees it onto the disk.
func (f *folder) file(name string, write func(io.Writer) error) (err error) {
	file, err := os.OpenFile(f.path(name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, fileMode)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := write(file); err != nil {
		return err
	}
	return file.Sync()
}

// publish moves everything to its place. analysis.json goes first of the old
// and comes last of the new: where it is, the rest belongs to it.
func (f *folder) publish() error {
	if err := f.removeOld(); err != nil {
		return err
	}
	made, err := os.ReadDir(f.staging.Name())
	if err != nil {
		return err
	}
	for _, entry := range made {
		switch name := entry.Name(); name {
		case report.AnalysisFile:
		case stillsDir:
			err = f.publishStills()
		default:
			err = f.move(name)
		}
		if err != nil {
			return err
		}
	}
	if err := f.move(report.AnalysisFile); err != nil {
		return err
	}
	f.made = nil
	d, err := os.Open(f.dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// removeOld removes the earlier result, and nothing else.
func (f *folder) removeOld() error {
	old := slices.Clone(ours)
	stills, err := os.ReadDir(filepath.Join(f.dir, stillsDir))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	for _, still := range stills {
		if stillName.MatchString(still.Name()) {
			old = append(old, filepath.Join(stillsDir, still.Name()))
		}
	}
	for _, name := range old {
		if err := os.Remove(filepath.Join(f.dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

func (f *folder) publishStills() error {
	if err := os.Mkdir(filepath.Join(f.dir, stillsDir), folderMode); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	stills, err := os.ReadDir(f.path(stillsDir))
	if err != nil {
		return err
	}
	for _, still := range stills {
		if err := f.move(filepath.Join(stillsDir, still.Name())); err != nil {
			return err
		}
	}
	return nil
}

func (f *folder) move(name string) error { return os.Rename(f.path(name), filepath.Join(f.dir, name)) }

// discard takes away what was not published, and what was made for it.
func (f *folder) discard() {
	if f.staging != nil {
		_ = os.RemoveAll(f.staging.Name())
		f.staging.Close()
	}
	for i := len(f.made) - 1; i >= 0; i-- {
		_ = os.Remove(f.made[i]) // stays if somebody put something into it meanwhile
	}
}
