package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"time"

	"attune/internal/vig"
)

// Film is the recording of one meeting.
type Film struct {
	ID       FilmID
	Cycle    CycleID
	Case     CaseID
	Guider   AccountID // whose case it is
	Name     string    // of the file as it was uploaded; for people, never a path
	Size     int64     // bytes; as announced while uploading
	SHA256   string    // of all bytes, in hex; "" while uploading
	State    FilmState
	Reason   string        // why it is refused or failed, in plain words
	Duration time.Duration // as found when it was received; 0 if that could not be told
	Run      int           // how often it was queued; 0 while uploading. A task of another run does nothing
	Attempt  string        // the token of the attempt that is at it, or that made its analysis
	Worker   string        // which worker is at it; "" if none
	Analysis AnalysisID    // "" until it is ready
	// Viewing is the state of the copy that browsers can play: "" where they play
	// the original.
	Viewing     RenderState
	ViewingCopy string // key in the vault; "" where the original plays, or while there is no copy yet
	Created     time.Time
	Changed     time.Time // of the state, or by TouchUpload
	Queued      time.Time // its place in the queue; zero while uploading
}

// FilmDraft is a film that is about to be uploaded.
type FilmDraft struct {
	Cycle CycleID
	Name  string
	Size  int64 // bytes
}

const selectFilm = `SELECT f.id, f.cycle_id, y.case_id, c.guider_id, f.name, f.size, f.sha256, f.state, f.reason,
	f.duration, f.run, f.attempt, f.worker, f.created, f.changed, f.queued,
	COALESCE(a.id, ''), COALESCE(v.state, ''), COALESCE(v.vault_key, '')
	FROM films f JOIN cycles y ON y.id = f.cycle_id JOIN cases c ON c.id = y.case_id
	LEFT JOIN analyses a ON a.film_id = f.id LEFT JOIN viewing_copies v ON v.film_id = f.id`

func scanFilm(row scanner) (Film, error) {
	var f Film
	err := row.Scan(&f.ID, &f.Cycle, &f.Case, &f.Guider, &f.Name, &f.Size, &f.SHA256, &f.State, &f.Reason,
		&f.Duration, &f.Run, &f.Attempt, &f.Worker, stamp{&f.Created}, stamp{&f.Changed}, stamp{&f.Queued},
		&f.Analysis, &f.Viewing, &f.ViewingCopy)
	return f, err
}

// moveFilm lets move change the film id in one transaction that is alone with
// it, and returns what it became.
func (s *Store) moveFilm(ctx context.Context, op string, id FilmID, move func(*sql.Tx, *Film) error) (Film, error) {
	var moved Film
	err := s.change(ctx, op, func(tx *sql.Tx) error {
		f, err := s.lockFilm(ctx, tx, id)
		if err != nil {
			return err
		}
		before := f
		if err := move(tx, &f); err != nil {
			return err
		}
		moved = f
		if f == before {
			return nil
		}
		f.Changed = s.moment()
		moved = f
		return one(tx.ExecContext(ctx, `UPDATE films SET name = $2, size = $3, sha256 = $4, state = $5, reason = $6,
			duration = $7, run = $8, attempt = $9, worker = $10, changed = $11, queued = $12 WHERE id = $1`,
			f.ID, f.Name, f.Size, f.SHA256, f.State, f.Reason,
			f.Duration, f.Run, f.Attempt, f.Worker, stamp{&f.Changed}, stamp{&f.Queued}))
	})
	return moved, err
}

// lockFilm reads a film that the transaction is then alone with.
func (s *Store) lockFilm(ctx context.Context, tx *sql.Tx, id FilmID) (Film, error) {
	if err := s.lock(ctx, tx, "films", "id", string(id)); err != nil {
		return Film{}, err
	}
	return scanFilm(tx.QueryRowContext(ctx, selectFilm+` WHERE f.id = $1`, id))
}

