package store

import (
	"context"
	"database/sql"
	"time"
)

// Cycle is one round of a case: film, edit, shared review.
type Cycle struct {
	ID      CycleID
	Case    CaseID
	Number  int // from 1
	Goal    string
	Created time.Time
}

const selectCycle = `SELECT y.id, y.case_id, y.number, y.goal, y.created FROM cycles y`

func scanCycle(row scanner) (Cycle, error) {
	var c Cycle
	err := row.Scan(&c.ID, &c.Case, &c.Number, &c.Goal, stamp{&c.Created})
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
	c := Cycle{ID: CycleID(newID()), Case: of, Goal: goal, Created: s.moment()}
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
