package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"attune/internal/store"
	"attune/internal/tusclient"
	"attune/internal/vault"
)

// serveEnv names the folder for which the test binary is to be a server.
const serveEnv = "ATTUNE_TEST_SERVE_UPLOADS"

// The files of that folder.
func recordsOf(dir string) string { return "sqlite:" + filepath.Join(dir, "attune.db") }
func vaultOf(dir string) string   { return fileURL(filepath.Join(dir, "vault")) }
func stagingOf(dir string) string { return filepath.Join(dir, "uploads") }
func socketOf(dir string) string  { return filepath.Join(dir, "s") }

// TestServeUploads is no test, but the server that the next ones kill.
func TestServeUploads(t *testing.T) {
	dir := os.Getenv(serveEnv)
	if dir == "" {
		t.Skip("is run by other tests")
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	records, err := store.Open(ctx, recordsOf(dir))
	ok(t, err)
	defer records.Close()
	bytesOf, err := vault.Open(ctx, vaultOf(dir))
	ok(t, err)
	defer bytesOf.Close()
	h, err := New(ctx, Config{Store: records, Vault: bytesOf, Queue: newQueue(), Prober: &prober{}, Staging: stagingOf(dir)})
	ok(t, err)
	var tending sync.WaitGroup
	defer tending.Wait()
	tending.Go(func() { h.TendUploads(ctx) })
	_ = os.Remove(socketOf(dir)) // of one that was killed
	listener, err := (&net.ListenConfig{}).Listen(ctx, "unix", socketOf(dir))
	ok(t, err)
	server := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	_ = server.Serve(listener)
}

// killed is a server in a process of its own, which can be killed.
type killed struct {
	dir     string
	records *store.Store
	vault   *vault.Vault
	guider  asker
	kase    store.Case

	mu      sync.Mutex
	process *exec.Cmd
}

func newKilled(t *testing.T) *killed {
	t.Helper()
	dir, err := os.MkdirTemp("", "up") // short: a socket's path has 108 bytes at most
	ok(t, err)
	k := &killed{dir: dir}
	t.Cleanup(func() { ok(t, os.RemoveAll(dir)) })
	k.records, err = store.Open(t.Context(), recordsOf(dir))
	ok(t, err)
	t.Cleanup(func() { ok(t, k.records.Close()) })
	k.vault, err = vault.Open(t.Context(), vaultOf(dir))
	ok(t, err)
	t.Cleanup(func() { ok(t, k.vault.Close()) })
	k.guider, k.kase = guiderWithCase(t, k.records, "guider")
	k.start(t)
	t.Cleanup(k.kill)
	return k
}

func (k *killed) start(t *testing.T) {
	t.Helper()
	k.mu.Lock()
	defer k.mu.Unlock()
	k.process = exec.Command(os.Args[0], "-test.run=^TestServeUploads$") //nolint:noctx // it is killed
	k.process.Env = append(os.Environ(), serveEnv+"="+k.dir)
	k.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	ok(t, k.process.Start())
}

// kill is kill -9.
func (k *killed) kill() {
	k.mu.Lock()
	defer k.mu.Unlock()
	_ = k.process.Process.Kill()
	_ = k.process.Wait()
}

// cutting passes connections on to a server, and cuts each after some bytes, or
// some time.
type cutting struct {
	listener net.Listener
	to       string
	cut      func(*rand.Rand) (bytes int64, after time.Duration)
	cuts     atomic.Int64
	work     sync.WaitGroup
	ctx      context.Context
}

func cutBetween(t *testing.T, to string, cut func(*rand.Rand) (int64, time.Duration)) *cutting {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	ok(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	c := &cutting{listener: listener, to: to, cut: cut, ctx: ctx}
	c.work.Go(c.accept)
	t.Cleanup(func() {
		_ = listener.Close()
		cancel()
		c.work.Wait()
	})
	return c
}

func (c *cutting) accept() {
	dice := rand.New(rand.NewPCG(1, 2))
	for {
		from, err := c.listener.Accept()
		if err != nil {
			return
		}
		limit, after := c.cut(dice)
		c.work.Go(func() { c.pass(from, limit, after) })
	}
}

func (c *cutting) pass(from net.Conn, limit int64, after time.Duration) {
	defer from.Close()
	to, err := (&net.Dialer{}).DialContext(c.ctx, "unix", c.to)
	if err != nil {
		return // the server is dead just now
	}
	defer to.Close()
	ctx, cancel := context.WithTimeout(c.ctx, after)
	defer cancel()
	var both sync.WaitGroup
	both.Go(func() {
		defer cancel()
		if n, _ := io.CopyN(to, from, limit); n == limit {
			c.cuts.Add(1)
		}
	})
	both.Go(func() {
		defer cancel()
		_, _ = io.Copy(from, to)
	})
	<-ctx.Done()
	if ctx.Err() == context.DeadlineExceeded {
		c.cuts.Add(1)
	}
	_ = from.Close()
	_ = to.Close()
	both.Wait()
}

// acknowledged holds what a server says that it has against what it said before:
// no byte that it has acknowledged may be lost.
type acknowledged struct {
	http.RoundTripper
	t       *testing.T
	mu      sync.Mutex
	offsets map[string]int64 // by path of the upload
}

// newAcknowledged returns a client whose answers are held against each other.
func newAcknowledged(t *testing.T) *http.Client {
	return &http.Client{Transport: &acknowledged{RoundTripper: httpClient(t).Transport, t: t, offsets: map[string]int64{}}}
}

// RoundTrip is that of [http.RoundTripper].
func (a *acknowledged) RoundTrip(r *http.Request) (*http.Response, error) {
	got, err := a.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if offset, err := strconv.ParseInt(got.Header.Get("Upload-Offset"), 10, 64); err == nil {
		a.mu.Lock()
		defer a.mu.Unlock()
		if before := a.offsets[r.URL.Path]; offset < before {
			a.t.Errorf("%d bytes were acknowledged, and %d are there", before, offset)
		}
		a.offsets[r.URL.Path] = offset
	}
	return got, nil
}

// generated is a film of any size that is nowhere: each block is drawn from its
// number.
type generated struct {
	seed uint64
	size int64
}

const generatedBlock = 64 << 10

// ReadAt is that of [io.ReaderAt].
func (g generated) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) {
		if off >= g.size {
			return n, io.EOF
		}
		block := g.block(off / generatedBlock)
		took := copy(p[n:], block[off%generatedBlock:min(generatedBlock, g.size-off/generatedBlock*generatedBlock)])
		n, off = n+took, off+int64(took)
	}
	return n, nil
}

