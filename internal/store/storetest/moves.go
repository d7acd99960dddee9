package storetest

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"attune/internal/store"
	"attune/internal/vig"
)

// legal is what each call makes of a film in each state; "" is gone, and what
// is not listed is a conflict. It is written down apart from the store's own
// table.
var legal = map[string]map[store.FilmState]store.FilmState{
	"receive": {store.FilmUploading: store.FilmQueued},
	"forget upload": {
		store.FilmUploading: "",
	},
	"begin":   {store.FilmQueued: store.FilmAnalysing, store.FilmAnalysing: store.FilmAnalysing},
	"publish": {store.FilmAnalysing: store.FilmReady},
	"fail":    {store.FilmQueued: store.FilmFailed, store.FilmAnalysing: store.FilmFailed},
	"cancel":  {store.FilmQueued: store.FilmFailed, store.FilmAnalysing: store.FilmFailed},
	"refuse": {store.FilmUploading: store.FilmRefused, store.FilmQueued: store.FilmRefused,
		store.FilmAnalysing: store.FilmRefused},
	"retry":   {store.FilmFailed: store.FilmQueued},
	"confirm": {store.FilmReady: store.FilmConfirmed},
	"forget": {store.FilmQueued: store.FilmForgotten, store.FilmAnalysing: store.FilmForgotten,
		store.FilmReady: store.FilmForgotten, store.FilmConfirmed: store.FilmForgotten,
		store.FilmRefused: store.FilmForgotten, store.FilmFailed: store.FilmForgotten},
}

// walk is a film on a random way, and what is expected of it.
type walk struct {
	s         *store.Store
	id        store.FilmID
	state     store.FilmState
	run       int
	worker    string
	attempts  []store.Film // as they saw the film; the last began last
	current   string       // the attempt that may publish, or that did
	published int          // how often a result was taken
	analysis  store.AnalysisID
}

// Two workers, a guider and an admin do whatever they like, in any order: only
// legal moves are made, and whatever the order, at most one analysis is
// published, and its reel is of the same attempt.
func testMoves(t *testing.T, s *store.Store) {
	cycle := Cycle(t, s, Guider(t, s).ID)
	rapid.Check(t, func(r *rapid.T) {
		f, err := s.CreateFilm(t.Context(), store.FilmDraft{Cycle: cycle.ID, Name: "x.mp4"})
		if err != nil {
			r.Fatal(err)
		}
		w := &walk{s: s, id: f.ID, state: store.FilmUploading}
		// Most ways should not end where they begin.
		if rapid.IntRange(0, 9).Draw(r, "begins uploading") > 0 {
			w.move(t, r, "receive")
		}
		steps := rapid.SliceOfN(rapid.SampledFrom([]string{
			"receive", "begin", "begin", "begin", "publish", "publish", "publish", "fail", "cancel", "refuse", "retry", "retry",
			"confirm", "forget", "forget upload", "requeue", "stale begin",
		}), 1, 12).Draw(r, "steps")
		for _, step := range steps {
			w.step(t, r, step)
			if w.state == "" {
				return
			}
			w.check(t, r)
		}
		w.checkResult(t, r)
	})
}

// step makes one move, which may be none.
func (w *walk) step(t *testing.T, r *rapid.T, step string) {
	switch step {
	case "stale begin":
		run := rapid.SampledFrom([]int{w.run - 1, w.run + 1}).Draw(r, "run")
		_, err := w.s.BeginFilm(t.Context(), w.id, run, "w1")
		if vig.CodeOf(err) != vig.CodeConflict {
			r.Fatalf("run %d was begun at run %d: %v", run, w.run, err)
		}
	case "requeue":
		worker := rapid.SampledFrom([]string{"w1", "w2"}).Draw(r, "worker")
		// The database is this film's alone only in its words, so that the worker is too.
		n, err := w.s.RequeueWorker(t.Context(), worker+string(w.id))
		want := 0
		if w.state == store.FilmAnalysing && w.worker == worker+string(w.id) {
			want = 1
			w.state, w.worker, w.current = store.FilmQueued, "", ""
			w.run++
		}
		if err != nil || n != want {
			r.Fatalf("%d were put back (%v), want %d", n, err, want)
		}
	default:
		w.move(t, r, step)
	}
}

