package store

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"syscall"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"attune/internal/vig"
)

// sqliteReaders is how many queries may run at once beside the one writer; a
// machine with SQLite serves a few guiders and its own workers.
const sqliteReaders = 8

// openSQLite opens the database in the file path.
//
// All writes go through one connection, whose transactions begin with the
// write lock (BEGIN IMMEDIATE): so within a process they wait for each other
// in Go, and another process (a command beside the service) is waited for by
// busy_timeout. Every commit is on the disk before it is answered
// (synchronous=FULL), and what is deleted is overwritten (secure_delete).
func openSQLite(ctx context.Context, path string) (*Store, error) {
	if path == "" || path == ":memory:" {
		return nil, refuse(vig.CodeInvalid, "sqlite: needs a file, as in sqlite:attune.db")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	// SQLite gives its log and its index the permissions of the database.
	if err := create(path); err != nil {
		return nil, err
	}
	// Two processes must not make the same tables at once. The lock is on a file
	// of its own: to close the database's would end the locks SQLite has on it.
	unlock, err := lockFile(path + "-open")
	if err != nil {
		return nil, err
	}
	defer unlock()

	address := func(more url.Values) string {
		more.Set("_busy_timeout", "30000") // ms; the longest write is a sweep of thousands of rows, far below
		more.Set("_foreign_keys", "1")
		more.Set("_dqs", "0")
		more.Set("_defensive", "1")
		return (&url.URL{Scheme: "file", Path: path, RawQuery: more.Encode()}).String()
	}
	writing, err := sql.Open("sqlite", address(url.Values{
		"_journal_mode": {"WAL"}, "_synchronous": {"FULL"}, "_txlock": {"immediate"}, "_pragma": {"secure_delete(1)"},
	}))
	if err != nil {
		return nil, err
	}
	writing.SetMaxOpenConns(1)
	if err := migrate(ctx, goose.DialectSQLite3, writing); err != nil {
		return nil, errors.Join(err, writing.Close())
	}
	reading, err := sql.Open("sqlite", address(url.Values{"_query_only": {"1"}}))
	if err != nil {
		return nil, errors.Join(err, writing.Close())
	}
	reading.SetMaxOpenConns(sqliteReaders)
	reading.SetMaxIdleConns(sqliteReaders)
	return &Store{
		dialect: dialect{trouble: sqliteTrouble},
		reading: &pool{DB: reading}, writing: writing,
	}, nil
}

// create makes the database's file for its owner alone, if there is none, and
// sees to it that it stays in its folder.
func create(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil // and not opened: see openSQLite
	}
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}

// lockFile waits until no other process has the file locked. The lock ends with
// unlock or with the process.
func lockFile(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() { f.Close() }, nil
}

func sqliteTrouble(err error) trouble {
	failed, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return troubleOther
	}
	switch failed.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return troubleDuplicate
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return troubleReference
	}
	if primary := failed.Code() & 0xff; primary == sqlite3.SQLITE_BUSY || primary == sqlite3.SQLITE_LOCKED {
		return troubleAgain
	}
	return troubleOther
}
