package web

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"attune/internal/signin"
	"attune/internal/signin/signintest"
	"attune/internal/store"
)

const (
	goodPassword    = "three calm meals"
	anotherPassword = "four calm meals!"
)

// person is somebody with a browser, which keeps cookies.
type person struct {
	*http.Client
	at string
}

func (b *bundle) person(t *testing.T) person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	ok(t, err)
	return person{&http.Client{
		Jar: jar, Transport: b.server.Client().Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, b.server.URL}
}

// goes opens an address, or sends a form to it, and wants a status.
func (p person) goes(t *testing.T, to string, form url.Values, status int) response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.at+to, nil)
	if form != nil {
		r, err = http.NewRequestWithContext(t.Context(), http.MethodPost, p.at+to, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", p.at)
	}
	ok(t, err)
	got, err := p.Do(r)
	ok(t, err)
	answer := response{got, readAll(t, got)}
	if got.StatusCode != status {
		t.Fatalf("%s %s: status %d, want %d: %s", r.Method, to, got.StatusCode, status, answer.body)
	}
	return answer
}

// who is whom a browser is signed in as; "" is nobody.
func (p person) who(t *testing.T) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.at+"/api/v1/me", nil)
	ok(t, err)
	got, err := p.Do(r)
	ok(t, err)
	body := readAll(t, got)
	if got.StatusCode != http.StatusOK {
		return ""
	}
	return read[meJSON](t, response{got, body}).Name
}

// member makes an account with a password.
func (b *bundle) member(t *testing.T, name string, role store.Role) store.Account {
	t.Helper()
	a, err := b.store.CreateAccount(t.Context(), name, role)
	ok(t, err)
	hash, err := b.passwords.Hash(t.Context(), goodPassword)
	ok(t, err)
	ok(t, b.store.SetPassword(t.Context(), a.ID, "", hash))
	return a
}

// unlimited lets a test try as often as it likes.
func (b *bundle) unlimited() {
	free := func() *signin.Limit { return signin.NewLimit(1000, time.Second) }
	b.tries = tries{pair: free(), address: free(), name: free()}
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.unlimited()
	anna := b.member(t, "anna", store.RoleGuider)
	disabled := b.member(t, "disabled", store.RoleGuider)
	ok(t, b.store.SetDisabled(t.Context(), disabled.ID, true))

	p := b.person(t)
	form := func(name, password, next string) url.Values {
		return url.Values{"name": {name}, "password": {password}, "next": {next}}
	}
	// Nobody learns which of the two is wrong, nor which accounts there are.
	shape := func(name, password string) string {
		said := p.goes(t, "/sign-in", form(name, password, ""), http.StatusUnprocessableEntity)
		if len(said.Cookies()) != 0 {
			t.Errorf("%s got the cookies %v", name, said.Cookies())
		}
		return strings.ReplaceAll(string(said.body), `value="`+name+`"`, "")
	}
	wrong := shape("anna", "something else")
	for name, password := range map[string]string{
		"nobody": goodPassword, "disabled": goodPassword, "guider": goodPassword, "ANNA": goodPassword, "an na": goodPassword, "\x00": "x",
	} {
		if got := shape(name, password); got != strings.ReplaceAll(wrong, `value="anna"`, "") && name != "\x00" {
			t.Errorf("%q is told\n%s\nand anna\n%s", name, got, wrong)
		}
	}
	p.goes(t, "/sign-in", form(strings.Repeat("x", 10_000), "x", ""), http.StatusUnprocessableEntity)
	if p.who(t) != "" {
		t.Fatalf("signed in as %s", p.who(t))
	}

	for next, want := range map[string]string{"/cases/1": "/cases/1", "https://evil.example": "/", "//evil.example": "/", "": "/"} {
		got := p.goes(t, "/sign-in", form("anna", goodPassword, next), http.StatusSeeOther)
		if at := got.Header.Get("Location"); at != want {
			t.Errorf("next=%q leads to %q", next, at)
		}
	}
	if p.who(t) != "anna" {
		t.Errorf("signed in as %q", p.who(t))
	}
	if got := p.goes(t, "/sign-in?next=/cases/2", nil, http.StatusSeeOther).Header.Get("Location"); got != "/cases/2" {
		t.Errorf("who is signed in goes on to %q", got)
	}
	p.goes(t, "/sign-out", url.Values{}, http.StatusSeeOther)
	if p.who(t) != "" {
		t.Error("signed out, and still there")
	}
	if all, err := b.store.Sessions(t.Context(), anna.ID); err != nil || len(all) != 0 {
		t.Errorf("the sessions are %+v, %v", all, err)
	}
	for _, secret := range []string{goodPassword, "anna", "nobody"} {
		if strings.Contains(b.logged.String(), secret) {
			t.Errorf("the log has %q", secret)
		}
	}
}

