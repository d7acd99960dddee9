package main

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"attune/internal/signin"
	"attune/internal/store"
	"attune/internal/web"
)

// publicURL returns where people reach the service, as the settings say; nil
// where they say nothing.
func (g given) publicURL() (*url.URL, error) {
	text := g.text(setPublicURL)
	if text == "" {
		return nil, nil
	}
	at, err := url.Parse(text)
	if err != nil || at.Scheme != "http" && at.Scheme != "https" || at.Host == "" || at.User != nil ||
		strings.Trim(at.Path, "/") != "" || at.RawQuery != "" || at.Fragment != "" {
		return nil, g.wrong(setPublicURL, "an address without a path, as in https://attune.example")
	}
	return &url.URL{Scheme: at.Scheme, Host: at.Host}, nil
}

// proxies returns the networks of the settings whose word is taken for who sends
// a request.
func (g given) proxies() ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, one := range strings.FieldsFunc(g.text(setProxies), func(c rune) bool { return c == ',' || c == ' ' }) {
		network, err := netip.ParsePrefix(one)
		if at, single := netip.ParseAddr(one); err != nil && single == nil {
			network, err = at.Prefix(at.BitLen())
		}
		if err != nil {
			return nil, g.wrong(setProxies, "addresses and networks with commas between them, as in 127.0.0.1,10.0.0.0/8")
		}
		all = append(all, network)
	}
	return all, nil
}

// lasting returns the duration of a setting.
func (g given) lasting(name string) (time.Duration, error) {
	d, err := time.ParseDuration(g.text(name))
	if err != nil || d < time.Minute {
		return 0, g.wrong(name, "a time of a minute or more, as in 90m or 12h")
	}
	return d, nil
}

// elsewhere returns the provider of the settings with which people may sign in,
// for a service at an address; without an issuer where there is none.
func (g given) elsewhere(address string) (signin.ProviderConfig, error) {
	p := signin.ProviderConfig{
		Issuer: g.text(setOIDCIssuer), Client: g.text(setOIDCClient), Secret: g.text(setOIDCSecret), Name: g.text(setOIDCName),
		Redirect: address + web.ElsewherePath,
	}
	if p.Issuer == "" {
		if p.Client != "" || p.Secret != "" {
			return p, g.wrong(setOIDCIssuer, "the https:// address of the provider, where its client or secret is set")
		}
		return p, nil
	}
	at, err := url.Parse(p.Issuer)
	if err != nil || at.Host == "" || at.Scheme != "https" && (at.Scheme != "http" || !loopback(at)) {
		return p, g.wrong(setOIDCIssuer, "an https:// address")
	}
	if p.Client == "" {
		return p, g.wrong(setOIDCClient, "the name under which the provider knows this service")
	}
	return p, nil
}

// describe adds to the settings of a site what they say of who reaches it and how,
// for a service that listens at an address.
func (g given) describe(site *web.Config, address string) (err error) {
	if site.PublicURL, err = g.publicURL(); err != nil {
		return err
	}
	if site.Proxies, err = g.proxies(); err != nil {
		return err
	}
	if site.SessionIdle, err = g.lasting(setSessionIdle); err != nil {
		return err
	}
	if site.SessionLifetime, err = g.lasting(setSessionLifetime); err != nil {
		return err
	}
	site.Elsewhere, err = g.elsewhere(g.public(address))
	return err
}

// public is where people reach a service that listens at an address.
func (g given) public(address string) string {
	if at, err := g.publicURL(); err == nil && at != nil {
		return at.String()
	}
	return address
}

// welcome returns the address of a link that works once.
func (g given) welcome(address, secret string) string {
	return g.public(address) + web.WelcomePath + secret
}

// until says how long a link works.
func until(link store.Link) string { return link.Expires.Local().Format("2 January 15:04") }

// open says whether passwords would go over a network as they are: others than
// this machine reach the service, and not by https.
func (g given) open(listens net.Addr) bool {
	if at, err := g.publicURL(); err == nil && at != nil && at.Scheme == "https" {
		return false
	}
	host, _, err := net.SplitHostPort(listens.String())
	ip := net.ParseIP(host)
	return err == nil && ip != nil && !ip.IsLoopback()
}

// wrong is the failure of a setting that has no such value.
func (g given) wrong(name, wanted string) error {
	value, from := g.get(name)
	for _, s := range settings {
		if s.name == name && s.secret {
			value = shown(value)
		}
	}
	return usageError{fmt.Errorf("%s is %q (%s); it takes %s", name, value, from, wanted)}
}
