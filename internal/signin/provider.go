package signin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"attune/internal/vig"
)

// ProviderConfig says where people have accounts that they may sign in with.
type ProviderConfig struct {
	Issuer   string // https address of the provider, as it names itself
	Client   string // how it knows this service
	Secret   string // what proves that it is this service; "" where it wants none (PKCE is always used)
	Name     string // of it, for people; "" is the host of the issuer
	Redirect string // where it sends people back to

	// HTTP asks the provider. nil is a client that waits ten seconds.
	HTTP *http.Client
}

// Provider is an OpenID Connect provider.
type Provider struct {
	ProviderConfig

	mu    sync.Mutex
	found *oidc.Provider // nil until it answered once
}

// patience is how long a provider gets to answer.
const patience = 10 * time.Second

// NewProvider returns a provider. It is asked only when somebody wants to sign in
// with it: it may be away when the service starts.
func NewProvider(cfg ProviderConfig) *Provider {
	if cfg.HTTP == nil {
		cfg.HTTP = &http.Client{Timeout: patience}
	}
	return &Provider{ProviderConfig: cfg}
}

// Flow is one visit to a provider, kept by the browser that makes it.
type Flow struct {
	State    string `json:"state"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"`
}

// Identity is who a provider says that somebody is.
type Identity struct {
	Issuer, Subject string // together they name one person's account, and never another's
	Email           string // "" unless the provider has verified it
}

// Begin returns where to send somebody who wants to sign in, and what to keep
// until they come back.
func (p *Provider) Begin(ctx context.Context) (to string, flow Flow, err error) {
	client, err := p.client(ctx)
	if err != nil {
		return "", Flow{}, err
	}
	if flow.State, err = random(); err != nil {
		return "", Flow{}, err
	}
	if flow.Nonce, err = random(); err != nil {
		return "", Flow{}, err
	}
	flow.Verifier = oauth2.GenerateVerifier()
	return client.AuthCodeURL(flow.State, oidc.Nonce(flow.Nonce), oauth2.S256ChallengeOption(flow.Verifier)), flow, nil
}

// Finish returns who came back from a visit, with the state and the code that the
// provider gave them. It fails with vig.CodeForbidden where anything does not go
// together.
func (p *Provider) Finish(ctx context.Context, flow Flow, state, code string) (Identity, error) {
	if flow.State == "" || code == "" || subtle.ConstantTimeCompare([]byte(flow.State), []byte(state)) != 1 {
		return Identity{}, refused("compare states", nil)
	}
	client, err := p.client(ctx)
	if err != nil {
		return Identity{}, err
	}
	ctx = oidc.ClientContext(ctx, p.HTTP)
	token, err := client.Exchange(ctx, code, oauth2.VerifierOption(flow.Verifier))
	if err != nil {
		return Identity{}, refused("exchange code", err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := p.provider().Verifier(&oidc.Config{ClientID: p.Client}).Verify(ctx, raw)
	if err != nil {
		return Identity{}, refused("verify token", err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(flow.Nonce)) != 1 {
		return Identity{}, refused("compare nonces", nil)
	}
	var claims struct {
		Email    string `json:"email"`
		Verified bool   `json:"email_verified"`
	}
	if err := id.Claims(&claims); err != nil {
		return Identity{}, refused("read claims", err)
	}
	if id.Subject == "" {
		return Identity{}, refused("read claims", nil)
	}
	who := Identity{Issuer: id.Issuer, Subject: id.Subject}
	if claims.Verified {
		who.Email = claims.Email
	}
	return who, nil
}

// Reason says, in a few words of ours, at which step a visit was refused. What a
// provider says, or whoever sent somebody, may name people.
func Reason(err error) string {
	if e, ok := errors.AsType[*vig.Error](err); ok {
		return e.Op
	}
	return "unknown"
}

func refused(step string, err error) error {
	return &vig.Error{Code: vig.CodeForbidden, Op: step, Err: err}
}

// client returns how this service speaks with the provider, which is asked for
// its addresses until it has answered.
func (p *Provider) client(ctx context.Context) (*oauth2.Config, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found == nil {
		found, err := oidc.NewProvider(oidc.ClientContext(ctx, p.HTTP), p.Issuer)
		if err != nil {
			return nil, &vig.Error{Code: vig.CodeInternal, Op: "ask provider", Err: err}
		}
		p.found = found
	}
	return &oauth2.Config{
		ClientID: p.Client, ClientSecret: p.Secret, Endpoint: p.found.Endpoint(), RedirectURL: p.Redirect,
		Scopes: []string{oidc.ScopeOpenID, "email"},
	}, nil
}

func (p *Provider) provider() *oidc.Provider {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.found
}

// secretBytes make a number that nobody guesses.
const secretBytes = 32

func random() (string, error) {
	b := make([]byte, secretBytes)
	if _, err := rand.Read(b); err != nil {
		return "", &vig.Error{Code: vig.CodeInternal, Op: "draw random number", Err: err}
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}
