package storetest

import (
	"testing"
	"time"

	"attune/internal/store"
	"attune/internal/vig"
)

func testShares(t *testing.T, s *store.Store) {
	ctx := t.Context()
	guider := Guider(t, s)
	sam := must[store.Account](t)(s.CreateAccount(ctx, name("sam"), store.RoleSupervisor))
	kim := must[store.Account](t)(s.CreateAccount(ctx, name("kim"), store.RoleSupervisor))
	one := must[store.Case](t)(s.CreateCase(ctx, store.CaseDraft{Guider: guider.ID, Code: "one"}))
	two := must[store.Case](t)(s.CreateCase(ctx, store.CaseDraft{Guider: guider.ID, Code: "two"}))
	soon := time.Now().Add(time.Hour)
	sees := func(c store.Case, a store.Account, want bool) {
		t.Helper()
		if got := must[bool](t)(s.SharedWith(ctx, c.ID, a.ID)); got != want {
			t.Errorf("%s sees %s: %v", a.Name, c.Code, got)
		}
	}
	sees(one, sam, false)
	share := must[store.Share](t)(s.ShareCase(ctx, one.ID, sam.Name, soon))
	must[store.Share](t)(s.ShareCase(ctx, two.ID, sam.Name, soon))
	sees(one, sam, true)
	sees(one, kim, false)
	for _, nobody := range []string{guider.Name, "nobody", ""} { // supervisors only
		_, err := s.ShareCase(ctx, one.ID, nobody, soon)
		wants(t, vig.CodeNotFound, err)
	}
	_, err := s.ShareCase(ctx, "none", sam.Name, soon)
	wants(t, vig.CodeNotFound, err)
	_, err = s.ShareCase(ctx, one.ID, sam.Name, time.Now().Add(-time.Second))
	wants(t, vig.CodeInvalid, err)
	if all := must[[]store.Share](t)(s.Shares(ctx, one.ID)); len(all) != 1 || all[0] != share {
		t.Errorf("the shares are %+v, want %+v", all, share)
	}
	cases := must[[]store.SharedCase](t)(s.CasesSharedWith(ctx, sam.ID))
	if len(cases) != 2 || cases[0].Case != two || cases[1].Case != one || !cases[1].Ends.Equal(share.Ends) {
		t.Errorf("sam sees %+v", cases)
	}

	// Said again it lasts as long as it was said last.
	later := must[store.Share](t)(s.ShareCase(ctx, one.ID, sam.Name, soon.Add(time.Hour)))
	if all := must[[]store.Share](t)(s.Shares(ctx, one.ID)); len(all) != 1 || all[0] != later {
		t.Errorf("the shares are %+v, want %+v", all, later)
	}
	ok(t, s.EndShare(ctx, one.ID, sam.ID))
	wants(t, vig.CodeNotFound, s.EndShare(ctx, one.ID, sam.ID))
	sees(one, sam, false)
	sees(two, sam, true)
	ok(t, s.SetDisabled(ctx, sam.ID, true))
	sees(two, sam, false)
	if cases := must[[]store.SharedCase](t)(s.CasesSharedWith(ctx, sam.ID)); len(cases) != 0 {
		t.Errorf("disabled, sam sees %+v", cases)
	}
	_, err = s.ShareCase(ctx, two.ID, sam.Name, soon)
	wants(t, vig.CodeNotFound, err)
	names := must[[]string](t)(s.Supervisors(ctx))
	if len(names) != 1 || names[0] != kim.Name {
		t.Errorf("the supervisors are %q", names)
	}

	// It ends by itself.
	must[store.Share](t)(s.ShareCase(ctx, one.ID, kim.Name, time.Now().Add(200*time.Millisecond)))
	sees(one, kim, true)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for must[bool](t)(s.SharedWith(ctx, one.ID, kim.ID)) { // bounded by the test's deadline
		<-again.C
	}
	if all := must[[]store.Share](t)(s.Shares(ctx, one.ID)); len(all) != 0 {
		t.Errorf("ended, the shares are %+v", all)
	}
}
