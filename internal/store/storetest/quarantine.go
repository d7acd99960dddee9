package storetest

import (
	"testing"

	"attune/internal/store"
	"attune/internal/vig"
)

func testQuarantine(t *testing.T, s *store.Store) {
	ctx := t.Context()
	quarantined := func(film, want string) {
		t.Helper()
		reason, yes, err := s.Quarantined(ctx, Hash(film))
		if err != nil || reason != want || yes != (want != "") {
			t.Errorf("quarantined: %q, %v, %v", reason, yes, err)
		}
	}
	quarantined("a", "")
	for want := 1; want <= 2; want++ {
		if n := must[int](t)(s.CountCrash(ctx, Hash("a"), "it was ended by signal 11")); n != want {
			t.Errorf("crash %d was counted as %d", want, n)
		}
		quarantined("a", "")
	}
	ok(t, s.Quarantine(ctx, Hash("a"), "It crashed twice."))
	ok(t, s.Quarantine(ctx, Hash("b"), "Taken out by hand."))
	quarantined("a", "It crashed twice.")
	quarantined("b", "Taken out by hand.")
	quarantined("c", "")
	ok(t, s.Quarantine(ctx, Hash("a"), "Again."))
	quarantined("a", "Again.")

	// No crash is lost where several happen at once.
	together(t, 8, func(int) error {
		_, err := s.CountCrash(ctx, Hash("d"), "memory")
		return err
	})
	if n := must[int](t)(s.CountCrash(ctx, Hash("d"), "memory")); n != 9 {
		t.Errorf("9 crashes were counted as %d", n)
	}
	_, err := s.CountCrash(ctx, "", "x")
	wants(t, vig.CodeInvalid, err)
	wants(t, vig.CodeInvalid, s.Quarantine(ctx, "", "x"))
}