func (g generated) block(i int64) []byte {
	var seed [32]byte
	binary.LittleEndian.PutUint64(seed[:], g.seed)
	binary.LittleEndian.PutUint64(seed[8:], uint64(i))
	block := make([]byte, generatedBlock)
	_, _ = rand.NewChaCha8(seed).Read(block)
	if i == 0 {
		copy(block, "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom")
	}
	return block
}

func sumAll(t *testing.T, from io.ReaderAt, size int64) string {
	t.Helper()
	hash := sha256.New()
	_, err := io.Copy(hash, io.NewSectionReader(from, 0, size))
	ok(t, err)
	return hex.EncodeToString(hash.Sum(nil))
}

// arrives checks that a film has arrived whole.
func (k *killed) arrives(t *testing.T, id store.FilmID, film generated) {
	t.Helper()
	f := settled(t, k.records, stagingOf(k.dir), id)
	want := sumAll(t, film, film.size)
	if f.State != store.FilmQueued || f.SHA256 != want || f.Size != film.size || f.Run != 1 {
		t.Errorf("the film is %+v, want the hash %s", f, want)
	}
	r, err := k.vault.Open(t.Context(), vault.OriginalKey(id))
	ok(t, err)
	defer r.Close()
	if r.Size() != film.size || sumAll(t, r, r.Size()) != want {
		t.Errorf("film %s has other bytes in the vault", id)
	}
}