// A name that there is not takes as long as one that there is.
func TestSignInTime(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.unlimited()
	b.passwords = signin.NewPasswords(0)
	b.member(t, "anna", store.RoleGuider)
	p := b.person(t)
	took := map[string]time.Duration{"anna": time.Hour, "nobody": time.Hour}
	for range 5 { // the quickest of each, in turns: the others had to wait for the machine
		for name, best := range took {
			began := time.Now()
			p.goes(t, "/sign-in", url.Values{"name": {name}, "password": {"something else"}}, http.StatusUnprocessableEntity)
			took[name] = min(best, time.Since(began))
		}
	}
	// Without the comparison it would be a hundredth.
	if took["nobody"] < took["anna"]/10 {
		t.Errorf("a name that there is takes %v, one that there is not %v", took["anna"], took["nobody"])
	}
}

// Who guesses has to wait, and others do not.
func TestSignInLimit(t *testing.T) {
	t.Parallel()
	b := setup(t)
	now := time.Now()
	b.now = func() time.Time { return now }
	at, err := netip.ParsePrefix("127.0.0.0/8")
	ok(t, err)
	b.Proxies = []netip.Prefix{at}
	b.member(t, "anna", store.RoleGuider)
	try := func(from, password string) int {
		r := b.request(t, request{method: http.MethodPost, path: "/sign-in", body: url.Values{"name": {"anna"}, "password": {password}}})
		r.RemoteAddr = "127.0.0.1:1"
		r.Header.Set("X-Forwarded-For", from)
		w := httptest.NewRecorder()
		b.ServeHTTP(w, r)
		if w.Code == http.StatusTooManyRequests && w.Header().Get("Retry-After") == "" {
			t.Error("for how long is not said")
		}
		return w.Code
	}
	for range 5 {
		if got := try("203.0.113.1", "something else"); got != http.StatusUnprocessableEntity {
			t.Fatalf("status %d", got)
		}
	}
	for _, password := range []string{"something else", goodPassword} { // right or wrong: guessing tells nothing more
		if got := try("203.0.113.1", password); got != http.StatusTooManyRequests {
			t.Errorf("status %d", got)
		}
	}
	if got := try("203.0.113.2", goodPassword); got != http.StatusSeeOther {
		t.Errorf("elsewhere: status %d", got)
	}
	now = now.Add(time.Minute)
	if got := try("203.0.113.1", goodPassword); got != http.StatusSeeOther {
		t.Errorf("later: status %d", got)
	}
}

