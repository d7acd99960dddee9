package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"attune/internal/redisserver"
	"attune/internal/remote"
	"attune/internal/store"
	"attune/internal/store/storetest"
	"attune/internal/testfilm"
	"attune/internal/testfilm/testfilmtest"
	"attune/internal/tusclient"
	"attune/internal/vault"
)

// enduranceEnv asks for the sizes that are promised, not those of every test run.
const enduranceEnv = "ATTUNE_ENDURANCE"

// installation is a service of real processes, to be killed.
type installation struct {
	t       testing.TB
	dir     string
	address string
	store   *store.Store
	vault   *vault.Vault
	redis   string // folder of the redis-server
	records string // address of the database
	films   string // and of the vault
	started map[string]*exec.Cmd
	args    map[string][]string
	prefix  []string // the program that starts the processes, and its arguments
}

// install starts a service: serve alone, with all that is its own; or, apart,
// serve and a second worker on one Redis, one PostgreSQL and one folder.
func install(t testing.TB, apart bool) *installation {
	t.Helper()
	i := prepare(t, apart)
	i.run()
	return i
}

// prepare is install without starting anything but Redis and PostgreSQL.
func prepare(t testing.TB, apart bool) *installation {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("redis-server is not installed")
	}
	dir, err := os.MkdirTemp("/tmp", "chaos") // short, for sockets
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := listener.Addr().String()
	listener.Close() // the same at every start, so that clients find it again
	i := &installation{t: t, dir: dir, address: "http://" + at, started: map[string]*exec.Cmd{}, args: map[string][]string{}}
	serve := []string{"serve", "--data", filepath.Join(dir, "serve"), "--addr", at, "--concurrency", "1"}
	records := "sqlite:" + filepath.Join(dir, "serve", dataDatabase)
	films := "file://" + filepath.Join(dir, "serve", dataVault)
	i.redis = filepath.Join(dir, "serve", dataRedis)
	if apart {
		records = storetest.StartPostgres(t).Database(t)
		films = "file://" + filepath.Join(dir, "films")
		i.redis = filepath.Join(dir, "redis")
		server, err := redisserver.Start(t.Context(), redisserver.Config{Dir: i.redis})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(server.Stop)
		shared := []string{"--redis", server.URL(), "--database", records, "--vault", films}
		serve = append(serve, shared...)
		i.args["worker"] = append([]string{"worker", "--data", filepath.Join(dir, "worker"), "--concurrency", "1"}, shared...)
	}
	i.args["serve"] = serve
	i.records, i.films = records, films
	return i
}

// run starts the processes, and waits until the service is ready.
func (i *installation) run() {
	i.t.Helper()
	for name := range i.args {
		i.start(name)
	}
	i.t.Cleanup(func() {
		for name := range i.args {
			i.kill(name)
		}
		if i.t.Failed() {
			i.logs()
		}
	})
	i.eventually("a service that is ready", i.ready)
	i.store = storetest.Open(i.t, i.records)
	var err error
	if i.vault, err = vault.Open(i.t.Context(), i.films); err != nil {
		i.t.Fatal(err)
	}
	i.t.Cleanup(func() { i.vault.Close() })
}

// only keeps the named processes of those that are started.
func (i *installation) only(names []string) {
	maps.DeleteFunc(i.args, func(name string, _ []string) bool { return !slices.Contains(names, name) })
}

// start starts one of the processes.
func (i *installation) start(name string) {
	i.t.Helper()
	log, err := os.OpenFile(filepath.Join(i.dir, name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		i.t.Fatal(err)
	}
	defer log.Close()
	command := append(append(slices.Clone(i.prefix), os.Args[0]), i.args[name]...)
	cmd := exec.Command(command[0], command[1:]...) //nolint:noctx // killed by the test
	cmd.Env = append(os.Environ(), asProgram+"=1", "HOME="+i.dir, "XDG_CONFIG_HOME=", "XDG_DATA_HOME=")
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		i.t.Fatal(err)
	}
	i.started[name] = cmd
}

// kill kills one of the processes with signal 9.
func (i *installation) kill(name string) {
	_ = i.started[name].Process.Kill()
	_ = i.started[name].Wait()
}

// killRedis kills the redis-server, which is then started again by its keeper.
func (i *installation) killRedis() {
	text, _ := os.ReadFile(filepath.Join(i.redis, "redis.pid"))
	if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
		_ = syscall.Kill(pid, syscall.SIGKILL) // it may just be starting
	}
}

