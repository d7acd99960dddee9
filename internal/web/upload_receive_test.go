package web

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"

	"attune/internal/vig"
)

// hanging is a prober that gets no further until it is stopped, and then says of
// the film what its end made of it.
type hanging struct{ err error }

func (p hanging) Probe(ctx context.Context, _ io.ReaderAt, _ int64) (vig.FilmInfo, error) {
	<-ctx.Done()
	return vig.FilmInfo{}, p.err
}

// A film on which the probe gets no further does not keep its place for long,
// and is left to the analysis.
func TestProbeThatHangs(t *testing.T) {
	for _, err := range []error{context.DeadlineExceeded, vig.Errorf(vig.CodeInvalid, "open film", "it ends early")} {
		synctest.Test(t, func(t *testing.T) {
			u := &uploads{Config: Config{Prober: hanging{err}}, log: slog.New(slog.DiscardHandler)}
			if info, err := u.probe(t.Context(), "film", strings.NewReader("film"), 4); err != nil || info.Duration != 0 {
				t.Errorf("%v, %v", info, err)
			}
			stopped, cancel := context.WithCancel(t.Context())
			cancel()
			if _, err := u.probe(stopped, "film", strings.NewReader("film"), 4); err == nil {
				t.Error("a service that stops lets a film through")
			}
		})
	}
}
