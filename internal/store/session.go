package store

import (
	"context"
	"database/sql"
	"time"

	"attune/internal/vig"
)

// Session is a browser that an account is signed in with. Its secret is known to
// the browser and to nobody else.
type Session struct {
	Account AccountID
	Data    string // whatever is kept with it
	Created time.Time
	Expires time.Time // unless it is used before
	Ends    time.Time // in any case
}

// CreateSession stores a new session under the SHA-256 of its secret. Ends is
// its end, idle how long it lasts unused. There is none for an account that is
// disabled, and never a second one under the same secret. Sessions and links
// that are over are deleted by the way.
func (s *Store) CreateSession(ctx context.Context, secret string, of AccountID, data string, idle time.Duration, ends time.Time) error {
	const op = "create session"
	now := s.moment()
	expires := earlier(now.Add(idle), ends)
	return s.change(ctx, op, func(tx *sql.Tx) error {
		if err := over(ctx, tx, now); err != nil {
			return err
		}
		a, err := s.lockAccount(ctx, tx, of)
		if err != nil {
			return err
		}
		if a.Disabled {
			return refuse(vig.CodeForbidden, "the account is disabled")
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO sessions (hash, account_id, data, created, expires, ends) VALUES ($1, $2, $3, $4, $5, $6)`,
			hashOf(secret), of, data, stamp{&now}, stamp{&expires}, stamp{&ends})
		return err
	})
}

// over deletes what can no more be used for signing in.
func over(ctx context.Context, tx *sql.Tx, now time.Time) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE expires <= $1`, stamp{&now}); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM one_time_links WHERE expires <= $1`, stamp{&now})
	return err
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// touched is how much longer a session must last by being used before that is
// written down: a page of many pictures is one use.
const touched = time.Minute

// Session returns the session of a secret, if it has not ended.
func (s *Store) Session(ctx context.Context, secret string) (Session, error) {
	const op = "find session"
	var f Session
	row := s.reading.QueryRowContext(ctx, `SELECT account_id, data, created, expires, ends FROM sessions WHERE hash = $1`, hashOf(secret))
	if err := row.Scan(&f.Account, &f.Data, stamp{&f.Created}, stamp{&f.Expires}, stamp{&f.Ends}); err != nil {
		return Session{}, failure(ctx, op, err)
	}
	if now := s.moment(); !now.Before(f.Expires) || !now.Before(f.Ends) {
		return Session{}, &vig.Error{Code: vig.CodeNotFound, Op: op + ": it is over"}
	}
	return f, nil
}

// TouchSession makes a session that is used last for idle from now, though never
// beyond its end. It changes nothing of one that is gone meanwhile, nor for
// less than a minute.
func (s *Store) TouchSession(ctx context.Context, secret string, of Session, idle time.Duration) error {
	until := earlier(s.moment().Add(idle), of.Ends)
	if until.Sub(of.Expires) < touched {
		return nil
	}
	return s.change(ctx, "touch session", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE sessions SET expires = $2 WHERE hash = $1 AND expires < $2`, hashOf(secret), stamp{&until})
		return err
	})
}

// DeleteSession ends a session. One that there is not has ended.
func (s *Store) DeleteSession(ctx context.Context, secret string) error {
	return s.change(ctx, "delete session", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE hash = $1`, hashOf(secret))
		return err
	})
}

// DeleteSessions ends all sessions of an account.
func (s *Store) DeleteSessions(ctx context.Context, of AccountID) error {
	return s.change(ctx, "delete sessions", func(tx *sql.Tx) error { return deleteSessions(ctx, tx, of) })
}

func deleteSessions(ctx context.Context, tx *sql.Tx, of AccountID) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE account_id = $1`, of)
	return err
}

// Sessions returns the sessions of an account that have not ended, the oldest
// first.
func (s *Store) Sessions(ctx context.Context, of AccountID) ([]Session, error) {
	now := s.moment()
	return rows(ctx, s, "list sessions", func(row scanner) (Session, error) {
		var f Session
		err := row.Scan(&f.Account, &f.Data, stamp{&f.Created}, stamp{&f.Expires}, stamp{&f.Ends})
		return f, err
	}, `SELECT account_id, data, created, expires, ends FROM sessions WHERE account_id = $1 AND expires > $2 ORDER BY created, hash`, of, stamp{&now})
}
