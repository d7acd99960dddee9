package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/knadh/koanf/parsers/toml/v2"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"attune/internal/web"
)

// setting is one thing that can be set: by the flag --NAME, the variable
// ATTUNE_NAME of the environment (in capitals, "_" for "-"), or the line
// NAME = "VALUE" of the file of settings. The first of these that says
// something counts.
type setting struct {
	name     string
	fallback string
	meaning  string
	secret   bool // may hold a password, which is not to be shown
}

// The names of the settings.
const (
	setData        = "data"
	setAddr        = "addr"
	setDatabase    = "database"
	setVault       = "vault"
	setRedis       = "redis"
	setConcurrency = "concurrency"
	setModels      = "models"
	setUnconfined  = "unconfined"
	setHealth      = "health"
	setQueueWrites = "queue-writes"
	setLogLevel    = "log-level"
	setServer      = "server"
	setToken       = "token"

	setPublicURL       = "public-url"
	setProxies         = "proxies"
	setSessionIdle     = "session-idle"
	setSessionLifetime = "session-lifetime"
	setOIDCIssuer      = "oidc-issuer"
	setOIDCClient      = "oidc-client"
	setOIDCSecret      = "oidc-secret"
	setOIDCName        = "oidc-name"
)

// settings are all there are.
var settings = []setting{
	{name: setData, fallback: defaultData(), meaning: "folder of this machine's service: records, films, uploads, queue"},
	{name: setAddr, fallback: "127.0.0.1:8080", meaning: "where the service listens; port 0 takes a free one"},
	{name: setDatabase, secret: true, meaning: "records: sqlite:PATH or postgres://…; empty is attune.db in the data folder"},
	{name: setVault, secret: true, meaning: "films: file:///FOLDER, s3://, azblob:// or gs://; empty is vault in the data folder"},
	{name: setRedis, secret: true, meaning: "queue: redis://, rediss://, unix://, redis-sentinel:// or redis-cluster://; empty is a private one"},
	{name: setConcurrency, fallback: "0", meaning: "films worked on at once; 0 is one for each processor"},
	{name: setModels, meaning: "folder of the face model; empty is where 'attune models list' looks"},
	{name: setUnconfined, fallback: "false", meaning: "work on films even where they cannot be fully confined ('attune doctor')"},
	{name: setHealth, meaning: "where 'attune worker' answers /healthz and /readyz; empty is nowhere"},
	{name: setQueueWrites, fallback: "false", meaning: "let admins change tasks one by one at /admin/queues, and not only look"},
	{name: setLogLevel, fallback: "info", meaning: "what is logged: debug, info, warn or error"},
	{name: setPublicURL, meaning: "where people reach the service, as in https://attune.example; empty is where it listens"},
	{name: setProxies, meaning: "addresses or networks of web servers before it, whose X-Forwarded-For is believed"},
	{name: setSessionIdle, fallback: "2h", meaning: "how long a browser stays signed in unused"},
	{name: setSessionLifetime, fallback: "12h", meaning: "how long a browser stays signed in at most"},
	{name: setOIDCIssuer, meaning: "OpenID Connect provider with whose accounts people may sign in too; empty is none"},
	{name: setOIDCClient, meaning: "how that provider knows this service"},
	{name: setOIDCSecret, secret: true, meaning: "the secret of that client, if it has one. Better not as a flag: others may see it"},
	{name: setOIDCName, meaning: "what people call that provider, for the button to sign in"},
	{name: setServer, meaning: "address of the service that films are sent to; empty is the one of the data folder"},
	{name: setToken, secret: true, meaning: "token to show there; empty is the one in the data folder. Better not as a flag: others may see it"},
}

// defaultData is where data of programs lies by the XDG base directories.
func defaultData() string {
	dir := os.Getenv("XDG_DATA_HOME")
	if !filepath.IsAbs(dir) {
		home, err := os.UserHomeDir()
		if err != nil {
			return "attune-data"
		}
		dir = filepath.Join(home, ".local", "share")
	}
	return filepath.Join(dir, "attune")
}

const (
	flagConfig = "config"
	envPrefix  = "ATTUNE_"
)

// bindSettings gives a command flags for settings, and one for the file.
func bindSettings(c *cobra.Command, names ...string) {
	c.Flags().String(flagConfig, "", "file of settings (default: $"+envPrefix+"CONFIG, or "+defaultConfig()+" if it is there)")
	for _, s := range settings {
		if !slices.Contains(names, s.name) {
			continue
		}
		switch s.name {
		case setUnconfined, setQueueWrites:
			c.Flags().Bool(s.name, false, s.meaning)
		case setConcurrency:
			c.Flags().Int(s.name, 0, s.meaning)
		default:
			c.Flags().String(s.name, s.fallback, s.meaning)
		}
	}
}

