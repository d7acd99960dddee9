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
	"attune/internal/store/storetest"
	"attune/internal/vault"
)

// workerEnv makes the test binary a process that only works: its lines are the
// folder, the address of the records, that of Redis, and the worker's id.
const workerEnv = "ATTUNE_TEST_WORKER"

// enduranceEnv asks for the sizes that are promised, not those of every test run.
const enduranceEnv = "ATTUNE_ENDURANCE"

func workerProcess() int {
	args := strings.Split(os.Getenv(workerEnv), "\n")
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	err := func() error {
		records, err := store.Open(ctx, args[1])
		if err != nil {
			return err
		}
		defer records.Close()
		v, err := vault.Open(ctx, "file://"+filepath.Join(args[0], "vault"))
		if err != nil {
			return err
		}
		defer v.Close()
		conn, err := Connect(args[2])
		if err != nil {
			return err
		}
		client := NewClient(conn, Config{})
		defer client.Close()
		w, err := NewWorker(WorkerConfig{Store: records, Vault: v, Media: counted(args[0]), Client: client, ID: args[3], Concurrency: concurrency, Logger: logger(nil)})
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

// concurrency is that of a worker in a process.
const concurrency = 4

// counted is media work that leaves a mark of every run in the folder.
func counted(dir string) *fakeMedia {
	m := newMedia()
	m.mark = func(name string) error {
		f, err := os.CreateTemp(dir, "run-"+name+"-*")
		if err != nil {
			return err
		}
		return f.Close()
	}
	return m
}

// runs is how often the film of that name was worked on in processes.
func (b *bundle) runs(name string) int {
	b.t.Helper()
	found, err := filepath.Glob(filepath.Join(b.dir, "run-"+name+"-*"))
	must(b.t, err)
	return len(found)
}

// process starts a worker as a process of its own.
func (b *bundle) process(id string) *exec.Cmd {
	b.t.Helper()
	cmd := exec.Command(os.Args[0]) //nolint:noctx // killed by the test
	cmd.Env = append(os.Environ(), workerEnv+"="+strings.Join([]string{b.dir, b.url, b.redis.URL(), id}, "\n"))
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
	kills, pause := 8, 30*time.Millisecond
	if os.Getenv(enduranceEnv) != "" {
		kills, pause = 100, 100*time.Millisecond
	}
	const steps = 20
	length := steps * pause // of one run
	b := setup(t)
	var ids []store.FilmID
	for i := range 20 {
		ids = append(ids, b.queued(script{Name: fmt.Sprint(i), Steps: steps, Pause: pause, Copy: i%4 == 0}))
	}
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	ready := func() (n int) {
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
	for n := range kills {
		started := time.Now()
		worker := b.process("w1")
		if n%2 == 1 { // half the kills at any instant, also of the start; half when it is at work again
			b.eventually("work going on", func() bool { return moves(started) })
			slowest = max(slowest, time.Since(started))
		}
		// At any instant, but so that the films last for all kills: while more of
		// them are ready than it is time for, none gets to its end.
		most := 2 * length
		if (ready()+concurrency)*kills > (n+1)*len(ids) {
			most = length - time.Since(started)
		}
		<-time.After(time.Duration(random.Int64N(max(int64(most), 1))))
		kill(worker)
	}
	t.Logf("%d kills; %d films were ready before the last start; the slowest start took %v until work went on", kills, ready(), slowest)
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

// Two workers on one Redis and PostgreSQL: every film is analysed once.
func TestTwoWorkers(t *testing.T) {
	t.Parallel()
	server := storetest.StartPostgres(t)
	b := setup(t)
	b.url = server.Database(t)
	b.store = storetest.Open(t, b.url)
	var ids []store.FilmID
	for i := range 20 {
		ids = append(ids, b.queued(script{Name: fmt.Sprint(i), Steps: 5, Pause: 20 * time.Millisecond}))
	}
	b.process("w1")
	b.process("w2")
	for i, id := range ids {
		f := b.becomes(id, store.FilmReady)
		b.checkReady(id)
		if n := b.runs(fmt.Sprint(i)); n != 1 || f.Run != 1 {
			t.Errorf("film %d was worked on %d times, in run %d", i, n, f.Run)
		}
	}
	b.tidy()
}

// A worker dies for good: another takes over within 150 s.
func TestTakeover(t *testing.T) {
	t.Parallel()
	if os.Getenv(enduranceEnv) == "" {
		t.Skip("takes as long as asynq's lease and its recoverer: two minutes; set", enduranceEnv)
	}
	b := setup(t)
	id := b.queued(script{Name: "a", Steps: 50, Pause: 20 * time.Millisecond})
	first := b.process("w1")
	b.eventually("work", func() bool { return b.runs("a") == 1 })
	b.process("w2")
	kill(first)
	killed := time.Now()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for b.runs("a") < 2 && time.Since(killed) < 5*time.Minute {
		<-tick.C
	}
	took := time.Since(killed)
	t.Logf("taken over after %v", took)
	if took > 150*time.Second {
		t.Errorf("another worker took over only after %v", took)
	}
	b.becomes(id, store.FilmReady)
	b.checkReady(id)
}
