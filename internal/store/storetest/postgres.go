package storetest

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// Postgres is a PostgreSQL server of a test's own. It keeps nothing: what it
// writes is not even flushed.
type Postgres struct {
	folder string // of its socket
	made   atomic.Int64
}

// patience is how long the server may take to begin, on a machine that has
// other things to do.
const patience = 2 * time.Minute

// StartPostgres starts a server on a Unix socket until the test ends. It runs
// as an ordinary user; PostgreSQL refuses root. Where there is no PostgreSQL
// the test is skipped.
func StartPostgres(t testing.TB) *Postgres {
	t.Helper()
	initdb, server := programs(t)
	// Short, for a socket's path has 107 bytes at most; and not in a folder of
	// the test, which another user may not enter.
	folder, err := os.MkdirTemp("/tmp", "attune-pg")
	ok(t, err)
	t.Cleanup(func() { ok(t, os.RemoveAll(folder)) })
	attributes := &syscall.SysProcAttr{}
	if os.Getuid() == 0 {
		uid, gid := ordinary(t)
		ok(t, os.Chown(folder, uid, gid))
		attributes.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	data := filepath.Join(folder, "data")
	environment := []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}

	first := exec.CommandContext(t.Context(), initdb, "--pgdata="+data, "--username=attune", "--auth=trust",
		"--encoding=UTF8", "--no-locale", "--no-sync")
	first.Dir, first.Env, first.SysProcAttr = folder, environment, attributes
	if said, err := first.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, said)
	}

	ctx, stop := context.WithCancel(context.Background()) // to be stopped after the test's context
	run := exec.CommandContext(ctx, server, "-D", data, "-k", folder, "-c", "listen_addresses=",
		"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off",
		"-c", "shared_buffers=32MB", "-c", "max_connections=300")
	run.Dir, run.Env = folder, environment
	// An immediate shutdown when the test's process is gone, also when it was killed.
	run.SysProcAttr = &syscall.SysProcAttr{Credential: attributes.Credential, Pdeathsig: syscall.SIGQUIT}
	said := &bytes.Buffer{}
	run.Stderr = said
	run.Cancel = func() error { return run.Process.Signal(syscall.SIGINT) } // a fast shutdown
	run.WaitDelay = patience
	ended := start(t, run)
	t.Cleanup(func() {
		stop()
		<-ended
	})
	p := &Postgres{folder: folder}
	if err := p.await(t.Context(), ended); err != nil {
		stop()
		<-ended
		t.Fatalf("postgres: %v\n%s", err, said)
	}
	return p
}

// Database makes a new, empty database and returns its address.
func (p *Postgres) Database(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("test%d", p.made.Add(1))
	db := must[*sql.DB](t)(sql.Open("pgx", p.address("postgres")))
	defer db.Close()
	_, err := db.ExecContext(t.Context(), "CREATE DATABASE "+name)
	ok(t, err)
	return p.address(name)
}

func (p *Postgres) address(database string) string {
	return (&url.URL{Scheme: "postgres", User: url.User("attune"), Path: "/" + database,
		RawQuery: url.Values{"host": {p.folder}, "sslmode": {"disable"}}.Encode()}).String()
}

// await returns when the server answers.
func (p *Postgres) await(ctx context.Context, ended <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	db, err := sql.Open("pgx", p.address("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		err := db.PingContext(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ticker.C:
		case <-ended:
			return fmt.Errorf("it ended: %w", err)
		case <-ctx.Done():
			return err
		}
	}
}

// start starts the server from a thread that is kept until the server ended:
// it is the end of that thread at which the kernel sends Pdeathsig.
func start(t testing.TB, server *exec.Cmd) (ended <-chan struct{}) {
	t.Helper()
	started, over := make(chan error), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(over)
		err := server.Start()
		started <- err
		if err == nil {
			_ = server.Wait() // it was told to end, or its own words say why it did
		}
	}()
	ok(t, <-started)
	return over
}

// programs finds initdb and postgres, which Debian keeps out of the PATH.
func programs(t testing.TB) (initdb, server string) {
	t.Helper()
	if found, err := exec.LookPath("initdb"); err == nil {
		if found, err = filepath.EvalSymlinks(found); err == nil {
			initdb = found
		}
	}
	if initdb == "" {
		newest := 0
		folders, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
		for _, found := range folders {
			version, err := strconv.Atoi(strings.Split(found, "/")[4])
			if err == nil && version > newest {
				newest, initdb = version, found
			}
		}
	}
	if initdb == "" {
		t.Skip("needs PostgreSQL: initdb is neither on the PATH nor in /usr/lib/postgresql/*/bin (scripts/setup installs it)")
	}
	return initdb, filepath.Join(filepath.Dir(initdb), "postgres")
}

// ordinary returns a user who is not root.
func ordinary(t testing.TB) (uid, gid int) {
	t.Helper()
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		return must[int](t)(strconv.Atoi(u.Uid)), must[int](t)(strconv.Atoi(u.Gid))
	}
	t.Skip("needs an ordinary user: root may not run PostgreSQL, and there is neither postgres nor nobody")
	return 0, 0
}
