package jobs

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"attune/internal/vig"
)

// Connection says how Redis is reached. It is asynq's RedisConnOpt too, for
// tools that want one.
type Connection struct {
	opt redis.UniversalOptions
	// network is "unix" for a socket, whose path is then the one address.
	network string
}

// Connect reads the address of a Redis. It does not connect yet.
//
//	redis://[USER:PASSWORD@]HOST[:PORT][/DB]            one server
//	unix://[USER:PASSWORD@]/PATH[?db=DB]                one server, by its socket
//	redis-sentinel://[USER:PASSWORD@]HOST[:PORT],HOST[:PORT]…/MASTER[/DB]
//	redis-cluster://[USER:PASSWORD@]HOST[:PORT],HOST[:PORT]…
//
// rediss, rediss-sentinel and rediss-cluster are the same over TLS. User and
// password are those of the servers that keep the data; the sentinels' own, if
// they have any, are the parameters sentinel_username and sentinel_password.
// A broken address is [vig.CodeInvalid]; the error does not repeat it, because
// of the password.
func Connect(address string) (Connection, error) {
	const op = "read the address of Redis"
	scheme, rest, _ := strings.Cut(address, "://")
	base, secure := scheme, false
	if s, ok := strings.CutPrefix(scheme, "rediss"); ok {
		base, secure = "redis"+s, true
	}
	switch base {
	case "redis", "unix":
		opt, err := redis.ParseURL(address)
		if err != nil {
			return Connection{}, vig.Errorf(vig.CodeInvalid, op, "%s", plain(err, address))
		}
		return single(opt), nil
	case "redis-sentinel", "redis-cluster":
	default:
		return Connection{}, vig.Errorf(vig.CodeInvalid, op,
			"it begins with %q; known are redis, rediss, unix, redis-sentinel and redis-cluster", scheme)
	}

	// net/url takes one host. The others are cut out of the address first.
	authority, path, found := strings.Cut(rest, "/")
	if !found {
		authority, path, _ = strings.Cut(rest, "?")
		if path != "" {
			path = "?" + path
		}
	} else {
		path = "/" + path
	}
	user, hosts := "", authority
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		user, hosts = authority[:i+1], authority[i+1:]
	}
	u, err := url.Parse("redis://" + user + "hosts" + path)
	if err != nil {
		return Connection{}, vig.Errorf(vig.CodeInvalid, op, "%s", plain(err, address))
	}
	port := "6379"
	if base == "redis-sentinel" {
		port = "26379"
	}
	var c Connection
	if c.opt.Addrs, err = addresses(hosts, port); err != nil {
		return Connection{}, vig.Errorf(vig.CodeInvalid, op, "%w", err)
	}
	if u.User != nil {
		c.opt.Username = u.User.Username()
		c.opt.Password, _ = u.User.Password()
	}
	if secure {
		c.opt.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12} // each host's name is filled in when it is dialled
	}
	segments := strings.FieldsFunc(u.Path, func(r rune) bool { return r == '/' })
	query := u.Query()
	if base == "redis-cluster" {
		c.opt.IsClusterMode = true
		if len(segments) > 0 || len(query) > 0 {
			return Connection{}, vig.Errorf(vig.CodeInvalid, op, "a cluster has no databases and takes no parameters")
		}
		return c, nil
	}
	if len(segments) == 0 || len(segments) > 2 {
		return Connection{}, vig.Errorf(vig.CodeInvalid, op, "sentinels need the name of their master: redis-sentinel://HOST/MASTER")
	}
	c.opt.MasterName = segments[0]
	if len(segments) == 2 {
		if c.opt.DB, err = strconv.Atoi(segments[1]); err != nil || c.opt.DB < 0 {
			return Connection{}, vig.Errorf(vig.CodeInvalid, op, "the database %q is no number", segments[1])
		}
	}
	c.opt.SentinelUsername, c.opt.SentinelPassword = query.Get("sentinel_username"), query.Get("sentinel_password")
	query.Del("sentinel_username")
	query.Del("sentinel_password")
	for name := range query {
		return Connection{}, vig.Errorf(vig.CodeInvalid, op, "the parameter %q is not known", name)
	}
	return c, nil
}

