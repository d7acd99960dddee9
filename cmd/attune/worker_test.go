package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"attune/internal/store"
	"attune/internal/store/storetest"
	"attune/internal/vault"
	"attune/jobs"
)

// A worker alone, on PostgreSQL and a Redis that knows of nothing: it finds the
// film that is due, works on it in confinement, says that it is there, answers
// who asks for its health, and goes when it is told to.
func TestWorkerAlone(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	i := prepare(t, true)
	i.only([]string{"worker"})
	i.args["worker"] = append(i.args["worker"], "--health", "127.0.0.1:0")
	i.store = storetest.Open(t, i.records)
	var err error
	if i.vault, err = vault.Open(ctx, i.films); err != nil {
		t.Fatal(err)
	}
	defer i.vault.Close()
	films := shortFilms(t, 1)
	id := i.given(films[0])

	i.start("worker")
	ended := false
	defer func() {
		if t.Failed() {
			i.logs()
		}
		if !ended {
			i.kill("worker")
		}
	}()
	said := func() string {
		text, _ := os.ReadFile(filepath.Join(i.dir, "worker.log"))
		return string(text)
	}
	health := regexp.MustCompile(`Health at (http://[0-9.:]+/readyz)`)
	i.eventually("a worker that is ready", func() bool {
		found := health.FindStringSubmatch(said())
		if found == nil {
			return false
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, found[1], nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return false
		}
		defer answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	})
	conn, err := jobs.Connect(i.args["worker"][slices.Index(i.args["worker"], "--redis")+1])
	if err != nil {
		t.Fatal(err)
	}
	client := jobs.NewClient(conn, jobs.Config{})
	defer client.Close()
	workers := func() []jobs.Presence {
		all, err := client.Workers(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	i.eventually("a worker that says so", func() bool { return len(workers()) == 1 })
	if w := workers()[0]; w.Silent || w.Version != version || w.Concurrency != 1 || len(w.Confined) != 5 {
		t.Errorf("it says %+v", w)
	}
	for _, c := range workers()[0].Confined {
		if !c.InForce {
			t.Errorf("it is not kept from: %s", c.Name)
		}
	}
	i.check([]store.FilmID{id}, films)

	if err := i.started["worker"].Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	ended = true
	if err := i.started["worker"].Wait(); err != nil {
		t.Errorf("told to stop, it ends with %v", err)
	}
	if left := workers(); len(left) != 0 {
		t.Errorf("after it went, there is %+v", left)
	}
	if strings.Contains(said(), "visit") {
		t.Error("its log tells the name of the file")
	}
}

// given puts a film into the vault and the records, as an upload does, and tells
// the queue nothing.
func (i *installation) given(film []byte) store.FilmID {
	i.t.Helper()
	ctx := i.t.Context()
	installation, err := i.store.Installation(ctx)
	if err == nil {
		err = i.vault.Claim(ctx, installation) // before anything lies in it, as the first start does
	}
	if err != nil {
		i.t.Fatal(err)
	}
	f := storetest.Uploading(i.t, i.store)
	w, err := i.vault.Create(ctx, vault.OriginalKey(f.ID))
	if err != nil {
		i.t.Fatal(err)
	}
	defer w.Abort()
	if _, err := bytes.NewReader(film).WriteTo(w); err != nil {
		i.t.Fatal(err)
	}
	if err := w.Commit(); err != nil {
		i.t.Fatal(err)
	}
	sum := sha256.Sum256(film)
	if err := i.store.ReceiveFilm(ctx, f.ID, hex.EncodeToString(sum[:]), int64(len(film)), 20*time.Second); err != nil {
		i.t.Fatal(err)
	}
	return f.ID
}
