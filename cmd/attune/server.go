package main

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"attune/internal/remote"
)

// findService returns the service that the settings name, or the one that runs
// with the data folder. The token in the data folder is shown to no other
// machine, and none goes over a network unencrypted unless that is wanted.
func findService(c *cobra.Command, insecure bool) (*remote.Service, error) {
	g, err := readSettings(c)
	if err != nil {
		return nil, err
	}
	data, err := dataOf(g)
	if err != nil {
		return nil, err
	}
	home, err := data.read(dataAddress)
	if err != nil {
		return nil, err
	}
	address := g.text(setServer)
	if address == "" {
		address = home
	}
	if address == "" {
		return nil, fmt.Errorf("no service runs with the folder %s; start one with 'attune serve', or name one with --server", data.dir)
	}
	server, err := url.Parse(address)
	if err != nil || server.Scheme != "http" && server.Scheme != "https" || server.Host == "" || server.User != nil {
		return nil, usageError{fmt.Errorf("--server is %q; it looks like http://127.0.0.1:8080", address)}
	}
	here := loopback(server) || sameServer(server, home)
	if server.Scheme == "http" && !here && !insecure {
		return nil, usageError{fmt.Errorf("http:// would send the token and the film to %s unencrypted; "+
			"name it with https://, or add --insecure if nobody can listen on the way", server.Host)}
	}
	token := g.text(setToken)
	if token == "" && !here {
		return nil, usageError{fmt.Errorf("the token in %s is for the service of this machine and is not shown to %s; "+
			"'attune account token' makes one there, for ATTUNE_TOKEN", data.dir, server.Host)}
	}
	if token == "" {
		if token, err = data.read(dataToken); err != nil {
			return nil, err
		}
	}
	if token == "" {
		return nil, fmt.Errorf("there is no token in %s; 'attune account token' makes one, for ATTUNE_TOKEN", data.dir)
	}
	return &remote.Service{Address: address, Token: token, HTTP: &http.Client{}}, nil
}

// loopback says whether an address is of this machine whatever its network.
func loopback(server *url.URL) bool {
	host := server.Hostname()
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback() || strings.EqualFold(host, "localhost")
}

// sameServer says whether server is the one at an address.
func sameServer(server *url.URL, address string) bool {
	of, err := url.Parse(address)
	return err == nil && of.Scheme == server.Scheme && strings.EqualFold(of.Host, server.Host)
}
