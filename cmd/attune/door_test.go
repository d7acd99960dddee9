package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"attune/internal/store"
	"attune/internal/store/storetest"
)

// openedDoor opens the door of a data folder, and returns the token that lies in it.
func openedDoor(t *testing.T, records *store.Store, data string) string {
	t.Helper()
	p := &parts{records: records, data: dataFolder{data}}
	if err := p.openDoor(t.Context()); err != nil {
		t.Fatal(err)
	}
	token, err := p.data.read(dataToken)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// A first start that is killed anywhere leaves a door that the next one opens.
func TestFirstStartKilled(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	records := storetest.Open(t, "sqlite:"+filepath.Join(data, dataDatabase))
	works := func(token string) {
		t.Helper()
		if a, err := records.AccountByToken(t.Context(), token); err != nil || a.Name != firstAccount {
			t.Errorf("the token %q is of %q, %v", token, a.Name, err)
		}
	}
	account, err := records.CreateAccount(t.Context(), firstAccount, store.RoleGuider)
	if err != nil {
		t.Fatal(err)
	}
	first := openedDoor(t, records, data) // killed with the account made
	works(first)
	if again := openedDoor(t, records, data); again != first {
		t.Error("a token that is there was replaced")
	}
	write(t, filepath.Join(data, dataToken), "") // killed with the token made, and not kept
	second := openedDoor(t, records, data)
	works(second)
	if second == first {
		t.Error("the lost token is back")
	}
	if err := os.Remove(filepath.Join(data, dataToken)); err != nil {
		t.Fatal(err)
	}
	if again := openedDoor(t, records, data); again != "" {
		t.Error("a token that somebody took away was made again")
	}
	if err := records.SetDisabled(t.Context(), account.ID, true); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(data, dataToken), "")
	if again := openedDoor(t, records, data); again != "" {
		t.Error("an account that is shut out got a token")
	}
}

// Services that start for the first time at once, on one database, all start.
func TestFirstStartsAtOnce(t *testing.T) {
	t.Parallel()
	url := storetest.StartPostgres(t).Database(t)
	var starts errgroup.Group
	folders := make([]dataFolder, 6)
	for i := range folders {
		folders[i] = dataFolder{t.TempDir()}
		p := &parts{records: storetest.Open(t, url), data: folders[i]}
		starts.Go(func() error { return p.openDoor(t.Context()) })
	}
	if err := starts.Wait(); err != nil {
		t.Fatal(err)
	}
	records := storetest.Open(t, url)
	if accounts, err := records.Accounts(t.Context()); err != nil || len(accounts) != 1 {
		t.Errorf("accounts %+v, %v", accounts, err)
	}
	made := 0
	for _, f := range folders {
		token, err := f.read(dataToken)
		if err != nil {
			t.Fatal(err)
		}
		if token == "" {
			continue
		}
		made++
		if _, err := records.AccountByToken(t.Context(), token); err != nil {
			t.Error(err)
		}
	}
	if made == 0 {
		t.Error("nobody has a token")
	}
}

func tokensOf(t *testing.T, records *store.Store, account store.AccountID) int {
	t.Helper()
	tokens, err := records.Tokens(t.Context(), account)
	if err != nil {
		t.Fatal(err)
	}
	return len(tokens)
}

// A start prints a way into the first account only while it is nobody's: not
// after a reset, whose link goes on working.
func TestFirstLinkAfterReset(t *testing.T) {
	t.Parallel()
	records := storetest.Open(t, storetest.SQLite(t))
	p := &parts{records: records, data: dataFolder{t.TempDir()}}
	if err := p.openDoor(t.Context()); err != nil {
		t.Fatal(err)
	}
	wants := func(want string) {
		t.Helper()
		said, err := p.firstLink(t.Context(), "http://127.0.0.1:1")
		if err != nil || !strings.HasPrefix(said, want) {
			t.Errorf("a start says %q, %v", said, err)
		}
	}
	wants("Make your account at ")
	wants("Make your account at ")
	account, err := records.AccountByName(t.Context(), firstAccount)
	if err != nil {
		t.Fatal(err)
	}
	secret, _, err := records.CreateLink(t.Context(), account.ID, store.PurposeReset)
	if err != nil {
		t.Fatal(err)
	}
	wants("Sign in at ")
	if openedDoor(t, records, p.data.dir); tokensOf(t, records, account.ID) != 0 {
		t.Error("a start made a token for an account that was reset")
	}
	if _, err := records.UseLink(t.Context(), secret, store.Entry{Password: "hash"}); err != nil {
		t.Errorf("a start took the link of the reset away: %v", err)
	}
	wants("Sign in at ")
}
