package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"attune/internal/vig"
	"attune/pipeline"
)

// film is a film, opened, with its bytes.
type film struct {
	*pipeline.Film
	bytes io.ReaderAt
	size  int64
	file  *os.File // where the film lies on disk; otherwise nil
}

// openFilm opens the film at path. The caller closes it.
func openFilm(ctx context.Context, path string) (*film, error) {
	stat, err := os.Stat(path) // first: opening a pipe would wait for its other end
	if err != nil {
		return nil, err
	}
	if !stat.Mode().IsRegular() {
		return nil, vig.Errorf(vig.CodeInvalid, "open film", "%s is not a file", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	opened, err := pipeline.Open(ctx, file, stat.Size(), pipeline.Config{})
	if err != nil {
		file.Close()
		return nil, err
	}
	return &film{Film: opened, bytes: file, size: stat.Size(), file: file}, nil
}

// refuseInside refuses a folder for results that would replace the film itself.
func (f *film) refuseInside(dir string) error {
	own, err := f.file.Stat()
	if err != nil {
		return err
	}
	for _, name := range []string{reelFile, overlayFile} {
		path := filepath.Join(dir, name)
		if stat, err := os.Stat(path); err == nil && os.SameFile(stat, own) {
			return fmt.Errorf("%s is the film itself, and results would replace it; name another folder with -o", path)
		}
	}
	return nil
}

// close closes the film and its file; it was only read, so nothing is lost.
func (f *film) close() {
	f.Close()
	if f.file != nil {
		f.file.Close()
	}
}
