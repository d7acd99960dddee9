package remote

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/tmaxmax/go-sse"

	"attune/internal/vig"
)

// Progress is how far the work on a film is.
type Progress struct {
	Stage string  `json:"stage"`
	Share float64 `json:"share"`  // 0 to 1
	Left  float64 `json:"left_s"` // a guess; 0 if there is none
}

const (
	// comeBack is after how long a stream that broke is opened again.
	comeBack = 2 * time.Second
	// patience is for how long a service may be away: it may be started again.
	patience = 5 * time.Minute
)

// Watch tells the film as it is and whenever it changes, and the progress of
// the work in between, until done says that it has seen enough. A stream that
// breaks is opened again.
func (s *Service) Watch(ctx context.Context, id string, done func(Film) bool, progress func(Progress)) error {
	last, heard := "", time.Now()
	for {
		over, err := s.listen(ctx, id, &last, func() { heard = time.Now() }, done, progress)
		if over || ctx.Err() != nil {
			return ctx.Err()
		}
		switch vig.CodeOf(err) {
		case vig.CodeInternal, "unavailable", "": // it may be back
		default:
			return err
		}
		if time.Since(heard) > patience {
			return fmt.Errorf("the service does not answer any more: %w", err)
		}
		select {
		case <-time.After(comeBack):
		case <-ctx.Done():
		}
	}
}

// listen reads one stream until it breaks, or done has seen enough.
func (s *Service) listen(ctx context.Context, id string, last *string, heard func(), done func(Film) bool, progress func(Progress)) (over bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	header := http.Header{"Accept": {"text/event-stream"}}
	if *last != "" {
		header.Set("Last-Event-ID", *last)
	}
	resp, err := s.send(ctx, http.MethodGet, s.FilmAddress(id, "events"), nil, header)
	if err != nil {
		return false, err
	}
	defer resp.Body.Close()
	for e, err := range sse.Read(resp.Body, nil) {
		if err != nil {
			return false, err
		}
		heard()
		switch e.Type {
		case "film":
			var f Film
			if err := json.Unmarshal([]byte(e.Data), &f); err != nil {
				return false, err
			}
			*last = e.LastEventID
			if done(f) {
				return true, nil
			}
		case "progress":
			var p Progress
			if err := json.Unmarshal([]byte(e.Data), &p); err != nil {
				return false, err
			}
			progress(p)
		}
	}
	return false, nil
}
