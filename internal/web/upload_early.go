package web

import (
	"context"
	"encoding/binary"
	"io"
	"time"

	"attune/internal/store"
	"attune/internal/vig"
)

// earlyLength is how much of a film must be there to look into it before the
// rest: the index of an hour in front, and some pictures.
const earlyLength = 8 << 20

// earlyTime is how long that may hold the upload up. Clients wait for a minute.
const earlyTime = 20 * time.Second

// earlyAtOnce is how many films are looked into at the same time: each is a
// process with a decoder. More go on unseen, as all are probed when they are whole.
const earlyAtOnce = 2

// lookEarly probes what there is of a film whose index lies in front, and
// refuses one of a kind that is not taken. What else is wrong may come of what
// is still missing.
func (u *uploads) lookEarly(ctx context.Context, id store.FilmID, to *appending) error {
	if u.Prober == nil || to.at.Size <= earlyLength {
		return nil // it is probed as a whole in a moment
	}
	begun := begun{from: to.file, there: to.end()}
	if !indexInFront(begun, begun.there) {
		return nil
	}
	select {
	case u.looking <- struct{}{}:
		defer func() { <-u.looking }()
	default:
		return nil
	}
	probing, cancel := context.WithTimeout(ctx, earlyTime)
	defer cancel()
	if _, err := u.Prober.Probe(probing, begun, to.at.Size); vig.CodeOf(err) == vig.CodeUnsupported {
		return u.refuse(ctx, id, err)
	}
	return nil
}

// begun is the beginning of a film.
type begun struct {
	from  io.ReaderAt
	there int64 // bytes
}

// ReadAt is that of [io.ReaderAt]; the film ends where nothing is there yet.
func (b begun) ReadAt(p []byte, off int64) (int, error) {
	return io.NewSectionReader(b.from, 0, b.there).ReadAt(p, off)
}

// indexInFront says whether the moov box of an mp4 lies whole in the first bytes.
func indexInFront(film io.ReaderAt, there int64) bool {
	// Few boxes come before it; a file of many tiny ones is to cost no time.
	const boxes = 16
	at := int64(0)
	for range boxes {
		var header [16]byte
		if _, err := film.ReadAt(header[:], at); err != nil {
			return false
		}
		size, kind := int64(binary.BigEndian.Uint32(header[:])), string(header[4:8])
		if size == 1 {
			size = int64(binary.BigEndian.Uint64(header[8:]))
		}
		if size < 8 || size > there-at {
			return false
		}
		if kind == "moov" {
			return true
		}
		at += size
	}
	return false
}
