// Package signintest has a small OpenID Connect provider for tests.
package signintest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"
)

// The client that the provider knows.
const (
	Client = "attune"
	Secret = "of the client"
)

// Provider is one that says of everybody who comes that they are Who. It is as
// strict as providers are: with the client, where it sends people back to, the
// proof of who began (PKCE), and codes, which work once.
type Provider struct {
	URL string // its issuer

	mu    sync.Mutex
	who   Who
	wrong func(claims map[string]any)
	codes map[string]visit
	key   *ecdsa.PrivateKey
}

// Who is somebody's account at the provider.
type Who struct {
	Subject  string
	Email    string
	Verified bool
}

type visit struct {
	who                        Who
	nonce, challenge, redirect string
}

// Start starts a provider for the time of a test.
func Start(t testing.TB) *Provider {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := &Provider{codes: map[string]visit{}, key: key}
	keys := &oidctest.Server{
		PublicKeys: []oidctest.PublicKey{{PublicKey: key.Public(), KeyID: "one", Algorithm: oidc.ES256}},
		Algorithms: []string{oidc.ES256},
	}
	mux := http.NewServeMux()
	mux.Handle("/", keys)
	mux.HandleFunc("GET /auth", p.auth)
	mux.HandleFunc("POST /token", p.token)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	p.URL = server.URL
	keys.SetIssuer(p.URL)
	return p
}

// Is says who the next comer is, and what is wrong with the token about them;
// nil is nothing.
func (p *Provider) Is(who Who, wrong func(claims map[string]any)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.who, p.wrong = who, wrong
}

func (p *Provider) auth(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("client_id") != Client || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") == "" {
		http.Error(w, "not as it should be", http.StatusBadRequest)
		return
	}
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || back.Host == "" {
		http.Error(w, "back to where?", http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	code := strconv.Itoa(len(p.codes) + 1)
	p.codes[code] = visit{p.who, q.Get("nonce"), q.Get("code_challenge"), q.Get("redirect_uri")}
	back.RawQuery = url.Values{"code": {code}, "state": {q.Get("state")}}.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	client, secret, ok := r.BasicAuth()
	if !ok {
		client, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	code := r.PostFormValue("code")
	v, known := p.codes[code]
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if client, _ = url.QueryUnescape(client); client != Client {
		known = false
	}
	if secret, _ = url.QueryUnescape(secret); secret != Secret {
		known = false
	}
	if !known || v.redirect == "" || r.PostFormValue("redirect_uri") != v.redirect || base64.RawURLEncoding.EncodeToString(sum[:]) != v.challenge {
		http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
		return
	}
	p.codes[code] = visit{} // used
	claims := map[string]any{
		"iss": p.URL, "aud": Client, "sub": v.who.Subject, "nonce": v.nonce, "exp": time.Now().Add(time.Hour).Unix(), "iat": time.Now().Unix(),
		"email": v.who.Email, "email_verified": v.who.Verified,
	}
	if p.wrong != nil {
		p.wrong(claims)
	}
	text, err := json.Marshal(claims)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{ // whoever asked may have gone
		"access_token": "of no use", "token_type": "Bearer", "expires_in": 3600,
		"id_token": oidctest.SignIDToken(p.key, "one", oidc.ES256, string(text)),
	})
}
