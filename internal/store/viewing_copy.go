package store

import (
	"context"
	"time"
)

// ViewingCopy is a copy of a film that browsers can play. There is one only of
// films that they cannot.
type ViewingCopy struct {
	Film FilmID
	Render
}

// ViewingCopy returns the viewing copy of a film.
func (s *Store) ViewingCopy(ctx context.Context, of FilmID) (ViewingCopy, error) {
	v := ViewingCopy{Film: of}
	err := s.reading.QueryRowContext(ctx, `SELECT `+renderColumns+` FROM viewing_copies WHERE film_id = $1`, of).Scan(v.fields()...)
	return v, failure(ctx, "find viewing copy", err)
}

// BeginViewingCopy is BeginFilm for the viewing copy of a film.
func (s *Store) BeginViewingCopy(ctx context.Context, of FilmID, run int, worker string) (attempt string, err error) {
	return s.beginRender(ctx, "begin viewing copy", viewingCopyTable, string(of), run, worker)
}

// PublishViewingCopy says that the attempt has written the copy to the key in
// the vault. It is a conflict unless the attempt is the current one.
func (s *Store) PublishViewingCopy(ctx context.Context, of FilmID, attempt, key string, duration time.Duration) error {
	return s.publishRender(ctx, "publish viewing copy", viewingCopyTable, string(of), attempt, key, duration)
}

// FailViewingCopy is FailFilm for the viewing copy of a film.
func (s *Store) FailViewingCopy(ctx context.Context, of FilmID, attempt, reason string) error {
	return s.failRender(ctx, "fail viewing copy", viewingCopyTable, string(of), attempt, reason)
}

// RetryViewingCopy is RetryFilm for the viewing copy of a film.
func (s *Store) RetryViewingCopy(ctx context.Context, of FilmID) (run int, err error) {
	return s.retryRender(ctx, "retry viewing copy", viewingCopyTable, string(of))
}