// move makes a move of the table, and expects of it what is legal.
func (w *walk) move(t *testing.T, r *rapid.T, step string) {
	ctx := t.Context()
	next, may := legal[step][w.state]
	expect := func(err error) bool {
		if may && err != nil || !may && vig.CodeOf(err) != vig.CodeConflict {
			r.Fatalf("%s at %s: %v", step, w.state, err)
		}
		if may {
			w.state = next
		}
		return may
	}
	switch step {
	case "receive":
		if expect(w.s.ReceiveFilm(ctx, w.id, Hash("x"), 1, length)) {
			w.run = 1
		}
	case "begin":
		worker := rapid.SampledFrom([]string{"w1", "w2"}).Draw(r, "worker") + string(w.id)
		attempt, err := w.s.BeginFilm(ctx, w.id, w.run, worker)
		if expect(err) {
			w.worker, w.current = worker, attempt
			w.attempts = append(w.attempts, store.Film{ID: w.id, Attempt: attempt})
		}
	case "publish":
		if len(w.attempts) == 0 {
			return
		}
		by := rapid.SampledFrom(w.attempts).Draw(r, "attempt")
		if w.analysis != "" && by.Attempt == w.current { // its answer was lost
			if again, err := w.s.PublishAnalysis(ctx, by.Attempt, Draft(by)); err != nil || again != w.analysis {
				r.Fatalf("published again: %s, %v", again, err)
			}
			return
		}
		may = may && by.Attempt == w.current
		id, err := w.s.PublishAnalysis(ctx, by.Attempt, Draft(by))
		if expect(err) {
			w.worker, w.analysis = "", id
			w.published++
		}
	case "fail":
		by := ""
		if len(w.attempts) > 0 && rapid.Bool().Draw(r, "by an attempt") {
			by = rapid.SampledFrom(w.attempts).Draw(r, "attempt").Attempt
			may = may && by == w.current
		}
		if expect(w.s.FailFilm(ctx, w.id, by, "it broke")) {
			w.worker, w.current = "", ""
		}
	case "cancel":
		if expect(w.s.CancelFilm(ctx, w.id, "cancelled")) {
			w.worker, w.current = "", ""
		}
	case "refuse":
		if expect(w.s.RefuseFilm(ctx, w.id, "no picture")) {
			w.worker, w.current = "", ""
		}
	case "retry":
		run, err := w.s.RetryFilm(ctx, w.id)
		if expect(err) {
			w.run++
			w.worker, w.current = "", ""
			if run != w.run {
				r.Fatalf("run %d, want %d", run, w.run)
			}
		}
	case "confirm":
		expect(w.s.ConfirmFilm(ctx, w.id))
	case "forget":
		if expect(w.s.ForgetFilm(ctx, w.id)) {
			w.worker, w.current, w.analysis = "", "", ""
		}
	case "forget upload":
		expect(w.s.ForgetUpload(ctx, w.id))
	}
}

// check compares the film with what is expected.
func (w *walk) check(t *testing.T, r *rapid.T) {
	f, err := w.s.Film(t.Context(), w.id)
	if err != nil {
		r.Fatal(err)
	}
	if f.State != w.state || f.Run != w.run || f.Attempt != w.current || f.Worker != w.worker || f.Analysis != w.analysis {
		r.Fatalf("the film is %+v, want %+v", f, w)
	}
	if (f.State == store.FilmRefused || f.State == store.FilmFailed) != (f.Reason != "") {
		r.Fatalf("it is %s with the reason %q", f.State, f.Reason)
	}
	if w.published > 1 {
		r.Fatalf("%d results were taken", w.published)
	}
}

