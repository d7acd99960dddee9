package jobs

import (
	"errors"
	"io"
	"strings"
	"sync"
	"syscall"
	"time"

	"attune/internal/vig"
)

const (
	// lastWait is the most that work waits for its storage before it is tried
	// again. The first time it waits as before a retry, then twice as long each
	// time: a short trouble is soon over, a long one is not made worse.
	lastWait = 5 * time.Minute
	// maxWaits is how often work waits for its storage before it is failed: about
	// a day. What fails for so long may be the work's own doing after all.
	maxWaits = 300
)

// storageTrouble is that what films, results and records lie on did not do what
// it was asked. It says nothing of the film.
type storageTrouble struct{ err error }

func (t *storageTrouble) Error() string { return t.err.Error() }
func (t *storageTrouble) Unwrap() error { return t.err }

// ofStorage says whether err is a failure of the storage, or of a disk that is
// full. A child can tell of that only in words.
func ofStorage(err error) bool {
	if _, ok := errors.AsType[*storageTrouble](err); ok {
		return true
	}
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) ||
		vig.CodeOf(err) == vig.CodeInternal && strings.Contains(strings.ToLower(err.Error()), syscall.ENOSPC.Error())
}

// troubles keeps the first failure of the vault in an attempt: what the media
// work makes of it on its way says less.
type troubles struct {
	mu    sync.Mutex
	first error
}

// note returns err as what it is: a failure of the storage, unless it was asked
// for what makes no sense.
func (t *troubles) note(err error) error {
	if err == nil || vig.CodeOf(err) == vig.CodeInvalid {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	err = &storageTrouble{err}
	if t.first == nil {
		t.first = err
	}
	return err
}

// cause returns what an attempt failed of that ended with err.
func (t *troubles) cause(err error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err == nil || t.first == nil {
		return err
	}
	return t.first
}

// storedFilm is a film in the vault.
type storedFilm struct {
	Film
	troubles *troubles
}

// ReadAt reads as [io.ReaderAt] says.
func (f storedFilm) ReadAt(p []byte, off int64) (int, error) {
	n, err := f.Film.ReadAt(p, off)
	if err != nil && !errors.Is(err, io.EOF) {
		err = f.troubles.note(err)
	}
	return n, err
}

// waiting is what asynq is told of work that waits for its storage: it is tried
// again, and that is not counted.
type waiting struct{ wait time.Duration }

func (*waiting) Error() string { return errStorage.Error() }

// later is the answer for work that waits for its storage, the longer the more
// often it did; given up says that it did often enough.
func (w *Worker) later(kind, id string) (answer error, givenUp bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	key := kind + ":" + id
	n := w.waits[key]
	w.waits[key]++
	return &waiting{min(w.retry<<min(n, 10), lastWait)}, n >= maxWaits
}

// waited forgets how often the work waited.
func (w *Worker) waited(kind, id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.waits, kind+":"+id)
}
