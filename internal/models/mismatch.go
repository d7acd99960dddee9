package models

import (
	"errors"
	"fmt"
)

// lfsPointer starts the text that Git LFS leaves in place of a file that was
// not fetched (git-lfs, docs/spec.md).
const lfsPointer = "version https://git-lfs.github.com/spec/"

var errPointer = errors.New("this is a Git LFS pointer, a small text that stands for the model, and not the model itself")

// mismatch is a property in which a file differs from the manifest.
type mismatch struct {
	what      string
	want, got any
}

func (e *mismatch) Error() string {
	return fmt.Sprintf("not the file of the manifest: %s should be %v, found %v", e.what, e.want, e.got)
}
