package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"time"

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
	Moment string // id in the analysis, as "m1"; "" where the guider found it
	Rank   int    // of the moment, from 1, the strongest suggestion; 0 without one
	Span   vig.Span
	State  ClipState
	// ByHand says that the guider made it: added it, or split it off another. What
	// was suggested is set aside; only these can be deleted.
	ByHand bool
	// Position is the place in the reel that the guider gave it, from 1; 0 is none.
	// See [InReel].
	Position int
	Tags     []vig.Principle // what it illustrates, as the guider says; nil is nothing
	Goal     string          // what the client wants, in their words, that the note is about
	Note     string
	// Version counts how often it was set, from 1: who changes it names the version
	// that they saw.
	Version int
	Deleted time.Time // zero where it is not; can be restored
}

// ClipDraft is a clip that an analysis suggests.
type ClipDraft struct {
	Moment string
	Rank   int
	Span   vig.Span
}

// NewClip is a clip that the guider adds.
type NewClip struct {
	// Request is a text of the caller's, no other request's of the film: to add
	// with it a second time, after an answer was lost, adds nothing. "" is none.
	Request string
	Span    vig.Span
	State   ClipState // "" is suggested
	Tags    []vig.Principle
	Goal    string
	Note    string
	Played  []vig.Span // what was played since it was told last
}

// ClipChange is what is to be changed of a clip. nil leaves it.
type ClipChange struct {
	State *ClipState
	Span  *vig.Span
	Tags  *[]vig.Principle
	Goal  *string
	Note  *string
	// Played is what was played since it was told last, of the whole film.
	Played []vig.Span
}

const (
	// maxClips is how many clips a film may have, deleted ones with them: a review
	// looks at ten. It only keeps a mistake from filling the records.
	maxClips = 1000
	maxNote  = 10_000 // some pages
)

const selectClip = `SELECT k.id, k.film_id, k.moment, k.rank, k.starts, k.ends, k.state, k.by_hand, k.position,
	k.tags, k.goal, k.note, k.version, k.deleted FROM clips k`

func scanClip(row scanner) (Clip, error) {
	var c Clip
	var tags string
	err := row.Scan(&c.ID, &c.Film, &c.Moment, &c.Rank, &c.Span.Start, &c.Span.End, &c.State, &c.ByHand, &c.Position,
		&tags, &c.Goal, &c.Note, &c.Version, stamp{&c.Deleted})
	if err == nil && tags != "[]" {
		err = json.Unmarshal([]byte(tags), &c.Tags)
	}
	return c, err
}

// check says whether what people decide of a clip can be stored.
func (c Clip) check(duration time.Duration) error {
	switch c.State {
	case ClipSuggested, ClipKept, ClipSetAside:
	default:
		return refuse(vig.CodeInvalid, "a clip is never %q", c.State)
	}
	if err := checkSpan(c.Span, duration); err != nil {
		return err
	}
	for i, tag := range c.Tags {
		if !slices.Contains(vig.Principles, tag) {
			return refuse(vig.CodeInvalid, "there is no group of principles %q", tag)
		}
		if slices.Contains(c.Tags[:i], tag) {
			return refuse(vig.CodeInvalid, "the group %q is there twice", tag)
		}
	}
	if err := checkText("the goal", c.Goal, maxGoals); err != nil {
		return err
	}
	return checkText("the note", c.Note, maxNote)
}

// write stores a clip that was changed, as its next version.
func (c *Clip) write(ctx context.Context, tx *sql.Tx) error {
	tags, err := tagsText(c.Tags)
	if err != nil {
		return err
	}
	c.Version++
	return one(tx.ExecContext(ctx, `UPDATE clips SET state = $2, starts = $3, ends = $4, tags = $5, goal = $6, note = $7,
		version = $8, deleted = $9 WHERE id = $1`,
		c.ID, c.State, c.Span.Start, c.Span.End, tags, c.Goal, c.Note, c.Version, stamp{&c.Deleted}))
}

