package store

import (
	"context"
	"database/sql"
	"time"

	"attune/internal/vig"
)

// Share lets a supervisor see a case until it ends.
type Share struct {
	Case    CaseID
	Account AccountID // the supervisor's
	Name    string    // of that account
	Created time.Time
	Ends    time.Time
}

const selectShare = `SELECT s.case_id, s.account_id, a.name, s.created, s.ends FROM shares s JOIN accounts a ON a.id = s.account_id `

func scanShare(row scanner) (Share, error) {
	var f Share
	err := row.Scan(&f.Case, &f.Account, &f.Name, stamp{&f.Created}, stamp{&f.Ends})
	return f, err
}

// ShareCase lets a supervisor see a case until ends, whatever was said before.
// Ends lies ahead; accounts that are no supervisor's, or are disabled, are not
// found: nobody learns what else there is of that name.
func (s *Store) ShareCase(ctx context.Context, id CaseID, supervisor string, ends time.Time) (Share, error) {
	const op = "share case"
	if err := checkText("the name", supervisor, maxName); err != nil {
		return Share{}, failure(ctx, op, err)
	}
	f := Share{Case: id, Name: supervisor, Created: s.moment(), Ends: ends.UTC().Truncate(time.Microsecond)}
	if !f.Ends.After(f.Created) {
		return Share{}, vig.Errorf(vig.CodeInvalid, op, "the day on which it ends is over already")
	}
	err := s.change(ctx, op, func(tx *sql.Tx) error {
		a, err := scanAccount(tx.QueryRowContext(ctx, selectAccount+`WHERE a.name = $1`, supervisor))
		if err != nil {
			return err
		}
		if a.Role != RoleSupervisor || a.Disabled {
			return sql.ErrNoRows
		}
		f.Account = a.ID
		_, err = tx.ExecContext(ctx, `INSERT INTO shares (case_id, account_id, created, ends) VALUES ($1, $2, $3, $4)
			ON CONFLICT (case_id, account_id) DO UPDATE SET created = excluded.created, ends = excluded.ends`,
			f.Case, f.Account, stamp{&f.Created}, stamp{&f.Ends})
		return err
	})
	if err != nil {
		return Share{}, err
	}
	return f, nil
}

// EndShare ends the share of a case with an account.
func (s *Store) EndShare(ctx context.Context, id CaseID, with AccountID) error {
	return s.change(ctx, "end share", func(tx *sql.Tx) error {
		return one(tx.ExecContext(ctx, `DELETE FROM shares WHERE case_id = $1 AND account_id = $2`, id, with))
	})
}

// Shares returns the shares of a case that have not ended, by name.
func (s *Store) Shares(ctx context.Context, of CaseID) ([]Share, error) {
	now := s.moment()
	return rows(ctx, s, "list shares", scanShare, selectShare+`WHERE s.case_id = $1 AND s.ends > $2 ORDER BY a.name`, of, stamp{&now})
}

// SharedWith says whether an account may see a case by a share that has not
// ended. It may as long as it is a supervisor's and not disabled.
func (s *Store) SharedWith(ctx context.Context, id CaseID, with AccountID) (bool, error) {
	var n int
	now := s.moment()
	err := s.reading.QueryRowContext(ctx, `SELECT count(*) FROM shares s JOIN accounts a ON a.id = s.account_id
		WHERE s.case_id = $1 AND s.account_id = $2 AND s.ends > $3 AND a.role = $4 AND NOT a.disabled`,
		id, with, stamp{&now}, RoleSupervisor).Scan(&n)
	return n > 0, failure(ctx, "find share", err)
}

// SharedCase is a case that a supervisor may see, and until when.
type SharedCase struct {
	Case
	Ends time.Time
}

func scanSharedCase(row scanner) (SharedCase, error) {
	var c SharedCase
	err := row.Scan(&c.ID, &c.Guider, &c.Code, &c.Goals, stamp{&c.Created}, &c.Version, stamp{&c.Archived}, stamp{&c.Ends})
	return c, err
}

// CasesSharedWith returns the cases that an account may see by shares that have
// not ended, the newest first: as many as a supervisor can hold in mind.
func (s *Store) CasesSharedWith(ctx context.Context, account AccountID) ([]SharedCase, error) {
	now := s.moment()
	return rows(ctx, s, "list shared cases", scanSharedCase, `
		SELECT c.id, c.guider_id, c.code, c.goals, c.created, c.version, c.archived, s.ends
		FROM shares s JOIN accounts a ON a.id = s.account_id JOIN cases c ON c.id = s.case_id
		WHERE s.account_id = $1 AND s.ends > $2 AND a.role = $3 AND NOT a.disabled ORDER BY c.id DESC`,
		account, stamp{&now}, RoleSupervisor)
}

// Supervisors returns the names of the accounts that a case can be shared with.
func (s *Store) Supervisors(ctx context.Context) ([]string, error) {
	return rows(ctx, s, "list supervisors", func(row scanner) (string, error) {
		var name string
		return name, row.Scan(&name)
	}, `SELECT name FROM accounts WHERE role = $1 AND NOT disabled ORDER BY name`, RoleSupervisor)
}
