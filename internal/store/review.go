package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"

	"attune/internal/vig"
)

// Review is what is known of the guider's review of a film beside its clips.
type Review struct {
	Film   FilmID
	Played []vig.Span // what of the film was played, in order and apart; never nil
	// OrderVersion counts how often the clips of the reel were put in order, from 1.
	OrderVersion int
}

// HasPlayed reports whether enough of a span was played for it to be kept.
func (r Review) HasPlayed(span vig.Span) bool { return covered(span, r.Played) }

// InReel returns the clips that are kept, in the order of the reel: as the
// guider put them; those that have no place yet follow in the order of the film.
func InReel(clips []Clip) []Clip {
	kept := slices.DeleteFunc(slices.Clone(clips), func(c Clip) bool { return c.State != ClipKept || !c.Deleted.IsZero() })
	slices.SortFunc(kept, func(a, b Clip) int {
		return cmp.Or(-cmp.Compare(min(a.Position, 1), min(b.Position, 1)), cmp.Compare(a.Position, b.Position),
			cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End), cmp.Compare(a.ID, b.ID))
	})
	return kept
}

// Review returns what is known of the review of a film: of one that was never
// played, that nothing was.
func (s *Store) Review(ctx context.Context, of FilmID) (Review, error) {
	r, err := scanReview(s.reading.QueryRowContext(ctx, selectReview, of), of)
	return r, failure(ctx, "find review", err)
}

const selectReview = `SELECT played, order_version FROM reviews WHERE film_id = $1`

func scanReview(row scanner, of FilmID) (Review, error) {
	r := Review{Film: of, Played: []vig.Span{}, OrderVersion: 1}
	var played string
	err := row.Scan(&played, &r.OrderVersion)
	if isNoRow(err) {
		return r, nil
	}
	if err == nil {
		r.Played, err = spansOf(played)
	}
	return r, err
}

func isNoRow(err error) bool { return errors.Is(err, sql.ErrNoRows) }

func (r Review) write(ctx context.Context, tx *sql.Tx) error {
	played, err := spansText(r.Played)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO reviews (film_id, played, order_version) VALUES ($1, $2, $3)
		ON CONFLICT (film_id) DO UPDATE SET played = $2, order_version = $3`, r.Film, played, r.OrderVersion)
	return err
}

// AddPlayed says what of a film was played, beside what was said before. Who
// says it when, and how often, makes no difference.
func (s *Store) AddPlayed(ctx context.Context, of FilmID, played []vig.Span) (Review, error) {
	var r Review
	err := s.changeReview(ctx, "add what was played", of, func(tx *sql.Tx, f Film) error {
		var err error
		r, err = s.addPlayed(ctx, tx, f, played)
		return err
	})
	if err != nil {
		return Review{}, err
	}
	return r, nil
}

// changeReview makes f alone with a film that can be reviewed.
func (s *Store) changeReview(ctx context.Context, op string, of FilmID, f func(*sql.Tx, Film) error) error {
	return s.change(ctx, op, func(tx *sql.Tx) error {
		film, err := s.lockFilm(ctx, tx, of)
		if err != nil {
			return err
		}
		if err := film.reviewable(); err != nil {
			return err
		}
		return f(tx, film)
	})
}

// addPlayed is AddPlayed in the transaction that holds the film.
func (s *Store) addPlayed(ctx context.Context, tx *sql.Tx, f Film, played []vig.Span) (Review, error) {
	r, err := scanReview(tx.QueryRowContext(ctx, selectReview, f.ID), f.ID)
	if err != nil || len(played) == 0 {
		return r, err
	}
	all, err := withPlayed(r.Played, played, f.Duration)
	if err != nil {
		return r, err
	}
	if slices.Equal(all, r.Played) {
		return r, nil
	}
	r.Played = all
	return r, r.write(ctx, tx)
}

// OrderClips puts the kept clips of a film in the order of the reel: all of
// them, each once. It is a conflict where others are kept by now, or the order
// has not the version any more; 0 is whichever it has.
func (s *Store) OrderClips(ctx context.Context, of FilmID, version int, ids []ClipID) (Review, error) {
	var r Review
	err := s.changeReview(ctx, "order clips", of, func(tx *sql.Tx, f Film) error {
		var err error
		if r, err = scanReview(tx.QueryRowContext(ctx, selectReview, of), of); err != nil {
			return err
		}
		if version != 0 && version != r.OrderVersion {
			return refuse(vig.CodeConflict, "the order was changed meanwhile")
		}
		if err := sameKept(ctx, tx, f.ID, ids); err != nil {
			return err
		}
		// What is not kept now has no place: kept again, it is the last.
		if _, err := tx.ExecContext(ctx, `UPDATE clips SET position = 0 WHERE film_id = $1`, of); err != nil {
			return err
		}
		for i, id := range ids {
			if err := one(tx.ExecContext(ctx, `UPDATE clips SET position = $2 WHERE id = $1`, id, i+1)); err != nil {
				return err
			}
		}
		r.OrderVersion++
		return r.write(ctx, tx)
	})
	if err != nil {
		return Review{}, err
	}
	return r, nil
}

// sameKept says whether the clips that are kept are exactly these.
func sameKept(ctx context.Context, tx *sql.Tx, of FilmID, ids []ClipID) error {
	found, err := tx.QueryContext(ctx, `SELECT id FROM clips WHERE film_id = $1 AND state = $2 AND deleted = 0`, of, ClipKept)
	if err != nil {
		return err
	}
	defer found.Close()
	var kept []ClipID
	for found.Next() {
		var id ClipID
		if err := found.Scan(&id); err != nil {
			return err
		}
		kept = append(kept, id)
	}
	if err := found.Err(); err != nil {
		return err
	}
	named := slices.Clone(ids)
	slices.Sort(named)
	slices.Sort(kept)
	if !slices.Equal(named, kept) {
		return refuse(vig.CodeConflict, "these are not the clips that are kept, each once")
	}
	return nil
}