// It is the last machine that is not trusted whose requests are counted, and a
// network of IPv6 counts as one.
func TestAddressOf(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, text := range []string{"127.0.0.0/8", "10.0.0.0/8", "::1/128"} {
		network, err := netip.ParsePrefix(text)
		ok(t, err)
		b.Proxies = append(b.Proxies, network)
	}
	for _, test := range []struct {
		from string
		said []string
		want string
	}{
		{"203.0.113.1:1", nil, "203.0.113.1"},
		{"203.0.113.1:1", []string{"198.51.100.1"}, "203.0.113.1"}, // who says so is not trusted
		{"127.0.0.1:1", []string{"198.51.100.1"}, "198.51.100.1"},
		{"127.0.0.1:1", []string{"1.1.1.1, 198.51.100.1, 10.0.0.1"}, "198.51.100.1"},
		{"127.0.0.1:1", []string{"1.1.1.1", "198.51.100.1"}, "198.51.100.1"},
		{"127.0.0.1:1", []string{"whatever"}, "127.0.0.1"},
		{"[::1]:1", []string{"2001:db8:1:2:3:4:5:6"}, "2001:db8:1:2::/64"},
		{"[::ffff:203.0.113.1]:1", nil, "203.0.113.1"},
		{"127.0.0.1:1", nil, "127.0.0.1"},
	} {
		r := b.request(t, request{})
		r.RemoteAddr = test.from
		r.Header["X-Forwarded-For"] = test.said
		if got := b.addressOf(r); got != test.want {
			t.Errorf("from %s by %q: %s, want %s", test.from, test.said, got, test.want)
		}
	}
}

func TestWelcome(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.member(t, "anna", store.RoleGuider)
	account, err := b.store.CreateAccount(t.Context(), "guider-1", store.RoleGuider)
	ok(t, err)
	secret, _, err := b.store.CreateLink(t.Context(), account.ID, store.PurposeFirst)
	ok(t, err)
	at := "/welcome/" + secret
	p := b.person(t)
	chosen := func(name, password, again string) url.Values {
		return url.Values{"name": {name}, "password": {password}, "again": {again}}
	}
	for range 3 { // to look does not use it
		p.goes(t, at, nil, http.StatusOK)
	}
	for _, form := range []url.Values{
		{}, chosen("bert", "short", "short"), chosen("bert", goodPassword, anotherPassword), chosen("bert", "bert likes tea", "bert likes tea"),
		chosen("anna", goodPassword, goodPassword), chosen("", goodPassword, goodPassword), chosen(" ", goodPassword, goodPassword),
		chosen(strings.Repeat("x", 300), goodPassword, goodPassword),
	} {
		p.goes(t, at, form, http.StatusUnprocessableEntity)
	}
	if p.who(t) != "" {
		t.Fatal("signed in without a password")
	}
	if got := p.goes(t, at, chosen("bert", goodPassword, goodPassword), http.StatusSeeOther).Header.Get("Location"); got != "/" {
		t.Errorf("it leads to %q", got)
	}
	if p.who(t) != "bert" {
		t.Errorf("signed in as %q", p.who(t))
	}
	late := b.person(t)
	for _, gone := range []string{at, "/welcome/none", "/welcome/%00"} {
		late.goes(t, gone, nil, http.StatusNotFound)
		said := late.goes(t, gone, chosen("eve", anotherPassword, anotherPassword), http.StatusNotFound)
		if strings.Contains(string(said.body), "bert") {
			t.Error("a used link tells whose it was")
		}
	}
	if late.who(t) != "" {
		t.Error("a link worked twice")
	}
	late.goes(t, "/sign-in", url.Values{"name": {"bert"}, "password": {goodPassword}}, http.StatusSeeOther)
	if strings.Contains(b.logged.String(), secret) {
		t.Error("the log has the secret of the link")
	}
}

