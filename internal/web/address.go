package web

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// addressOf returns who sends a request, for counting: the address of the
// machine, or of its network where it has many addresses (IPv6). It is what the
// connection says, or a web server before it that is trusted.
func (h *Web) addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	at, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	// Each server on the way wrote down, at the end, from where it had it.
	said := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(said) - 1; i >= 0 && h.trusts(at); i-- {
		from, err := netip.ParseAddr(strings.TrimSpace(said[i]))
		if err != nil {
			break
		}
		at = from
	}
	at = at.Unmap().WithZone("")
	if at.Is6() {
		if network, err := at.Prefix(networkBits); err == nil {
			return network.String()
		}
	}
	return at.String()
}

// networkBits of an IPv6 address are those of one customer's network: the rest
// its machines choose as they like.
const networkBits = 64

func (h *Web) trusts(at netip.Addr) bool {
	for _, network := range h.Proxies {
		if network.Contains(at.Unmap()) {
			return true
		}
	}
	return false
}
