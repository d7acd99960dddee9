package storetest

import (
	"testing"
	"time"

	"attune/internal/store"
	"attune/internal/vig"
)

func testUploads(t *testing.T, s *store.Store) {
	ctx := t.Context()
	stale, touched, received := Uploading(t, s), Uploading(t, s), Queued(t, s)
	// Between the making of the first and the touching of the second.
	between := touched.Changed.Add(time.Microsecond)
	for now := touched.Changed; !now.After(between); now = film(t, s, touched.ID).Changed {
		ok(t, s.TouchUpload(ctx, touched.ID))
	}
	got := must[[]store.Film](t)(s.StaleUploads(ctx, between))
	if len(got) != 1 || got[0] != stale {
		t.Errorf("stale are %+v, want %+v", got, stale)
	}
	if got := must[[]store.Film](t)(s.StaleUploads(ctx, time.Now().Add(time.Hour))); len(got) != 2 {
		t.Errorf("an hour from now %d are stale", len(got))
	}
	wants(t, vig.CodeNotFound, s.TouchUpload(ctx, received.ID))

	ok(t, s.ForgetUpload(ctx, stale.ID))
	_, err := s.Film(ctx, stale.ID)
	wants(t, vig.CodeNotFound, err)
	wants(t, vig.CodeNotFound, s.ForgetUpload(ctx, stale.ID))
	wants(t, vig.CodeConflict, s.ForgetUpload(ctx, received.ID))
}

func testReceive(t *testing.T, s *store.Store) {
	ctx := t.Context()
	f := Uploading(t, s)
	for _, hash := range []string{"", "abc", Hash("x")[:62], Hash("x") + "00", "zz" + Hash("x")[2:]} {
		wants(t, vig.CodeInvalid, s.ReceiveFilm(ctx, f.ID, hash, 1, 0))
	}
	wants(t, vig.CodeInvalid, s.ReceiveFilm(ctx, f.ID, Hash("x"), -1, 0))
	wants(t, vig.CodeInvalid, s.ReceiveFilm(ctx, f.ID, Hash("x"), 1, -1))
	wants(t, vig.CodeNotFound, s.ReceiveFilm(ctx, "none", Hash("x"), 1, 0))
	for _, bad := range []store.FilmDraft{
		{Cycle: f.Cycle}, {Cycle: f.Cycle, Name: "x", Size: -1}, {Cycle: f.Cycle, Name: "x\x00.mp4"},
	} {
		_, err := s.CreateFilm(ctx, bad)
		wants(t, vig.CodeInvalid, err)
	}
	_, err := s.CreateFilm(ctx, store.FilmDraft{Cycle: "none", Name: "x"})
	wants(t, vig.CodeNotFound, err)
	if got := film(t, s, f.ID); got != f {
		t.Errorf("it became %+v", got)
	}
}

func testSameFilm(t *testing.T, s *store.Store) {
	ctx := t.Context()
	cycle := Cycle(t, s, Guider(t, s).ID)
	other := Cycle(t, s, Guider(t, s).ID)
	receive := func(in store.Cycle) store.FilmID {
		f := must[store.Film](t)(s.CreateFilm(ctx, store.FilmDraft{Cycle: in.ID, Name: "x.mp4"}))
		ok(t, s.ReceiveFilm(ctx, f.ID, Hash("same"), 1, 0))
		return f.ID
	}
	same := func() store.FilmID {
		f, found, err := s.SameFilm(ctx, cycle.Case, Hash("same"))
		ok(t, err)
		if found != (f.ID != "") {
			t.Errorf("found %v, and %+v", found, f)
		}
		return f.ID
	}
	receive(other)
	must[store.Film](t)(s.CreateFilm(ctx, store.FilmDraft{Cycle: cycle.ID, Name: "uploading, without a hash"}))
	if got := same(); got != "" {
		t.Errorf("found %s in another case", got)
	}
	if _, found, err := s.SameFilm(ctx, cycle.Case, ""); found || err != nil {
		t.Errorf("found a film without a hash (%v)", err)
	}
	first := receive(cycle)
	if got := same(); got != first {
		t.Errorf("found %q, want %q", got, first)
	}
	ok(t, s.FailFilm(ctx, first, "", "the disk was full"))
	if got := same(); got != first {
		t.Errorf("found %q where one failed, want %q", got, first)
	}
	second := receive(cycle)
	if got := same(); got != second {
		t.Errorf("found %q, want the newest, %q", got, second)
	}
	ok(t, s.ForgetFilm(ctx, second))
	ok(t, s.ForgetFilm(ctx, first))
	third := receive(cycle)
	ok(t, s.RefuseFilm(ctx, third, "no picture"))
	if got := same(); got != "" {
		t.Errorf("found %q, which is forgotten or refused", got)
	}
}