// checkResult looks at what was made of the film in the end.
func (w *walk) checkResult(t *testing.T, r *rapid.T) {
	ctx := t.Context()
	reels, err := w.s.Reels(ctx, w.id)
	if err != nil {
		r.Fatal(err)
	}
	if w.analysis == "" {
		if len(reels) > 0 {
			r.Fatalf("reels without an analysis: %+v", reels)
		}
		return
	}
	a, err := w.s.Analysis(ctx, w.analysis)
	if err != nil || a.Attempt != w.current || len(reels) != 1 || reels[0].Attempt != w.current {
		r.Fatalf("the analysis is %+v (%v), the reels %+v, the attempt %s", a, err, reels, w.current)
	}
}

// Every state takes exactly the calls that the table allows.
func testEveryMove(t *testing.T, s *store.Store) {
	for _, state := range []store.FilmState{store.FilmUploading, store.FilmQueued, store.FilmAnalysing, store.FilmReady,
		store.FilmConfirmed, store.FilmRefused, store.FilmFailed, store.FilmForgotten} {
		before := in(t, s, state)
		for step, may := range legal {
			if _, allowed := may[state]; !allowed {
				if err := call(t, s, before, step); vig.CodeOf(err) != vig.CodeConflict {
					t.Errorf("%s at %s: %v", step, state, err)
				}
			}
		}
		if got := film(t, s, before.ID); got != before {
			t.Errorf("what is not allowed made of it %+v, want %+v", got, before)
		}
		for step, may := range legal {
			next, allowed := may[state]
			if !allowed {
				continue
			}
			before := in(t, s, state)
			if err := call(t, s, before, step); err != nil {
				t.Errorf("%s at %s: %v", step, state, err)
			} else if next != "" {
				if got := film(t, s, before.ID); got.State != next || got.Changed.Before(before.Changed) {
					t.Errorf("%s at %s made of it %+v", step, state, got)
				}
			}
		}
	}
}

// in makes a film in a state.
func in(t testing.TB, s *store.Store, state store.FilmState) store.Film {
	t.Helper()
	ctx := t.Context()
	var f store.Film
	switch state {
	case store.FilmUploading:
		return Uploading(t, s)
	case store.FilmQueued:
		return Queued(t, s)
	case store.FilmAnalysing:
		return Analysing(t, s, "w")
	case store.FilmReady:
		return Ready(t, s)
	case store.FilmConfirmed:
		f = Ready(t, s)
		ok(t, s.ConfirmFilm(ctx, f.ID))
	case store.FilmRefused:
		f = Uploading(t, s)
		ok(t, s.RefuseFilm(ctx, f.ID, "no picture"))
	case store.FilmFailed:
		f = Analysing(t, s, "w")
		ok(t, s.FailFilm(ctx, f.ID, f.Attempt, "it broke"))
	case store.FilmForgotten:
		f = Ready(t, s)
		ok(t, s.ForgetFilm(ctx, f.ID))
	}
	return film(t, s, f.ID)
}

// call makes the call that a step of the table means.
func call(t testing.TB, s *store.Store, f store.Film, step string) error {
	t.Helper()
	ctx := t.Context()
	switch step {
	case "receive":
		return s.ReceiveFilm(ctx, f.ID, Hash("x"), 1, length)
	case "forget upload":
		return s.ForgetUpload(ctx, f.ID)
	case "begin":
		return second(s.BeginFilm(ctx, f.ID, f.Run, "w2"))
	case "publish":
		if !slices.Contains([]store.FilmState{store.FilmReady, store.FilmConfirmed}, f.State) {
			return second(s.PublishAnalysis(ctx, f.Attempt, Draft(f)))
		}
		return second(s.PublishAnalysis(ctx, "another", Draft(f)))
	case "fail":
		return s.FailFilm(ctx, f.ID, f.Attempt, "it broke")
	case "cancel":
		return s.CancelFilm(ctx, f.ID, "cancelled")
	case "refuse":
		return s.RefuseFilm(ctx, f.ID, "no picture")
	case "retry":
		return second(s.RetryFilm(ctx, f.ID))
	case "confirm":
		return s.ConfirmFilm(ctx, f.ID)
	case "forget":
		return s.ForgetFilm(ctx, f.ID)
	}
	t.Fatalf("no call is called %q", step)
	return nil
}