func insertClip(ctx context.Context, tx *sql.Tx, c Clip, request string) error {
	tags, err := tagsText(c.Tags)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO clips (id, film_id, moment, rank, starts, ends, state, by_hand, position, tags, goal, note, made_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		c.ID, c.Film, c.Moment, c.Rank, c.Span.Start, c.Span.End, c.State, c.ByHand, c.Position, tags, c.Goal, c.Note, request)
	return err
}

func tagsText(tags []vig.Principle) (string, error) {
	if len(tags) == 0 {
		return "[]", nil
	}
	text, err := json.Marshal(tags)
	return string(text), err
}

// Clip returns one clip, also one that was deleted.
func (s *Store) Clip(ctx context.Context, id ClipID) (Clip, error) {
	c, err := scanClip(s.reading.QueryRowContext(ctx, selectClip+` WHERE k.id = $1`, id))
	return c, failure(ctx, "find clip", err)
}

// inRank is the order of a list of clips: the strongest suggestion first, with
// what was split off it, then what the guider found.
const inRank = ` ORDER BY CASE WHEN k.moment = '' THEN 1 ELSE 0 END, k.rank, k.starts, k.id`

// Clips returns the clips of a film, the strongest suggestion first, then those
// that the guider added. Those that were deleted are left out.
func (s *Store) Clips(ctx context.Context, of FilmID) ([]Clip, error) {
	return rows(ctx, s, "list clips", scanClip, selectClip+` WHERE k.film_id = $1 AND k.deleted = 0`+inRank, of)
}

// ClipsOf is Clips of several films at once, which are as many as are on one page;
// those without a clip are left out.
func (s *Store) ClipsOf(ctx context.Context, films []FilmID) (map[FilmID][]Clip, error) {
	of := map[FilmID][]Clip{}
	var l listing
	if !among(&l, "k.film_id", films) {
		return of, nil
	}
	found, err := rows(ctx, s, "list clips", scanClip, selectClip+l.conditions()+` AND k.deleted = 0`+inRank, l.args...)
	for _, c := range found {
		of[c.Film] = append(of[c.Film], c)
	}
	return of, err
}

// KeptClips returns the clips of a film that are kept, in the order of the reel.
func (s *Store) KeptClips(ctx context.Context, of FilmID) ([]Clip, error) {
	clips, err := s.Clips(ctx, of)
	return InReel(clips), err
}

// keptClips is KeptClips as a transaction sees them.
func keptClips(ctx context.Context, tx *sql.Tx, of FilmID) ([]Clip, error) {
	found, err := tx.QueryContext(ctx, selectClip+` WHERE k.film_id = $1 AND k.deleted = 0`, of)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	var clips []Clip
	for found.Next() {
		c, err := scanClip(found)
		if err != nil {
			return nil, err
		}
		clips = append(clips, c)
	}
	return InReel(clips), found.Err()
}

// ChangeClip says what the guider made of a clip. The span lies in the film. It
// is a conflict unless the clip still has the version; 0 is whichever it has.
//
// A clip is kept only after it was played, else it is a conflict. One that was
// kept and becomes longer than what was played is suggested again, unless the
// change says that it is to be kept.
func (s *Store) ChangeClip(ctx context.Context, id ClipID, version int, change ClipChange) (Clip, error) {
	var c Clip
	err := s.changeClip(ctx, "change clip", id, version, func(tx *sql.Tx, f Film, found *Clip) error {
		if !found.Deleted.IsZero() {
			return refuse(vig.CodeConflict, "the clip was deleted")
		}
		was, span := found.State, found.Span
		change.apply(found)
		if err := found.check(f.Duration); err != nil {
			return err
		}
		review, err := s.addPlayed(ctx, tx, f, change.Played)
		if err != nil {
			return err
		}
		if found.State == ClipKept && (was != ClipKept || found.Span != span) && !review.HasPlayed(found.Span) {
			if change.State != nil {
				return errNotPlayed()
			}
			found.State = ClipSuggested
		}
		err = found.write(ctx, tx)
		c = *found
		return err
	})
	if err != nil {
		return Clip{}, err
	}
	return c, nil
}

