package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"time"

	"attune/internal/vig"
)

// Reel is clips of a film one after the other.
type Reel struct {
	ID          ReelID
	Film        FilmID
	Draft       bool // came with the analysis; a film has one at most
	Version     int  // of the film's reels, from 1; 0 for the draft
	Spans       []vig.Span
	Card        vig.TitleCard // before the first clip
	Manifest    *Manifest     // nil for the draft, and for reels from before there were manifests
	Played      []vig.Span    // what of it was played by its guider, in order and apart; never nil
	ConfirmedBy AccountID
	Confirmed   time.Time // zero until the guider has confirmed it
	Render
}

// ReelPlan says what a new version of a film's reel is to show.
type ReelPlan struct {
	By    AccountID // who has it made
	Clips []Clip    // as they were read, in the order of the reel
	Card  vig.TitleCard
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

// maxReels is how many versions the reel of a film may have: a film has three or
// four. It only keeps a mistake from filling the records.
const maxReels = 1000

// The longest title, in bytes, and how long a card may be shown: long enough to
// read some lines, and the reel is still of clips.
const (
	maxTitle = 200
	maxCard  = 10 * time.Second
)

const reelColumns = `id, film_id, draft, spans, version, title, card, manifest, confirmed_by, confirmed, played, ` + renderColumns

const selectReel = `SELECT ` + reelColumns + ` FROM reels`

func scanReel(row scanner) (Reel, error) {
	var r Reel
	var spans, manifest, played string
	err := row.Scan(append([]any{&r.ID, &r.Film, &r.Draft, &spans, &r.Version, &r.Card.Text, &r.Card.Length, &manifest,
		&r.ConfirmedBy, stamp{&r.Confirmed}, &played}, r.fields()...)...)
	if err != nil {
		return Reel{}, err
	}
	if r.Played, err = spansOf(played); err != nil {
		return r, err
	}
	if r.Spans, err = spansOf(spans); err != nil || manifest == "" {
		return r, err
	}
	r.Manifest = &Manifest{}
	return r, json.Unmarshal([]byte(manifest), r.Manifest)
}

func insertReel(ctx context.Context, tx *sql.Tx, r Reel) error {
	spans, err := spansText(r.Spans)
	if err != nil {
		return err
	}
	var manifest []byte
	if r.Manifest != nil {
		if manifest, err = json.Marshal(r.Manifest); err != nil {
			return err
		}
	}
	played, err := spansText(r.Played)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO reels (`+reelColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`,
		r.ID, r.Film, r.Draft, spans, r.Version, r.Card.Text, r.Card.Length, string(manifest), r.ConfirmedBy, stamp{&r.Confirmed}, played,
		r.State, r.Reason, r.Key, r.Duration, r.Run, r.Attempt, r.Worker, stamp{&r.Created}, stamp{&r.Changed}, stamp{&r.Queued})
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

// CreateReel makes the next version of the reel of a film that is ready or
// confirmed, binds it to its clips by a manifest, and queues it as run 1. It is
// a conflict unless every clip is a kept one of the film, and still as it was
// read. Whoever asks again for what is still in the making is given that.
func (s *Store) CreateReel(ctx context.Context, of FilmID, plan ReelPlan) (Reel, error) {
	const op = "create reel"
	if err := plan.check(); err != nil {
		return Reel{}, failure(ctx, op, err)
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
		r = Reel{ID: ReelID(newID()), Film: of, Card: plan.Card, Played: []vig.Span{}, Render: newRender(plan.Card.Length, s.moment())}
		for _, clip := range plan.Clips {
			now, err := scanClip(tx.QueryRowContext(ctx, selectClip+` WHERE k.id = $1 AND k.film_id = $2`, clip.ID, of))
			if err != nil && !isNoRow(err) {
				return err
			}
			if err != nil || now.State != ClipKept || !now.Deleted.IsZero() || now.Version != clip.Version {
				return refuse(vig.CodeConflict, "not all of these clips are kept, or one was changed meanwhile")
			}
			if err := checkSpan(now.Span, f.Duration); err != nil {
				return err
			}
			r.Spans = append(r.Spans, now.Span)
			r.Duration += now.Span.Length()
		}
		newest, err := scanReel(tx.QueryRowContext(ctx, selectReel+` WHERE film_id = $1
			ORDER BY version DESC LIMIT 1`, of)) // the draft is version 0
		if err != nil && !isNoRow(err) {
			return err
		}
		r.Version = newest.Version + 1
		r.Manifest = manifestOf(r, f, plan)
		if newest.due() && newest.Card == r.Card && newest.Manifest != nil && newest.Manifest.showsAs(*r.Manifest) {
			r = newest
			return nil
		}
		if r.Version > maxReels {
			return refuse(vig.CodeConflict, "the reel of this film has %d versions, and no more can be made", maxReels)
		}
		return insertReel(ctx, tx, r)
	})
	if err != nil {
		return Reel{}, err
	}
	return r, nil
}

func (p ReelPlan) check() error {
	if len(p.Clips) == 0 || len(p.Clips) > maxSpans {
		return refuse(vig.CodeInvalid, "%d clips, and 1 to %d can be had", len(p.Clips), maxSpans)
	}
	if (p.Card.Text == "") != (p.Card.Length == 0) || p.Card.Length < 0 || p.Card.Length > maxCard {
		return refuse(vig.CodeInvalid, "a title card is shown for up to %v, and not without a title", maxCard)
	}
	return checkText("the title", p.Card.Text, maxTitle)
}

func manifestOf(r Reel, f Film, plan ReelPlan) *Manifest {
	m := &Manifest{
		Format: ManifestFormat, Reel: r.ID, Version: r.Version,
		Film:   ManifestFilm{ID: f.ID, SHA256: f.SHA256, Duration: Seconds(f.Duration)},
		MadeBy: plan.By, Made: r.Created, Settings: ManifestSettings{Quality: "original"},
	}
	for i, clip := range plan.Clips {
		span := r.Spans[i]
		m.Clips = append(m.Clips, ManifestClip{
			Clip: clip.ID, Version: clip.Version, Moment: clip.Moment, Start: Seconds(span.Start), End: Seconds(span.End),
			Tags: clip.Tags, Goal: clip.Goal, Note: clip.Note,
		})
	}
	if plan.Card.Shown() {
		m.Settings.TitleCard = &ManifestCard{Text: plan.Card.Text, Length: Seconds(plan.Card.Length)}
	}
	return m
}

// ConfirmReel says that the guider has looked at a reel and is done with its
// film. It is a conflict unless the reel is ready, was played and shows exactly
// what is kept now; to confirm it again changes nothing.
func (s *Store) ConfirmReel(ctx context.Context, id ReelID, by AccountID) (Reel, error) {
	const op = "confirm reel"
	r, err := s.Reel(ctx, id)
	if err != nil {
		return Reel{}, err
	}
	_, err = s.moveFilm(ctx, op, r.Film, func(tx *sql.Tx, f *Film) error {
		if r, err = scanReel(tx.QueryRowContext(ctx, selectReel+` WHERE id = $1`, id)); err != nil {
			return err
		}
		switch {
		case !r.Confirmed.IsZero():
			return nil
		case r.Draft || r.Manifest == nil:
			return refuse(vig.CodeConflict, "this reel was not made of the clips that you keep: make one of them")
		case r.State != RenderReady:
			return refuse(vig.CodeConflict, "the reel is %s: it can be confirmed when it can be watched", r.State)
		case r.Unplayed() > 0:
			return refuse(vig.CodeConflict, "the reel was not played to its end yet: play it, then confirm it")
		}
		kept, err := keptClips(ctx, tx, f.ID)
		if err != nil {
			return err
		}
		if r.Manifest.Changes(kept).Any() {
			return refuse(vig.CodeConflict, "the clips that you keep were changed since this reel was made: make it anew")
		}
		if f.State != FilmConfirmed {
			if err := f.confirm(); err != nil {
				return err
			}
		}
		r.ConfirmedBy, r.Confirmed = by, s.moment()
		return one(tx.ExecContext(ctx, `UPDATE reels SET confirmed_by = $2, confirmed = $3 WHERE id = $1`, id, by, stamp{&r.Confirmed}))
	})
	if err != nil {
		return Reel{}, err
	}
	return r, nil
}

// Unplayed returns how much of the reel is to be played before it can be
// confirmed.
func (r Reel) Unplayed() time.Duration {
	whole := vig.Span{End: r.Duration}
	if covered(whole, r.Played) {
		return 0
	}
	return unplayed(whole, r.Played)
}

// AddReelPlayed says what of a reel that is ready was played, beside what was
// said before. Who says it when, and how often, makes no difference.
func (s *Store) AddReelPlayed(ctx context.Context, id ReelID, played []vig.Span) (Reel, error) {
	const op = "add what was played of a reel"
	r, err := s.Reel(ctx, id)
	if err != nil {
		return Reel{}, err
	}
	err = s.changeReview(ctx, op, r.Film, func(tx *sql.Tx, _ Film) error {
		if r, err = scanReel(tx.QueryRowContext(ctx, selectReel+` WHERE id = $1`, id)); err != nil {
			return err
		}
		if r.State != RenderReady {
			return refuse(vig.CodeConflict, "the reel is %s: nobody can have played it", r.State)
		}
		if r.Played, err = withPlayed(r.Played, played, r.Duration); err != nil {
			return err
		}
		text, err := spansText(r.Played)
		if err != nil {
			return err
		}
		return one(tx.ExecContext(ctx, `UPDATE reels SET played = $2 WHERE id = $1`, id, text))
	})
	if err != nil {
		return Reel{}, err
	}
	return r, nil
}

// Reel returns one reel.
func (s *Store) Reel(ctx context.Context, id ReelID) (Reel, error) {
	r, err := scanReel(s.reading.QueryRowContext(ctx, selectReel+` WHERE id = $1`, id))
	return r, failure(ctx, "find reel", err)
}

// Reels returns the reels of a film, the oldest first: the draft, and as many
// as the guider made, without their manifests.
func (s *Store) Reels(ctx context.Context, of FilmID) ([]Reel, error) {
	columns := strings.Replace(reelColumns, "manifest", "''", 1) // which may have pages of notes
	return rows(ctx, s, "list reels", scanReel, `SELECT `+columns+` FROM reels WHERE film_id = $1 ORDER BY id`, of)
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
