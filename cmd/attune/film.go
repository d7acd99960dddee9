package main

import (
	"context"
	"os"

	"attune/internal/vig"
	"attune/pipeline"
)

// film is a film on disk, opened.
type film struct {
	*pipeline.Film
	file *os.File
	size int64 // bytes
}

// openFilm opens the film at path. The caller closes it.
func openFilm(ctx context.Context, path string) (*film, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	stat, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, err
	}
	if !stat.Mode().IsRegular() {
		file.Close()
		return nil, vig.Errorf(vig.CodeInvalid, "open film", "%s is not a file", path)
	}
	opened, err := pipeline.Open(ctx, file, stat.Size(), pipeline.Config{})
	if err != nil {
		file.Close()
		return nil, err
	}
	return &film{Film: opened, file: file, size: stat.Size()}, nil
}

// close closes the film and its file; it was only read, so nothing is lost.
func (f *film) close() {
	f.Close()
	f.file.Close()
}
