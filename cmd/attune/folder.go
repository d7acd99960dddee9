package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"attune/internal/report"
	"attune/internal/vig"
)

// The names of what is written beside the report.
const (
	reelFile  = "reel.mp4"
	stillsDir = "stills"
)

// folder is where the results of one analysis go. They are made in a hidden
// folder inside it and moved to their places together, by renames, when all
// of them are whole; so it may be a mount point too.
type folder struct {
	dir     string
	made    bool // by us, so it goes again if nothing comes of it
	staging string
}

// newFolder makes dir where it does not exist. The caller calls discard.
func newFolder(dir string) (*folder, error) {
	f := &folder{dir: dir}
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		f.made = true
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	var err error
	if f.staging, err = os.MkdirTemp(dir, ".attune-"); err != nil {
		return nil, err
	}
	return f, nil
}

// path returns where to write the file called name for now.
func (f *folder) path(name string) string { return filepath.Join(f.staging, name) }

// write writes all but the films.
func (f *folder) write(rec vig.Recording, scenes []vig.Scene, page report.Page) error {
	if err := os.Mkdir(f.path(stillsDir), 0o755); err != nil {
		return err
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
	return errors.Join(
		f.file(report.AnalysisFile, func(w io.Writer) error { return report.WriteAnalysis(w, page.Analysis) }),
		f.file(report.ObservationsFile, func(w io.Writer) error { return report.WriteObservations(w, rec, scenes) }),
		f.file(report.PageFile, page.Write),
	)
}

// file writes one file and sees it onto the disk.
func (f *folder) file(name string, write func(io.Writer) error) (err error) {
	file, err := os.Create(f.path(name))
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
	for _, old := range []string{report.AnalysisFile, reelFile, overlayFile, stillsDir} {
		if err := os.RemoveAll(filepath.Join(f.dir, old)); err != nil {
			return err
		}
	}
	names := []string{report.ObservationsFile, report.PageFile, stillsDir}
	for _, film := range []string{reelFile, overlayFile} {
		if _, err := os.Stat(f.path(film)); err == nil {
			names = append(names, film)
		}
	}
	for _, name := range append(names, report.AnalysisFile) {
		if err := os.Rename(f.path(name), filepath.Join(f.dir, name)); err != nil {
			return err
		}
	}
	f.made = false
	d, err := os.Open(f.dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// discard takes away what was not published.
func (f *folder) discard() {
	_ = os.RemoveAll(f.staging)
	if f.made {
		_ = os.Remove(f.dir)
	}
}
