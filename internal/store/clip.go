package store

import (
	"context"
	"database/sql"

	"attune/internal/vig"
)

// ClipState is what the guider made of a clip.
type ClipState string

// The states. Each may follow each: the guider decides, and decides again.
const (
	ClipSuggested ClipState = "suggested"
	ClipKept      ClipState = "kept"
	ClipSetAside  ClipState = "set_aside"
)

// Clip is a span of a film cut to play.
type Clip struct {
	ID     ClipID
	Film   FilmID
	Moment string // id in the analysis, as "m1"
	Rank   int    // from 1, the strongest suggestion
	Span   vig.Span
	State  ClipState
	// Version counts how often it was set, from 1: who changes it names the version
	// that they saw.
	Version int
}

// ClipDraft is a clip that an analysis suggests.
type ClipDraft struct {
	Moment string
	Rank   int
	Span   vig.Span
}

const selectClip = `SELECT k.id, k.film_id, k.moment, k.rank, k.starts, k.ends, k.state, k.version FROM clips k`

func scanClip(row scanner) (Clip, error) {
	var c Clip
	err := row.Scan(&c.ID, &c.Film, &c.Moment, &c.Rank, &c.Span.Start, &c.Span.End, &c.State, &c.Version)
	return c, err
}

// Clip returns one clip.
func (s *Store) Clip(ctx context.Context, id ClipID) (Clip, error) {
	c, err := scanClip(s.reading.QueryRowContext(ctx, selectClip+` WHERE k.id = $1`, id))
	return c, failure(ctx, "find clip", err)
}

// Clips returns the clips of a film, the strongest suggestion first.
func (s *Store) Clips(ctx context.Context, of FilmID) ([]Clip, error) {
	return rows(ctx, s, "list clips", scanClip, selectClip+` WHERE k.film_id = $1 ORDER BY k.rank, k.id`, of)
}

// SetClip says what the guider made of a clip, and how it is trimmed. The span
// lies in the film. It is a conflict unless the clip still has the version; 0
// is whichever it has.
func (s *Store) SetClip(ctx context.Context, id ClipID, version int, state ClipState, span vig.Span) (Clip, error) {
	const op = "set clip"
	switch state {
	case ClipSuggested, ClipKept, ClipSetAside:
	default:
		return Clip{}, vig.Errorf(vig.CodeInvalid, op, "a clip is never %q", state)
	}
	var c Clip
	err := s.change(ctx, op, func(tx *sql.Tx) error {
		var err error
		if c, err = scanClip(tx.QueryRowContext(ctx, selectClip+` WHERE k.id = $1`, id)); err != nil {
			return err
		}
		f, err := s.lockFilm(ctx, tx, c.Film)
		if err != nil {
			return err
		}
		if err := f.reviewable(); err != nil {
			return err
		}
		// Read again: the lock may have been waited for.
		if c, err = scanClip(tx.QueryRowContext(ctx, selectClip+` WHERE k.id = $1`, id)); err != nil {
			return err
		}
		if version != 0 && version != c.Version {
			return refuse(vig.CodeConflict, "the clip was changed meanwhile")
		}
		if err := checkSpan(span, f.Duration); err != nil {
			return err
		}
		c.State, c.Span = state, span
		c.Version++
		return one(tx.ExecContext(ctx, `UPDATE clips SET state = $2, starts = $3, ends = $4, version = $5 WHERE id = $1`,
			id, state, span.Start, span.End, c.Version))
	})
	if err != nil {
		return Clip{}, err
	}
	return c, nil
}
