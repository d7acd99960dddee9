package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"attune/internal/vig"
)

// Analysis is what was found in a film.
type Analysis struct {
	ID      AnalysisID
	Film    FilmID
	Attempt string            // that made it
	Format  string            // of JSON, as "attune.analysis/1"
	JSON    []byte            // analysis.json, byte for byte
	Keys    map[string]string // name of a file, as "stills/m1.jpg" → key in the vault
	Created time.Time
}

// AnalysisDraft is what an attempt publishes. Its files are in the vault.
type AnalysisDraft struct {
	Film   FilmID
	Format string
	JSON   []byte
	Keys   map[string]string
	Clips  []ClipDraft
	Reel   *ReelDraft // nil where there is nothing to show
	// NeedsViewingCopy says that browsers cannot play the film: a viewing copy is
	// due from now on.
	NeedsViewingCopy bool
}

func (d AnalysisDraft) check() error {
	if err := checkName("the format", d.Format); err != nil {
		return err
	}
	if !json.Valid(d.JSON) {
		return refuse(vig.CodeInvalid, "the analysis is no JSON")
	}
	for name, key := range d.Keys {
		if err := errors.Join(checkName("the name of a file", name), checkName("the key", key)); err != nil {
			return err
		}
	}
	for _, clip := range d.Clips {
		if err := errors.Join(checkName("the moment", clip.Moment), checkSpan(clip.Span, 0)); err != nil {
			return err
		}
	}
	if d.Reel != nil {
		return checkName("the key", d.Reel.Key)
	}
	return nil
}

// PublishAnalysis makes the result of an attempt that of the film, which is
// then ready: its analysis, its clips and its draft reel, all at once. It is a
// conflict unless the attempt is the current one: what it put into the vault
// is then referred to by nothing. To publish the same again, after an answer
// was lost, is none.
func (s *Store) PublishAnalysis(ctx context.Context, attempt string, draft AnalysisDraft) (AnalysisID, error) {
	const op = "publish analysis"
	if err := draft.check(); err != nil {
		return "", failure(ctx, op, err)
	}
	var id AnalysisID
	_, err := s.moveFilm(ctx, op, draft.Film, func(tx *sql.Tx, f *Film) error {
		if f.Analysis != "" && f.Attempt == attempt {
			id = f.Analysis
			return nil
		}
		if err := f.publish(attempt); err != nil {
			return err
		}
		id = AnalysisID(newID())
		return s.insertAnalysis(ctx, tx, id, *f, draft)
	})
	if err != nil {
		return "", err
	}
	return id, nil
}

func (s *Store) insertAnalysis(ctx context.Context, tx *sql.Tx, id AnalysisID, f Film, draft AnalysisDraft) error {
	now := s.moment()
	_, err := tx.ExecContext(ctx, `INSERT INTO analyses (id, film_id, attempt, format, json, created) VALUES ($1, $2, $3, $4, $5, $6)`,
		id, f.ID, f.Attempt, draft.Format, string(draft.JSON), stamp{&now})
	if err != nil {
		return err
	}
	for name, key := range draft.Keys {
		_, err := tx.ExecContext(ctx, `INSERT INTO analysis_files (analysis_id, name, vault_key) VALUES ($1, $2, $3)`, id, name, key)
		if err != nil {
			return err
		}
	}
	for _, clip := range draft.Clips {
		c := Clip{ID: ClipID(newID()), Film: f.ID, Moment: clip.Moment, Rank: clip.Rank, Span: clip.Span, State: ClipSuggested}
		if err := insertClip(ctx, tx, c, ""); err != nil {
			return err
		}
	}
	if draft.Reel != nil {
		reel := Reel{ID: ReelID(newID()), Film: f.ID, Draft: true, Spans: draft.Reel.Spans, Render: newRender(draft.Reel.Duration, now)}
		reel.State, reel.Key, reel.Attempt = RenderReady, draft.Reel.Key, f.Attempt
		if err := insertReel(ctx, tx, reel); err != nil {
			return err
		}
	}
	if draft.NeedsViewingCopy {
		r := newRender(f.Duration, now)
		_, err := tx.ExecContext(ctx, `INSERT INTO viewing_copies (film_id, `+renderColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			f.ID, r.State, r.Reason, r.Key, r.Duration, r.Run, r.Attempt, r.Worker, stamp{&r.Created}, stamp{&r.Changed}, stamp{&r.Queued})
		if err != nil {
			return err
		}
	}
	return nil
}

// Analysis returns one analysis with its keys.
func (s *Store) Analysis(ctx context.Context, id AnalysisID) (Analysis, error) {
	const op = "find analysis"
	a := Analysis{ID: id, Keys: map[string]string{}}
	var text string
	err := s.reading.QueryRowContext(ctx, `SELECT film_id, attempt, format, json, created FROM analyses WHERE id = $1`, id).
		Scan(&a.Film, &a.Attempt, &a.Format, &text, stamp{&a.Created})
	if err != nil {
		return Analysis{}, failure(ctx, op, err)
	}
	a.JSON = []byte(text)
	type file struct{ name, key string }
	files, err := rows(ctx, s, op, func(row scanner) (file, error) {
		var f file
		err := row.Scan(&f.name, &f.key)
		return f, err
	}, `SELECT name, vault_key FROM analysis_files WHERE analysis_id = $1`, id)
	if err != nil {
		return Analysis{}, err
	}
	for _, f := range files {
		a.Keys[f.name] = f.key
	}
	return a, nil
}
