package jobs

import (
	"context"
	"encoding/json"
	"regexp"
	"time"

	"attune/internal/store"
	"attune/internal/vault"
	"attune/internal/vig"
)

// work is one record that a task is for, in the same terms for every kind.
type work struct {
	kind   string
	id     string
	film   store.Film
	length time.Duration // of what the time to take is reckoned from
	names  *regexp.Regexp
	key    func(attempt, name string) string
	// begin makes a new attempt at the run.
	begin func(ctx context.Context, run int, worker string) (attempt string, err error)
	// current is the attempt that the record is in the hands of, "" if none.
	current func(ctx context.Context) (attempt string, err error)
	// make does the work, and returns how to publish it.
	make func(ctx context.Context, film Film, attempt string, out *outputs) (publish func(context.Context) error, err error)
	// fail and refuse say in the record why it came to nothing.
	fail   func(ctx context.Context, attempt, reason string) error
	refuse func(ctx context.Context, attempt, reason string) error
}

// find reads the record that a task is for.
func (w *Worker) find(ctx context.Context, kind, id string) (*work, error) {
	switch kind {
	case store.KindFilm:
		return w.findFilm(ctx, store.FilmID(id))
	case store.KindReel:
		return w.findReel(ctx, store.ReelID(id))
	case store.KindViewingCopy:
		return w.findViewingCopy(ctx, store.FilmID(id))
	}
	return nil, vig.Errorf(vig.CodeInvalid, "find record", "kind %q", kind)
}

// findFilm is film:analyze.
func (w *Worker) findFilm(ctx context.Context, id store.FilmID) (*work, error) {
	records := w.cfg.Store
	film, err := records.Film(ctx, id)
	if err != nil {
		return nil, err
	}
	var j *work
	j = &work{
		kind: store.KindFilm, id: string(id), film: film, length: film.Duration, names: analysisFiles,
		key: func(attempt, name string) string { return vault.ResultKey(id, attempt, name) },
		begin: func(ctx context.Context, run int, worker string) (string, error) {
			return records.BeginFilm(ctx, id, run, worker)
		},
		current: func(ctx context.Context) (string, error) {
			f, err := records.Film(ctx, id)
			if f.State != store.FilmAnalysing {
				return "", err
			}
			return f.Attempt, err
		},
		make: func(ctx context.Context, film Film, attempt string, out *outputs) (func(context.Context) error, error) {
			a, err := w.cfg.Media.Analyze(ctx, film, out)
			if err != nil {
				return nil, err
			}
			draft, err := draftOf(id, a, out)
			if err != nil {
				return nil, err
			}
			return func(ctx context.Context) error {
				if _, err := records.PublishAnalysis(ctx, attempt, draft); err != nil {
					return err
				}
				if draft.NeedsViewingCopy {
					w.soon(ctx, store.Due{Kind: store.KindViewingCopy, ID: string(id), Run: 1, Duration: j.film.Duration})
				}
				return nil
			}, nil
		},
		fail: func(ctx context.Context, attempt, reason string) error {
			return records.FailFilm(ctx, id, attempt, reason)
		},
	}
	j.refuse = func(ctx context.Context, attempt, reason string) error {
		// What the film is does not depend on who looks. Still, who lost says nothing.
		if now, err := j.current(ctx); err != nil || now != attempt {
			return err
		}
		return records.RefuseFilm(ctx, id, reason)
	}
	return j, nil
}

