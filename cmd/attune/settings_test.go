package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// What is nearer to the call counts: flag, environment, file, default.
func TestConfig(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", dir)
	write(t, filepath.Join(dir, "attune", "attune.toml"), "addr = \"file:1\"\nlog-level = \"warn\"\nconcurrency = 3\nmodels = \"/m\"\n")
	t.Setenv("ATTUNE_ADDR", "environment:2")
	t.Setenv("ATTUNE_LOG_LEVEL", "error")
	t.Setenv("ATTUNE_REDIS", "rediss://anna:mellon@queue/0")
	got := attune("config", "--log-level", "debug", "--database", "postgres://anna:mellon@db/attune?password=mellon")
	if got.code != exitOK {
		t.Fatal(got.stderr)
	}
	lines := map[string][]string{}
	for line := range strings.Lines(got.stdout) {
		words := strings.Fields(line)
		lines[words[0]] = words[1:3]
	}
	for name, want := range map[string][2]string{
		"addr":        {"environment:2", "environment"},
		"log-level":   {"debug", "flag"},
		"concurrency": {"3", filepath.Join(dir, "attune", "attune.toml")},
		"unconfined":  {"false", "default"},
	} {
		if line := lines[name]; line[0] != want[0] || line[1] != want[1] {
			t.Errorf("%s is %q, want %q", name, line, want)
		}
	}
	if strings.Contains(got.stdout, "mellon") {
		t.Errorf("a password is shown:\n%s", got.stdout)
	}
	for _, s := range settings {
		if lines[s.name] == nil {
			t.Errorf("%s is not listed", s.name)
		}
	}
}

func TestWrongSettings(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", dir)
	for text, says := range map[string]string{
		"adr = \"x\"":              `"adr", which is no setting`,
		"concurrency = \"many\"":   `concurrency is "many"`,
		"log-level = \"loud\"":     `log-level is "loud"`,
		"unconfined = \"perhaps\"": `unconfined is "perhaps"`,
		"addr =":                   "attune.toml",
	} {
		path := filepath.Join(dir, "other", "attune.toml")
		write(t, path, text)
		if got := attune("config", "--config", path); got.code != exitUsage || !strings.Contains(got.stderr, says) {
			t.Errorf("%s: exit code %d: %s", text, got.code, got.stderr)
		}
	}
	if got := attune("config", "--config", filepath.Join(dir, "none.toml")); got.code != exitFailed {
		t.Errorf("a file that is not there: exit code %d", got.code)
	}
}
