package redisserver

import (
	"errors"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
)

// socketMax is the longest path of a socket: sun_path holds 108 bytes, the
// last of them zero (unix(7)).
const socketMax = 107

// listen is where the server is reached: a socket, or a loopback port.
type listen struct {
	socket string // "" means the port
	port   int
}

// listens returns the ways to listen, best first.
func listens(dir string) []listen {
	var l []listen
	if path := filepath.Join(dir, "redis.sock"); len(path) <= socketMax {
		l = append(l, listen{socket: path})
	}
	// A port is free when it is chosen and may be taken when it is used: three tries.
	return append(l, listen{}, listen{}, listen{})
}

// choose finds a free port if the server is to listen on one.
func (l *listen) choose() error {
	if l.socket != "" {
		return nil
	}
	ln, err := net.Listen("tcp4", "127.0.0.1:0") //nolint:noctx // no name to look up
	if err != nil {
		return err
	}
	l.port = ln.Addr().(*net.TCPAddr).Port
	return ln.Close()
}

// clear removes the socket of a server that is gone.
func (l *listen) clear() error {
	if l.socket == "" {
		return nil
	}
	if err := os.Remove(l.socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func (l *listen) url(password string) string {
	u := url.URL{User: url.UserPassword("", password)}
	if l.socket != "" {
		u.Scheme, u.Path = "unix", l.socket
	} else {
		u.Scheme, u.Host = "redis", net.JoinHostPort("127.0.0.1", strconv.Itoa(l.port))
	}
	return u.String()
}