// draftOf makes of an analysis and its files what the records keep.
func draftOf(id store.FilmID, a Analysis, out *outputs) (store.AnalysisDraft, error) {
	const op = "read analysis"
	var head struct {
		Format string `json:"format"`
	}
	if err := json.Unmarshal(out.analysis.Bytes(), &head); err != nil {
		return store.AnalysisDraft{}, vig.Errorf(vig.CodeInternal, op, "analysis.json: %w", err)
	}
	draft := store.AnalysisDraft{
		Film: id, Format: head.Format, JSON: out.analysis.Bytes(), Keys: out.keys, NeedsViewingCopy: !a.Playable,
	}
	for _, m := range a.Moments {
		draft.Clips = append(draft.Clips, store.ClipDraft{Moment: m.ID, Rank: m.Rank, Span: m.Span})
	}
	if a.Reel != nil {
		key, ok := out.keys["reel.mp4"]
		if !ok {
			return store.AnalysisDraft{}, vig.Errorf(vig.CodeInternal, op, "there is no reel.mp4")
		}
		draft.Reel = &store.ReelDraft{Spans: a.Reel.Spans, Key: key, Duration: a.Reel.Duration}
	}
	return draft, nil
}

// findReel is reel:render.
func (w *Worker) findReel(ctx context.Context, id store.ReelID) (*work, error) {
	records := w.cfg.Store
	reel, err := records.Reel(ctx, id)
	if err != nil {
		return nil, err
	}
	film, err := records.Film(ctx, reel.Film)
	if err != nil {
		return nil, err
	}
	j := &work{
		kind: store.KindReel, id: string(id), film: film, length: reel.Duration, names: reelFiles,
		key: func(attempt, _ string) string { return vault.ReelKey(id, attempt) },
		begin: func(ctx context.Context, run int, worker string) (string, error) {
			return records.BeginReel(ctx, id, run, worker)
		},
		current: func(ctx context.Context) (string, error) {
			r, err := records.Reel(ctx, id)
			return currentOf(r.Render), err
		},
		make: func(ctx context.Context, film Film, attempt string, out *outputs) (func(context.Context) error, error) {
			length, err := w.cfg.Media.Reel(ctx, film, Cut{reel.Spans, reel.Card}, out)
			if err != nil {
				return nil, err
			}
			key, ok := out.keys["reel.mp4"]
			if !ok {
				return nil, vig.Errorf(vig.CodeInternal, "render reel", "there is no reel.mp4")
			}
			return func(ctx context.Context) error { return records.PublishReel(ctx, id, attempt, key, length) }, nil
		},
		fail: func(ctx context.Context, attempt, reason string) error {
			return records.FailReel(ctx, id, attempt, reason)
		},
	}
	j.refuse = j.fail
	return j, nil
}

// findViewingCopy is film:viewing-copy.
func (w *Worker) findViewingCopy(ctx context.Context, id store.FilmID) (*work, error) {
	records := w.cfg.Store
	film, err := records.Film(ctx, id)
	if err != nil {
		return nil, err
	}
	j := &work{
		kind: store.KindViewingCopy, id: string(id), film: film, length: film.Duration, names: viewingFiles,
		key: func(attempt, _ string) string { return vault.ViewingCopyKey(id, attempt) },
		begin: func(ctx context.Context, run int, worker string) (string, error) {
			return records.BeginViewingCopy(ctx, id, run, worker)
		},
		current: func(ctx context.Context) (string, error) {
			v, err := records.ViewingCopy(ctx, id)
			return currentOf(v.Render), err
		},
		make: func(ctx context.Context, film Film, attempt string, out *outputs) (func(context.Context) error, error) {
			length, err := w.cfg.Media.ViewingCopy(ctx, film, out)
			if err != nil {
				return nil, err
			}
			key, ok := out.keys["viewing.mp4"]
			if !ok {
				return nil, vig.Errorf(vig.CodeInternal, "make viewing copy", "there is no viewing.mp4")
			}
			return func(ctx context.Context) error { return records.PublishViewingCopy(ctx, id, attempt, key, length) }, nil
		},
		fail: func(ctx context.Context, attempt, reason string) error {
			return records.FailViewingCopy(ctx, id, attempt, reason)
		},
	}
	j.refuse = j.fail
	return j, nil
}

// currentOf is the attempt that a render is in the hands of.
func currentOf(r store.Render) string {
	if r.State != store.RenderRendering {
		return ""
	}
	return r.Attempt
}