func errNotPlayed() error {
	return refuse(vig.CodeConflict, "the clip has not been played yet: play it, then keep it")
}

// edgeTolerance is below what times are told in: an edge that was told and came
// back, as it does when a trim is undone, is the edge that it was.
const edgeTolerance = time.Microsecond

// sameEdges returns a span with those edges of another that it has to the
// microsecond.
func sameEdges(was, is vig.Span) vig.Span {
	if (is.Start - was.Start).Abs() < edgeTolerance {
		is.Start = was.Start
	}
	if (is.End - was.End).Abs() < edgeTolerance {
		is.End = was.End
	}
	return is
}

func (change ClipChange) apply(c *Clip) {
	if change.State != nil {
		c.State = *change.State
	}
	if change.Span != nil {
		c.Span = sameEdges(c.Span, *change.Span)
	}
	if change.Tags != nil {
		c.Tags = slices.Clone(*change.Tags)
		if len(c.Tags) == 0 {
			c.Tags = nil // as it is read
		}
	}
	if change.Goal != nil {
		c.Goal = *change.Goal
	}
	if change.Note != nil {
		c.Note = *change.Note
	}
}

// changeClip makes f alone with a clip of that version and its film, which is
// one that can be reviewed.
func (s *Store) changeClip(ctx context.Context, op string, id ClipID, version int, f func(*sql.Tx, Film, *Clip) error) error {
	return s.change(ctx, op, func(tx *sql.Tx) error {
		c, err := scanClip(tx.QueryRowContext(ctx, selectClip+` WHERE k.id = $1`, id))
		if err != nil {
			return err
		}
		film, err := s.lockFilm(ctx, tx, c.Film)
		if err != nil {
			return err
		}
		if err := film.reviewable(); err != nil {
			return err
		}
		// Read again: the lock may have been waited for.
		if c, err = scanClip(tx.QueryRowContext(ctx, selectClip+` WHERE k.id = $1`, id)); err != nil {
			return err
		}
		if version != 0 && version != c.Version {
			return refuse(vig.CodeConflict, "the clip was changed meanwhile")
		}
		return f(tx, film, &c)
	})
}

// AddClip adds a clip of the guider's own. It may be kept at once, if it was
// played.
func (s *Store) AddClip(ctx context.Context, to FilmID, draft NewClip) (Clip, error) {
	const op = "add clip"
	c := Clip{
		ID: ClipID(newID()), Film: to, Span: draft.Span, State: draft.State, ByHand: true,
		Tags: slices.Clone(draft.Tags), Goal: draft.Goal, Note: draft.Note, Version: 1,
	}
	if c.State == "" {
		c.State = ClipSuggested
	}
	if len(c.Tags) == 0 {
		c.Tags = nil
	}
	if err := checkText("the text of the request", draft.Request, maxName); err != nil {
		return Clip{}, failure(ctx, op, err)
	}
	var made Clip
	err := s.change(ctx, op, func(tx *sql.Tx) error {
		film, err := s.lockFilm(ctx, tx, to)
		if err != nil {
			return err
		}
		if err := film.reviewable(); err != nil {
			return err
		}
		var again bool
		if made, again, err = clipOfRequest(ctx, tx, to, draft.Request); err != nil || again {
			return err
		}
		if err := c.check(film.Duration); err != nil {
			return err
		}
		if err := roomForClip(ctx, tx, to); err != nil {
			return err
		}
		review, err := s.addPlayed(ctx, tx, film, draft.Played)
		if err != nil {
			return err
		}
		if c.State == ClipKept && !review.HasPlayed(c.Span) {
			return errNotPlayed()
		}
		made = c
		return insertClip(ctx, tx, c, draft.Request)
	})
	if err != nil {
		return Clip{}, err
	}
	return made, nil
}

