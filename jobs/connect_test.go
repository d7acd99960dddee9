package jobs

import (
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"attune/internal/vig"
)

func TestConnect(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		address    string
		addrs      []string
		network    string
		user, pass string
		db         int
		master     string
		cluster    bool
		secure     bool
	}{
		{address: "redis://h", addrs: []string{"h:6379"}, network: "tcp"},
		{address: "redis://:p%40ss@h:1/2", addrs: []string{"h:1"}, network: "tcp", pass: "p@ss", db: 2},
		{address: "redis://[::1]:7000", addrs: []string{"[::1]:7000"}, network: "tcp"},
		{address: "rediss://u:p@h", addrs: []string{"h:6379"}, network: "tcp", user: "u", pass: "p", secure: true},
		{address: "unix:///run/redis.sock", addrs: []string{"/run/redis.sock"}, network: "unix"},
		{address: "unix://:p@/a%20b/s?db=3", addrs: []string{"/a b/s"}, network: "unix", pass: "p", db: 3},
		{address: "redis-sentinel://h/m", addrs: []string{"h:26379"}, master: "m"},
		{address: "redis-sentinel://u:p@a:1,b,[::1]:3/main/4", addrs: []string{"a:1", "b:26379", "[::1]:3"},
			user: "u", pass: "p", master: "main", db: 4},
		{address: "rediss-sentinel://a,b/m", addrs: []string{"a:26379", "b:26379"}, master: "m", secure: true},
		{address: "redis-cluster://h", addrs: []string{"h:6379"}, cluster: true},
		{address: "redis-cluster://:p@a:1,b:2,c:3", addrs: []string{"a:1", "b:2", "c:3"}, pass: "p", cluster: true},
		{address: "rediss-cluster://a:1,b:2/", addrs: []string{"a:1", "b:2"}, cluster: true, secure: true},
	} {
		c, err := Connect(tc.address)
		if err != nil {
			t.Errorf("%s: %v", tc.address, err)
			continue
		}
		o := c.opt
		if !slices.Equal(o.Addrs, tc.addrs) || c.network != tc.network || o.Username != tc.user || o.Password != tc.pass ||
			o.DB != tc.db || o.MasterName != tc.master || o.IsClusterMode != tc.cluster || (o.TLSConfig != nil) != tc.secure {
			t.Errorf("%s: %+v over %q", tc.address, o, c.network)
		}
		client := c.client()
		switch client := client.(type) {
		case *redis.ClusterClient:
			if !tc.cluster {
				t.Errorf("%s: a cluster's client", tc.address)
			}
		case *redis.Client:
			if tc.cluster || tc.master == "" && (client.Options().Addr != tc.addrs[0] || client.Options().Network != tc.network) {
				t.Errorf("%s: %+v", tc.address, client.Options())
			}
		}
		_ = client.Close()
	}
}

func TestConnectSentinelPassword(t *testing.T) {
	t.Parallel()
	c, err := Connect("redis-sentinel://:data@h/m?sentinel_username=s&sentinel_password=secret")
	if err != nil || c.opt.Password != "data" || c.opt.SentinelUsername != "s" || c.opt.SentinelPassword != "secret" {
		t.Errorf("%+v, %v", c.opt, err)
	}
}

func TestConnectBroken(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"", "h:6379", "http://h", "redis://:secret@h/x", "redis://:secret@h:port", "redis://:secret@h/1/2", "redis://:secret@h?what=1",
		"unix://:secret@", "redis-sentinel://:secret@h", "redis-sentinel://:secret@h/m/x", "redis-sentinel://:secret@h/m/1/2",
		"redis-sentinel://:secret@h/m?what=1", "redis-sentinel://:secret@a,,b/m", "redis-sentinel://:secret@/m",
		"redis-cluster://:secret@h/1", "redis-cluster://:secret@a:,b", "redis-cluster://:secret%zz@h", "redis-cluster://",
	} {
		_, err := Connect(address)
		if vig.CodeOf(err) != vig.CodeInvalid || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", address, err)
		}
	}
}
