package storetest

import (
	"sync/atomic"
	"testing"
	"time"

	"attune/internal/store"
	"attune/internal/vig"
)

func testLinks(t *testing.T, s *store.Store) {
	ctx := t.Context()
	a, b := Guider(t, s), Guider(t, s)
	day := time.Now().Add(24 * time.Hour)
	secret := func(of store.Account, purpose store.Purpose) string {
		t.Helper()
		made, link, err := s.CreateLink(ctx, of.ID, purpose)
		ok(t, err)
		if len(made) < 43 || link.Account != of.ID || time.Until(link.Expires) < 23*time.Hour {
			t.Errorf("the link is %+v, with a secret of %d letters", link, len(made))
		}
		return made
	}
	_, _, err := s.CreateLink(ctx, a.ID, "fun")
	wants(t, vig.CodeInvalid, err)
	_, _, err = s.CreateLink(ctx, "nobody", store.PurposeReset)
	wants(t, vig.CodeNotFound, err)

	// One at a time, and once.
	early, late := secret(a, store.PurposeInvite), secret(a, store.PurposeInvite)
	_, _, err = s.Link(ctx, early)
	wants(t, vig.CodeNotFound, err)
	link, of, err := s.Link(ctx, late)
	ok(t, err)
	if link.Purpose != store.PurposeInvite || of != a {
		t.Errorf("the link is %+v of %+v", link, of)
	}
	ok(t, s.CreateSession(ctx, "before", a.ID, "", time.Hour, day))
	_, err = s.UseLink(ctx, late, store.Entry{})
	wants(t, vig.CodeInvalid, err)
	used := must[store.Account](t)(s.UseLink(ctx, late, store.Entry{Name: "another", Password: "hash"}))
	a.HasPassword = true
	if used != a { // an invited account does not choose its name
		t.Errorf("got %+v, want %+v", used, a)
	}
	_, err = s.UseLink(ctx, late, store.Entry{Password: "hash"})
	wants(t, vig.CodeNotFound, err)
	_, err = s.Session(ctx, "before")
	wants(t, vig.CodeNotFound, err)
	if _, hash, err := s.Password(ctx, a.Name); hash != "hash" || err != nil {
		t.Errorf("its password is %q, %v", hash, err)
	}

	// The first account chooses its name, unless another has it.
	first := secret(b, store.PurposeFirst)
	_, err = s.UseLink(ctx, first, store.Entry{Name: a.Name, Password: "hash"})
	wants(t, vig.CodeConflict, err)
	_, err = s.UseLink(ctx, first, store.Entry{Name: " ", Password: "hash"})
	wants(t, vig.CodeInvalid, err)
	chosen := name("chosen")
	if got := must[store.Account](t)(s.UseLink(ctx, first, store.Entry{Name: chosen, Password: "hash"})); got.Name != chosen || got.ID != b.ID {
		t.Errorf("got %+v", got)
	}
	must[store.Account](t)(s.AccountByName(ctx, chosen))
	_, _, err = s.CreateLink(ctx, b.ID, store.PurposeFirst) // it is somebody's now
	wants(t, vig.CodeConflict, err)

	// A reset shuts everything that was open.
	ok(t, s.CreateSession(ctx, "open", a.ID, "", time.Hour, day))
	token := must[string](t)(s.CreateToken(ctx, a.ID, "laptop"))
	reset := secret(a, store.PurposeReset)
	_, err = s.AccountByToken(ctx, token)
	wants(t, vig.CodeNotFound, err)
	_, err = s.Session(ctx, "open")
	wants(t, vig.CodeNotFound, err)
	if got, hash, err := s.Password(ctx, a.Name); hash != "" || got.HasPassword || err != nil {
		t.Errorf("the password is there still: %q, %v", hash, err)
	}
	if got := must[store.Account](t)(s.Account(ctx, a.ID)); time.Since(got.Reset) > time.Hour {
		t.Errorf("it was reset at %v", got.Reset)
	}
	_, _, err = s.CreateLink(ctx, a.ID, store.PurposeFirst) // nor does a start take it for new
	wants(t, vig.CodeConflict, err)
	_, _, err = s.Link(ctx, reset)
	ok(t, err)
	ok(t, s.SetDisabled(ctx, a.ID, true))
	_, _, err = s.Link(ctx, reset)
	wants(t, vig.CodeNotFound, err)
	_, _, err = s.CreateLink(ctx, a.ID, store.PurposeInvite)
	wants(t, vig.CodeConflict, err)
	_, err = s.UseLink(ctx, reset, store.Entry{Password: "hash"})
	wants(t, vig.CodeNotFound, err)
}

// Of many who use a link at once one has it.
func testLinkAtOnce(t *testing.T, s *store.Store) {
	a := Guider(t, s)
	secret, _, err := s.CreateLink(t.Context(), a.ID, store.PurposeInvite)
	ok(t, err)
	var used atomic.Int32
	together(t, 8, func(int) error {
		_, err := s.UseLink(t.Context(), secret, store.Entry{Password: "hash"})
		switch vig.CodeOf(err) {
		case "":
			used.Add(1)
		case vig.CodeNotFound:
		default:
			return err
		}
		return nil
	})
	if used.Load() != 1 {
		t.Errorf("it was used %d times", used.Load())
	}
}
