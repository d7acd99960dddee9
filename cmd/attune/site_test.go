package main

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"attune/internal/store"
	"attune/internal/store/storetest"
)

// browser is one that keeps cookies and stays on the page it is sent to.
func browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// sent sends a form, and returns the status and where it leads.
func sent(t *testing.T, c *http.Client, address string, form url.Values) (status int, to string) {
	t.Helper()
	got, err := c.PostForm(address, form) //nolint:noctx // of a test
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	return got.StatusCode, got.Header.Get("Location")
}

func status(t *testing.T, c *http.Client, address string) int {
	t.Helper()
	got, err := c.Get(address) //nolint:noctx // of a test
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	return got.StatusCode
}

// The first account is made once, by the link of the last start; afterwards it is
// signed in to, and its token goes on to work.
func TestFirstLink(t *testing.T) {
	t.Parallel()
	data := filepath.Join(shortDir(t), "data")
	s := served(t, data)
	first, found := strings.CutPrefix(strings.Fields(s.wayIn)[4], s.Address+"/welcome/")
	if !found || !strings.HasPrefix(s.wayIn, "Make your account at ") {
		t.Fatalf("it says %q", s.wayIn)
	}
	if code, _ := s.stop(t); code != exitOK {
		t.Fatalf("it ended with %d", code)
	}
	s = served(t, data)
	second := strings.Fields(s.wayIn)[4]
	anna := browser(t)
	if got := status(t, anna, s.Address+"/welcome/"+first); got != http.StatusNotFound {
		t.Errorf("the link of an earlier start: %d", got)
	}
	chosen := url.Values{"name": {"anna"}, "password": {"three calm meals"}, "again": {"three calm meals"}}
	if code, to := sent(t, anna, second, chosen); code != http.StatusSeeOther || to != "/" {
		t.Fatalf("it is not taken: %d %q", code, to)
	}
	if got := status(t, anna, s.Address+"/account"); got != http.StatusOK {
		t.Errorf("not signed in: %d", got)
	}
	if code, _ := sent(t, browser(t), second, chosen); code != http.StatusNotFound {
		t.Errorf("used twice: %d", code)
	}
	if err := s.Fetch(t.Context(), s.Address+"/api/v1/cases", &strings.Builder{}); err != nil {
		t.Errorf("its token: %v", err)
	}

	// Reset while it runs: out at once, and in with another password.
	reset := attune("account", "reset", "anna", "--data", data)
	if reset.code != exitOK || !strings.HasPrefix(reset.stdout, s.Address+"/welcome/") || !strings.Contains(reset.stderr, "once") {
		t.Fatalf("reset: %s%s", reset.stdout, reset.stderr)
	}
	if got := status(t, anna, s.Address+"/account"); got != http.StatusSeeOther {
		t.Errorf("still signed in: %d", got)
	}
	if code, to := sent(t, anna, s.Address+"/sign-in", url.Values{"name": {"anna"}, "password": {"three calm meals"}}); code == http.StatusSeeOther {
		t.Errorf("signed in with the old password: %d %q", code, to)
	}
	chosen = url.Values{"password": {"four calm meals"}, "again": {"four calm meals"}}
	if code, _ := sent(t, anna, strings.TrimSpace(reset.stdout), chosen); code != http.StatusSeeOther {
		t.Errorf("the new password is not taken: %d", code)
	}
	if code, _ := s.stop(t); code != exitOK {
		t.Fatalf("it ended with %d", code)
	}
	s = served(t, data)
	if want := "Sign in at " + s.Address + "/sign-in"; s.wayIn != want {
		t.Errorf("it says %q, want %q", s.wayIn, want)
	}
	if code, to := sent(t, browser(t), s.Address+"/sign-in", url.Values{"name": {"anna"}, "password": {"four calm meals"}, "next": {"/account"}}); code != http.StatusSeeOther || to != "/account" {
		t.Errorf("signing in: %d %q", code, to)
	}
}

// Links are printed for where people reach the service.
func TestAccountLinks(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	records := storetest.Open(t, "sqlite:"+filepath.Join(data, dataDatabase))
	made := attune("account", "add", "sam", "--role", "supervisor", "--data", data, "--public-url", "https://attune.example/")
	secret, found := strings.CutPrefix(strings.TrimSpace(made.stdout), "https://attune.example/welcome/")
	if made.code != exitOK || !found {
		t.Fatalf("%s%s", made.stdout, made.stderr)
	}
	link, account, err := records.Link(t.Context(), secret)
	if err != nil || account.Name != "sam" || account.Role != store.RoleSupervisor || link.Purpose != store.PurposeInvite {
		t.Errorf("the link is %+v of %+v, %v", link, account, err)
	}
	if list := attune("account", "list", "--data", data); !strings.Contains(list.stdout, "has not signed in yet") {
		t.Errorf("the accounts are\n%s", list.stdout)
	}
	if got := attune("account", "disable", "sam", "--data", data); got.code != exitOK {
		t.Error(got.stderr)
	}
	if got := attune("account", "reset", "sam", "--data", data); got.code != exitFailed || got.stdout != "" {
		t.Errorf("a disabled account got a link: %s%s", got.stdout, got.stderr)
	}
	if _, _, err := records.Link(t.Context(), secret); err == nil {
		t.Error("the link of a disabled account works")
	}
}

func TestWrongSite(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"--public-url", "attune.example"}, {"--public-url", "https://attune.example/desk"}, {"--public-url", "https://anna:secret@attune.example"},
		{"--proxies", "everybody"}, {"--session-idle", "never"}, {"--session-lifetime", "0"},
		{"--oidc-issuer", "http://accounts.example", "--oidc-client", "attune"}, {"--oidc-issuer", "https://accounts.example"},
		{"--oidc-client", "attune"}, {"--oidc-secret", "hidden"},
	} {
		got := attune(append([]string{"config"}, args...)...)
		if got.code != exitUsage || !strings.Contains(got.stderr, "it takes") || strings.Contains(got.stderr, "hidden") {
			t.Errorf("%q: exit code %d: %s", args, got.code, got.stderr)
		}
	}
	for _, args := range [][]string{
		{"--public-url", "https://attune.example/"}, {"--proxies", "127.0.0.1, 10.0.0.0/8,::1"}, {"--session-idle", "90m"},
		{"--oidc-issuer", "https://accounts.example", "--oidc-client", "attune", "--oidc-secret", "hidden"},
	} {
		if got := attune(append([]string{"config"}, args...)...); got.code != exitOK || strings.Contains(got.stdout, "hidden") {
			t.Errorf("%q: exit code %d: %s%s", args, got.code, got.stdout, got.stderr)
		}
	}
}
