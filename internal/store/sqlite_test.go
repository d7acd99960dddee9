package store_test

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"attune/internal/store"
	"attune/internal/store/storetest"
	"attune/internal/vig"
)

// What is in the records is for the owner of the service alone, whatever the
// name of the file.
func TestSQLiteFiles(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	folder := filepath.Join(t.TempDir(), "data")
	path := filepath.Join(folder, "a b?c#d%41;é.db")
	s := storetest.Open(t, "sqlite:"+path)
	secret, err := s.CreateToken(ctx, storetest.Guider(t, s).ID, "laptop")
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(folder); err != nil || info.Mode() != fs.ModeDir|0o700 {
		t.Errorf("the folder: %v, %v", info.Mode(), err)
	}
	var names []string
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		names = append(names, file.Name())
		if info, err := file.Info(); err != nil || info.Mode() != 0o600 {
			t.Errorf("%s: %v, %v", file.Name(), info.Mode(), err)
		}
		bytesOf, err := os.ReadFile(filepath.Join(folder, file.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(bytesOf, []byte(secret)) {
			t.Errorf("the secret of a token is in %s", file.Name())
		}
	}
	if len(names) != 4 { // the database, its log and index, the lock
		t.Errorf("the files are %q", names)
	}
}

// The settings on which the records' safety rests are in force on every
// connection.
func TestSQLiteSettings(t *testing.T) {
	t.Parallel()
	url := storetest.SQLite(t)
	s := storetest.Open(t, url)
	// The rules between tables hold.
	_, err := s.CreateToken(t.Context(), "nobody", "")
	if vig.CodeOf(err) != vig.CodeNotFound {
		t.Errorf("a token of nobody: %v", err)
	}
	db, err := sql.Open("sqlite", url[len("sqlite:"):])
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var mode string
	if err := db.QueryRowContext(t.Context(), `PRAGMA journal_mode`).Scan(&mode); err != nil || mode != "wal" {
		t.Errorf("the journal is %q (%v)", mode, err)
	}
	// What is due is found by its state, not by looking at every film.
	for query, index := range map[string]string{
		`SELECT id FROM films WHERE state IN ('queued', 'analysing')`:                              "films_by_state",
		`SELECT COUNT(*) FROM films WHERE state = 'queued' AND (queued, id) < (1, 'x')`:            "films_by_state",
		`SELECT id FROM reels WHERE state IN ('queued', 'rendering')`:                              "reels_by_state",
		`SELECT film_id FROM viewing_copies WHERE state IN ('queued', 'rendering')`:                "viewing_copies_by_state",
		`SELECT f.id FROM films f WHERE f.sha256 = 'x' AND f.sha256 <> '' AND f.state <> 'queued'`: "films_by_hash",
	} {
		var id, parent, unused int
		var plan string
		if err := db.QueryRowContext(t.Context(), `EXPLAIN QUERY PLAN `+query).Scan(&id, &parent, &unused, &plan); err != nil {
			t.Error(err)
		} else if !bytes.Contains([]byte(plan), []byte("INDEX "+index+" (")) {
			t.Errorf("%s: %s", query, plan)
		}
	}
}

// Tables that a newer program changed are not touched.
func TestNewerTables(t *testing.T) {
	t.Parallel()
	url := storetest.SQLite(t)
	storetest.Open(t, url)
	db, err := sql.Open("sqlite", url[len("sqlite:"):])
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, TRUE)`); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), url); vig.CodeOf(err) != vig.CodeUnsupported {
		t.Errorf("opened: %v", err)
	}
}

// writerURL names the variable that makes the test's binary a writer.
const writerURL = "ATTUNE_STORE_TEST_WRITER"

// write makes films in the records at url, and prints the id of each when it
// was told that it is stored.
func write(url string) {
	ctx := context.Background()
	s, err := store.Open(ctx, url)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	guider, err := s.CreateAccount(ctx, fmt.Sprint("process ", os.Getpid()), store.RoleGuider)
	for err == nil {
		var c store.Case
		c, err = s.CreateCase(ctx, store.CaseDraft{Guider: guider.ID, Code: fmt.Sprint(os.Getpid(), guider.Created.UnixNano())})
		if err == nil {
			fmt.Println(c.ID)
		}
		guider.Created = guider.Created.Add(1) // the next code
	}
	fmt.Println(err)
	os.Exit(1)
}

// Two processes write at once and are killed: all that they were told is
// stored is there, and the records go on.
func TestSQLiteKilled(t *testing.T) {
	t.Parallel()
	url := storetest.SQLite(t)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	const rounds, processes, acknowledged = 3, 2, 20
	var stored []store.CaseID
	for range rounds {
		lists := make(chan []store.CaseID, processes)
		for range processes {
			writer := exec.CommandContext(t.Context(), program)
			writer.Env = append(os.Environ(), writerURL+"="+url)
			said, err := writer.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := writer.Start(); err != nil {
				t.Fatal(err)
			}
			go func() {
				var ids []store.CaseID
				for line := bufio.NewScanner(said); len(ids) < acknowledged && line.Scan(); {
					ids = append(ids, store.CaseID(line.Text()))
				}
				_ = writer.Process.Kill() // in the middle of the next
				_ = writer.Wait()
				lists <- ids
			}()
		}
		for range processes {
			ids := <-lists
			if len(ids) < acknowledged {
				t.Errorf("a writer ended early: %q", ids)
			}
			stored = append(stored, ids...)
		}
	}
	s := storetest.Open(t, url)
	for _, id := range stored {
		c, err := s.Case(t.Context(), id)
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		if cycles, err := s.Cycles(t.Context(), c.ID); err != nil || len(cycles) != 1 { // the whole of it
			t.Errorf("%s: %v, %v", id, cycles, err)
		}
	}
}
