package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"time"

	"attune/internal/vig"
)

// Purpose is what a link that works once was made for.
type Purpose string

// The purposes.
const (
	PurposeFirst  Purpose = "first"  // the first account of an installation, which may choose its name
	PurposeInvite Purpose = "invite" // an account that was added
	PurposeReset  Purpose = "reset"  // somebody who cannot sign in any more
)

// lifetimes are how long links work: those that are told to somebody over a
// weekend, and one that is a way into an account that is in use for a day.
var lifetimes = map[Purpose]time.Duration{
	PurposeFirst:  24 * time.Hour,
	PurposeInvite: 7 * 24 * time.Hour,
	PurposeReset:  24 * time.Hour,
}

// Link is a way to sign in that works once.
type Link struct {
	Account AccountID
	Purpose Purpose
	Expires time.Time
}

// CreateLink makes a link for an account and returns its secret, which cannot be
// had again. The links that it had before work no more. A disabled account has
// none. With PurposeReset its password is forgotten, its account elsewhere too,
// all its sessions end, and its tokens work no more. With PurposeFirst one that was ever signed in with, or
// was reset, is a conflict: a link for nobody yet is no way into what is
// somebody's.
func (s *Store) CreateLink(ctx context.Context, account AccountID, purpose Purpose) (secret string, link Link, err error) {
	const op = "create link"
	lifetime, known := lifetimes[purpose]
	if !known {
		return "", Link{}, vig.Errorf(vig.CodeInvalid, op, "there are no links for %q", purpose)
	}
	random := make([]byte, tokenBytes)
	if _, err := rand.Read(random); err != nil {
		return "", Link{}, failure(ctx, op, err)
	}
	secret = base64.RawURLEncoding.EncodeToString(random)
	now := s.moment()
	link = Link{Account: account, Purpose: purpose, Expires: now.Add(lifetime)}
	err = s.change(ctx, op, func(tx *sql.Tx) error {
		if err := over(ctx, tx, now); err != nil {
			return err
		}
		a, err := s.lockAccount(ctx, tx, account)
		if err != nil {
			return err
		}
		if a.Disabled {
			return refuse(vig.CodeConflict, "the account is disabled")
		}
		if purpose == PurposeFirst && (a.HasPassword || a.HasSubject || !a.Reset.IsZero()) {
			return refuse(vig.CodeConflict, "the account is somebody's already")
		}
		if err := deleteLinks(ctx, tx, account); err != nil {
			return err
		}
		if purpose == PurposeReset {
			if err := one(tx.ExecContext(ctx, `UPDATE accounts SET password = '', issuer = '', subject = '', reset = $2 WHERE id = $1`, account, stamp{&now})); err != nil {
				return err
			}
			if err := deleteSessions(ctx, tx, account); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `DELETE FROM tokens WHERE account_id = $1`, account); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO one_time_links (hash, account_id, purpose, created, expires) VALUES ($1, $2, $3, $4, $5)`,
			hashOf(secret), account, purpose, stamp{&now}, stamp{&link.Expires})
		return err
	})
	if err != nil {
		return "", Link{}, err
	}
	return secret, link, nil
}

func deleteLinks(ctx context.Context, tx *sql.Tx, of AccountID) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM one_time_links WHERE account_id = $1`, of)
	return err
}

// Link returns the link of a secret and its account. One that was used, has
// expired or is of a disabled account is not found.
func (s *Store) Link(ctx context.Context, secret string) (Link, Account, error) {
	const op = "find link"
	l, err := scanLink(s.reading.QueryRowContext(ctx, selectLink, hashOf(secret)))
	if err != nil {
		return Link{}, Account{}, failure(ctx, op, err)
	}
	a, err := s.Account(ctx, l.Account)
	if err != nil {
		return Link{}, Account{}, err
	}
	if a.Disabled || !s.moment().Before(l.Expires) {
		return Link{}, Account{}, failure(ctx, op, sql.ErrNoRows)
	}
	return l, a, nil
}

const selectLink = `SELECT account_id, purpose, expires FROM one_time_links WHERE hash = $1`

func scanLink(row scanner) (Link, error) {
	var l Link
	err := row.Scan(&l.Account, &l.Purpose, stamp{&l.Expires})
	return l, err
}

// Entry is how an account is signed in to from then on.
type Entry struct {
	Name            string // a new one, where the link is PurposeFirst; "" leaves the one it has
	Password        string // hash, as [Store.SetPassword] takes it; "" is none
	Issuer, Subject string // of an account elsewhere; "" is none
}

// UseLink sets how the account of a link is signed in to, and makes that and all
// its other links worthless. Its sessions end. Of two who use a link at once one
// finds none.
func (s *Store) UseLink(ctx context.Context, secret string, entry Entry) (Account, error) {
	const op = "use link"
	if entry.Name != "" {
		if err := checkName("the name", entry.Name); err != nil {
			return Account{}, failure(ctx, op, err)
		}
	}
	if entry.Password == "" && entry.Subject == "" {
		return Account{}, vig.Errorf(vig.CodeInvalid, op, "there is neither a password nor an account elsewhere")
	}
	var a Account
	err := s.change(ctx, op, func(tx *sql.Tx) error {
		l, err := scanLink(tx.QueryRowContext(ctx, selectLink, hashOf(secret)))
		if err != nil {
			return err
		}
		if a, err = s.lockAccount(ctx, tx, l.Account); err != nil {
			return err
		}
		// The lock may have been waited for: only who deletes it has it.
		if err := one(tx.ExecContext(ctx, `DELETE FROM one_time_links WHERE hash = $1`, hashOf(secret))); err != nil {
			return err
		}
		if a.Disabled || !s.moment().Before(l.Expires) {
			return sql.ErrNoRows
		}
		if err := deleteLinks(ctx, tx, a.ID); err != nil {
			return err
		}
		if err := deleteSessions(ctx, tx, a.ID); err != nil {
			return err
		}
		if l.Purpose == PurposeFirst && entry.Name != "" {
			a.Name = entry.Name
		}
		a.HasPassword, a.HasSubject = entry.Password != "", entry.Subject != ""
		return one(tx.ExecContext(ctx, `UPDATE accounts SET name = $2, password = $3, issuer = $4, subject = $5 WHERE id = $1`,
			a.ID, a.Name, entry.Password, entry.Issuer, entry.Subject))
	})
	if err != nil {
		return Account{}, err
	}
	return a, nil
}
