package storetest

import (
	"errors"
	"testing"

	"attune/internal/store"
	"attune/internal/vig"
)

// What breaks a rule of the tables is said in words for people; what the driver
// says of it is kept inside.
func testBrokenRules(t *testing.T, s *store.Store) {
	ctx := t.Context()
	a := Guider(t, s)
	_, twice := s.CreateAccount(ctx, a.Name, store.RoleGuider)
	_, orphan := s.CreateToken(ctx, "nobody", "laptop")
	for _, tc := range []struct {
		err  error
		code vig.Code
		says string
	}{
		{twice, vig.CodeConflict, "create account: there is one already"},
		{orphan, vig.CodeNotFound, "create token: what it belongs to is not there"},
	} {
		wants(t, tc.code, tc.err)
		if tc.err == nil {
			continue
		}
		if tc.err.Error() != tc.says {
			t.Errorf("people are told %q, want %q", tc.err, tc.says)
		}
		if rule := errors.Unwrap(tc.err); rule == nil || errors.Unwrap(rule) == nil {
			t.Errorf("what the driver said of %q is lost", tc.err)
		}
	}
}
