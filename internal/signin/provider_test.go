package signin_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"attune/internal/signin"
	"attune/internal/signin/signintest"
	"attune/internal/vig"
)

// gone goes to the provider and returns with what it gives: a state and a code.
func gone(t *testing.T, to string) (state, code string) {
	t.Helper()
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	got, err := c.Get(to) //nolint:noctx // of a test
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	back, err := url.Parse(got.Header.Get("Location"))
	if err != nil || got.StatusCode != http.StatusFound {
		t.Fatalf("%d, %v", got.StatusCode, err)
	}
	return back.Query().Get("state"), back.Query().Get("code")
}

func provider(p *signintest.Provider) *signin.Provider {
	return signin.NewProvider(signin.ProviderConfig{Issuer: p.URL, Client: signintest.Client, Secret: signintest.Secret, Redirect: "http://127.0.0.1/back"})
}

func TestProvider(t *testing.T) {
	t.Parallel()
	at := signintest.Start(t)
	p := provider(at)
	for _, test := range []struct {
		name  string
		who   signintest.Who
		wrong func(map[string]any)
		want  signin.Identity
		step  string // at which it is refused
	}{
		{"verified", signintest.Who{Subject: "1", Email: "a@b.example", Verified: true}, nil, signin.Identity{Subject: "1", Email: "a@b.example"}, ""},
		{"not verified", signintest.Who{Subject: "1", Email: "a@b.example"}, nil, signin.Identity{Subject: "1"}, ""},
		{"for another client", signintest.Who{Subject: "1"}, func(c map[string]any) { c["aud"] = "another" }, signin.Identity{}, "verify token"},
		{"of another issuer", signintest.Who{Subject: "1"}, func(c map[string]any) { c["iss"] = "https://evil.example" }, signin.Identity{}, "verify token"},
		{"too old", signintest.Who{Subject: "1"}, func(c map[string]any) { c["exp"] = time.Now().Add(-time.Hour).Unix() }, signin.Identity{}, "verify token"},
		{"of another visit", signintest.Who{Subject: "1"}, func(c map[string]any) { c["nonce"] = "another" }, signin.Identity{}, "compare nonces"},
		{"of no visit", signintest.Who{Subject: "1"}, func(c map[string]any) { delete(c, "nonce") }, signin.Identity{}, "compare nonces"},
		{"of nobody", signintest.Who{}, nil, signin.Identity{}, "read claims"},
	} {
		at.Is(test.who, test.wrong)
		to, flow, err := p.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		state, code := gone(t, to)
		got, err := p.Finish(t.Context(), flow, state, code)
		if test.step != "" {
			if vig.CodeOf(err) != vig.CodeForbidden || signin.Reason(err) != test.step {
				t.Errorf("%s: %+v, %v", test.name, got, err)
			}
			continue
		}
		if test.want.Issuer = at.URL; err != nil || got != test.want {
			t.Errorf("%s: %+v, %v", test.name, got, err)
		}
	}
}

// What did not begin here does not end here, and nothing ends twice.
func TestProviderFlow(t *testing.T) {
	t.Parallel()
	at := signintest.Start(t)
	p := provider(at)
	at.Is(signintest.Who{Subject: "1"}, nil)
	to, flow, err := p.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	state, code := gone(t, to)
	_, other, err := p.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	refused := func(name string, flow signin.Flow, state, code string) {
		t.Helper()
		if who, err := p.Finish(t.Context(), flow, state, code); vig.CodeOf(err) != vig.CodeForbidden {
			t.Errorf("%s: %+v, %v", name, who, err)
		}
	}
	refused("no flow", signin.Flow{}, "", code)
	refused("another's state", flow, other.State, code)
	refused("another's flow", other, state, code)
	mixed := other
	mixed.State = flow.State // the code was got with another proof
	refused("another's proof", mixed, state, code)
	refused("no code", flow, state, "")
	refused("a code of its own", flow, state, "99")
	if _, err := p.Finish(t.Context(), flow, state, code); err != nil {
		t.Error(err)
	}
	refused("again", flow, state, code)
	if other.State == flow.State || other.Nonce == flow.Nonce || other.Verifier == flow.Verifier || len(flow.State) < 43 {
		t.Error("two visits are alike")
	}
}

// A provider that is away is asked again the next time.
func TestProviderAway(t *testing.T) {
	t.Parallel()
	p := signin.NewProvider(signin.ProviderConfig{Issuer: "http://127.0.0.1:1", Client: "x"})
	if _, _, err := p.Begin(t.Context()); vig.CodeOf(err) != vig.CodeInternal {
		t.Errorf("got %v", err)
	}
	p.Issuer = signintest.Start(t).URL
	if _, _, err := p.Begin(t.Context()); err != nil {
		t.Error(err)
	}
}