// clipOfRequest returns the clip that a request made before.
func clipOfRequest(ctx context.Context, tx *sql.Tx, of FilmID, request string) (c Clip, found bool, err error) {
	if request == "" {
		return Clip{}, false, nil
	}
	c, err = scanClip(tx.QueryRowContext(ctx, selectClip+` WHERE k.film_id = $1 AND k.made_by = $2`, of, request))
	if isNoRow(err) {
		return Clip{}, false, nil
	}
	return c, err == nil, err
}

func roomForClip(ctx context.Context, tx *sql.Tx, in FilmID) error {
	var n int
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM clips WHERE film_id = $1`, in).Scan(&n); err != nil {
		return err
	}
	if n >= maxClips {
		return refuse(vig.CodeConflict, "the film has %d clips, and can have no more", n)
	}
	return nil
}

// SplitClip makes two of a clip: it ends at the instant, and a new one goes on
// from there, as the first is in everything but the note. The request is as
// that of [NewClip].
func (s *Store) SplitClip(ctx context.Context, id ClipID, version int, at time.Duration, request string) (first, second Clip, err error) {
	const op = "split clip"
	if err := checkText("the text of the request", request, maxName); err != nil {
		return Clip{}, Clip{}, failure(ctx, op, err)
	}
	err = s.changeClip(ctx, op, id, 0, func(tx *sql.Tx, f Film, found *Clip) error {
		var again bool
		var err error
		if second, again, err = clipOfRequest(ctx, tx, f.ID, request); err != nil || again {
			first = *found
			return err
		}
		switch {
		case version != 0 && version != found.Version:
			return refuse(vig.CodeConflict, "the clip was changed meanwhile")
		case !found.Deleted.IsZero():
			return refuse(vig.CodeConflict, "the clip was deleted")
		case at <= found.Span.Start || at >= found.Span.End:
			return refuse(vig.CodeInvalid, "it can be split only between its beginning and its end")
		}
		if err := roomForClip(ctx, tx, f.ID); err != nil {
			return err
		}
		second = *found
		second.ID, second.ByHand, second.Note, second.Version = ClipID(newID()), true, "", 1
		second.Span.Start, found.Span.End = at, at
		if err := found.write(ctx, tx); err != nil {
			return err
		}
		first = *found
		return insertClip(ctx, tx, second, request)
	})
	if err != nil {
		return Clip{}, Clip{}, err
	}
	return first, second, nil
}

// DeleteClip deletes a clip that the guider made. It can be restored.
func (s *Store) DeleteClip(ctx context.Context, id ClipID, version int) (Clip, error) {
	return s.setDeleted(ctx, "delete clip", id, version, func(c *Clip) error {
		if !c.ByHand {
			return refuse(vig.CodeConflict, "a suggested clip is not deleted: set it aside")
		}
		if c.Deleted.IsZero() {
			c.Deleted = s.moment()
		}
		return nil
	})
}

// RestoreClip takes back that a clip was deleted.
func (s *Store) RestoreClip(ctx context.Context, id ClipID, version int) (Clip, error) {
	return s.setDeleted(ctx, "restore clip", id, version, func(c *Clip) error {
		c.Deleted = time.Time{}
		return nil
	})
}

// setDeleted lets set say whether a clip is deleted. Where that changes nothing
// it has no new version.
func (s *Store) setDeleted(ctx context.Context, op string, id ClipID, version int, set func(*Clip) error) (Clip, error) {
	var c Clip
	err := s.changeClip(ctx, op, id, version, func(tx *sql.Tx, _ Film, found *Clip) error {
		was := found.Deleted
		err := set(found)
		if err == nil && !was.Equal(found.Deleted) {
			err = found.write(ctx, tx)
		}
		c = *found
		return err
	})
	if err != nil {
		return Clip{}, err
	}
	return c, nil
}
