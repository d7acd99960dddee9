package redisserver

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"
)

// The files in the folder, beside the socket and Redis's own.
const (
	configFile   = "redis.conf"
	passwordFile = "password"
	pidFile      = "redis.pid"
	lockFile     = "lock"
)

// password returns the folder's password and makes it the first time.
func password(dir string) (string, error) {
	path := filepath.Join(dir, passwordFile)
	b, err := os.ReadFile(path)
	if err == nil && len(b) > 0 {
		return string(b), nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	p := rand.Text()
	return p, renameio.WriteFile(path, []byte(p), 0o600)
}

// writeConfig writes the server's settings. They are in a file and not on the
// command line because everybody on the machine can read that.
func writeConfig(dir string, l listen, password string) error {
	var b strings.Builder
	set := func(name, value string) { fmt.Fprintf(&b, "%s %s\n", name, quote(value)) }
	set("dir", dir)
	set("pidfile", filepath.Join(dir, pidFile))
	set("daemonize", "no")
	set("port", fmt.Sprint(l.port)) // 0 is none
	set("bind", "127.0.0.1")
	if l.socket != "" {
		set("unixsocket", l.socket)
		set("unixsocketperm", "700")
	}
	set("requirepass", password)
	set("appendonly", "yes") // what was enqueued outlives a crash, but for at most a second
	set("appendfsync", "everysec")
	set("save", "") // the append-only file holds all
	set("maxmemory-policy", "noeviction")
	set("loglevel", "warning")
	set("logfile", "") // to us
	return renameio.WriteFile(filepath.Join(dir, configFile), []byte(b.String()), 0o600)
}

// quote writes a value as redis.conf wants it; folders may have blanks and quotes.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