// Ten clients send films over connections that are cut every few hundred KB to a
// server that is killed again and again, also while it takes films in.
func TestUploadsSurviveCutsAndKills(t *testing.T) {
	t.Parallel()
	k := newKilled(t)
	proxy := cutBetween(t, socketOf(k.dir), func(dice *rand.Rand) (int64, time.Duration) {
		return 100_000 + dice.Int64N(400_000), time.Minute
	})
	const clients, kills = 10, 8
	ids := make([]store.FilmID, clients)
	films := make([]generated, clients)
	sent := make(chan int, clients)
	for i := range clients {
		films[i] = generated{seed: uint64(i), size: 1<<20 + int64(i)*300_000 + int64(i)}
		client := tusclient.Client{
			Endpoint: "http://" + proxy.listener.Addr().String() + uploadsPath, Token: k.guider.token, HTTP: newAcknowledged(t),
			Piece: 1 << 20, Patience: 2 * time.Minute,
		}
		go func() {
			defer func() { sent <- i }()
			upload, err := client.Create(t.Context(), films[i].size, map[string]string{"case": k.kase.Code})
			if err == nil {
				ids[i] = store.FilmID(tusclient.ID(upload))
				err = client.Send(t.Context(), upload, films[i], films[i].size)
			}
			if err != nil {
				t.Errorf("client %d: %v", i, err)
			}
		}()
	}
	dice := rand.New(rand.NewPCG(3, 4))
	for range kills {
		<-time.After(200*time.Millisecond + time.Duration(dice.Int64N(int64(800*time.Millisecond))))
		k.kill()
		k.start(t)
	}
	for range clients {
		<-sent
	}
	for i, id := range ids {
		if id != "" {
			k.arrives(t, id, films[i])
		}
	}
	t.Logf("%d cuts, %d kills", proxy.cuts.Load(), kills)
	if proxy.cuts.Load() < 10 {
		t.Error("hardly a connection was cut")
	}
	for e, err := range k.vault.Keys(t.Context(), "") {
		ok(t, err)
		if !bytes.HasSuffix([]byte(e.Key), []byte("/original")) {
			t.Errorf("in the vault is %s", e.Key)
		}
	}
}

// 2 GB over a connection that is cut every few seconds, with the server killed
// twice. It takes minutes, and 4 GB of disk.
func TestUploadOfTwoGigabytes(t *testing.T) {
	if os.Getenv("ATTUNE_ENDURANCE") == "" {
		t.Skip("is long: set ATTUNE_ENDURANCE=1")
	}
	k := newKilled(t)
	proxy := cutBetween(t, socketOf(k.dir), func(dice *rand.Rand) (int64, time.Duration) {
		return 1 << 40, time.Second + time.Duration(dice.Int64N(int64(2*time.Second)))
	})
	film := generated{seed: 99, size: 2<<30 + 12345}
	var furthest, lost, before int64
	third := make(chan struct{}, 2)
	client := tusclient.Client{
		Endpoint: "http://" + proxy.listener.Addr().String() + uploadsPath, Token: k.guider.token, HTTP: newAcknowledged(t),
		Progress: func(done, total int64) {
			if done < before {
				lost += before - done
			}
			before = done
			for n := furthest * 3 / total; n < done*3/total && n < 2; n++ {
				third <- struct{}{}
			}
			furthest = max(furthest, done)
		},
	}
	began := time.Now()
	upload, err := client.Create(t.Context(), film.size, map[string]string{"case": k.kase.Code})
	ok(t, err)
	sent := make(chan error, 1)
	go func() { sent <- client.Send(t.Context(), upload, film, film.size) }()
	kills := 0
	for done := false; !done; {
		select {
		case <-third:
			k.kill()
			k.start(t)
			kills++
		case err := <-sent:
			ok(t, err)
			done = true
		}
	}
	sending := time.Since(began)
	settled(t, k.records, stagingOf(k.dir), store.FilmID(tusclient.ID(upload)))
	took := time.Since(began)
	k.arrives(t, store.FilmID(tusclient.ID(upload)), film)
	t.Logf("%d bytes in %v, and taken in after %v; %d cuts, %d kills, %d bytes sent twice", film.size, sending, took, proxy.cuts.Load(), kills, lost)
	if kills != 2 || proxy.cuts.Load() == 0 {
		t.Error("the connection was not cut, or the server not killed")
	}
}