// CreateFilm makes a film that is uploading.
func (s *Store) CreateFilm(ctx context.Context, draft FilmDraft) (Film, error) {
	const op = "create film"
	if err := checkName("the name of the file", draft.Name); err != nil {
		return Film{}, failure(ctx, op, err)
	}
	if draft.Size < 0 {
		return Film{}, vig.Errorf(vig.CodeInvalid, op, "a size of %d bytes", draft.Size)
	}
	var f Film
	err := s.change(ctx, op, func(tx *sql.Tx) error {
		id, now := FilmID(newID()), s.moment()
		_, err := tx.ExecContext(ctx, `INSERT INTO films (id, cycle_id, name, size, state, created, changed) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			id, draft.Cycle, draft.Name, draft.Size, FilmUploading, stamp{&now}, stamp{&now})
		if err != nil {
			return err
		}
		f, err = scanFilm(tx.QueryRowContext(ctx, selectFilm+` WHERE f.id = $1`, id))
		return err
	})
	return f, err
}

// Film returns one film.
func (s *Store) Film(ctx context.Context, id FilmID) (Film, error) {
	f, err := scanFilm(s.reading.QueryRowContext(ctx, selectFilm+` WHERE f.id = $1`, id))
	return f, failure(ctx, "find film", err)
}

// FilmQuery says which films a list is to have; what is "" is not asked for.
type FilmQuery struct {
	Guider AccountID
	Case   CaseID
	Cycle  CycleID
	State  FilmState
	Moving bool // only those that move
	Page   Page
}

// Films returns a page of films, the newest first.
func (s *Store) Films(ctx context.Context, q FilmQuery) ([]Film, error) {
	var l listing
	l.only("c.guider_id", string(q.Guider))
	l.only("y.case_id", string(q.Case))
	l.only("f.cycle_id", string(q.Cycle))
	l.only("f.state", string(q.State))
	if q.Moving { // as Film.Moves has it
		l.where = append(l.where, "(f.state IN ('uploading', 'queued', 'analysing') OR v.state IN ('queued', 'rendering'))")
	}
	query, args := l.page(selectFilm, "f.id", q.Page)
	return rows(ctx, s, "list films", scanFilm, query, args...)
}

// SameFilm returns a film of the case whose bytes are the same, if there is
// one: the newest that is neither refused nor forgotten.
func (s *Store) SameFilm(ctx context.Context, of CaseID, sha256 string) (Film, bool, error) {
	found, err := rows(ctx, s, "find the same film", scanFilm, selectFilm+`
		WHERE f.sha256 = $1 AND f.sha256 <> '' AND y.case_id = $2 AND f.state NOT IN ('refused', 'forgotten')
		ORDER BY f.id DESC LIMIT 1`, sha256, of)
	if err != nil || len(found) == 0 {
		return Film{}, false, err
	}
	return found[0], true, nil
}

// ReceiveFilm says that all bytes of an uploading film are stored: it is
// queued, as run 1. The sha256 is in hex, the size in bytes; duration is 0
// where it could not be told.
func (s *Store) ReceiveFilm(ctx context.Context, id FilmID, sha256 string, size int64, duration time.Duration) error {
	const op = "receive film"
	if sum, err := hex.DecodeString(sha256); err != nil || len(sum) != 32 {
		return vig.Errorf(vig.CodeInvalid, op, "%q is no SHA-256 in hex", sha256)
	}
	if size < 0 || duration < 0 {
		return vig.Errorf(vig.CodeInvalid, op, "%d bytes and %v", size, duration)
	}
	_, err := s.moveFilm(ctx, op, id, func(_ *sql.Tx, f *Film) error { return f.receive(sha256, size, duration, s.moment()) })
	return err
}

// RefuseFilm says that a film that is uploading, queued or analysing is none
// that can be analysed. The reason is a plain sentence.
func (s *Store) RefuseFilm(ctx context.Context, id FilmID, reason string) error {
	_, err := s.moveFilm(ctx, "refuse film", id, func(_ *sql.Tx, f *Film) error { return f.refuse(reasonOf(reason)) })
	return err
}

// BeginFilm begins an attempt at a film that is queued, or takes it over where
// another attempt was at it, and returns the token under which its result is
// to be published. The run of the task must be the film's; else it is a
// conflict, and the task has nothing to do.
func (s *Store) BeginFilm(ctx context.Context, id FilmID, run int, worker string) (attempt string, err error) {
	const op = "begin film"
	if err := checkText("the worker's id", worker, maxName); err != nil {
		return "", failure(ctx, op, err)
	}
	f, err := s.moveFilm(ctx, op, id, func(_ *sql.Tx, f *Film) error { return f.begin(run, newID(), worker) })
	if err != nil {
		return "", err
	}
	return f.Attempt, nil
}

// FailFilm says that an attempt came to nothing: a conflict unless it is still
// the current one. With "" it is whichever there is, or none yet.
func (s *Store) FailFilm(ctx context.Context, id FilmID, attempt, reason string) error {
	_, err := s.moveFilm(ctx, "fail film", id, func(_ *sql.Tx, f *Film) error { return f.fail(attempt, reasonOf(reason)) })
	return err
}

// CancelFilm stops a film that is queued or analysing: it is failed, and what
// an attempt still makes of it is not taken.
func (s *Store) CancelFilm(ctx context.Context, id FilmID, reason string) error {
	_, err := s.moveFilm(ctx, "cancel film", id, func(_ *sql.Tx, f *Film) error { return f.fail("", reasonOf(reason)) })
	return err
}

// RetryFilm queues a film again that failed, and returns its new run; any other
// is a conflict. Tasks and attempts from before do nothing any more.
func (s *Store) RetryFilm(ctx context.Context, id FilmID) (run int, err error) {
	f, err := s.moveFilm(ctx, "retry film", id, func(_ *sql.Tx, f *Film) error {
		if f.State != FilmFailed { // one that is in work would begin anew
			return refuse(vig.CodeConflict, "the film is %s, and only one that failed can be tried again", f.State)
		}
		return f.retry(s.moment())
	})
	if err != nil {
		return 0, err
	}
	return f.Run, nil
}

// ConfirmFilm says that the guider is done with a film that is ready.
func (s *Store) ConfirmFilm(ctx context.Context, id FilmID) error {
	_, err := s.moveFilm(ctx, "confirm film", id, func(_ *sql.Tx, f *Film) error { return f.confirm() })
	return err
}

// ForgetFilm takes out of the records all that was made from a film, and all
// that tells of it but its id, its cycle and its times. Its keys in the vault
// are then referred to by nothing. An upload is forgotten by ForgetUpload.
func (s *Store) ForgetFilm(ctx context.Context, id FilmID) error {
	_, err := s.moveFilm(ctx, "forget film", id, func(tx *sql.Tx, f *Film) error {
		if err := f.forget(); err != nil {
			return err
		}
		for _, made := range []string{
			`DELETE FROM analyses WHERE film_id = $1`, // and its files
			`DELETE FROM clips WHERE film_id = $1`,
			`DELETE FROM reviews WHERE film_id = $1`,
			`DELETE FROM reels WHERE film_id = $1`,
			`DELETE FROM viewing_copies WHERE film_id = $1`,
		} {
			if _, err := tx.ExecContext(ctx, made, id); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}
