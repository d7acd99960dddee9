package storetest

import (
	"context"
	"errors"
	"testing"

	"attune/internal/store"
	"attune/internal/vig"
)

// Of two attempts at one run, the later counts.
func testTwoAttempts(t *testing.T, s *store.Store) {
	ctx := t.Context()
	first := Analysing(t, s, "w1")
	attempt := must[string](t)(s.BeginFilm(ctx, first.ID, 1, "w2")) // the task was found again
	second := film(t, s, first.ID)
	if attempt == first.Attempt || second.Attempt != attempt || second.Worker != "w2" || second.Run != 1 {
		t.Errorf("taken over it is %+v", second)
	}
	_, err := s.PublishAnalysis(ctx, first.Attempt, Draft(first))
	wants(t, vig.CodeConflict, err)
	_, err = s.PublishAnalysis(ctx, "", Draft(first))
	wants(t, vig.CodeConflict, err)
	wants(t, vig.CodeConflict, s.FailFilm(ctx, first.ID, first.Attempt, "it was slow"))
	if got := film(t, s, first.ID); got != second {
		t.Errorf("the first made of it %+v", got)
	}
	id := must[store.AnalysisID](t)(s.PublishAnalysis(ctx, attempt, Draft(second)))
	// Its answer was lost.
	if again := must[store.AnalysisID](t)(s.PublishAnalysis(ctx, attempt, Draft(second))); again != id {
		t.Errorf("published again it is %s, was %s", again, id)
	}
	_, err = s.PublishAnalysis(ctx, first.Attempt, Draft(first))
	wants(t, vig.CodeConflict, err)
	wants(t, vig.CodeConflict, s.FailFilm(ctx, first.ID, attempt, "too late"))
	if a := must[store.Analysis](t)(s.Analysis(ctx, id)); a.Attempt != attempt {
		t.Errorf("the analysis is of attempt %s, want %s", a.Attempt, attempt)
	}
	if n := len(must[[]store.Reel](t)(s.Reels(ctx, first.ID))); n != 1 {
		t.Errorf("%d draft reels", n)
	}
	if n := len(must[[]store.Clip](t)(s.Clips(ctx, first.ID))); n != 2 {
		t.Errorf("%d clips", n)
	}
}