func (i *installation) logs() {
	for name := range i.args {
		text, _ := os.ReadFile(filepath.Join(i.dir, name+".log"))
		const most = 8 << 10
		i.t.Logf("%s said at last:\n%s", name, text[max(0, len(text)-most):])
	}
}

func (i *installation) ready() bool {
	request, err := http.NewRequestWithContext(i.t.Context(), http.MethodGet, i.address+"/readyz", nil)
	if err != nil {
		i.t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode == http.StatusOK
}

// eventually polls until the condition holds, generously.
func (i *installation) eventually(what string, holds func() bool) {
	i.t.Helper()
	const patience = 15 * time.Minute
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(patience)
	for !holds() {
		select {
		case <-tick.C:
		case <-limit:
			i.logs()
			i.t.Fatal("not within", patience, "-", what)
		}
	}
}

// shortFilms returns n short films of different bytes: one film, with a box after it
// that players pass over.
func shortFilms(t testing.TB, n int) [][]byte {
	t.Helper()
	path, _ := testfilmtest.Cached(t, testfilm.Film{Width: 640, Height: 360, Duration: 20 * time.Second}) // has a reel
	film, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	all := make([][]byte, n)
	for k := range all {
		box := append([]byte{0, 0, 0, 16}, "free"...)
		all[k] = append(bytes.Clone(film), binary.BigEndian.AppendUint64(box, uint64(k))...)
	}
	return all
}

// upload sends films, three at a time, whatever is killed meanwhile, and
// returns their ids.
func (i *installation) upload(ctx context.Context, films [][]byte) []store.FilmID {
	i.t.Helper()
	token, err := os.ReadFile(filepath.Join(i.dir, "serve", dataToken))
	if err != nil {
		i.t.Fatal(err)
	}
	service := &remote.Service{Address: i.address, Token: strings.TrimSpace(string(token)), HTTP: &http.Client{}}
	i.eventually("a case", func() bool {
		_, err := service.CreateCase(ctx, "V-17")
		if err != nil {
			_, err = service.CaseByCode(ctx, "V-17")
		}
		return err == nil
	})
	ids := make([]store.FilmID, len(films))
	turns := make(chan struct{}, 3)
	var all sync.WaitGroup
	for k, film := range films {
		all.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			// In small pieces, so that a kill falls between them.
			to := tusclient.Client{Endpoint: service.Uploads(), Token: service.Token, Piece: 64 << 10}
			address, err := to.Create(ctx, int64(len(film)), map[string]string{"filename": fmt.Sprintf("visit%d.mp4", k), "case": "V-17"})
			if err == nil {
				err = to.Send(ctx, address, bytes.NewReader(film), int64(len(film)))
			}
			if err != nil {
				i.t.Errorf("upload %d: %v", k, err)
				return
			}
			ids[k] = store.FilmID(tusclient.ID(address))
		})
	}
	all.Wait()
	return ids
}

// film returns a film's record, as soon as it can be read.
func (i *installation) film(id store.FilmID) store.Film {
	i.t.Helper()
	f, err := i.store.Film(i.t.Context(), id)
	if err != nil {
		i.t.Fatal(err)
	}
	return f
}

// check waits until all films are ready, and checks that each has the bytes
// that were sent, one analysis, one reel, and all files of both.
func (i *installation) check(ids []store.FilmID, films [][]byte) {
	i.t.Helper()
	ctx := i.t.Context()
	for k, id := range ids {
		if id == "" {
			continue // the upload has failed, and said so
		}
		var f store.Film
		i.eventually("a film that is ready", func() bool {
			f = i.film(id)
			if f.State == store.FilmFailed || f.State == store.FilmRefused {
				i.t.Fatalf("film %d is %s: %s", k, f.State, f.Reason)
			}
			return f.State == store.FilmReady
		})
		sum := sha256.Sum256(films[k])
		if f.SHA256 != hex.EncodeToString(sum[:]) {
			i.t.Errorf("film %d has other bytes in the records", k)
		}
		if got := i.stored(vault.OriginalKey(id)); !bytes.Equal(got, films[k]) {
			i.t.Errorf("film %d has other bytes in the vault: %d, not %d", k, len(got), len(films[k]))
		}
		a, err := i.store.Analysis(ctx, f.Analysis)
		if err != nil {
			i.t.Fatal(err)
		}
		reels, err := i.store.Reels(ctx, id)
		if err != nil || len(reels) != 1 || reels[0].State != store.RenderReady || reels[0].Key != a.Keys[reelFile] {
			i.t.Errorf("film %d has the reels %+v, %v", k, reels, err)
		}
		for name, key := range a.Keys {
			if there, err := i.vault.Exists(ctx, key); err != nil || !there {
				i.t.Errorf("film %d: %s: %v, %v", k, name, there, err)
			}
		}
	}
}

