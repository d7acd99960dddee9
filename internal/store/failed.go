package store

import (
	"context"
	"time"
)

// failed are all records of work that came to nothing, one row each.
const failed = `(
	SELECT 'film' AS kind, id, state, reason, changed FROM films WHERE state IN ('failed', 'refused')
	UNION ALL
	SELECT 'reel', id, state, reason, changed FROM reels WHERE state = 'failed'
	UNION ALL
	SELECT 'viewing-copy', film_id, state, reason, changed FROM viewing_copies WHERE state = 'failed'
) AS failed`

// Failed is work that came to nothing.
type Failed struct {
	Kind    string // KindFilm, KindReel or KindViewingCopy
	ID      string // of the film or the reel; a viewing copy has its film's
	Refused bool   // for good: the film cannot be analysed, whoever tries
	Reason  string // in plain words
	At      time.Time
}

// Failed returns the latest work that came to nothing, at most limit. It tells
// ids and reasons and nothing that is personal.
func (s *Store) Failed(ctx context.Context, limit int) ([]Failed, error) {
	scan := func(row scanner) (Failed, error) {
		var f Failed
		err := row.Scan(&f.Kind, &f.ID, &f.Refused, &f.Reason, stamp{&f.At})
		return f, err
	}
	return rows(ctx, s, "list what failed", scan,
		`SELECT kind, id, state = 'refused', reason, changed FROM `+failed+` ORDER BY changed DESC, kind, id LIMIT $1`, limit)
}

// FailedFor is how much work came to nothing for one reason.
type FailedFor struct {
	Kind    string
	Refused bool
	Reason  string
	Count   int
	Last    time.Time
}

// FailedByReason counts all work that came to nothing by kind and reason, what
// failed last first, and at most limit reasons.
func (s *Store) FailedByReason(ctx context.Context, limit int) ([]FailedFor, error) {
	scan := func(row scanner) (FailedFor, error) {
		var f FailedFor
		err := row.Scan(&f.Kind, &f.Refused, &f.Reason, &f.Count, stamp{&f.Last})
		return f, err
	}
	return rows(ctx, s, "count what failed", scan, `SELECT kind, state = 'refused', reason, COUNT(*), MAX(changed) AS last
		FROM `+failed+` GROUP BY kind, state, reason ORDER BY last DESC, kind, reason LIMIT $1`, limit)
}