// A result that cannot be stored leaves everything as it was.
func testPublishNothing(t *testing.T, s *store.Store) {
	ctx := t.Context()
	f := Analysing(t, s, "w")
	for name, spoil := range map[string]func(*store.AnalysisDraft){
		"no JSON":        func(d *store.AnalysisDraft) { d.JSON = []byte("{") },
		"no format":      func(d *store.AnalysisDraft) { d.Format = "" },
		"no key":         func(d *store.AnalysisDraft) { d.Keys = map[string]string{"x": ""} },
		"no key of reel": func(d *store.AnalysisDraft) { d.Reel.Key = "" },
		"no span":        func(d *store.AnalysisDraft) { d.Clips[1].Span = vig.Span{} },
	} {
		draft := Draft(f)
		spoil(&draft)
		if _, err := s.PublishAnalysis(ctx, f.Attempt, draft); vig.CodeOf(err) != vig.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := film(t, s, f.ID); got != f {
		t.Errorf("it became %+v", got)
	}
	// An analysis without a finding is one.
	id := must[store.AnalysisID](t)(s.PublishAnalysis(ctx, f.Attempt, store.AnalysisDraft{Film: f.ID, Format: "attune.analysis/1", JSON: []byte("{}")}))
	if a := must[store.Analysis](t)(s.Analysis(ctx, id)); len(a.Keys) > 0 || string(a.JSON) != "{}" {
		t.Errorf("the analysis is %+v", a)
	}
	if n := len(must[[]store.Reel](t)(s.Reels(ctx, f.ID))); n != 0 {
		t.Errorf("%d reels", n)
	}
}

func testFailAndRetry(t *testing.T, s *store.Store) {
	ctx := t.Context()
	f := Analysing(t, s, "w1")
	ok(t, s.FailFilm(ctx, f.ID, f.Attempt, "The disk \xff was full.\x00"))
	got := film(t, s, f.ID)
	if got.State != store.FilmFailed || got.Reason != "The disk � was full.�" || got.Attempt != "" || got.Worker != "" {
		t.Errorf("a failed film is %+v", got)
	}
	_, err := s.BeginFilm(ctx, f.ID, 1, "w1")
	wants(t, vig.CodeConflict, err)
	if run := must[int](t)(s.RetryFilm(ctx, f.ID)); run != 2 {
		t.Errorf("run %d, want 2", run)
	}
	got = film(t, s, f.ID)
	if got.State != store.FilmQueued || got.Reason != "" || got.Run != 2 {
		t.Errorf("a film to be tried again is %+v", got)
	}
	for _, run := range []int{1, 3, 0, -1} {
		_, err = s.BeginFilm(ctx, f.ID, run, "w1")
		wants(t, vig.CodeConflict, err)
	}
	ok(t, s.CancelFilm(ctx, f.ID, "cancelled"))
	if got := film(t, s, f.ID); got.State != store.FilmFailed || got.Reason != "cancelled" {
		t.Errorf("a cancelled film is %+v", got)
	}
	must[int](t)(s.RetryFilm(ctx, f.ID))
	must[string](t)(s.BeginFilm(ctx, f.ID, 3, "w1"))
	ok(t, s.RefuseFilm(ctx, f.ID, "It has no picture."))
	if got := film(t, s, f.ID); got.State != store.FilmRefused || got.Reason != "It has no picture." || got.Worker != "" {
		t.Errorf("a refused film is %+v", got)
	}
	long := make([]rune, 2000)
	for i := range long {
		long[i] = 'ü'
	}
	f = Queued(t, s)
	ok(t, s.FailFilm(ctx, f.ID, "", string(long)))
	if got := film(t, s, f.ID); len(got.Reason) != 1000 {
		t.Errorf("a long reason is kept in %d bytes", len(got.Reason))
	}
}

// Two attempts publish at once, and exactly one of them wins.
func testPublishAtOnce(t *testing.T, s *store.Store) {
	ctx := t.Context()
	const workers = 20
	f := Queued(t, s)
	attempts := make([]string, workers)
	together(t, workers, func(i int) (err error) { // all claim it, one after the other
		attempts[i], err = s.BeginFilm(ctx, f.ID, 1, "w")
		return err
	})
	ids := make([]store.AnalysisID, workers)
	current := film(t, s, f.ID)
	won := 0
	for i, err := range each(workers, func(i int) (err error) {
		of := current
		of.Attempt = attempts[i]
		ids[i], err = s.PublishAnalysis(ctx, attempts[i], Draft(of))
		return err
	}) {
		switch {
		case err == nil:
			won++
			if attempts[i] != current.Attempt {
				t.Errorf("%s won, the current attempt is %s", attempts[i], current.Attempt)
			}
			if got := film(t, s, f.ID); got.Analysis != ids[i] {
				t.Errorf("the analysis is %s, want %s", got.Analysis, ids[i])
			}
		case vig.CodeOf(err) != vig.CodeConflict:
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d attempts won", won)
	}
	if n := len(must[[]store.Reel](t)(s.Reels(ctx, f.ID))); n != 1 {
		t.Errorf("%d draft reels", n)
	}
}

// Whatever else happens while an attempt publishes, either it came first or it
// did not: the film is ready with an analysis, or what happened, without.
func testPublishAgainst(t *testing.T, s *store.Store) {
	ctx := t.Context()
	for name, other := range map[string]func(store.Film) error{
		"cancel":   func(f store.Film) error { return s.CancelFilm(ctx, f.ID, "cancelled") },
		"refuse":   func(f store.Film) error { return s.RefuseFilm(ctx, f.ID, "crashed twice") },
		"takeover": func(f store.Film) error { _, err := s.BeginFilm(ctx, f.ID, 1, "w2"); return err },
		"requeue":  func(f store.Film) error { _, err := s.RequeueWorker(ctx, f.Worker); return err },
	} {
		for range 3 {
			f := Analysing(t, s, name)
			errs := each(2, func(i int) error {
				if i == 0 {
					_, err := s.PublishAnalysis(ctx, f.Attempt, Draft(f))
					return err
				}
				return other(f)
			})
			got := film(t, s, f.ID)
			if (errs[0] == nil) != (got.State == store.FilmReady) || (errs[0] == nil) != (got.Analysis != "") {
				t.Errorf("%s: publishing gave %v, and the film is %+v", name, errs[0], got)
			}
			if errs[1] == nil && name != "requeue" && errs[0] == nil {
				t.Errorf("%s: both were done", name)
			}
			for _, err := range errs {
				if err != nil && vig.CodeOf(err) != vig.CodeConflict {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
	}
	// To forget may follow both.
	f := Analysing(t, s, "w")
	errs := each(2, func(i int) error {
		if i == 0 {
			_, err := s.PublishAnalysis(ctx, f.Attempt, Draft(f))
			return err
		}
		return s.ForgetFilm(ctx, f.ID)
	})
	if errs[1] != nil {
		t.Error(errs[1])
	}
	if got := film(t, s, f.ID); got.State != store.FilmForgotten || got.Analysis != "" || len(must[[]store.Reel](t)(s.Reels(ctx, f.ID))) > 0 {
		t.Errorf("forgotten, it is %+v", got)
	}
}

// Many writers and readers, over two connections as of two processes: all wait
// their turn, none is turned away.
func testContention(t *testing.T, address func(testing.TB) string) {
	ctx := t.Context()
	url := address(t)
	stores := []*store.Store{Open(t, url), Open(t, url)}
	const workers, films = 12, 3
	queued := make([]store.Film, workers*films)
	for i := range queued {
		queued[i] = Queued(t, stores[i%2])
	}
	together(t, workers, func(w int) error {
		s := stores[w%2]
		for _, f := range queued[w*films : (w+1)*films] {
			attempt, err := s.BeginFilm(ctx, f.ID, 1, "w")
			if err != nil {
				return err
			}
			f.Attempt = attempt
			if _, err := s.PublishAnalysis(ctx, attempt, Draft(f)); err != nil {
				return err
			}
			if _, err := s.Due(ctx); err != nil {
				return err
			}
			if got, err := s.Film(ctx, f.ID); err != nil || got.State != store.FilmReady {
				return errors.Join(err, errors.New("what was published is not read: "+string(got.State)))
			}
		}
		return nil
	})
}

// Several processes that start at once find or make the same tables.
func testOpenAtOnce(t *testing.T, address func(testing.TB) string) {
	url := address(t)
	stores := make([]*store.Store, 6)
	together(t, len(stores), func(i int) (err error) {
		stores[i], err = store.Open(t.Context(), url)
		return err
	})
	for _, s := range stores {
		if s != nil {
			Guider(t, s)
			ok(t, s.Close())
		}
	}
	s := Open(t, url)
	if n := len(must[[]store.Account](t)(s.Accounts(t.Context()))); n != len(stores) {
		t.Errorf("%d accounts, want %d", n, len(stores))
	}
	ok(t, s.Ping(t.Context()))
}

// What is asked under a context that ended is not done, and says so.
func testCancelled(t *testing.T, s *store.Store) {
	f := Queued(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, err := range map[string]error{
		"read":  second(s.Film(ctx, f.ID)),
		"list":  second(s.Due(ctx)),
		"write": s.CancelFilm(ctx, f.ID, "cancelled"),
		"begin": second(s.BeginFilm(ctx, f.ID, 1, "w")),
		"ping":  s.Ping(ctx),
	} {
		if !errors.Is(err, ctx.Err()) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := film(t, s, f.ID); got != f {
		t.Errorf("it became %+v", got)
	}
}

// No call takes an id for another, or makes what is not there.
func testUnknown(t *testing.T, s *store.Store) {
	ctx := t.Context()
	for _, id := range []string{"", "none", "' OR 1=1 --", string(Guider(t, s).ID)} {
		film, reel := store.FilmID(id), store.ReelID(id)
		for name, err := range map[string]error{
			"Film":             second(s.Film(ctx, film)),
			"Analysis":         second(s.Analysis(ctx, store.AnalysisID(id))),
			"RefuseFilm":       s.RefuseFilm(ctx, film, "x"),
			"BeginFilm":        second(s.BeginFilm(ctx, film, 1, "w")),
			"FailFilm":         s.FailFilm(ctx, film, "", "x"),
			"CancelFilm":       s.CancelFilm(ctx, film, "x"),
			"RetryFilm":        second(s.RetryFilm(ctx, film)),
			"ConfirmFilm":      s.ConfirmFilm(ctx, film),
			"ForgetFilm":       s.ForgetFilm(ctx, film),
			"PublishAnalysis":  second(s.PublishAnalysis(ctx, "a", Draft(store.Film{ID: film, Attempt: "a"}))),
			"TouchUpload":      s.TouchUpload(ctx, film),
			"ForgetUpload":     s.ForgetUpload(ctx, film),
			"Reel":             second(s.Reel(ctx, reel)),
			"CreateReel":       second(s.CreateReel(ctx, film, store.ReelPlan{Clips: make([]store.Clip, 1)})),
			"ConfirmReel":      second(s.ConfirmReel(ctx, reel, "somebody")),
			"BeginReel":        second(s.BeginReel(ctx, reel, 1, "w")),
			"PublishReel":      s.PublishReel(ctx, reel, "a", "k", 0),
			"FailReel":         s.FailReel(ctx, reel, "", "x"),
			"RetryReel":        second(s.RetryReel(ctx, reel)),
			"BeginViewingCopy": second(s.BeginViewingCopy(ctx, film, 1, "w")),
			"FailViewingCopy":  s.FailViewingCopy(ctx, film, "", "x"),
			"Clip":             second(s.Clip(ctx, store.ClipID(id))),
		} {
			if vig.CodeOf(err) != vig.CodeNotFound {
				t.Errorf("%s of %q: %v", name, id, err)
			}
		}
	}
}

func second[T any](_ T, err error) error { return err }