func defaultConfig() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "attune", "attune.toml")
}

// layer is one place where settings come from.
type layer struct {
	name   string
	values *koanf.Koanf
}

// given is what the settings are for one call.
type given struct{ layers []layer } // the first that has one counts

// readSettings reads the settings of a call.
func readSettings(c *cobra.Command) (given, error) {
	const flat = "." // no name has one
	fallbacks, flags := map[string]any{}, map[string]any{}
	known := map[string]bool{}
	for _, s := range settings {
		known[s.name] = true
		fallbacks[s.name] = s.fallback
	}
	c.Flags().Visit(func(f *pflag.Flag) {
		if known[f.Name] {
			flags[f.Name] = f.Value.String()
		}
	})
	path, file, err := readConfig(c)
	if err != nil {
		return given{}, err
	}
	for name, value := range file {
		if !known[name] {
			return given{}, usageError{fmt.Errorf("%s sets %q, which is no setting; 'attune config' lists them", path, name)}
		}
		file[name] = fmt.Sprint(value)
	}
	environment := env.Provider(flat, env.Opt{Prefix: envPrefix, TransformFunc: func(key, value string) (string, any) {
		name := strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(key, envPrefix)), "_", "-")
		if !known[name] {
			return "", nil // of another part, as ATTUNE_SHARED
		}
		return name, value
	}})
	var g given
	for _, from := range []struct {
		name     string
		provider koanf.Provider
	}{
		{"flag", confmap.Provider(flags, "")},
		{"environment", environment},
		{path, confmap.Provider(file, "")},
		{"default", confmap.Provider(fallbacks, "")},
	} {
		k := koanf.New(flat)
		if err := k.Load(from.provider, nil); err != nil {
			return given{}, fmt.Errorf("read settings: %w", err)
		}
		g.layers = append(g.layers, layer{from.name, k})
	}
	return g, g.check()
}

// readConfig reads the file of settings, if there is one.
func readConfig(c *cobra.Command) (path string, values map[string]any, err error) {
	path, _ = c.Flags().GetString(flagConfig)
	if path == "" {
		path = os.Getenv(envPrefix + "CONFIG")
	}
	named := path != ""
	if !named {
		path = defaultConfig()
	}
	text, err := os.ReadFile(path) //nolint:gosec // the person at the keyboard names it
	if !named && (path == "" || errors.Is(err, fs.ErrNotExist)) {
		return path, map[string]any{}, nil
	}
	if err != nil {
		return "", nil, fmt.Errorf("read settings: %w", err)
	}
	values, err = toml.Parser().Unmarshal(text)
	if err != nil {
		return "", nil, usageError{fmt.Errorf("%s: %w", path, err)}
	}
	return path, values, nil
}

// get returns the value of a setting, and where it comes from.
func (g given) get(name string) (value, from string) {
	for _, l := range g.layers {
		if l.values.Exists(name) {
			return l.values.String(name), l.name
		}
	}
	return "", ""
}

// text returns the value of a setting.
func (g given) text(name string) string {
	value, _ := g.get(name)
	return value
}

// concurrency, unconfined and queueWrites are checked by readSettings.
func (g given) concurrency() int {
	n, _ := strconv.Atoi(g.text(setConcurrency))
	return n
}

func (g given) unconfined() bool {
	yes, _ := strconv.ParseBool(g.text(setUnconfined))
	return yes
}

func (g given) queueWrites() bool {
	yes, _ := strconv.ParseBool(g.text(setQueueWrites))
	return yes
}

func (g given) check() error {
	wrong := g.wrong
	if n, err := strconv.Atoi(g.text(setConcurrency)); err != nil || n < 0 {
		return wrong(setConcurrency, "a number from 0")
	}
	for _, name := range []string{setUnconfined, setQueueWrites} {
		if _, err := strconv.ParseBool(g.text(name)); err != nil {
			return wrong(name, "true or false")
		}
	}
	if _, err := logLevel(g.text(setLogLevel)); err != nil {
		return wrong(setLogLevel, "debug, info, warn or error")
	}
	if g.text(setData) == "" {
		return wrong(setData, "a folder")
	}
	return g.describe(&web.Config{}, "")
}
