package store_test

import (
	"context"
	"database/sql"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"attune/internal/store"
	"attune/internal/store/storetest"
	"attune/internal/vig"
)

// The server cuts the connections again and again while films are analysed, as
// when it is restarted or the network fails. A call may fail by it, and is made
// again as a task would be; nothing is done by halves or twice.
func testPostgresCut(t *testing.T, url string) {
	spared := storetest.Open(t, url+"&application_name=spared")
	s := storetest.Open(t, url)
	ctx, enough := context.WithCancel(t.Context())
	defer enough()
	var cuts atomic.Int64
	ended := make(chan error, 1)
	go func() { ended <- cut(ctx, url, &cuts) }()

	var films []store.Film
	failed := 0
	for cuts.Load() < 10 {
		f := storetest.Queued(t, spared)
		films = append(films, f)
		for err := analyse(t.Context(), s, f.ID); err != nil; err = analyse(t.Context(), s, f.ID) {
			if vig.CodeOf(err) != vig.CodeInternal {
				t.Fatalf("%s: %v", f.ID, err)
			}
			failed++
		}
		select {
		case err := <-ended:
			t.Fatal(err)
		default:
		}
	}
	enough()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	t.Logf("while %d films were analysed connections were cut %d times, and %d calls failed", len(films), cuts.Load(), failed)
	for _, f := range films {
		got, err := spared.Film(t.Context(), f.ID)
		if err != nil || got.State != store.FilmReady {
			t.Fatalf("%+v, %v", got, err)
		}
		a, err := spared.Analysis(t.Context(), got.Analysis)
		if err != nil || a.Attempt != got.Attempt || len(a.Keys) != 2 {
			t.Errorf("the analysis is %+v (%v), the film %+v", a, err, got)
		}
		if clips, err := spared.Clips(t.Context(), f.ID); err != nil || len(clips) != 2 {
			t.Errorf("the clips are %+v (%v)", clips, err)
		}
		if reels, err := spared.Reels(t.Context(), f.ID); err != nil || len(reels) != 1 {
			t.Errorf("the reels are %+v (%v)", reels, err)
		}
	}
}

// analyse does what a task does for a film, from wherever it stands.
func analyse(ctx context.Context, s *store.Store, id store.FilmID) error {
	f, err := s.Film(ctx, id)
	if err != nil || f.State == store.FilmReady {
		return err
	}
	if f.Attempt, err = s.BeginFilm(ctx, f.ID, f.Run, "w"); err != nil {
		return err
	}
	_, err = s.PublishAnalysis(ctx, f.Attempt, storetest.Draft(f))
	return err
}

// cut ends the connections to the database that are neither its own nor
// spared, until ctx ends, and counts how often it met one.
func cut(ctx context.Context, url string, cuts *atomic.Int64) error {
	db, err := sql.Open("pgx", url)
	if err != nil {
		return err
	}
	defer db.Close()
	ticker := time.NewTicker(20 * time.Millisecond) // a few films fit between two cuts
	defer ticker.Stop()
	for {
		var met int64
		err := db.QueryRowContext(ctx, `SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name <> 'spared'`).Scan(&met)
		if err != nil {
			return err
		}
		cuts.Add(min(met, 1))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}
