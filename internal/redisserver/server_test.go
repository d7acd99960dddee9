package redisserver

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"attune/internal/vig"
)

// patience is generous: the machine that runs the tests may be busy.
const patience = 60 * time.Second

// parentEnv makes the test binary a process that only runs a server, to be killed.
const parentEnv = "ATTUNE_TEST_REDIS_PARENT"

func TestMain(m *testing.M) {
	if dir := os.Getenv(parentEnv); dir != "" {
		s, err := Start(context.Background(), Config{Dir: dir})
		if err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		fmt.Println(s.URL())
		select {}
	}
	goleak.VerifyTestMain(m)
}

func start(t *testing.T, dir string) *Server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("redis-server is not installed")
	}
	s, err := Start(t.Context(), Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s
}

func client(t *testing.T, url string) *redis.Client {
	t.Helper()
	opt, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	c := redis.NewClient(opt)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// shortDir is a folder whose path leaves room for a socket's name.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "rs")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func pidOf(t *testing.T, dir string) int {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, pidFile))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// eventually polls until the condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(patience)
	for !holds() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatal("not within", patience, "-", what)
		}
	}
}

func TestStart(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(shortDir(t), `with "blank`)
	s := start(t, dir)
	if !strings.HasPrefix(s.URL(), "unix://") {
		t.Errorf("URL %q is no socket's", s.URL())
	}
	ctx := t.Context()
	c := client(t, s.URL())
	for name, want := range map[string]string{
		"appendonly": "yes", "appendfsync": "everysec", "save": "", "maxmemory-policy": "noeviction", "port": "0",
	} {
		got, err := c.ConfigGet(ctx, name).Result()
		if err != nil || got[name] != want {
			t.Errorf("%s = %q, %v; want %q", name, got[name], err, want)
		}
	}
	for _, name := range []string{configFile, passwordFile} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v; only its owner may read it", name, info.Mode(), err)
		}
	}

	without := client(t, strings.Replace(s.URL(), s.password, "", 1))
	if err := without.Ping(ctx).Err(); err == nil {
		t.Error("answers without the password")
	}

	if err := c.Set(ctx, "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	s.Stop()
	s.Stop() // twice is fine
	again := start(t, dir)
	if got := client(t, again.URL()).Get(ctx, "k").Val(); got != "v" {
		t.Errorf("after a stop and a start k = %q", got)
	}
}

func TestPort(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(shortDir(t), strings.Repeat("deep", 30))
	s := start(t, dir)
	if !strings.HasPrefix(s.URL(), "redis://:") || !strings.Contains(s.URL(), "@127.0.0.1:") {
		t.Errorf("URL %q is no loopback port's", s.URL())
	}
	c := client(t, s.URL())
	if err := c.Ping(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	// The port is the same after a death: clients hold the URL.
	if err := syscall.Kill(pidOf(t, dir), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "answer after kill -9", func() bool { return c.Ping(t.Context()).Err() == nil })
}

func TestRestart(t *testing.T) {
	t.Parallel()
	dir := shortDir(t)
	s := start(t, dir)
	c := client(t, s.URL())
	for i := range 3 {
		key := strconv.Itoa(i)
		// What is acknowledged is then on the disk; otherwise within a second.
		if err := c.ConfigSet(t.Context(), "appendfsync", "always").Err(); err != nil {
			t.Fatal(err)
		}
		if err := c.Set(t.Context(), key, "v", 0).Err(); err != nil {
			t.Fatal(err)
		}
		old := pidOf(t, dir)
		if err := syscall.Kill(old, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		eventually(t, "answer after kill -9", func() bool { return c.Get(t.Context(), key).Val() == "v" })
		if pidOf(t, dir) == old {
			t.Error("the same process answers")
		}
	}
}

func TestSecond(t *testing.T) {
	t.Parallel()
	dir := shortDir(t)
	start(t, dir)
	_, err := Start(t.Context(), Config{Dir: dir})
	if vig.CodeOf(err) != vig.CodeConflict {
		t.Errorf("a second on the same folder: %v", err)
	}
}

func TestMissing(t *testing.T) {
	t.Setenv("PATH", "")
	_, err := Start(t.Context(), Config{Dir: shortDir(t)})
	if vig.CodeOf(err) != vig.CodeNotFound {
		t.Errorf("without redis-server: %v", err)
	}
}

func TestBroken(t *testing.T) {
	t.Parallel()
	dir := shortDir(t)
	if err := os.MkdirAll(filepath.Join(dir, "appendonlydir"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "appendonlydir", "appendonly.aof.manifest"), []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Config{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), "manifest") {
		t.Errorf("with a broken file: %v; want what redis-server said", err)
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := shortDir(t)
	if _, err := Start(ctx, Config{Dir: dir}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	start(t, dir) // nothing was left behind
}

// parent starts a process that runs a server on the folder, and returns it
// when the server answers, with the server's URL.
func parent(t *testing.T, dir string) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.Command(os.Args[0]) //nolint:noctx // killed by the test
	cmd.Env = append(os.Environ(), parentEnv+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || strings.HasPrefix(line, "error:") {
		t.Fatal(line, err)
	}
	return cmd, strings.TrimSpace(line)
}

func TestKilledParent(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("redis-server is not installed")
	}
	dir := shortDir(t)
	cmd, url := parent(t, dir)
	if err := client(t, url).Set(t.Context(), "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	pid := pidOf(t, dir)
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	eventually(t, "death of the child after kill -9 of its parent", func() bool { return !serves(pid, dir) })
	if got := client(t, start(t, dir).URL()).Get(t.Context(), "k").Val(); got != "v" {
		t.Errorf("k = %q after the parent was killed", got)
	}
}

// A server that does not even hear the kernel's signal is stopped by the next start.
func TestStale(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("waits until a stopped process is killed")
	}
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("redis-server is not installed")
	}
	dir := shortDir(t)
	cmd, _ := parent(t, dir)
	pid := pidOf(t, dir)
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	s := start(t, dir)
	if serves(pid, dir) {
		t.Error("the stale server is still there")
	}
	if err := client(t, s.URL()).Ping(t.Context()).Err(); err != nil {
		t.Error(err)
	}
}
