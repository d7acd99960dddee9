package store

import (
	"context"
	"database/sql"
	"time"

	"attune/internal/vig"
)

// TouchUpload says that an upload still moves, so that it does not grow stale.
func (s *Store) TouchUpload(ctx context.Context, id FilmID) error {
	const op = "touch upload"
	return s.change(ctx, op, func(tx *sql.Tx) error {
		now := s.moment()
		return one(tx.ExecContext(ctx, `UPDATE films SET changed = $2 WHERE id = $1 AND state = 'uploading'`, id, stamp{&now}))
	})
}

// StaleUploads returns films that are uploading and were last touched before a
// time, 1,000 at most: ask again when they are forgotten.
func (s *Store) StaleUploads(ctx context.Context, before time.Time) ([]Film, error) {
	return rows(ctx, s, "list stale uploads", scanFilm, selectFilm+`
		WHERE f.state = 'uploading' AND f.changed < $1 ORDER BY f.id LIMIT 1000`, stamp{&before})
}

// ForgetUpload takes a film that is still uploading out of the records.
func (s *Store) ForgetUpload(ctx context.Context, id FilmID) error {
	const op = "forget upload"
	return s.change(ctx, op, func(tx *sql.Tx) error {
		f, err := s.lockFilm(ctx, tx, id)
		if err != nil {
			return err
		}
		if f.State != FilmUploading {
			return refuse(vig.CodeConflict, "the film is %s", f.State)
		}
		return one(tx.ExecContext(ctx, `DELETE FROM films WHERE id = $1`, id))
	})
}
