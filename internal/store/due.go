package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"attune/internal/vig"
)

// The kinds of work, in the words of the queue.
const (
	KindFilm        = "film"
	KindReel        = "reel"
	KindViewingCopy = "viewing-copy"
)

// Due is work that should be queued or running.
type Due struct {
	Kind     string        // KindFilm, KindReel or KindViewingCopy
	ID       string        // of the film or the reel; a viewing copy has its film's
	Run      int           // that a task for it must have
	Worker   string        // that is at it; "" where it waits
	Duration time.Duration // of the film, the reel or the copy; 0 if it is not known
}

func scanDue(row scanner) (Due, error) {
	var d Due
	err := row.Scan(&d.Kind, &d.ID, &d.Run, &d.Worker, &d.Duration)
	return d, err
}

// Due returns all work that should be queued or running, whatever Redis knows
// of it: reels first, then films and viewing copies, each in the order of the
// queue.
func (s *Store) Due(ctx context.Context) ([]Due, error) {
	return rows(ctx, s, "list what is due", scanDue, `
		SELECT kind, id, run, worker, duration FROM (
			SELECT 'reel' AS kind, id, run, worker, duration, queued, 0 AS turn FROM reels WHERE state IN ('queued', 'rendering')
			UNION ALL
			SELECT 'film', id, run, worker, duration, queued, 1 FROM films WHERE state IN ('queued', 'analysing')
			UNION ALL
			SELECT 'viewing-copy', film_id, run, worker, duration, queued, 1 FROM viewing_copies WHERE state IN ('queued', 'rendering')
		) AS work ORDER BY turn, queued, id`)
}

// Place returns how many films are to be analysed up to and with this one: 1 is
// the next. A film that does not wait has place 0.
func (s *Store) Place(ctx context.Context, id FilmID) (int, error) {
	const op = "find place"
	f, err := s.Film(ctx, id)
	if err != nil {
		return 0, err
	}
	if f.State != FilmQueued {
		return 0, nil
	}
	var before int
	err = s.reading.QueryRowContext(ctx, `SELECT COUNT(*) FROM films WHERE state = 'queued' AND (queued, id) < ($1, $2)`,
		stamp{&f.Queued}, id).Scan(&before)
	return before + 1, failure(ctx, op, err)
}

// Places is Place of several films at once, which are as many as are on one page;
// those that do not wait are left out.
func (s *Store) Places(ctx context.Context, films []FilmID) (map[FilmID]int, error) {
	var l listing
	if !among(&l, "f.id", films) {
		return map[FilmID]int{}, nil
	}
	type place struct {
		film   FilmID
		number int
	}
	found, err := rows(ctx, s, "find places", func(row scanner) (p place, err error) {
		return p, row.Scan(&p.film, &p.number)
	}, `SELECT f.id, 1 + (SELECT COUNT(*) FROM films b WHERE b.state = 'queued' AND (b.queued, b.id) < (f.queued, f.id))
		FROM films f`+l.conditions()+` AND f.state = 'queued'`, l.args...)
	places := make(map[FilmID]int, len(found))
	for _, p := range found {
		places[p.film] = p.number
	}
	return places, err
}

// RequeueWorker puts back all that the worker is at, each under a new run and
// at its old place, and returns how much that was. It is for a worker that
// knows itself to be at nothing: when it starts, and after it stopped.
func (s *Store) RequeueWorker(ctx context.Context, worker string) (n int, err error) {
	const op = "requeue worker"
	if err := checkName("the worker's id", worker); err != nil {
		return 0, failure(ctx, op, err)
	}
	work, err := rows(ctx, s, op, scanDue, `
		SELECT 'film', id, run, worker, duration FROM films WHERE state = 'analysing' AND worker = $1
		UNION ALL
		SELECT 'reel', id, run, worker, duration FROM reels WHERE state = 'rendering' AND worker = $1
		UNION ALL
		SELECT 'viewing-copy', film_id, run, worker, duration FROM viewing_copies WHERE state = 'rendering' AND worker = $1`, worker)
	if err != nil {
		return 0, err
	}
	for _, w := range work {
		run, err := s.requeue(ctx, op, w)
		if err != nil {
			return n, err
		}
		if run > 0 {
			n++
		}
	}
	return n, nil
}

// Requeue puts a piece of work back under a new run and at its old place, and
// returns the run; 0 if it is not as due says any more: at that run, in the
// hands of that worker, or waiting where that is "".
func (s *Store) Requeue(ctx context.Context, due Due) (run int, err error) {
	return s.requeue(ctx, "requeue", due)
}

// errTaken ends a transaction that found its record in other hands.
var errTaken = errors.New("another worker has it, or it is done")

func (s *Store) requeue(ctx context.Context, op string, w Due) (run int, err error) {
	film, rendering := FilmAnalysing, RenderRendering
	if w.Worker == "" {
		film, rendering = FilmQueued, RenderQueued
	}
	var f Film
	var r Render
	render := func(r *Render) error {
		if r.State != rendering || r.Worker != w.Worker || r.Run != w.Run {
			return errTaken
		}
		return r.retry(s.moment())
	}
	switch w.Kind {
	case KindFilm:
		f, err = s.moveFilm(ctx, op, FilmID(w.ID), func(_ *sql.Tx, f *Film) error {
			if f.State != film || f.Worker != w.Worker || f.Run != w.Run {
				return errTaken
			}
			return f.retry(s.moment())
		})
	case KindReel:
		r, err = s.moveRender(ctx, op, reelTable, w.ID, render)
	case KindViewingCopy:
		r, err = s.moveRender(ctx, op, viewingCopyTable, w.ID, render)
	default:
		err = vig.Errorf(vig.CodeInvalid, op, "kind %q", w.Kind)
	}
	if errors.Is(err, errTaken) || vig.CodeOf(err) == vig.CodeNotFound {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return f.Run + r.Run, nil // one of them was moved, and the other is none
}
