package store

import (
	"context"
	"database/sql"
)

// Installation returns the id of the installation that these records are of. It
// is made when it is first asked for, and stays.
func (s *Store) Installation(ctx context.Context) (id string, err error) {
	err = s.change(ctx, "find installation", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO installation (one, id) VALUES (1, $1) ON CONFLICT (one) DO NOTHING`, newID()); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT id FROM installation WHERE one = 1`).Scan(&id)
	})
	return id, err
}