func (i *installation) stored(key string) []byte {
	i.t.Helper()
	r, err := i.vault.Open(i.t.Context(), key)
	if err != nil {
		i.t.Fatal(err)
	}
	defer r.Close()
	text, err := io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
	if err != nil {
		i.t.Fatal(err)
	}
	return text
}

// Web, worker and Redis are killed with signal 9 while films are sent and
// worked on. No byte that was acknowledged is lost, and every film is ready in
// the end.
func TestKilled(t *testing.T) {
	t.Parallel()
	for _, apart := range []bool{false, true} {
		t.Run(fmt.Sprintf("apart=%v", apart), func(t *testing.T) {
			t.Parallel()
			n, kills, longest := 3, 4, 3*time.Second
			if os.Getenv(enduranceEnv) != "" {
				n, kills, longest = 20, 60, 10*time.Second
			}
			i := install(t, apart)
			films := shortFilms(t, n)
			seed := uint64(time.Now().UnixNano())
			t.Log("seed", seed)
			random := rand.New(rand.NewPCG(seed, 0))
			sent := make(chan []store.FilmID, 1)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			go func() { sent <- i.upload(ctx, films) }()

			victims := []string{"redis", "serve"}
			if apart {
				victims = append(victims, "worker")
			}
			killed := map[string]int{}
			for k := range kills {
				<-time.After(time.Duration(random.Int64N(int64(longest))))
				victim := victims[(k+random.IntN(2))%len(victims)]
				killed[victim]++
				if victim == "redis" {
					i.killRedis()
					continue
				}
				i.kill(victim)
				i.start(victim)
			}
			t.Log("killed", killed)
			ids := <-sent
			i.check(ids, films)
		})
	}
}

// Two workers on one Redis and PostgreSQL: each film is analysed once.
func TestTwoWorkers(t *testing.T) {
	t.Parallel()
	n := 3
	if os.Getenv(enduranceEnv) != "" {
		n = 20
	}
	i := install(t, true)
	films := shortFilms(t, n)
	ids := i.upload(t.Context(), films)
	i.check(ids, films)
	attempts := map[string]bool{}
	for e, err := range i.vault.Keys(t.Context(), "films") {
		if err != nil {
			t.Fatal(err)
		}
		if parts := strings.Split(e.Key, "/"); len(parts) > 3 || parts[2] != "original" {
			attempts[parts[1]+"/"+parts[2]] = true
		}
	}
	for _, id := range ids {
		if f := i.film(id); f.Run != 1 || !attempts[string(id)+"/"+f.Attempt] {
			t.Errorf("film %s is ready in run %d by attempt %s", id, f.Run, f.Attempt)
		}
	}
	if len(attempts) != n {
		t.Errorf("%d attempts at %d films", len(attempts), n)
	}
	if log, err := os.ReadFile(filepath.Join(i.dir, "worker.log")); err != nil || n >= 10 && !bytes.Contains(log, []byte("msg=done")) {
		t.Errorf("the second worker did nothing: %v", err)
	}
}

// Told to stop, the service hands back what runs and leaves nothing half-made;
// the next start goes on with it.
func TestStopped(t *testing.T) {
	t.Parallel()
	i := install(t, false)
	films := shortFilms(t, 1)
	ids := i.upload(t.Context(), films)
	i.eventually("work", func() bool { return i.film(ids[0]).State == store.FilmAnalysing })
	cmd := i.started["serve"]
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("told to stop, it ends with %v", err)
	}
	if f := i.film(ids[0]); f.State != store.FilmQueued || f.Run != 2 || f.Worker != "" {
		t.Errorf("the film is %s, in run %d of %q", f.State, f.Run, f.Worker)
	}
	for e, err := range i.vault.Keys(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		if e.Key != vault.OriginalKey(ids[0]) && e.Key != vault.InstallationKey {
			t.Errorf("left in the vault: %s", e.Key)
		}
	}
	i.start("serve")
	i.check(ids, films)
}