func TestOwnAccount(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.unlimited()
	anna := b.member(t, "anna", store.RoleGuider)
	in := url.Values{"name": {"anna"}, "password": {goodPassword}}
	laptop, phone := b.person(t), b.person(t)
	laptop.goes(t, "/sign-in", in, http.StatusSeeOther)
	phone.goes(t, "/sign-in", in, http.StatusSeeOther)

	// A token is shown once, works, and works no more.
	for _, current := range []string{"", "something else"} { // whoever finds the browser open makes none
		laptop.goes(t, "/account/tokens", url.Values{"label": {"office"}, "current": {current}}, http.StatusUnprocessableEntity)
	}
	if tokens, err := b.store.Tokens(t.Context(), anna.ID); err != nil || len(tokens) != 0 {
		t.Errorf("without the password there are the tokens %+v, %v", tokens, err)
	}
	made := laptop.goes(t, "/account/tokens", url.Values{"label": {"office"}, "current": {goodPassword}}, http.StatusOK)
	token := regexp.MustCompile(`attune_[\w-]{43}`).FindString(string(made.body))
	b.do(t, request{as: asker{token: token}, path: "/api/v1/me"}, http.StatusOK)
	if again := laptop.goes(t, "/account", nil, http.StatusOK); strings.Contains(string(again.body), token) || !strings.Contains(string(again.body), "office") {
		t.Error("the token is shown again, or not listed")
	}
	tokens, err := b.store.Tokens(t.Context(), anna.ID)
	ok(t, err)
	other := b.inBrowser(t, b.other)
	b.send(t, b.request(t, request{as: other, method: http.MethodPost, path: "/account/tokens/" + string(tokens[0].ID) + "/delete"}))
	b.do(t, request{as: asker{token: token}, path: "/api/v1/me"}, http.StatusOK) // another's cannot
	laptop.goes(t, "/account/tokens/"+string(tokens[0].ID)+"/delete", url.Values{}, http.StatusOK)
	b.do(t, request{as: asker{token: token}, path: "/api/v1/me"}, http.StatusUnauthorized)

	change := func(current, password, again string) url.Values {
		return url.Values{"current": {current}, "password": {password}, "again": {again}}
	}
	for _, form := range []url.Values{
		change("something else", anotherPassword, anotherPassword), change("", anotherPassword, anotherPassword),
		change(goodPassword, "short", "short"), change(goodPassword, anotherPassword, goodPassword),
	} {
		laptop.goes(t, "/account/password", form, http.StatusUnprocessableEntity)
	}
	if phone.who(t) != "anna" {
		t.Error("the telephone was signed out for nothing")
	}
	before := laptop.Jar.Cookies(mustURL(t, b.server.URL))[0].Value
	laptop.goes(t, "/account/password", change(goodPassword, anotherPassword, anotherPassword), http.StatusOK)
	if after := laptop.Jar.Cookies(mustURL(t, b.server.URL))[0].Value; after == before {
		t.Error("the session has the secret it had")
	}
	if laptop.who(t) != "anna" || phone.who(t) != "" {
		t.Errorf("signed in are %q and %q", laptop.who(t), phone.who(t))
	}
	phone.goes(t, "/sign-in", in, http.StatusUnprocessableEntity)
	in.Set("password", anotherPassword)
	phone.goes(t, "/sign-in", in, http.StatusSeeOther)
	laptop.goes(t, "/account/sign-out", url.Values{}, http.StatusSeeOther)
	if laptop.who(t) != "" || phone.who(t) != "" {
		t.Errorf("signed in are %q and %q", laptop.who(t), phone.who(t))
	}
}

