package store

import (
	"context"
	"time"
)

// Working is work that a worker is at, as the records know it: the worker may
// have died meanwhile.
type Working struct {
	Due
	Since time.Time // when its state last changed
}

// Working returns all work that a worker is at, the longest at it first. It
// tells ids and nothing that is personal.
func (s *Store) Working(ctx context.Context) ([]Working, error) {
	scan := func(row scanner) (Working, error) {
		var w Working
		err := row.Scan(&w.Kind, &w.ID, &w.Run, &w.Worker, &w.Duration, stamp{&w.Since})
		return w, err
	}
	return rows(ctx, s, "list what is at work", scan, `
		SELECT kind, id, run, worker, duration, changed FROM (
			SELECT 'film' AS kind, id, run, worker, duration, changed FROM films WHERE state = 'analysing'
			UNION ALL
			SELECT 'reel', id, run, worker, duration, changed FROM reels WHERE state = 'rendering'
			UNION ALL
			SELECT 'viewing-copy', film_id, run, worker, duration, changed FROM viewing_copies WHERE state = 'rendering'
		) AS work ORDER BY changed, kind, id`)
}
