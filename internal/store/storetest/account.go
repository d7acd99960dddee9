package storetest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"attune/internal/store"
	"attune/internal/vig"
)

func testAccounts(t *testing.T, s *store.Store) {
	ctx := t.Context()
	a := must[store.Account](t)(s.CreateAccount(ctx, "Zoë", store.RoleGuider))
	b := must[store.Account](t)(s.CreateAccount(ctx, "zoë", store.RoleAdmin)) // another name
	if a.ID == "" || a.ID == b.ID || a.Role != store.RoleGuider || a.Disabled {
		t.Errorf("new accounts are %+v and %+v", a, b)
	}
	_, err := s.CreateAccount(ctx, "Zoë", store.RoleSupervisor)
	wants(t, vig.CodeConflict, err)
	for _, bad := range []string{"", " \t", "a\x00b", "\xff", strings.Repeat("x", 256)} {
		_, err := s.CreateAccount(ctx, bad, store.RoleGuider)
		wants(t, vig.CodeInvalid, err)
	}
	_, err = s.CreateAccount(ctx, "x", "owner")
	wants(t, vig.CodeInvalid, err)

	ok(t, s.SetDisabled(ctx, b.ID, true))
	b.Disabled = true
	if diff := cmp.Diff([]store.Account{a, b}, must[[]store.Account](t)(s.Accounts(ctx))); diff != "" {
		t.Errorf("all accounts (-want +got):\n%s", diff)
	}
	if got := must[store.Account](t)(s.Account(ctx, b.ID)); got != b {
		t.Errorf("got %+v, want %+v", got, b)
	}
	if got := must[store.Account](t)(s.AccountByName(ctx, "zoë")); got != b {
		t.Errorf("got %+v, want %+v", got, b)
	}
	ok(t, s.SetDisabled(ctx, b.ID, false))
	if must[store.Account](t)(s.Account(ctx, b.ID)).Disabled {
		t.Error("still disabled")
	}
	_, err = s.Account(ctx, "nobody")
	wants(t, vig.CodeNotFound, err)
	_, err = s.AccountByName(ctx, "nobody")
	wants(t, vig.CodeNotFound, err)
	wants(t, vig.CodeNotFound, s.SetDisabled(ctx, "nobody", true))
}

func testTokens(t *testing.T, s *store.Store) {
	ctx := t.Context()
	a, b := Guider(t, s), Guider(t, s)
	first := must[string](t)(s.CreateToken(ctx, a.ID, "laptop"))
	second := must[string](t)(s.CreateToken(ctx, a.ID, ""))
	others := must[string](t)(s.CreateToken(ctx, b.ID, "laptop"))
	if len(first) < 43 || first == second || second == others {
		t.Errorf("the secrets are not 32 random bytes")
	}
	for secret, want := range map[string]store.Account{first: a, second: a, others: b} {
		if got := must[store.Account](t)(s.AccountByToken(ctx, secret)); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	for _, wrong := range []string{"", "attune_", first[:len(first)-1], first + "x", "\x00\xff", Hash(first)} {
		_, err := s.AccountByToken(ctx, wrong)
		wants(t, vig.CodeNotFound, err)
	}
	_, err := s.CreateToken(ctx, "nobody", "")
	wants(t, vig.CodeNotFound, err)
	_, err = s.CreateToken(ctx, a.ID, "\x00")
	wants(t, vig.CodeInvalid, err)

	ok(t, s.SetDisabled(ctx, b.ID, true))
	_, err = s.AccountByToken(ctx, others)
	wants(t, vig.CodeForbidden, err)

	tokens := must[[]store.Token](t)(s.Tokens(ctx, a.ID))
	if len(tokens) != 2 || tokens[0].Label != "laptop" || tokens[1].Account != a.ID {
		t.Fatalf("the tokens are %+v", tokens)
	}
	wants(t, vig.CodeNotFound, s.DeleteToken(ctx, b.ID, tokens[0].ID)) // not theirs
	ok(t, s.DeleteToken(ctx, a.ID, tokens[0].ID))
	_, err = s.AccountByToken(ctx, first)
	wants(t, vig.CodeNotFound, err)
	must[store.Account](t)(s.AccountByToken(ctx, second))

	none := Guider(t, s)
	have := must[map[store.AccountID]bool](t)(s.WithTokens(ctx, []store.AccountID{a.ID, none.ID, "nobody"}))
	if len(have) != 1 || !have[a.ID] {
		t.Errorf("those with tokens are %v", have)
	}
	if have := must[map[store.AccountID]bool](t)(s.WithTokens(ctx, nil)); len(have) != 0 {
		t.Errorf("of none they are %v", have)
	}
}