func TestAccounts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.unlimited()
	alex := b.member(t, "alex", store.RoleAdmin)
	admin := b.person(t)
	admin.goes(t, "/sign-in", url.Values{"name": {"alex"}, "password": {goodPassword}}, http.StatusSeeOther)

	links := regexp.MustCompile(regexp.QuoteMeta(b.server.URL) + `(/welcome/[\w-]{43})`)
	add := url.Values{"name": {"sam"}, "role": {"supervisor"}}
	link := links.FindStringSubmatch(string(admin.goes(t, "/admin/accounts", add, http.StatusOK).body))
	if link == nil {
		t.Fatal("no link is shown")
	}
	admin.goes(t, "/admin/accounts", add, http.StatusUnprocessableEntity)
	admin.goes(t, "/admin/accounts", url.Values{"name": {"kim"}, "role": {"owner"}}, http.StatusUnprocessableEntity)
	admin.goes(t, "/admin/accounts", url.Values{"name": {""}, "role": {"guider"}}, http.StatusUnprocessableEntity)
	chosen := url.Values{"password": {goodPassword}, "again": {goodPassword}, "name": {"boss"}}
	sam := b.person(t)
	sam.goes(t, link[1], chosen, http.StatusSeeOther)
	if sam.who(t) != "sam" {
		t.Errorf("signed in as %q", sam.who(t))
	}
	account, err := b.store.AccountByName(t.Context(), "sam")
	ok(t, err)
	of := "/admin/accounts/" + string(account.ID)
	sam.goes(t, of+"/reset", url.Values{}, http.StatusForbidden)

	admin.goes(t, of+"/disable", url.Values{}, http.StatusOK)
	if sam.who(t) != "" {
		t.Error("disabled, and still signed in")
	}
	sam.goes(t, "/sign-in", url.Values{"name": {"sam"}, "password": {goodPassword}}, http.StatusUnprocessableEntity)
	admin.goes(t, of+"/reset", url.Values{}, http.StatusConflict)
	admin.goes(t, of+"/enable", url.Values{}, http.StatusOK)
	sam.goes(t, "/sign-in", url.Values{"name": {"sam"}, "password": {goodPassword}}, http.StatusSeeOther)
	link = links.FindStringSubmatch(string(admin.goes(t, of+"/reset", url.Values{}, http.StatusOK).body))
	if sam.who(t) != "" || link == nil {
		t.Fatal("reset, and still signed in")
	}
	sam.goes(t, "/sign-in", url.Values{"name": {"sam"}, "password": {goodPassword}}, http.StatusUnprocessableEntity)
	for _, what := range []string{"/disable", "/reset"} { // nobody shuts themselves out
		admin.goes(t, "/admin/accounts/"+string(alex.ID)+what, url.Values{}, http.StatusConflict)
	}
	if said := admin.goes(t, "/admin/accounts", nil, http.StatusOK); strings.Contains(string(said.body), "/welcome/") || !strings.Contains(string(said.body), "sam") {
		t.Error("a link is shown again, or an account is missing")
	}
}

// A guider shares a case until the end of a day, and takes it back.
func TestShareCase(t *testing.T) {
	t.Parallel()
	b := setup(t)
	guider, sam := b.inBrowser(t, b.guider), b.inBrowser(t, b.supervisor)
	at := "/cases/" + string(b.kase.ID)
	share := func(name, last string) int {
		return b.send(t, b.request(t, request{as: guider, method: http.MethodPost, path: at + "/shares", body: url.Values{"name": {name}, "last": {last}}})).StatusCode
	}
	sees := func(want int) {
		t.Helper()
		if got := b.send(t, b.request(t, request{as: sam, path: at})).StatusCode; got != want {
			t.Errorf("the supervisor gets %d, want %d", got, want)
		}
	}
	day := func(days int) string { return time.Now().AddDate(0, 0, days).Format(time.DateOnly) }
	sees(http.StatusNotFound)
	for _, wrong := range [][2]string{
		{"supervisor", day(-1)}, {"supervisor", day(400)}, {"supervisor", "soon"}, {"supervisor", ""},
		{"other", day(1)}, {"admin", day(1)}, {"nobody", day(1)}, {"", day(1)},
	} {
		if got := share(wrong[0], wrong[1]); got != http.StatusBadRequest {
			t.Errorf("%q: status %d", wrong, got)
		}
	}
	sees(http.StatusNotFound)
	if got := share("supervisor", day(0)); got != http.StatusSeeOther { // today is a day too
		t.Errorf("status %d", got)
	}
	sees(http.StatusOK)
	said := b.send(t, b.request(t, request{as: guider, path: at}))
	if !strings.Contains(string(said.body), "/shares/"+string(b.supervisor.ID)+"/end") {
		t.Error("the case's page does not say who may see it")
	}
	if said := b.send(t, b.request(t, request{as: sam, path: at})); strings.Contains(string(said.body), "/shares") {
		t.Error("a supervisor is offered to share it")
	}
	ended := b.send(t, b.request(t, request{as: guider, method: http.MethodPost, path: at + "/shares/" + string(b.supervisor.ID) + "/end"}))
	if ended.StatusCode != http.StatusSeeOther {
		t.Errorf("status %d", ended.StatusCode)
	}
	sees(http.StatusNotFound)
}

