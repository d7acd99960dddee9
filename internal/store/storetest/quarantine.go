package storetest

import (
	"testing"

	"attune/internal/store"
	"attune/internal/vig"
)

func testQuarantine(t *testing.T, s *store.Store) {
	ctx := t.Context()
	const kind = store.KindFilm
	quarantined := func(film, want string) {
		t.Helper()
		reason, yes, err := s.Quarantined(ctx, Hash(film), kind)
		if err != nil || reason != want || yes != (want != "") {
			t.Errorf("quarantined: %q, %v, %v", reason, yes, err)
		}
	}
	crashes := func(film, kind string, want int) {
		t.Helper()
		if n := must[int](t)(s.CountCrash(ctx, Hash(film), kind, "it was ended by signal 11")); n != want {
			t.Errorf("crash %d was counted as %d", want, n)
		}
	}
	quarantined("a", "")
	for want := 1; want <= 2; want++ {
		crashes("a", kind, want)
		quarantined("a", "")
	}
	ok(t, s.Quarantine(ctx, Hash("a"), kind, "It crashed twice."))
	ok(t, s.Quarantine(ctx, Hash("b"), kind, "Taken out by hand."))
	quarantined("a", "It crashed twice.")
	quarantined("b", "Taken out by hand.")
	quarantined("c", "")
	ok(t, s.Quarantine(ctx, Hash("a"), kind, "Again."))
	quarantined("a", "Again.")

	// One kind of work says nothing of another.
	crashes("a", store.KindReel, 1)
	crashes("e", store.KindViewingCopy, 1)
	ok(t, s.Quarantine(ctx, Hash("e"), store.KindViewingCopy, "Its copy crashed."))
	quarantined("e", "")
	crashes("e", kind, 1)

	// Success begins anew, and lifts no quarantine; to release does both.
	ok(t, s.ForgetCrashes(ctx, Hash("e"), kind))
	crashes("e", kind, 1)
	ok(t, s.ForgetCrashes(ctx, Hash("a"), kind))
	quarantined("a", "Again.")
	ok(t, s.Release(ctx, Hash("a")))
	quarantined("a", "")
	quarantined("b", "Taken out by hand.")
	crashes("a", kind, 1)
	wants(t, vig.CodeNotFound, s.Release(ctx, Hash("c")))

	// No crash is lost where several happen at once.
	together(t, 8, func(int) error {
		_, err := s.CountCrash(ctx, Hash("d"), kind, "memory")
		return err
	})
	crashes("d", kind, 9)
	_, err := s.CountCrash(ctx, "", kind, "x")
	wants(t, vig.CodeInvalid, err)
	_, err = s.CountCrash(ctx, Hash("d"), "", "x")
	wants(t, vig.CodeInvalid, err)
	wants(t, vig.CodeInvalid, s.Quarantine(ctx, "", kind, "x"))
}
