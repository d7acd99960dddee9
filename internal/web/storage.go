package web

import (
	"context"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"attune/internal/vig"
)

const (
	// storageFresh is how long what was measured is taken for what there is: to
	// list a vault takes a request for each thousand things in a bucket.
	storageFresh = time.Minute
	// storageWait is how long a request waits for it to be measured anew. After
	// that it is answered with what was last known.
	storageWait = 5 * time.Second
)

// amount is how much there is of one kind of bytes.
type amount struct {
	Count int64 `json:"count"`
	Bytes int64 `json:"bytes"`
}

func (a *amount) add(bytes int64) {
	a.Count++
	a.Bytes += bytes
}

// storageUsed is what films and what is made of them take.
type storageUsed struct {
	Originals     amount    `json:"originals"`
	ViewingCopies amount    `json:"viewing_copies"`
	Results       amount    `json:"results"` // of analyses: findings, stills, draft reels
	Reels         amount    `json:"reels"`
	Uploads       amount    `json:"uploads"` // that are on their way
	Free          *int64    `json:"free_bytes,omitempty"`
	Reserve       int64     `json:"reserve_bytes"` // that films leave free
	Measured      time.Time `json:"measured"`
}

// storageMeter measures storage, at most once at a time.
type storageMeter struct {
	mu      sync.Mutex
	last    storageUsed // its time is zero before the first
	running chan struct{}
}

// storage returns what is used. It is unavailable while that is not known yet.
func (h *Web) storage(ctx context.Context) (storageUsed, error) {
	m := &h.meter
	m.mu.Lock()
	if m.running == nil && time.Since(m.last.Measured) > storageFresh {
		m.running = make(chan struct{})
		go h.measure(m.running) //nolint:gosec // others wait for it too: it ends with the service, not with the request
	}
	running := m.running
	m.mu.Unlock()
	if running != nil {
		limit := time.NewTimer(storageWait)
		defer limit.Stop()
		select {
		case <-running:
		case <-limit.C:
		case <-ctx.Done():
			return storageUsed{}, ctx.Err()
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.last.Measured.IsZero() {
		return storageUsed{}, vig.Errorf(codeUnavailable, "measure storage", "how much room films take is not known yet")
	}
	return m.last, nil
}

// measure measures, for whoever waits. It ends with the service.
func (h *Web) measure(done chan struct{}) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-h.stopping:
			cancel()
		case <-ctx.Done():
		}
	}()
	used, err := h.measureAll(ctx)
	if err != nil && ctx.Err() == nil {
		h.log.WarnContext(ctx, "storage could not be measured", "error", err)
	}
	h.meter.mu.Lock()
	defer h.meter.mu.Unlock()
	if err == nil {
		h.meter.last = used
	}
	h.meter.running = nil
	close(done)
}

func (h *Web) measureAll(ctx context.Context) (storageUsed, error) {
	used := storageUsed{Reserve: h.Reserve}
	for entry, err := range h.Vault.Keys(ctx, "") {
		if err != nil {
			return used, err
		}
		switch {
		case strings.HasPrefix(entry.Key, "reels/"):
			used.Reels.add(entry.Size)
		case !strings.HasPrefix(entry.Key, "films/"): // whose vault it is, and what others keep in a bucket
		case strings.Count(entry.Key, "/") == 2:
			used.Originals.add(entry.Size)
		case path.Base(entry.Key) == "viewing.mp4":
			used.ViewingCopies.add(entry.Size)
		default:
			used.Results.add(entry.Size)
		}
	}
	if h.uploads != nil {
		if err := h.uploads.measure(&used); err != nil {
			return used, err
		}
	}
	used.Measured = time.Now().UTC()
	return used, nil
}

// measure adds what is on its way, and the room that is left.
func (u *uploads) measure(used *storageUsed) error {
	ids, err := u.staging.ids()
	if err != nil {
		return err
	}
	for _, id := range ids {
		if at, err := u.staging.load(id); err == nil { // else gone meanwhile
			used.Uploads.add(at.Offset)
		}
	}
	free, err := u.Free()
	if err != nil {
		return err
	}
	used.Free = &free
	return nil
}

// getStorage is what films take, for admins: numbers.
func (h *Web) getStorage(w http.ResponseWriter, r *http.Request) error {
	used, err := h.storage(r.Context())
	if err != nil {
		return err
	}
	h.answer(w, r, http.StatusOK, used)
	return nil
}