// withProvider is a service with a provider of accounts.
func withProvider(t *testing.T) (*bundle, *signintest.Provider) {
	t.Helper()
	b := setup(t)
	b.unlimited()
	p := signintest.Start(t)
	b.provider = signin.NewProvider(signin.ProviderConfig{
		Issuer: p.URL, Client: signintest.Client, Secret: signintest.Secret, Name: "the county", Redirect: b.server.URL + ElsewherePath,
	})
	return b, p
}

// visits goes to the provider and comes back to where it says.
func (p person) visits(t *testing.T, from string, form url.Values) (back string) {
	t.Helper()
	to := p.goes(t, from, form, http.StatusSeeOther).Header.Get("Location")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, to, nil)
	ok(t, err)
	got, err := p.Do(r)
	ok(t, err)
	body := readAll(t, got)
	back, found := strings.CutPrefix(got.Header.Get("Location"), p.at)
	if !found {
		t.Fatalf("the provider says %s: %s", got.Status, body)
	}
	return back
}

func TestElsewhere(t *testing.T) {
	t.Parallel()
	b, at := withProvider(t)
	for _, name := range []string{"anna@county.example", "shut@county.example", "loud@county.example"} {
		a, err := b.store.CreateAccount(t.Context(), name, store.RoleGuider)
		ok(t, err)
		ok(t, b.store.SetDisabled(t.Context(), a.ID, name == "shut@county.example"))
	}
	said := b.person(t).goes(t, "/sign-in", nil, http.StatusOK)
	if !strings.Contains(string(said.body), "Sign in with the county") {
		t.Error("it is not offered")
	}
	for _, test := range []struct {
		name string
		who  signintest.Who
		is   string // who is signed in afterwards
	}{
		{"not verified", signintest.Who{Subject: "1", Email: "anna@county.example"}, ""},
		{"unknown", signintest.Who{Subject: "1", Email: "nobody@county.example", Verified: true}, ""},
		{"the first time", signintest.Who{Subject: "1", Email: "anna@county.example", Verified: true}, "anna@county.example"},
		{"with another address", signintest.Who{Subject: "1", Email: "anna.new@county.example", Verified: true}, "anna@county.example"},
		{"somebody else with her address", signintest.Who{Subject: "2", Email: "anna@county.example", Verified: true}, ""},
		{"disabled", signintest.Who{Subject: "3", Email: "shut@county.example", Verified: true}, ""},
		{"capitals", signintest.Who{Subject: "4", Email: "Loud@County.example", Verified: true}, "loud@county.example"},
		{"no address", signintest.Who{Subject: "5", Verified: true}, ""},
	} {
		at.Is(test.who, nil)
		p := b.person(t)
		back := p.visits(t, "/sign-in/elsewhere", url.Values{"next": {"/cases/1"}})
		status, to := http.StatusForbidden, ""
		if test.is != "" {
			status, to = http.StatusSeeOther, "/cases/1"
		}
		got := p.goes(t, back, nil, status)
		if got.Header.Get("Location") != to || p.who(t) != test.is {
			t.Errorf("%s: signed in as %q, and sent to %q", test.name, p.who(t), got.Header.Get("Location"))
		}
	}
	for _, secret := range []string{"county.example", at.URL} {
		if strings.Contains(b.logged.String(), secret) {
			t.Errorf("the log has %q", secret)
		}
	}
}

