package storetest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"attune/internal/store"
	"attune/internal/vig"
)

// length is how long the films of the tests are said to be.
const length = 10 * time.Minute

var numbers atomic.Int64

// name returns one that no other record of the test's process has.
func name(kind string) string { return fmt.Sprintf("%s-%d", kind, numbers.Add(1)) }

// Hash returns a SHA-256 in hex.
func Hash(of string) string {
	sum := sha256.Sum256([]byte(of))
	return hex.EncodeToString(sum[:])
}

// must stops the test at an error.
func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// ok stops the test at an error.
func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wants fails the test unless err has the code.
func wants(t testing.TB, code vig.Code, err error) {
	t.Helper()
	if got := vig.CodeOf(err); got != code {
		t.Errorf("got %q (%v), want %q", got, err, code)
	}
}

// Guider makes an account.
func Guider(t testing.TB, s *store.Store) store.Account {
	t.Helper()
	return must[store.Account](t)(s.CreateAccount(t.Context(), name("guider"), store.RoleGuider))
}

// Cycle makes a case with its first cycle.
func Cycle(t testing.TB, s *store.Store, guider store.AccountID) store.Cycle {
	t.Helper()
	c := must[store.Case](t)(s.CreateCase(t.Context(), store.CaseDraft{Guider: guider, Code: name("case")}))
	return must[[]store.Cycle](t)(s.Cycles(t.Context(), c.ID))[0]
}

// cycles has the one of each store in which Uploading makes its films.
var cycles sync.Map

// Uploading makes a film that is uploading, in the same cycle as those before.
func Uploading(t testing.TB, s *store.Store) store.Film {
	t.Helper()
	cycle, made := cycles.Load(s)
	if !made {
		cycle, _ = cycles.LoadOrStore(s, Cycle(t, s, Guider(t, s).ID).ID)
	}
	draft := store.FilmDraft{Cycle: cycle.(store.CycleID), Name: "visit.mp4", Size: 1000}
	return must[store.Film](t)(s.CreateFilm(t.Context(), draft))
}

// Queued makes a film of ten minutes that waits to be analysed.
func Queued(t testing.TB, s *store.Store) store.Film {
	t.Helper()
	f := Uploading(t, s)
	ok(t, s.ReceiveFilm(t.Context(), f.ID, Hash(string(f.ID)), 1000, length))
	return film(t, s, f.ID)
}

// Analysing makes a film that the worker is at.
func Analysing(t testing.TB, s *store.Store, worker string) store.Film {
	t.Helper()
	f := Queued(t, s)
	must[string](t)(s.BeginFilm(t.Context(), f.ID, f.Run, worker))
	return film(t, s, f.ID)
}

// Ready makes a film with an analysis, two clips and a draft reel.
func Ready(t testing.TB, s *store.Store) store.Film {
	t.Helper()
	f := Analysing(t, s, "w")
	must[store.AnalysisID](t)(s.PublishAnalysis(t.Context(), f.Attempt, Draft(f)))
	return film(t, s, f.ID)
}

// Draft returns a result of the attempt that is at the film.
func Draft(f store.Film) store.AnalysisDraft {
	folder := fmt.Sprintf("films/%s/%s/", f.ID, f.Attempt)
	return store.AnalysisDraft{
		Film: f.ID, Format: "attune.analysis/1", JSON: []byte(`{"format":"attune.analysis/1",  "moments":[]}`),
		Keys: map[string]string{"analysis.json": folder + "analysis.json", "stills/m1.jpg": folder + "stills/m1.jpg"},
		Clips: []store.ClipDraft{
			{Moment: "m2", Rank: 2, Span: vig.Span{Start: time.Minute, End: time.Minute + 12345*time.Microsecond}},
			{Moment: "m1", Rank: 1, Span: vig.Span{Start: 0, End: 20 * time.Second}},
		},
		Reel: &store.ReelDraft{Spans: []vig.Span{{Start: 0, End: 20 * time.Second}}, Key: folder + "reel.mp4", Duration: 20 * time.Second},
	}
}

// KeepSpans keeps the first clips of a film, one for each span, trimmed to it,
// and returns them in that order, which is that of the reel.
func KeepSpans(t testing.TB, s *store.Store, of store.FilmID, spans ...vig.Span) []store.Clip {
	t.Helper()
	clips := must[[]store.Clip](t)(s.Clips(t.Context(), of))
	var kept []store.Clip
	for i, span := range spans {
		state := store.ClipKept
		change := store.ClipChange{State: &state, Span: &span, Played: []vig.Span{span}}
		kept = append(kept, must[store.Clip](t)(s.ChangeClip(t.Context(), clips[i].ID, 0, change)))
	}
	return kept
}

// Reel makes a version of a film's reel that shows the span, or with none the
// first second.
func Reel(t testing.TB, s *store.Store, of store.FilmID, spans ...vig.Span) store.Reel {
	t.Helper()
	if len(spans) == 0 {
		spans = []vig.Span{{Start: 0, End: time.Second}}
	}
	return must[store.Reel](t)(s.CreateReel(t.Context(), of, store.ReelPlan{By: "somebody", Clips: KeepSpans(t, s, of, spans...)}))
}

func film(t testing.TB, s *store.Store, id store.FilmID) store.Film {
	t.Helper()
	return must[store.Film](t)(s.Film(t.Context(), id))
}
