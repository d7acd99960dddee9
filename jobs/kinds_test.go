package jobs

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"attune/internal/store"
)

// server starts a redis-server of the test's own with the settings, on a free
// loopback port, and returns its address.
func server(t *testing.T, settings string, args ...string) string {
	t.Helper()
	for range 5 { // a free port may be taken by the next moment
		ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp4", "127.0.0.1:0")
		must(t, err)
		address := ln.Addr().String()
		_, port, _ := strings.Cut(address, ":")
		must(t, ln.Close())
		dir := t.TempDir()
		conf := filepath.Join(dir, "redis.conf")
		text := fmt.Sprintf("port %s\nbind 127.0.0.1\ndir %q\n%s\n", port, dir, settings)
		must(t, os.WriteFile(conf, []byte(text), 0o600))
		cmd := exec.Command("redis-server", append([]string{conf}, args...)...) //nolint:noctx // killed by the test
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		must(t, cmd.Start())
		t.Cleanup(func() { kill(cmd) })
		client := redis.NewClient(&redis.Options{Addr: address})
		t.Cleanup(func() { _ = client.Close() })
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for begun := time.Now(); time.Since(begun) < patience/4; <-tick.C {
			if err := client.Ping(t.Context()).Err(); err == nil || strings.HasPrefix(err.Error(), "NOAUTH") {
				return address
			}
			if syscall.Kill(cmd.Process.Pid, 0) != nil {
				break
			}
		}
	}
	t.Fatal("redis-server does not start")
	return ""
}

// works does a film with a viewing copy on a Redis of any kind, and watches.
func (b *bundle) works(url string) {
	b.t.Helper()
	conn, err := Connect(url)
	must(b.t, err)
	b.client = NewClient(conn, Config{})
	b.t.Cleanup(func() { _ = b.client.Close() })
	b.eventually("readiness", func() bool { return b.client.Ready(b.t.Context()) == nil })
	first, second := b.film(script{Name: "first", Copy: true}), b.film(script{Name: "second"})
	watch, err := b.client.Watch(b.t.Context(), string(first.ID))
	must(b.t, err)
	must(b.t, b.client.EnqueueFilm(b.t.Context(), first.ID, first.Run, first.Duration))
	b.start(b.newWorker(newMedia(), "w1")) // which finds the second by itself
	for p := range watch {
		if p.Ended {
			break
		}
	}
	b.becomes(first.ID, store.FilmReady)
	b.becomes(second.ID, store.FilmReady)
	b.eventually("a viewing copy", func() bool { return b.get(first.ID).Viewing == store.RenderReady })
	must(b.t, b.client.CancelFilm(b.t.Context(), first.ID, 1))
	if _, err := b.client.Queues(b.t.Context()); err != nil {
		b.t.Error(err)
	}
	b.tidy()
}

// A cluster of one node that has all slots: keys of different slots cannot be
// used together, as in a large one.
func TestCluster(t *testing.T) {
	t.Parallel()
	b := setup(t)
	address := server(t, "save \"\"\ncluster-enabled yes\ncluster-announce-ip 127.0.0.1")
	node := redis.NewClient(&redis.Options{Addr: address})
	defer node.Close()
	must(t, node.ClusterAddSlotsRange(t.Context(), 0, 16383).Err())
	b.eventually("a cluster", func() bool {
		info, err := node.ClusterInfo(t.Context()).Result()
		return err == nil && strings.Contains(info, "cluster_state:ok")
	})
	b.works("redis-cluster://" + address)
}

func TestSentinel(t *testing.T) {
	t.Parallel()
	b := setup(t)
	host, port, _ := strings.Cut(server(t, "save \"\"\nrequirepass data"), ":")
	sentinel := server(t, fmt.Sprintf("sentinel monitor main %s %s 1\nsentinel auth-pass main data\nuser default on nopass ~* &* +@all", host, port), "--sentinel")
	b.works("redis-sentinel://:data@" + sentinel + "/main")
}
