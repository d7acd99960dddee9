package store

import (
	"context"
	"database/sql"
	"time"

	"attune/internal/vig"
)

// Role is what an account may do.
type Role string

// The roles.
const (
	RoleGuider     Role = "guider"     // uploads, reviews, confirms
	RoleSupervisor Role = "supervisor" // sees what a guider shares
	RoleAdmin      Role = "admin"      // sees queues and storage; never a film, a name or a still
)

// Account is somebody who may use the service.
type Account struct {
	ID       AccountID
	Name     string // no two have the same
	Role     Role
	Disabled bool // keeps its records, and may do nothing
	Created  time.Time

	HasPassword bool // somebody chose one
	HasSubject  bool // it is signed in to with an account elsewhere (OpenID Connect)

	Reset time.Time // when it was last made to choose anew (PurposeReset); zero if never
}

const selectAccount = `SELECT a.id, a.name, a.role, a.disabled, a.created, a.password <> '', a.subject <> '', a.reset FROM accounts a `

func scanAccount(row scanner) (Account, error) {
	var a Account
	err := row.Scan(&a.ID, &a.Name, &a.Role, &a.Disabled, stamp{&a.Created}, &a.HasPassword, &a.HasSubject, stamp{&a.Reset})
	return a, err
}

// lockAccount returns an account, and makes the transaction alone with it.
func (s *Store) lockAccount(ctx context.Context, tx *sql.Tx, id AccountID) (Account, error) {
	if err := s.lock(ctx, tx, "accounts", "id", string(id)); err != nil {
		return Account{}, err
	}
	return scanAccount(tx.QueryRowContext(ctx, selectAccount+`WHERE a.id = $1`, id))
}

// CreateAccount makes an account. A name that is taken is a conflict.
func (s *Store) CreateAccount(ctx context.Context, name string, role Role) (Account, error) {
	const op = "create account"
	if err := checkName("the name", name); err != nil {
		return Account{}, failure(ctx, op, err)
	}
	switch role {
	case RoleGuider, RoleSupervisor, RoleAdmin:
	default:
		return Account{}, vig.Errorf(vig.CodeInvalid, op, "there is no role %q", role)
	}
	a := Account{ID: AccountID(newID()), Name: name, Role: role, Created: s.moment()}
	err := s.change(ctx, op, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO accounts (id, name, role, disabled, created) VALUES ($1, $2, $3, $4, $5)`,
			a.ID, a.Name, a.Role, a.Disabled, stamp{&a.Created})
		return err
	})
	if err != nil {
		return Account{}, err
	}
	return a, nil
}

// Account returns one account.
func (s *Store) Account(ctx context.Context, id AccountID) (Account, error) {
	a, err := scanAccount(s.reading.QueryRowContext(ctx, selectAccount+`WHERE a.id = $1`, id))
	return a, failure(ctx, "find account", err)
}

// AccountByName returns the account of that name.
func (s *Store) AccountByName(ctx context.Context, name string) (Account, error) {
	const op = "find account"
	if err := checkText("the name", name, maxName); err != nil {
		return Account{}, failure(ctx, op, err)
	}
	a, err := scanAccount(s.reading.QueryRowContext(ctx, selectAccount+`WHERE a.name = $1`, name))
	return a, failure(ctx, op, err)
}

// Accounts returns all accounts, the oldest first: as many as a service has
// guiders.
func (s *Store) Accounts(ctx context.Context) ([]Account, error) {
	return rows(ctx, s, "list accounts", scanAccount, selectAccount+`ORDER BY a.id`)
}

// SetDisabled shuts an account out, or lets it in again. Its sessions and links
// end with either: who is let in again signs in.
func (s *Store) SetDisabled(ctx context.Context, id AccountID, disabled bool) error {
	const op = "disable account"
	return s.change(ctx, op, func(tx *sql.Tx) error {
		if err := one(tx.ExecContext(ctx, `UPDATE accounts SET disabled = $2 WHERE id = $1`, id, disabled)); err != nil {
			return err
		}
		if err := deleteLinks(ctx, tx, id); err != nil {
			return err
		}
		return deleteSessions(ctx, tx, id)
	})
}

// one says whether a statement changed its row.
func one(result sql.Result, err error) error {
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err == nil && n == 0 {
		err = sql.ErrNoRows
	}
	return err
}
