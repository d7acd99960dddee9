package store

import (
	"context"
	"database/sql"
	"errors"

	"attune/internal/vig"
)

// Password returns the account of that name and the hash of its password; ""
// where it has none.
func (s *Store) Password(ctx context.Context, name string) (Account, string, error) {
	const op = "find password"
	if err := checkText("the name", name, maxName); err != nil {
		return Account{}, "", failure(ctx, op, err)
	}
	var hash string
	a, err := scanAccount(with{s.reading.QueryRowContext(ctx, `SELECT a.id, a.name, a.role, a.disabled, a.created, a.password <> '', a.subject <> '', a.reset, a.password
		FROM accounts a WHERE a.name = $1`, name), &hash})
	return a, hash, failure(ctx, op, err)
}

// with is a row that has one column more than a scan asks for.
type with struct {
	scanner
	last any
}

func (w with) Scan(into ...any) error { return w.scanner.Scan(append(into, w.last)...) }

// RenewPassword replaces the hash of a password by another of the same password,
// unless it was changed meanwhile.
func (s *Store) RenewPassword(ctx context.Context, account AccountID, before, hash string) error {
	return s.change(ctx, "renew password", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE accounts SET password = $3 WHERE id = $1 AND password = $2`, account, before, hash)
		return err
	})
}

// SetPassword sets the hash of an account's password, in a form that says how it
// was made, where it still is the one before. All sessions of the account end,
// and its links.
func (s *Store) SetPassword(ctx context.Context, account AccountID, before, hash string) error {
	return s.change(ctx, "set password", func(tx *sql.Tx) error {
		changed, err := tx.ExecContext(ctx, `UPDATE accounts SET password = $3 WHERE id = $1 AND password = $2 AND NOT disabled`, account, before, hash)
		if err := one(changed, err); errors.Is(err, sql.ErrNoRows) {
			return refuse(vig.CodeConflict, "the password was changed meanwhile")
		} else if err != nil {
			return err
		}
		if err := deleteLinks(ctx, tx, account); err != nil {
			return err
		}
		return deleteSessions(ctx, tx, account)
	})
}

// AccountBySubject returns the account that is signed in to with that account of
// an OpenID Connect issuer.
func (s *Store) AccountBySubject(ctx context.Context, issuer, subject string) (Account, error) {
	const op = "find account by subject"
	if subject == "" {
		return Account{}, failure(ctx, op, sql.ErrNoRows)
	}
	for what, text := range map[string]string{"the issuer": issuer, "the subject": subject} {
		if err := checkText(what, text, maxName); err != nil {
			return Account{}, failure(ctx, op, err)
		}
	}
	a, err := scanAccount(s.reading.QueryRowContext(ctx, selectAccount+`WHERE a.issuer = $1 AND a.subject = $2`, issuer, subject))
	return a, failure(ctx, op, err)
}

// SetSubject lets an account be signed in to with that account of an OpenID
// Connect issuer. It is a conflict if it has another already, or another account
// has this.
func (s *Store) SetSubject(ctx context.Context, account AccountID, issuer, subject string) error {
	const op = "set subject"
	for what, text := range map[string]string{"the issuer": issuer, "the subject": subject} {
		if err := checkName(what, text); err != nil {
			return failure(ctx, op, err)
		}
	}
	return s.change(ctx, op, func(tx *sql.Tx) error {
		a, err := s.lockAccount(ctx, tx, account)
		if err != nil {
			return err
		}
		if a.HasSubject {
			return refuse(vig.CodeConflict, "it is signed in to with another account elsewhere already")
		}
		return one(tx.ExecContext(ctx, `UPDATE accounts SET issuer = $2, subject = $3 WHERE id = $1`, account, issuer, subject))
	})
}
