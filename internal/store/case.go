package store

import (
	"context"
	"database/sql"
	"time"

	"attune/internal/vig"
)

// Case is the work with one client, who is known by a code.
type Case struct {
	ID      CaseID
	Guider  AccountID
	Code    string // of the client; no two of a guider's cases have the same
	Goals   string
	Created time.Time
	// Version counts how often it was set, from 1: who changes it names the version
	// that they saw.
	Version  int
	Archived time.Time // zero while the work goes on
}

// CaseChange is what is to be changed of a case. nil leaves it.
type CaseChange struct {
	Code     *string
	Goals    *string
	Archived *bool
}

// CaseDraft is a case to be made.
type CaseDraft struct {
	Guider AccountID
	Code   string
	Goals  string
}

const selectCase = `SELECT c.id, c.guider_id, c.code, c.goals, c.created, c.version, c.archived FROM cases c`

func scanCase(row scanner) (Case, error) {
	var c Case
	err := row.Scan(&c.ID, &c.Guider, &c.Code, &c.Goals, stamp{&c.Created}, &c.Version, stamp{&c.Archived})
	return c, err
}

// CreateCase makes a case, which begins with cycle 1. A code that the guider
// already uses is a conflict.
func (s *Store) CreateCase(ctx context.Context, draft CaseDraft) (Case, error) {
	const op = "create case"
	if err := checkName("the code", draft.Code); err != nil {
		return Case{}, failure(ctx, op, err)
	}
	if err := checkText("the text of the goals", draft.Goals, maxGoals); err != nil {
		return Case{}, failure(ctx, op, err)
	}
	c := Case{ID: CaseID(newID()), Guider: draft.Guider, Code: draft.Code, Goals: draft.Goals, Created: s.moment(), Version: 1}
	err := s.change(ctx, op, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO cases (id, guider_id, code, goals, created) VALUES ($1, $2, $3, $4, $5)`,
			c.ID, c.Guider, c.Code, c.Goals, stamp{&c.Created})
		if err != nil {
			return err
		}
		return insertCycle(ctx, tx, Cycle{ID: CycleID(newID()), Case: c.ID, Number: 1, Created: c.Created, Version: 1})
	})
	if err != nil {
		return Case{}, err
	}
	return c, nil
}

// Case returns one case.
func (s *Store) Case(ctx context.Context, id CaseID) (Case, error) {
	c, err := scanCase(s.reading.QueryRowContext(ctx, selectCase+` WHERE c.id = $1`, id))
	return c, failure(ctx, "find case", err)
}

// CaseByCode returns the guider's case with that code.
func (s *Store) CaseByCode(ctx context.Context, guider AccountID, code string) (Case, error) {
	const op = "find case by code"
	if err := checkText("the code", code, maxName); err != nil {
		return Case{}, failure(ctx, op, err)
	}
	c, err := scanCase(s.reading.QueryRowContext(ctx, selectCase+` WHERE c.guider_id = $1 AND c.code = $2`, guider, code))
	return c, failure(ctx, op, err)
}

// Cases returns a page of the guider's cases, the newest first.
func (s *Store) Cases(ctx context.Context, guider AccountID, page Page) ([]Case, error) {
	const op = "list cases"
	if guider == "" {
		return nil, vig.Errorf(vig.CodeInvalid, op, "whose they are is not said")
	}
	var l listing
	l.only("c.guider_id", string(guider))
	query, args := l.page(selectCase, "c.id", page)
	return rows(ctx, s, op, scanCase, query, args...)
}

// SetCase changes a case, if it is still at that version; at 0, whatever its
// version is. Another version, and a code that the guider already uses, are
// conflicts.
func (s *Store) SetCase(ctx context.Context, id CaseID, version int, change CaseChange) (Case, error) {
	const op = "set case"
	var c Case
	err := s.change(ctx, op, func(tx *sql.Tx) error {
		if err := s.lock(ctx, tx, "cases", "id", string(id)); err != nil {
			return err
		}
		var err error
		if c, err = scanCase(tx.QueryRowContext(ctx, selectCase+` WHERE c.id = $1`, id)); err != nil {
			return err
		}
		if version != 0 && version != c.Version {
			return refuse(vig.CodeConflict, "the case was changed meanwhile")
		}
		if change.Code != nil {
			c.Code = *change.Code
		}
		if change.Goals != nil {
			c.Goals = *change.Goals
		}
		if change.Archived != nil && *change.Archived == c.Archived.IsZero() {
			c.Archived = time.Time{}
			if *change.Archived {
				c.Archived = s.moment()
			}
		}
		if err := checkName("the code", c.Code); err != nil {
			return err
		}
		if err := checkText("the text of the goals", c.Goals, maxGoals); err != nil {
			return err
		}
		c.Version++
		return one(tx.ExecContext(ctx, `UPDATE cases SET code = $2, goals = $3, archived = $4, version = $5 WHERE id = $1`,
			c.ID, c.Code, c.Goals, stamp{&c.Archived}, c.Version))
	})
	if err != nil {
		return Case{}, err
	}
	return c, nil
}