// Nobody is signed in by a visit that another browser began: neither by a link
// that somebody sends, nor a second time.
func TestElsewhereOfOthers(t *testing.T) {
	t.Parallel()
	b, at := withProvider(t)
	_, err := b.store.CreateAccount(t.Context(), "eve@county.example", store.RoleGuider)
	ok(t, err)
	at.Is(signintest.Who{Subject: "1", Email: "eve@county.example", Verified: true}, nil)
	eve, anna := b.person(t), b.person(t)
	back := eve.visits(t, "/sign-in/elsewhere", url.Values{})
	anna.goes(t, back, nil, http.StatusForbidden)
	anna.visits(t, "/sign-in/elsewhere", url.Values{}) // with a visit of her own
	anna.goes(t, back, nil, http.StatusForbidden)
	if anna.who(t) != "" {
		t.Errorf("anna is signed in as %q", anna.who(t))
	}
	eve.goes(t, back, nil, http.StatusSeeOther)
	eve.goes(t, "/sign-out", url.Values{}, http.StatusSeeOther)
	eve.goes(t, back, nil, http.StatusForbidden) // again
	if eve.who(t) != "" {
		t.Errorf("eve is signed in as %q", eve.who(t))
	}
	for _, wrong := range []string{"", "?code=1", "?state=&code=1", "?error=access_denied&state=x"} {
		eve.goes(t, ElsewherePath+wrong, nil, http.StatusForbidden)
	}
	// Where one goes afterwards is here.
	back = eve.visits(t, "/sign-in/elsewhere", url.Values{"next": {"https://evil.example"}})
	if got := eve.goes(t, back, nil, http.StatusSeeOther).Header.Get("Location"); got != "/" {
		t.Errorf("it leads to %q", got)
	}
}

// With a link one may choose an account elsewhere in place of a password.
func TestWelcomeElsewhere(t *testing.T) {
	t.Parallel()
	b, at := withProvider(t)
	anna, err := b.store.CreateAccount(t.Context(), "anna", store.RoleGuider)
	ok(t, err)
	secret, _, err := b.store.CreateLink(t.Context(), anna.ID, store.PurposeInvite)
	ok(t, err)
	at.Is(signintest.Who{Subject: "1"}, nil)
	p := b.person(t)
	p.goes(t, p.visits(t, "/welcome/"+secret+"/elsewhere", url.Values{}), nil, http.StatusSeeOther)
	if p.who(t) != "anna" {
		t.Errorf("signed in as %q", p.who(t))
	}
	again := b.person(t)
	again.goes(t, "/welcome/"+secret+"/elsewhere", url.Values{}, http.StatusNotFound)
	again.goes(t, again.visits(t, "/sign-in/elsewhere", url.Values{}), nil, http.StatusSeeOther)
	if again.who(t) != "anna" {
		t.Errorf("signed in as %q", again.who(t))
	}
	// The same account elsewhere is not for two here.
	bert, err := b.store.CreateAccount(t.Context(), "bert", store.RoleGuider)
	ok(t, err)
	secret, _, err = b.store.CreateLink(t.Context(), bert.ID, store.PurposeInvite)
	ok(t, err)
	other := b.person(t)
	other.goes(t, other.visits(t, "/welcome/"+secret+"/elsewhere", url.Values{}), nil, http.StatusForbidden)
	if other.who(t) != "" {
		t.Errorf("signed in as %q", other.who(t))
	}
}

// The cookie of a visit is as careful as that of a session.
func TestVisitCookie(t *testing.T) {
	t.Parallel()
	b, _ := withProvider(t)
	b.PublicURL = mustURL(t, "https://attune.example")
	w := httptest.NewRecorder()
	b.ServeHTTP(w, b.request(t, request{method: http.MethodPost, path: "/sign-in/elsewhere", body: url.Values{}}))
	cookies := w.Result().Cookies()
	if i := slices.IndexFunc(cookies, func(c *http.Cookie) bool { return strings.HasPrefix(c.Name, "__Host-") }); i < 0 || !cookies[i].Secure || !cookies[i].HttpOnly || cookies[i].SameSite != http.SameSiteLaxMode || cookies[i].Path != "/" {
		t.Errorf("the cookies are %+v", cookies)
	}
}

func mustURL(t *testing.T, text string) *url.URL {
	t.Helper()
	at, err := url.Parse(text)
	ok(t, err)
	return at
}
