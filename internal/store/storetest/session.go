package storetest

import (
	"testing"
	"time"

	"attune/internal/store"
	"attune/internal/vig"
)

func testSessions(t *testing.T, s *store.Store) {
	ctx := t.Context()
	a, b := Guider(t, s), Guider(t, s)
	day := time.Now().Add(24 * time.Hour)
	ok(t, s.CreateSession(ctx, "first", a.ID, "data", time.Hour, day))
	ok(t, s.CreateSession(ctx, "second", a.ID, "", time.Hour, day))
	ok(t, s.CreateSession(ctx, "others", b.ID, "", time.Hour, day))
	wants(t, vig.CodeConflict, s.CreateSession(ctx, "first", b.ID, "", time.Hour, day)) // nobody takes one over
	wants(t, vig.CodeNotFound, s.CreateSession(ctx, "x", "nobody", "", time.Hour, day))

	first := must[store.Session](t)(s.Session(ctx, "first"))
	if first.Account != a.ID || first.Data != "data" || time.Until(first.Expires) > time.Hour || time.Until(first.Ends) < 23*time.Hour {
		t.Errorf("it is %+v", first)
	}
	for _, none := range []string{"", "firs", Hash("first"), "\x00"} {
		_, err := s.Session(ctx, none)
		wants(t, vig.CodeNotFound, err)
	}
	if all := must[[]store.Session](t)(s.Sessions(ctx, a.ID)); len(all) != 2 {
		t.Errorf("the sessions are %+v", all)
	}

	// Use makes it last, though not beyond its end, and not what is gone.
	ok(t, s.TouchSession(ctx, "first", first, 2*time.Hour))
	if longer := must[store.Session](t)(s.Session(ctx, "first")); longer.Expires.Sub(first.Expires) < 50*time.Minute {
		t.Errorf("used, it expires %v", longer.Expires)
	}
	ok(t, s.TouchSession(ctx, "first", first, 100*time.Hour))
	if most := must[store.Session](t)(s.Session(ctx, "first")); !most.Expires.Equal(first.Ends) {
		t.Errorf("it expires %v, and ends %v", most.Expires, first.Ends)
	}
	ok(t, s.DeleteSession(ctx, "first"))
	ok(t, s.DeleteSession(ctx, "first"))
	ok(t, s.TouchSession(ctx, "first", first, 2*time.Hour))
	_, err := s.Session(ctx, "first")
	wants(t, vig.CodeNotFound, err)

	// Over is over, whichever comes first.
	ok(t, s.CreateSession(ctx, "idle", a.ID, "", -time.Second, day))
	ok(t, s.CreateSession(ctx, "ended", a.ID, "", time.Hour, time.Now().Add(-time.Second)))
	for _, gone := range []string{"idle", "ended"} {
		_, err := s.Session(ctx, gone)
		wants(t, vig.CodeNotFound, err)
	}

	ok(t, s.DeleteSessions(ctx, a.ID))
	_, err = s.Session(ctx, "second")
	wants(t, vig.CodeNotFound, err)
	must[store.Session](t)(s.Session(ctx, "others"))

	ok(t, s.SetDisabled(ctx, b.ID, true))
	wants(t, vig.CodeForbidden, s.CreateSession(ctx, "late", b.ID, "", time.Hour, day))
	ok(t, s.SetDisabled(ctx, b.ID, false))
	_, err = s.Session(ctx, "others") // does not come back
	wants(t, vig.CodeNotFound, err)
}
