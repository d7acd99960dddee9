package storetest

import (
	"testing"
	"time"

	"attune/internal/store"
	"attune/internal/vig"
)

func testPasswords(t *testing.T, s *store.Store) {
	ctx := t.Context()
	a, b := Guider(t, s), Guider(t, s)
	day := time.Now().Add(24 * time.Hour)
	for _, none := range []string{"nobody", ""} {
		_, _, err := s.Password(ctx, none)
		wants(t, vig.CodeNotFound, err)
	}
	_, _, err := s.Password(ctx, "\x00")
	wants(t, vig.CodeInvalid, err)
	ok(t, s.SetPassword(ctx, a.ID, "", "one"))
	wants(t, vig.CodeConflict, s.SetPassword(ctx, a.ID, "", "two")) // changed meanwhile
	ok(t, s.CreateSession(ctx, "open", a.ID, "", time.Hour, day))
	ok(t, s.RenewPassword(ctx, a.ID, "one", "one again"))
	ok(t, s.RenewPassword(ctx, a.ID, "one", "late"))
	must[store.Session](t)(s.Session(ctx, "open")) // it is the same password
	ok(t, s.SetPassword(ctx, a.ID, "one again", "two"))
	_, err = s.Session(ctx, "open")
	wants(t, vig.CodeNotFound, err)
	if _, hash, err := s.Password(ctx, a.Name); hash != "two" || err != nil {
		t.Errorf("it is %q, %v", hash, err)
	}

	_, err = s.AccountBySubject(ctx, "https://accounts.example", "")
	wants(t, vig.CodeNotFound, err)
	_, err = s.AccountBySubject(ctx, "https://accounts.example", "1")
	wants(t, vig.CodeNotFound, err)
	ok(t, s.SetSubject(ctx, b.ID, "https://accounts.example", "1"))
	wants(t, vig.CodeConflict, s.SetSubject(ctx, b.ID, "https://accounts.example", "2")) // it has one
	wants(t, vig.CodeConflict, s.SetSubject(ctx, a.ID, "https://accounts.example", "1")) // it is another's
	wants(t, vig.CodeInvalid, s.SetSubject(ctx, a.ID, "https://accounts.example", ""))
	ok(t, s.SetSubject(ctx, a.ID, "https://others.example", "1"))
	b.HasSubject = true
	if got := must[store.Account](t)(s.AccountBySubject(ctx, "https://accounts.example", "1")); got != b {
		t.Errorf("got %+v, want %+v", got, b)
	}
}
