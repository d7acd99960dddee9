package jobs

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"attune/internal/store"
	"attune/internal/vault"
)

// workerEnv makes the test binary a process that only works: DIR, URL of Redis,
// worker's id.
const workerEnv = "ATTUNE_TEST_WORKER"

// enduranceEnv asks for the sizes that are promised, not those of every test run.
const enduranceEnv = "ATTUNE_ENDURANCE"

func workerProcess() int {
	args := strings.Split(os.Getenv(workerEnv), "\n")
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	err := func() error {
		records, err := store.Open(ctx, "sqlite:"+filepath.Join(args[0], "attune.db"))
		if err != nil {
			return err
		}
		defer records.Close()
		v, err := vault.Open(ctx, "file://"+filepath.Join(args[0], "vault"))
		if err != nil {
			return err
		}
		defer v.Close()
		conn, err := Connect(args[1])
		if err != nil {
			return err
		}
		client := NewClient(conn, Config{})
		defer client.Close()
		w, err := NewWorker(WorkerConfig{Store: records, Vault: v, Media: newMedia(), Client: client, ID: args[2], Concurrency: 4, Logger: logger(nil)})
		if err != nil {
			return err
		}
		fmt.Println("starts")
		return w.Run(ctx)
	}()
	if err != nil {
		fmt.Println("error:", err)
		return 1
	}
	return 0
}

// process starts a worker as a process of its own.
func (b *bundle) process(id string) *exec.Cmd {
	b.t.Helper()
	cmd := exec.Command(os.Args[0]) //nolint:noctx // killed by the test
	cmd.Env = append(os.Environ(), workerEnv+"="+strings.Join([]string{b.dir, b.redis.URL(), id}, "\n"))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	must(b.t, err)
	must(b.t, cmd.Start())
	b.t.Cleanup(func() { kill(cmd) })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != "starts\n" {
		b.t.Fatalf("the worker says %q, %v", line, err)
	}
	return cmd
}

func kill(cmd *exec.Cmd) {
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}

// killRedis kills redis-server; its keeper starts it again.
func killRedis(t *testing.T, b *bundle) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(b.dir, "redis", "redis.pid"))
	must(t, err)
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	must(t, err)
	must(t, syscall.Kill(pid, syscall.SIGKILL))
}

// The worker is killed at random instants while films are worked on. Every film
// is ready in the end, with one analysis and one reel, and after a sweep nothing
// is in the vault that no record refers to. Every start goes on within 10 s.
func TestWorkerKilled(t *testing.T) {
	t.Parallel()
	kills, pause := 6, 30*time.Millisecond
	if os.Getenv(enduranceEnv) != "" {
		kills, pause = 100, 300*time.Millisecond
	}
	b := setup(t)
	var ids []store.FilmID
	for i := range 20 {
		ids = append(ids, b.queued(script{Name: fmt.Sprint(i), Steps: 20, Pause: pause, Copy: i%4 == 0}))
	}
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	states := func() (n int) {
		films, err := b.store.Films(t.Context(), store.FilmQuery{State: store.FilmReady, Page: store.Page{Limit: 100}})
		must(t, err)
		return len(films)
	}
	var slowest time.Duration
	moves := func(since time.Time) bool { // something was begun after that time, or there is nothing to begin
		due, err := b.store.Due(t.Context())
		must(t, err)
		if len(due) == 0 {
			return true
		}
		return slices.ContainsFunc(ids, func(id store.FilmID) bool {
			f := b.get(id)
			return f.Worker != "" && f.Changed.After(since)
		})
	}
	done := 0
	for n := range kills {
		started := time.Now()
		worker := b.process("w1")
		if n%2 == 1 { // half the kills at any instant, also of the start; half when it is at work again
			b.eventually("work going on", func() bool { return moves(started) })
			slowest = max(slowest, time.Since(started))
		}
		<-time.After(time.Duration(random.Int64N(int64(40 * pause))))
		kill(worker)
		done++
		if states() == len(ids) {
			break
		}
	}
	t.Logf("%d kills; %d films were ready before the last start; the slowest start took %v until work went on", done, states(), slowest)
	if slowest > 10*time.Second {
		t.Errorf("work went on only %v after a start", slowest)
	}
	b.process("w1")
	for _, id := range ids {
		b.becomes(id, store.FilmReady)
	}
	b.eventually("the viewing copies", func() bool {
		due, err := b.store.Due(t.Context())
		must(t, err)
		return len(due) == 0
	})
	for _, id := range ids {
		b.checkReady(id)
	}
	must(t, b.newWorker(newMedia(), "sweeper").sweepAll(t.Context(), time.Now().Add(48*time.Hour)))
	b.tidy()
}
