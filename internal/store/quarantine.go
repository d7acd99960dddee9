package store

import (
	"context"
	"database/sql"
	"errors"

	"attune/internal/vig"
)

// CountCrash counts that a film, known by its hash, ended the process that
// worked on it, and returns how often it did by now.
func (s *Store) CountCrash(ctx context.Context, sha256, reason string) (n int, err error) {
	const op = "count crash"
	if sha256 == "" {
		return 0, vig.Errorf(vig.CodeInvalid, op, "the hash of the film is not said")
	}
	err = s.change(ctx, op, func(tx *sql.Tx) error {
		now := s.moment()
		return tx.QueryRowContext(ctx, `INSERT INTO crashes (sha256, count, reason, changed) VALUES ($1, 1, $2, $3)
			ON CONFLICT (sha256) DO UPDATE SET count = crashes.count + 1, reason = excluded.reason, changed = excluded.changed
			RETURNING count`, sha256, reasonOf(reason), stamp{&now}).Scan(&n)
	})
	return n, err
}

// Quarantine says that films with that hash are not to be worked on. The
// reason is a plain sentence.
func (s *Store) Quarantine(ctx context.Context, sha256, reason string) error {
	const op = "quarantine film"
	if sha256 == "" {
		return vig.Errorf(vig.CodeInvalid, op, "the hash of the film is not said")
	}
	return s.change(ctx, op, func(tx *sql.Tx) error {
		now := s.moment()
		_, err := tx.ExecContext(ctx, `INSERT INTO crashes (sha256, count, quarantined, reason, changed) VALUES ($1, 0, TRUE, $2, $3)
			ON CONFLICT (sha256) DO UPDATE SET quarantined = TRUE, reason = excluded.reason, changed = excluded.changed`,
			sha256, reasonOf(reason), stamp{&now})
		return err
	})
}

// Quarantined says whether films with that hash are not to be worked on, and
// why.
func (s *Store) Quarantined(ctx context.Context, sha256 string) (reason string, yes bool, err error) {
	err = s.reading.QueryRowContext(ctx, `SELECT reason FROM crashes WHERE sha256 = $1 AND quarantined`, sha256).Scan(&reason)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, failure(ctx, "ask for quarantine", err)
	}
	return reason, true, nil
}
