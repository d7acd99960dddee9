package web

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"attune/internal/store"
	"attune/internal/vig"
)

// reserve is what films leave free on the disk: the analysis of an hour writes
// some 100 MB, each of a few that run, and the records and the queue must go on
// when no film can.
const reserve = 1 << 30

// fullWait is how long a film waits that found the disk full. Room is made by
// people, and to copy most of a film each time in vain helps nobody.
const fullWait = 5 * time.Minute

// noRoom is said of a film that waits for room.
const noRoom = "There is no room left to take it in. All of it has arrived and is kept; it goes on when whoever looks after the service has made room."

// begin makes the place for a film, if there is room for all of it: also when
// those that are on their way are there, and each is copied into the vault.
func (u *uploads) begin(id store.FilmID, size int64) error {
	u.making.Lock() // or two would be promised the same room
	defer u.making.Unlock()
	need := u.onDisk(stagedProgress{Size: size})
	ids, err := u.staging.ids()
	if err != nil {
		return err
	}
	for _, id := range ids {
		at, err := u.staging.load(id)
		if err != nil { // gone meanwhile, or tend tells of it
			continue
		}
		need += u.onDisk(at)
	}
	if err := u.room(need); err != nil {
		return err
	}
	return u.staging.create(id, size)
}

// onDisk is how many bytes an upload will have written more when it is taken in.
func (u *uploads) onDisk(at stagedProgress) int64 {
	more := at.Size - at.Offset
	if !u.VaultElsewhere {
		more += at.Size
	}
	return more
}

// room says whether so many bytes more fit on the disk of the staging folder.
func (u *uploads) room(need int64) error {
	free, err := u.Free()
	if err != nil {
		return err
	}
	if free -= u.Reserve; free < need {
		return vig.Errorf(codeFull, "make room for film", "%d MB are needed with what is on its way, and there is room for %d MB", need>>20, max(free, 0)>>20)
	}
	return nil
}

// isFull says whether an error is that of a full disk.
func isFull(err error) bool {
	return vig.CodeOf(err) == codeFull || errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT)
}

// waitForRoom lets a film wait that found the disk full.
func (u *uploads) waitForRoom(ctx context.Context, id store.FilmID, err error) {
	u.waiting.add(id, time.Now().Add(fullWait))
	u.log.ErrorContext(ctx, "film waits for room on the disk, and is kept", "film", id, "wait", fullWait, "error", err)
}

// waitingFilms are those that wait for room, and until when.
type waitingFilms struct {
	mu    sync.Mutex
	until map[store.FilmID]time.Time
}

func (w *waitingFilms) add(id store.FilmID, until time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.until == nil {
		w.until = map[store.FilmID]time.Time{}
	}
	w.until[id] = until
}

// end takes a film off that is taken in, or gone.
func (w *waitingFilms) end(id store.FilmID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.until, id)
}

// has says whether a film waits, and until when.
func (w *waitingFilms) has(id store.FilmID) (until time.Time, waits bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	until, waits = w.until[id]
	return until, waits
}
