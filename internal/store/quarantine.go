package store

import (
	"context"
	"database/sql"
	"errors"

	"attune/internal/vig"
)

// checkCrash says whether it is said which film crashed, and in what kind of
// work (KindFilm, KindReel, KindViewingCopy).
func checkCrash(op, sha256, kind string) error {
	if sha256 == "" {
		return vig.Errorf(vig.CodeInvalid, op, "the hash of the film is not said")
	}
	if kind == "" {
		return vig.Errorf(vig.CodeInvalid, op, "the kind of work is not said")
	}
	return nil
}

// CountCrash counts that a film, known by its hash, ended the process that did
// that kind of work on it, and returns how often it did by now.
func (s *Store) CountCrash(ctx context.Context, sha256, kind, reason string) (n int, err error) {
	const op = "count crash"
	if err := checkCrash(op, sha256, kind); err != nil {
		return 0, err
	}
	err = s.change(ctx, op, func(tx *sql.Tx) error {
		now := s.moment()
		return tx.QueryRowContext(ctx, `INSERT INTO crashes (sha256, kind, count, reason, changed) VALUES ($1, $2, 1, $3, $4)
			ON CONFLICT (sha256, kind) DO UPDATE SET count = crashes.count + 1, reason = excluded.reason, changed = excluded.changed
			RETURNING count`, sha256, kind, reasonOf(reason), stamp{&now}).Scan(&n)
	})
	return n, err
}

// ForgetCrashes counts that kind of work on a film from 0 again: it succeeded.
// A quarantine stays.
func (s *Store) ForgetCrashes(ctx context.Context, sha256, kind string) error {
	return s.change(ctx, "forget crashes", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM crashes WHERE sha256 = $1 AND kind = $2 AND NOT quarantined`, sha256, kind)
		return err
	})
}

// Quarantine says that this kind of work is not to be done on films with that
// hash. The reason is a plain sentence.
func (s *Store) Quarantine(ctx context.Context, sha256, kind, reason string) error {
	const op = "quarantine film"
	if err := checkCrash(op, sha256, kind); err != nil {
		return err
	}
	return s.change(ctx, op, func(tx *sql.Tx) error {
		now := s.moment()
		_, err := tx.ExecContext(ctx, `INSERT INTO crashes (sha256, kind, count, quarantined, reason, changed) VALUES ($1, $2, 0, TRUE, $3, $4)
			ON CONFLICT (sha256, kind) DO UPDATE SET quarantined = TRUE, reason = excluded.reason, changed = excluded.changed`,
			sha256, kind, reasonOf(reason), stamp{&now})
		return err
	})
}

// Quarantined says whether this kind of work is not to be done on films with
// that hash, and why.
func (s *Store) Quarantined(ctx context.Context, sha256, kind string) (reason string, yes bool, err error) {
	err = s.reading.QueryRowContext(ctx, `SELECT reason FROM crashes WHERE sha256 = $1 AND kind = $2 AND quarantined`, sha256, kind).Scan(&reason)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, failure(ctx, "ask for quarantine", err)
	}
	return reason, true, nil
}

// Release lifts the quarantines of films with that hash, and forgets their
// crashes. Where there are none, that is not found.
func (s *Store) Release(ctx context.Context, sha256 string) error {
	return s.change(ctx, "release film", func(tx *sql.Tx) error {
		return one(tx.ExecContext(ctx, `DELETE FROM crashes WHERE sha256 = $1`, sha256))
	})
}
