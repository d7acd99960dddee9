package store

import (
	"context"
	"database/sql"
	"time"

	"attune/internal/vig"
)

// Cycle is one round of a case: film, edit, shared review.
type Cycle struct {
	ID      CycleID
	Case    CaseID
	Number  int // from 1
	Goal    string
	Created time.Time
	// Version counts how often it was set, from 1: who changes it names the version
	// that they saw.
	Version  int
	FilmedOn time.Time // the day of the meeting, planned or past: midnight in UTC; zero is none
	ReviewOn time.Time // the day of the shared review, likewise
	Words    string    // what the client said in the shared review
	Done     time.Time // zero while it goes on
}

// CycleChange is what is to be changed of a cycle. nil leaves it.
type CycleChange struct {
	Goal     *string
	FilmedOn *time.Time // its day counts, in its own time zone; zero is none
	ReviewOn *time.Time
	Words    *string
	Done     *bool
}

const selectCycle = `SELECT y.id, y.case_id, y.number, y.goal, y.created,
	y.version, y.filmed_on, y.review_on, y.words, y.done FROM cycles y`

func scanCycle(row scanner) (Cycle, error) {
	var c Cycle
	err := row.Scan(&c.ID, &c.Case, &c.Number, &c.Goal, stamp{&c.Created},
		&c.Version, stamp{&c.FilmedOn}, stamp{&c.ReviewOn}, &c.Words, stamp{&c.Done})
	return c, err
}

func insertCycle(ctx context.Context, tx *sql.Tx, c Cycle) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO cycles (id, case_id, number, goal, created) VALUES ($1, $2, $3, $4, $5)`,
		c.ID, c.Case, c.Number, c.Goal, stamp{&c.Created})
	return err
}

// CreateCycle makes the next cycle of a case.
func (s *Store) CreateCycle(ctx context.Context, of CaseID, goal string) (Cycle, error) {
	const op = "create cycle"
	if err := checkText("the text of the goal", goal, maxGoals); err != nil {
		return Cycle{}, failure(ctx, op, err)
	}
	c := Cycle{ID: CycleID(newID()), Case: of, Goal: goal, Created: s.moment(), Version: 1}
	err := s.change(ctx, op, func(tx *sql.Tx) error {
		// The case is locked, so that two at once do not get the same number.
		if err := s.lock(ctx, tx, "cases", "id", string(of)); err != nil {
			return err
		}
		err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(number), 0) + 1 FROM cycles WHERE case_id = $1`, of).Scan(&c.Number)
		if err != nil {
			return err
		}
		return insertCycle(ctx, tx, c)
	})
	if err != nil {
		return Cycle{}, err
	}
	return c, nil
}

// Cycle returns one cycle.
func (s *Store) Cycle(ctx context.Context, id CycleID) (Cycle, error) {
	c, err := scanCycle(s.reading.QueryRowContext(ctx, selectCycle+` WHERE y.id = $1`, id))
	return c, failure(ctx, "find cycle", err)
}

// Cycles returns the cycles of a case (usually three) in their order.
func (s *Store) Cycles(ctx context.Context, of CaseID) ([]Cycle, error) {
	return rows(ctx, s, "list cycles", scanCycle, selectCycle+` WHERE y.case_id = $1 ORDER BY y.number`, of)
}

// SetCycle changes a cycle, if it is still at that version; at 0, whatever its
// version is. Another version is a conflict.
func (s *Store) SetCycle(ctx context.Context, id CycleID, version int, change CycleChange) (Cycle, error) {
	const op = "set cycle"
	var c Cycle
	err := s.change(ctx, op, func(tx *sql.Tx) error {
		if err := s.lock(ctx, tx, "cycles", "id", string(id)); err != nil {
			return err
		}
		var err error
		if c, err = scanCycle(tx.QueryRowContext(ctx, selectCycle+` WHERE y.id = $1`, id)); err != nil {
			return err
		}
		if version != 0 && version != c.Version {
			return refuse(vig.CodeConflict, "the cycle was changed meanwhile")
		}
		c.apply(change, s.moment())
		if err := c.check(); err != nil {
			return err
		}
		c.Version++
		return one(tx.ExecContext(ctx, `UPDATE cycles SET goal = $2, filmed_on = $3, review_on = $4, words = $5, done = $6, version = $7 WHERE id = $1`,
			c.ID, c.Goal, stamp{&c.FilmedOn}, stamp{&c.ReviewOn}, c.Words, stamp{&c.Done}, c.Version))
	})
	if err != nil {
		return Cycle{}, err
	}
	return c, nil
}

func (c *Cycle) apply(change CycleChange, now time.Time) {
	if change.Goal != nil {
		c.Goal = *change.Goal
	}
	if change.FilmedOn != nil {
		c.FilmedOn = day(*change.FilmedOn)
	}
	if change.ReviewOn != nil {
		c.ReviewOn = day(*change.ReviewOn)
	}
	if change.Words != nil {
		c.Words = *change.Words
	}
	if change.Done != nil && *change.Done == c.Done.IsZero() {
		c.Done = time.Time{}
		if *change.Done {
			c.Done = now
		}
	}
}

// check says whether what people write of a cycle can be stored.
func (c *Cycle) check() error {
	if err := checkText("the text of the goal", c.Goal, maxGoals); err != nil {
		return err
	}
	if err := checkDay("the day of the film", c.FilmedOn); err != nil {
		return err
	}
	if err := checkDay("the day of the shared review", c.ReviewOn); err != nil {
		return err
	}
	return checkText("what the client said", c.Words, maxGoals)
}

// day returns the midnight, in UTC, with which a day begins.
func day(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	year, month, date := t.Date()
	return time.Date(year, month, date, 0, 0, 0, 0, time.UTC)
}

// checkDay says whether a day can be meant: a year that was typed wrongly is
// told, before it is looked for in a calendar.
func checkDay(what string, t time.Time) error {
	const first, last = 2000, 2100
	if !t.IsZero() && (t.Year() < first || t.Year() > last) {
		return refuse(vig.CodeInvalid, "%s is in the year %d", what, t.Year())
	}
	return nil
}
