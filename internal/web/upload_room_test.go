package web

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"attune/internal/store"
	"attune/internal/vault"
)

// disk is one of which a test says how much is free.
type disk struct{ atomic.Int64 }

func (d *disk) free() (int64, error) { return d.Load(), nil }

func (d *disk) in(cfg *Config) { cfg.Free, cfg.Reserve = d.free, 10<<20 }

// A film is begun only if there is room for it twice, for all others that are on
// their way, and for the reserve.
func TestRoomForUploads(t *testing.T) {
	t.Parallel()
	var d disk
	b := untended(t, d.in)
	begin := func(size int64) error {
		_, err := b.sender(b.guider).Create(t.Context(), size, map[string]string{"case": b.kase.Code})
		return err
	}
	d.Store(30<<20 - 1)
	if err := begin(10 << 20); err == nil || !strings.Contains(err.Error(), "20 MB are needed") {
		t.Errorf("without room: %v", err)
	}
	d.Store(30 << 20)
	ok(t, begin(10<<20))
	if err := begin(1); err == nil {
		t.Error("a second one has the room of the first")
	}
	d.Store(32 << 20)
	ok(t, begin(1<<20))
	b.uploads.VaultElsewhere = true
	d.Store(10<<20 + 11<<20 + 5)
	ok(t, begin(5))
	if films, err := b.Store.Films(t.Context(), store.FilmQuery{}); err != nil || len(films) != 3 {
		t.Errorf("films: %v, %v", films, err)
	}
}

// A film that finds the disk full is kept, says so, and goes on when there is room.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	var d disk
	b := untended(t, d.in)
	d.Store(100 << 20)
	film := filmOf(1, 1<<20)
	id, err := b.send(t, film)
	ok(t, err)
	d.Store(10<<20 + 1000)
	shown := func() filmJSON {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.server.URL+"/api/v1/films/"+string(id), nil)
		ok(t, err)
		r.Header.Set("Authorization", "Bearer "+b.guider.token)
		got := (&bundle{server: b.server}).send(t, r)
		return read[filmJSON](t, got)
	}
	if got := shown(); got.State != store.FilmUploading || got.Reason != "" {
		t.Errorf("before: %+v", got)
	}
	b.tend(t)
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	deadline := time.After(time.Minute)
	for shown().Reason != noRoom {
		select {
		case <-ticker.C:
		case <-deadline:
			t.Fatalf("the film is %+v", shown())
		}
	}
	if there, err := b.Vault.Exists(t.Context(), vault.OriginalKey(id)); there || err != nil {
		t.Errorf("in the vault: %v, %v", there, err)
	}
	if info, err := os.Stat(filepath.Join(b.staging, string(id)+".film")); err != nil || info.Size() != 1<<20 {
		t.Errorf("in the staging folder: %v, %v", info, err)
	}
	if until, _ := b.uploads.waiting.has(id); time.Until(until) < fullWait-time.Minute {
		t.Errorf("it is tried again at %v", until)
	}

	d.Store(100 << 20)
	b.uploads.waiting.add(id, time.Now()) // the time is over
	b.uploads.wake()
	if f := settled(t, b.Store, b.staging, id); f.State != store.FilmQueued || f.SHA256 != sumOf(film) {
		t.Errorf("the film is %+v", f)
	}
	if got := shown(); got.Reason != "" {
		t.Errorf("after: %+v", got)
	}
	b.server.Close()
	if n := strings.Count(b.logged.String(), "film waits for room"); n != 1 {
		t.Errorf("the log tells of it %d times", n)
	}
}

func TestIsFull(t *testing.T) {
	for _, err := range []error{unix.ENOSPC, unix.EDQUOT} {
		if !isFull(fmt.Errorf("put: %w", &os.PathError{Op: "write", Err: err})) {
			t.Errorf("%v is not", err)
		}
	}
	if isFull(unix.EIO) || isFull(nil) {
		t.Error("what else fails is")
	}
}
