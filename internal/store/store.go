package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"attune/internal/vig"
)

// Store holds the records. It is safe for use by many goroutines, and many
// processes may hold the same database open.
type Store struct {
	dialect
	reading *pool
	writing *sql.DB // the same pool as reading where the server orders its writers itself
	now     func() time.Time
}

// dialect is what differs between the two databases. The SQL does not.
type dialect struct {
	// forUpdate ends a SELECT that makes the transaction alone with a row; "" where
	// it is alone with the whole database anyway.
	forUpdate string
	// trouble says what a failure of the database means.
	trouble func(error) trouble
}

// trouble is a failure of the database as far as the store cares.
type trouble int

const (
	troubleOther     trouble = iota
	troubleAgain             // the transaction lost against another: run it again
	troubleDuplicate         // there is one already
	troubleReference         // what it refers to is not there
)

// Open opens the database at url and brings its tables up to date. A url is
// "sqlite:PATH", whose file and folder are made where they are missing and
// are for their owner alone, or "postgres://…" as libpq knows it. The caller
// closes the store.
func Open(ctx context.Context, url string) (*Store, error) {
	const op = "open records"
	scheme, rest, _ := strings.Cut(url, ":")
	var s *Store
	var err error
	switch scheme {
	case "sqlite":
		s, err = openSQLite(ctx, rest)
	case "postgres", "postgresql":
		s, err = openPostgres(ctx, url)
	default:
		return nil, vig.Errorf(vig.CodeInvalid, op, "the address of the database begins with %q, and it should with sqlite: or postgres:", scheme)
	}
	if err != nil {
		return nil, failure(ctx, op, err)
	}
	s.now = time.Now
	return s, nil
}

// Close closes the connections. Calls that still run fail.
func (s *Store) Close() error {
	if s.reading.DB == s.writing {
		return s.writing.Close()
	}
	return errors.Join(s.reading.Close(), s.writing.Close()) // the writer last: it tidies the log up
}

// Ping says whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	return failure(ctx, "ask the database", s.reading.QueryRowContext(ctx, `SELECT 1`).Scan(&one))
}

// runs is how often a transaction that lost against another is run at most.
// It loses only to one that won, so with five of them for the same few rows in
// a row something else is wrong.
const runs = 5

// change runs f in one transaction. It may be run again where the database
// asks for it, so f must keep nothing of a run that failed.
func (s *Store) change(ctx context.Context, op string, f func(*sql.Tx) error) error {
	var err error
	for range runs {
		err = s.attempt(ctx, f)
		if err == nil || ctx.Err() != nil || s.trouble(err) != troubleAgain {
			break
		}
	}
	return s.failed(ctx, op, err)
}

func (s *Store) attempt(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := s.writing.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		return errors.Join(err, ended(tx.Rollback()))
	}
	return tx.Commit()
}

// ended leaves out of a Rollback's failure that the transaction was over, as
// it is when its context was cancelled.
func ended(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// failed is failure for what may have broken a rule of the tables.
func (s *Store) failed(ctx context.Context, op string, err error) error {
	if err == nil {
		return nil
	}
	switch s.trouble(err) {
	case troubleDuplicate:
		return &vig.Error{Code: vig.CodeConflict, Op: op, Err: &broken{"there is one already", err}}
	case troubleReference:
		return &vig.Error{Code: vig.CodeNotFound, Op: op, Err: &broken{"what it belongs to is not there", err}}
	}
	return failure(ctx, op, err)
}

// broken is a rule of the tables that was broken, in words for people: errors
// of these codes are told to them. What the driver says of it names tables and
// columns, and is there by Unwrap alone.
type broken struct {
	rule   string
	driver error
}

func (b *broken) Error() string { return b.rule }
func (b *broken) Unwrap() error { return b.driver }

// failure says what was being done when err happened, and keeps its code. An
// interrupted query is told as what interrupted it.
func failure(ctx context.Context, op string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, sql.ErrNoRows) {
		return &vig.Error{Code: vig.CodeNotFound, Op: op + ": it is not there"}
	}
	if cause := ctx.Err(); cause != nil && !errors.Is(err, cause) {
		err = fmt.Errorf("%w: %w", cause, err)
	}
	return &vig.Error{Code: vig.CodeOf(err), Op: op, Err: err}
}

// refuse is the error of a call that the records do not allow.
func refuse(code vig.Code, format string, args ...any) error {
	return &vig.Error{Code: code, Op: fmt.Sprintf(format, args...)}
}

// lock makes the transaction alone with a row of a table. What else is read of
// it must be read by a later statement: this one may have waited, and what it
// joined would be from before.
func (s *Store) lock(ctx context.Context, tx *sql.Tx, table, column, id string) error {
	if s.forUpdate == "" {
		return nil
	}
	var found string
	return tx.QueryRowContext(ctx, `SELECT `+column+` FROM `+table+` WHERE `+column+` = $1`+s.forUpdate, id).Scan(&found)
}

// rows reads all rows of a query.
func rows[T any](ctx context.Context, s *Store, op string, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	found, err := s.reading.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, failure(ctx, op, err)
	}
	defer found.Close()
	var all []T
	for found.Next() {
		one, err := scan(found)
		if err != nil {
			return nil, failure(ctx, op, err)
		}
		all = append(all, one)
	}
	return all, failure(ctx, op, found.Err())
}

// scanner is a row that was found.
type scanner interface{ Scan(into ...any) error }
