package models

import (
	"os"
	"path/filepath"

	"attune/internal/vig"
)

// Dirs returns the folders in which models are looked for, the first first:
// flag (the value of --models), $ATTUNE_MODELS, ./models,
// $XDG_DATA_HOME/attune/models (~/.local/share if unset, as the XDG Base
// Directory Specification says), /usr/share/attune/models, and models in
// $ATTUNE_SHARED (../shared if unset). Those that are empty are left out.
func Dirs(flag string) []string {
	dirs := []string{flag, os.Getenv("ATTUNE_MODELS"), "models", UserDir(), "/usr/share/attune/models", sharedDir()}
	kept := dirs[:0]
	for _, d := range dirs {
		if d != "" {
			kept = append(kept, d)
		}
	}
	return kept
}

// UserDir returns the folder into which models are fetched when nobody names
// one, or "" if the user has no home.
func UserDir() string {
	data := os.Getenv("XDG_DATA_HOME")
	if !filepath.IsAbs(data) { // the specification: a relative path is to be ignored
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		data = filepath.Join(home, ".local", "share")
	}
	return filepath.Join(data, "attune", "models")
}

func sharedDir() string {
	shared := os.Getenv("ATTUNE_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "shared")
	}
	return filepath.Join(shared, "models")
}

// Find returns the path of m in the first of dirs that holds a file of its
// name. Its errors are [vig.CodeNotFound] if none does, and whatever
// [Model.Verify] says of the file found: a wrong file is told, not passed over.
func (m Model) Find(dirs ...string) (string, error) {
	for _, dir := range dirs {
		path := filepath.Join(dir, m.File)
		err := m.Verify(path)
		if vig.CodeOf(err) == vig.CodeNotFound {
			continue
		}
		if err != nil {
			return "", err
		}
		return path, nil
	}
	return "", vig.Errorf(vig.CodeNotFound, "find model "+m.File,
		"in none of the folders %q; get it with \"attune models fetch\"", dirs)
}
