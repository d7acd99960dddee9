package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// postgresConnections is how many one process holds at most: a server takes
// 100 by default, and several machines share it.
const postgresConnections = 16

// openPostgres opens the database at address.
//
// Its transactions are of the default kind (read committed). Every one that
// moves a record reads it FOR UPDATE first, so that it is alone with it.
func openPostgres(ctx context.Context, address string) (*Store, error) {
	db, err := sql.Open("pgx", address)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(postgresConnections)
	db.SetMaxIdleConns(postgresConnections)
	// Of the processes that start at once, one makes the tables and the others
	// wait: they ask every second, for five minutes at most.
	one, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := migrate(ctx, goose.DialectPostgres, db, goose.WithSessionLocker(one)); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Store{
		dialect: dialect{forUpdate: " FOR UPDATE", trouble: postgresTrouble},
		reading: &pool{DB: db}, writing: db,
	}, nil
}

func postgresTrouble(err error) trouble {
	if pgconn.SafeToRetry(err) { // the connection was gone before anything was sent
		return troubleAgain
	}
	failed, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return troubleOther
	}
	switch failed.Code { // https://www.postgresql.org/docs/current/errcodes-appendix.html
	case "23505":
		return troubleDuplicate
	case "23503":
		return troubleReference
	case "40001", "40P01": // serialization failure, deadlock
		return troubleAgain
	}
	return troubleOther
}