// single takes over what redis.ParseURL read.
func single(o *redis.Options) Connection {
	return Connection{network: o.Network, opt: redis.UniversalOptions{
		Addrs: []string{o.Addr}, DB: o.DB, Username: o.Username, Password: o.Password, TLSConfig: o.TLSConfig,
		MaxRetries: o.MaxRetries, DialTimeout: o.DialTimeout, ReadTimeout: o.ReadTimeout, WriteTimeout: o.WriteTimeout,
		PoolSize: o.PoolSize, PoolTimeout: o.PoolTimeout,
	}}
}

// addresses reads hosts with ports, parted by commas.
func addresses(hosts, port string) ([]string, error) {
	var all []string
	for host := range strings.SplitSeq(hosts, ",") {
		u := url.URL{Host: host}
		name, p := u.Hostname(), u.Port()
		if name == "" || strings.HasSuffix(host, ":") {
			return nil, fmt.Errorf("%q is no host", host)
		}
		if p == "" {
			p = port
		}
		all = append(all, net.JoinHostPort(name, p))
	}
	return all, nil
}

// plain is an error of a parser without the address that it quotes.
func plain(err error, address string) string {
	text := err.Error()
	if e, ok := err.(*url.Error); ok { //nolint:errorlint // the parsers return it as it is
		text = e.Err.Error()
	}
	if strings.Contains(text, address) {
		return "it is no URL"
	}
	return text
}

// MakeRedisClient returns a new [redis.UniversalClient], which the caller
// closes; asynq wants it called so.
func (c Connection) MakeRedisClient() any { return c.client() }

func (c Connection) client() redis.UniversalClient {
	opt := c.opt
	opt.ContextTimeoutEnabled = true // a caller's deadline ends its waiting
	if c.network == "unix" {
		simple := opt.Simple()
		simple.Network = "unix"
		return redis.NewClient(simple)
	}
	return redis.NewUniversalClient(&opt)
}

// check asks whether Redis answers, and whether it keeps what it is given: one
// that may throw keys away when memory is short loses tasks. The error is
// [vig.CodeUnsupported] only in that case.
func check(ctx context.Context, rdb redis.UniversalClient) error {
	const op = "check Redis"
	one := func(ctx context.Context, server redis.Cmdable) error {
		// INFO and not CONFIG GET, which hosted servers refuse.
		info, err := server.Info(ctx, "memory").Result()
		if err != nil {
			return fmt.Errorf("%s: %w", op, err)
		}
		for line := range strings.Lines(info) {
			policy, ok := strings.CutPrefix(strings.TrimSpace(line), "maxmemory_policy:")
			if ok && policy != "noeviction" {
				return vig.Errorf(vig.CodeUnsupported, op,
					"its maxmemory-policy is %s, so it may throw tasks away; set maxmemory-policy noeviction", policy)
			}
		}
		return nil
	}
	if cluster, ok := rdb.(*redis.ClusterClient); ok {
		return cluster.ForEachMaster(ctx, func(ctx context.Context, c *redis.Client) error { return one(ctx, c) })
	}
	return one(ctx, rdb)
}

// redisLog passes what go-redis has to say on to a logger, at the level debug:
// what matters of it comes back as errors too.
type redisLog struct{ log *slog.Logger }

// Printf is what go-redis calls.
func (l redisLog) Printf(ctx context.Context, format string, v ...any) {
	if l.log.Enabled(ctx, slog.LevelDebug) {
		l.log.DebugContext(ctx, "go-redis", "said", fmt.Sprintf(format, v...))
	}
}
