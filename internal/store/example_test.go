package store_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"attune/internal/store"
	"attune/internal/vig"
)

// The way of a film: who calls what, and of two attempts at it which counts.
func Example() {
	ctx := context.Background()
	check := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	folder, err := os.MkdirTemp("", "records")
	check(err)
	defer os.RemoveAll(folder)
	s, err := store.Open(ctx, "sqlite:"+filepath.Join(folder, "attune.db"))
	check(err)
	defer s.Close()
	say := func(id store.FilmID) {
		f, err := s.Film(ctx, id)
		check(err)
		fmt.Println(strings.TrimSpace(fmt.Sprintln(f.State, f.Reason)))
	}

	// The web takes an upload.
	guider, err := s.CreateAccount(ctx, "Maren", store.RoleGuider)
	check(err)
	c, err := s.CreateCase(ctx, store.CaseDraft{Guider: guider.ID, Code: "K-7"})
	check(err)
	cycles, err := s.Cycles(ctx, c.ID)
	check(err)
	f, err := s.CreateFilm(ctx, store.FilmDraft{Cycle: cycles[0].ID, Name: "visit.mp4", Size: 3})
	check(err)
	say(f.ID)
	const hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	check(s.ReceiveFilm(ctx, f.ID, hash, 3, 10*time.Minute))
	say(f.ID)

	// A worker begins, and hangs; its task is found again by another.
	slow, err := s.BeginFilm(ctx, f.ID, 1, "worker-1")
	check(err)
	attempt, err := s.BeginFilm(ctx, f.ID, 1, "worker-2")
	check(err)
	say(f.ID)
	result := store.AnalysisDraft{Film: f.ID, Format: "attune.analysis/1", JSON: []byte("{}")}
	_, err = s.PublishAnalysis(ctx, attempt, result)
	check(err)
	say(f.ID)
	_, err = s.PublishAnalysis(ctx, slow, result)
	fmt.Println("the slow one:", vig.CodeOf(err))
	// Output:
	// uploading
	// queued
	// analysing
	// ready
	// the slow one: conflict
}
