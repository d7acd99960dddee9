package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"attune/internal/vig"
)

// Reel is clips of a film one after the other.
type Reel struct {
	ID    ReelID
	Film  FilmID
	Draft bool // came with the analysis; a film has one at most
	Spans []vig.Span
	Render
}

// ReelDraft is a reel that came with an analysis, and is in the vault.
type ReelDraft struct {
	Spans    []vig.Span
	Key      string
	Duration time.Duration
}

// maxSpans is how many spans a reel may have. Three clips make a review; this
// only keeps a mistake from becoming a film.
const maxSpans = 100

const reelColumns = `id, film_id, draft, spans, ` + renderColumns

func scanReel(row scanner) (Reel, error) {
	var r Reel
	var spans string
	if err := row.Scan(append([]any{&r.ID, &r.Film, &r.Draft, &spans}, r.fields()...)...); err != nil {
		return Reel{}, err
	}
	var err error
	r.Spans, err = spansOf(spans)
	return r, err
}

func insertReel(ctx context.Context, tx *sql.Tx, r Reel) error {
	spans, err := spansText(r.Spans)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO reels (`+reelColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		r.ID, r.Film, r.Draft, spans, r.State, r.Reason, r.Key, r.Duration, r.Run, r.Attempt, r.Worker,
		stamp{&r.Created}, stamp{&r.Changed}, stamp{&r.Queued})
	return err
}

// spansText writes spans as they are stored: [[start, end], …], nanoseconds.
func spansText(spans []vig.Span) (string, error) {
	pairs := make([][2]int64, len(spans))
	for i, s := range spans {
		pairs[i] = [2]int64{int64(s.Start), int64(s.End)}
	}
	text, err := json.Marshal(pairs)
	return string(text), err
}

func spansOf(text string) ([]vig.Span, error) {
	var pairs [][2]int64
	if err := json.Unmarshal([]byte(text), &pairs); err != nil {
		return nil, err
	}
	spans := make([]vig.Span, len(pairs))
	for i, p := range pairs {
		spans[i] = vig.Span{Start: time.Duration(p[0]), End: time.Duration(p[1])}
	}
	return spans, nil
}

// checkSpan says whether a span lies in a film of that duration; 0 is one that
// is not known.
func checkSpan(span vig.Span, duration time.Duration) error {
	if span.Start < 0 || span.End <= span.Start || duration > 0 && span.End > duration {
		return refuse(vig.CodeInvalid, "the span from %v to %v does not lie in the film", span.Start, span.End)
	}
	return nil
}

// CreateReel makes a reel of a film that is ready or confirmed, and queues it
// as run 1.
func (s *Store) CreateReel(ctx context.Context, of FilmID, spans []vig.Span) (Reel, error) {
	const op = "create reel"
	if len(spans) == 0 || len(spans) > maxSpans {
		return Reel{}, vig.Errorf(vig.CodeInvalid, op, "%d spans, and 1 to %d can be had", len(spans), maxSpans)
	}
	var r Reel
	err := s.change(ctx, op, func(tx *sql.Tx) error {
		f, err := s.lockFilm(ctx, tx, of)
		if err != nil {
			return err
		}
		if err := f.reviewable(); err != nil {
			return err
		}
		var length time.Duration
		for _, span := range spans {
			if err := checkSpan(span, f.Duration); err != nil {
				return err
			}
			length += span.Length()
		}
		r = Reel{ID: ReelID(newID()), Film: of, Spans: spans, Render: newRender(length, s.moment())}
		return insertReel(ctx, tx, r)
	})
	if err != nil {
		return Reel{}, err
	}
	return r, nil
}

// Reel returns one reel.
func (s *Store) Reel(ctx context.Context, id ReelID) (Reel, error) {
	r, err := scanReel(s.reading.QueryRowContext(ctx, `SELECT `+reelColumns+` FROM reels WHERE id = $1`, id))
	return r, failure(ctx, "find reel", err)
}

// Reels returns the reels of a film, the oldest first: the draft, and as many
// as the guider made.
func (s *Store) Reels(ctx context.Context, of FilmID) ([]Reel, error) {
	return rows(ctx, s, "list reels", scanReel, `SELECT `+reelColumns+` FROM reels WHERE film_id = $1 ORDER BY id`, of)
}

// BeginReel is BeginFilm for a reel.
func (s *Store) BeginReel(ctx context.Context, id ReelID, run int, worker string) (attempt string, err error) {
	return s.beginRender(ctx, "begin reel", reelTable, string(id), run, worker)
}

// PublishReel says that the attempt has written the reel, of that duration, to
// the key in the vault. It is a conflict unless the attempt is the current one.
func (s *Store) PublishReel(ctx context.Context, id ReelID, attempt, key string, duration time.Duration) error {
	return s.publishRender(ctx, "publish reel", reelTable, string(id), attempt, key, duration)
}

// FailReel is FailFilm for a reel.
func (s *Store) FailReel(ctx context.Context, id ReelID, attempt, reason string) error {
	return s.failRender(ctx, "fail reel", reelTable, string(id), attempt, reason)
}

// RetryReel is RetryFilm for a reel.
func (s *Store) RetryReel(ctx context.Context, id ReelID) (run int, err error) {
	return s.retryRender(ctx, "retry reel", reelTable, string(id))
}
