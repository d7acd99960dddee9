package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"attune/internal/redisserver"
	"attune/internal/store"
	"attune/internal/store/storetest"
	"attune/internal/vault"
	"attune/internal/vig"
)

// patience is generous: the machine that runs the tests may be busy.
const patience = 2 * time.Minute

func TestMain(m *testing.M) {
	if os.Getenv(workerEnv) != "" {
		os.Exit(workerProcess())
	}
	goleak.VerifyTestMain(m)
}

// bundle is a whole installation but for the worker: records, vault, Redis.
type bundle struct {
	t      *testing.T
	dir    string
	url    string // of the records
	redis  *redisserver.Server
	store  *store.Store
	vault  *vault.Vault
	client *Client
}

func setup(t *testing.T) *bundle {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("redis-server is not installed")
	}
	dir, err := os.MkdirTemp("/tmp", "jobs") // short, for the socket
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	b := &bundle{t: t, dir: dir, url: "sqlite:" + filepath.Join(dir, "attune.db")}
	b.redis, err = redisserver.Start(t.Context(), redisserver.Config{Dir: filepath.Join(dir, "redis"), Logger: logger(t)})
	must(t, err)
	t.Cleanup(b.redis.Stop)
	b.store = storetest.Open(t, b.url)
	b.vault, err = vault.Open(t.Context(), "file://"+filepath.Join(dir, "vault"))
	must(t, err)
	t.Cleanup(func() { _ = b.vault.Close() })
	b.client = b.newClient()
	return b
}

func (b *bundle) newClient() *Client {
	conn, err := Connect(b.redis.URL())
	must(b.t, err)
	c := NewClient(conn, Config{})
	b.t.Cleanup(func() { _ = c.Close() })
	return c
}

// logger writes to stderr where somebody wants to see it.
func logger(*testing.T) *slog.Logger {
	if os.Getenv("ATTUNE_TEST_LOG") == "" {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(os.Stderr, nil))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// film puts a film into the vault and the records, as an upload does.
func (b *bundle) film(s script) store.Film {
	b.t.Helper()
	ctx := b.t.Context()
	f := storetest.Uploading(b.t, b.store)
	w, err := b.vault.Create(ctx, vault.OriginalKey(f.ID))
	must(b.t, err)
	_, err = w.Write(s.bytes())
	must(b.t, err)
	must(b.t, w.Commit())
	must(b.t, b.store.ReceiveFilm(ctx, f.ID, storetest.Hash(string(s.bytes())), int64(len(s.bytes())), 10*time.Minute))
	return b.get(f.ID)
}

// queued is film, and enqueues it.
func (b *bundle) queued(s script) store.FilmID {
	b.t.Helper()
	f := b.film(s)
	must(b.t, b.client.EnqueueFilm(b.t.Context(), f.ID, f.Run, f.Duration))
	return f.ID
}

func (b *bundle) get(id store.FilmID) store.Film {
	b.t.Helper()
	f, err := b.store.Film(b.t.Context(), id)
	must(b.t, err)
	return f
}

// newWorker makes a worker on the bundle's installation.
func (b *bundle) newWorker(media Media, id string, change ...func(*WorkerConfig)) *Worker {
	b.t.Helper()
	cfg := WorkerConfig{
		Store: b.store, Vault: b.vault, Media: media, Client: b.client, ID: id, Concurrency: 4, Logger: logger(b.t),
	}
	for _, c := range change {
		c(&cfg)
	}
	w, err := NewWorker(cfg)
	must(b.t, err)
	w.retry = 10 * time.Millisecond
	return w
}

// start runs a worker until the test ends, or stop is called.
func (b *bundle) start(w *Worker) (stop func()) {
	b.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-ended; err != nil {
			b.t.Error(err)
		}
	}
	b.t.Cleanup(stop)
	return stop
}

// eventually polls until the condition holds.
func (b *bundle) eventually(what string, holds func() bool) {
	b.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(patience)
	for !holds() {
		select {
		case <-tick.C:
		case <-limit:
			b.t.Fatal("not within", patience, "-", what)
		}
	}
}

// becomes waits until a film is in a state, and returns it.
func (b *bundle) becomes(id store.FilmID, state store.FilmState) store.Film {
	b.t.Helper()
	b.eventually(fmt.Sprint("a film that is ", state), func() bool { return b.get(id).State == state })
	return b.get(id)
}

// keys are all keys in the vault.
func (b *bundle) keys() []string {
	b.t.Helper()
	var all []string
	for e, err := range b.vault.Keys(b.t.Context(), "") {
		must(b.t, err)
		all = append(all, e.Key)
	}
	slices.Sort(all)
	return all
}

// tidy checks that the vault holds what the records refer to, all of it and
// nothing else.
func (b *bundle) tidy() {
	b.t.Helper()
	referred := map[string]bool{}
	for key, err := range b.store.VaultKeys(b.t.Context(), vault.OriginalKey[store.FilmID]) {
		must(b.t, err)
		referred[key] = true
	}
	for _, key := range b.keys() {
		if !referred[key] {
			b.t.Errorf("no record refers to %s", key)
		}
		delete(referred, key)
	}
	for key := range referred {
		b.t.Errorf("the vault does not have %s", key)
	}
}

// checkReady checks that a film has one analysis and one reel, whose files are there.
func (b *bundle) checkReady(id store.FilmID) {
	b.t.Helper()
	f := b.get(id)
	if f.State != store.FilmReady || f.Analysis == "" {
		b.t.Fatalf("the film is %s (%s), with analysis %q", f.State, f.Reason, f.Analysis)
	}
	a, err := b.store.Analysis(b.t.Context(), f.Analysis)
	must(b.t, err)
	if len(a.Keys) != 7 || !strings.Contains(string(a.JSON), "attune.analysis/1") {
		b.t.Errorf("the analysis is %v: %s", a.Keys, a.JSON)
	}
	reels, err := b.store.Reels(b.t.Context(), id)
	must(b.t, err)
	if len(reels) != 1 || reels[0].State != store.RenderReady || reels[0].Key != a.Keys["reel.mp4"] {
		b.t.Errorf("the reels are %+v", reels)
	}
	for name, key := range a.Keys {
		there, err := b.vault.Exists(b.t.Context(), key)
		if err != nil || !there {
			b.t.Errorf("%s: %v, %v", name, there, err)
		}
	}
}

func TestAnalyze(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.queued(script{Name: "a"})
	must(t, b.client.EnqueueFilm(t.Context(), id, 1, 0)) // twice does nothing
	media := newMedia()
	w := b.newWorker(media, "w1")
	b.start(w)
	f := b.becomes(id, store.FilmReady)
	b.checkReady(id)
	b.tidy()
	if f.Viewing != "" || f.Run != 1 || media.runs("a") != 1 {
		t.Errorf("%+v after %d runs", f, media.runs("a"))
	}
	clips, err := b.store.Clips(t.Context(), id)
	if err != nil || len(clips) != 1 || clips[0].Moment != "m1" || clips[0].Span.Length() != 8*time.Second {
		t.Errorf("clips %+v, %v", clips, err)
	}
	b.eventually("readiness", func() bool { return w.Ready(t.Context()) == nil })
}

func TestNothingToShow(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.queued(script{Name: "a", NoReel: true})
	b.start(b.newWorker(newMedia(), "w1"))
	b.becomes(id, store.FilmReady)
	if reels, err := b.store.Reels(t.Context(), id); err != nil || len(reels) != 0 {
		t.Errorf("reels %+v, %v", reels, err)
	}
	b.tidy()
}

func TestReel(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.queued(script{Name: "a"})
	b.start(b.newWorker(newMedia(), "w1"))
	b.becomes(id, store.FilmReady)
	reel := storetest.Reel(t, b.store, id)
	must(t, b.client.EnqueueReel(t.Context(), reel.ID, reel.Run, reel.Duration))
	b.eventually("a reel", func() bool {
		r, err := b.store.Reel(t.Context(), reel.ID)
		must(t, err)
		return r.State == store.RenderReady && r.Key == vault.ReelKey(r.ID, r.Attempt) && r.Duration == 8*time.Second
	})
	b.tidy()
}

func TestViewingCopy(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.queued(script{Name: "a", Copy: true})
	b.start(b.newWorker(newMedia(), "w1"))
	b.eventually("a viewing copy", func() bool { return b.get(id).Viewing == store.RenderReady })
	if f := b.get(id); f.ViewingCopy == "" {
		t.Errorf("%+v", f)
	}
	b.tidy()
}

// A reel goes before films that were there first.
func TestOrder(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.queued(script{Name: "first"})
	media := newMedia()
	stop := b.start(b.newWorker(media, "w1"))
	b.becomes(first, store.FilmReady)
	stop()

	var films []store.FilmID
	for i := range 3 {
		films = append(films, b.queued(script{Name: fmt.Sprint(i)}))
	}
	reel := storetest.Reel(t, b.store, first)
	must(t, b.client.EnqueueReel(t.Context(), reel.ID, 1, time.Second))
	b.start(b.newWorker(media, "w1", func(c *WorkerConfig) { c.Concurrency = 1 }))
	for _, id := range films {
		b.becomes(id, store.FilmReady)
	}
	if want := []string{"first", "reel first", "0", "1", "2"}; !slices.Equal(media.order, want) {
		t.Errorf("the order is %v, want %v", media.order, want)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	media := newMedia()
	broken := b.queued(script{Name: "broken", Code: vig.CodeInvalid})
	strange := b.queued(script{Name: "strange", Code: vig.CodeUnsupported})
	b.start(b.newWorker(media, "w1"))
	for _, id := range []store.FilmID{broken, strange} {
		if f := b.becomes(id, store.FilmRefused); !strings.Contains(f.Reason, "the script says so") {
			t.Errorf("the reason is %q", f.Reason)
		}
	}
	if n := media.runs("broken"); n != 1 {
		t.Errorf("a broken film was tried %d times", n)
	}
	b.tidy()
}

func TestRetries(t *testing.T) {
	t.Parallel()
	b := setup(t)
	media := newMedia()
	passing := b.queued(script{Name: "passing", Code: vig.CodeInternal, Fails: 2})
	lasting := b.queued(script{Name: "lasting", Code: vig.CodeInternal})
	panics := b.queued(script{Name: "panics", Panic: true, Fails: 1})
	b.start(b.newWorker(media, "w1"))
	b.becomes(passing, store.FilmReady)
	b.becomes(panics, store.FilmReady)
	f := b.becomes(lasting, store.FilmFailed)
	if n := media.runs("lasting"); n != 1+maxRetry || f.Reason == "" {
		t.Errorf("after %d tries: %q", n, f.Reason)
	}
	b.checkReady(passing)
	b.tidy()

	// Again, from the record.
	run, err := b.store.RetryFilm(t.Context(), lasting)
	must(t, err)
	must(t, b.client.EnqueueFilm(t.Context(), lasting, run, f.Duration))
	b.becomes(lasting, store.FilmFailed)
	b.eventually("tries of the new run", func() bool { return media.runs("lasting") == 2*(1+maxRetry) })
}

func TestCrash(t *testing.T) {
	t.Parallel()
	b := setup(t)
	media := newMedia()
	bad := script{Name: "bad", Crash: true}
	id := b.queued(bad)
	neighbour := b.queued(script{Name: "neighbour", Steps: 50, Pause: 10 * time.Millisecond})
	b.start(b.newWorker(media, "w1"))
	f := b.becomes(id, store.FilmFailed)
	if n := media.runs("bad"); n != 2 || !strings.Contains(f.Reason, "crash") {
		t.Errorf("after %d runs: %q", n, f.Reason)
	}
	b.becomes(neighbour, store.FilmReady)
	// The same bytes under another name, and the same film once more.
	other := b.queued(bad)
	b.becomes(other, store.FilmFailed)
	run, err := b.store.RetryFilm(t.Context(), id)
	must(t, err)
	must(t, b.client.EnqueueFilm(t.Context(), id, run, f.Duration))
	again := b.becomes(id, store.FilmFailed)
	if n := media.runs("bad"); n != 2 || again.Reason != f.Reason {
		t.Errorf("after quarantine %d runs: %q", n, again.Reason)
	}
	b.tidy()
}

// A viewing copy that crashes sets aside neither the analysis nor the reels.
func TestCrashOfOneKind(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := script{Name: "a", Copy: true, Crash: true, Only: "copy "}
	id := b.queued(s)
	b.start(b.newWorker(newMedia(), "w1"))
	b.eventually("a copy that failed", func() bool { return b.get(id).Viewing == store.RenderFailed })
	b.checkReady(id)
	reel := storetest.Reel(t, b.store, id)
	must(t, b.client.EnqueueReel(t.Context(), reel.ID, reel.Run, reel.Duration))
	b.eventually("a reel", func() bool {
		r, err := b.store.Reel(t.Context(), reel.ID)
		must(t, err)
		return r.State == store.RenderReady
	})
	b.becomes(b.queued(s), store.FilmReady) // the same bytes, of another case
}

// What the machine may be to blame for is tried once more, and never counted;
// what succeeds after a crash begins anew.
func TestCrashOfTheMachine(t *testing.T) {
	t.Parallel()
	b := setup(t)
	media := newMedia()
	killed := script{Name: "killed", Crash: true, Machine: true}
	id := b.queued(killed)
	once := script{Name: "once", Crash: true, Fails: 1}
	other := b.queued(once)
	stop := b.start(b.newWorker(media, "w1"))
	if f := b.becomes(id, store.FilmFailed); media.runs("killed") != 2 || !strings.Contains(f.Reason, "crash") {
		t.Errorf("after %d runs: %q", media.runs("killed"), f.Reason)
	}
	b.becomes(other, store.FilmReady)
	stop() // when what comes after the result is done too
	for _, s := range []script{killed, once} {
		hash := storetest.Hash(string(s.bytes()))
		if reason, yes, err := b.store.Quarantined(t.Context(), hash, store.KindFilm); yes || err != nil {
			t.Errorf("%s is quarantined: %q, %v", s.Name, reason, err)
		}
		if n, err := b.store.CountCrash(t.Context(), hash, store.KindFilm, "the next"); n != 1 || err != nil {
			t.Errorf("the next crash of %s is counted as %d: %v", s.Name, n, err)
		}
	}
}

func TestMissingFilm(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f := b.film(script{Name: "a"})
	must(t, b.vault.Delete(t.Context(), vault.OriginalKey(f.ID)))
	b.start(b.newWorker(newMedia(), "w1"))
	if f := b.becomes(f.ID, store.FilmFailed); !strings.Contains(f.Reason, "missing") {
		t.Errorf("the reason is %q", f.Reason)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	for _, told := range []bool{true, false} {
		t.Run(fmt.Sprintf("told=%v", told), func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			media := newMedia()
			id := b.queued(script{Name: "long", Steps: 1e6, Pause: 10 * time.Millisecond})
			b.start(b.newWorker(media, "w1"))
			b.eventually("work", func() bool { return media.runs("long") == 1 })
			begun := time.Now()
			must(t, b.store.CancelFilm(t.Context(), id, "cancelled"))
			if told {
				must(t, b.client.CancelFilm(t.Context(), id, 1))
			}
			b.eventually("an end", func() bool {
				media.mu.Lock()
				defer media.mu.Unlock()
				return media.ended["long"] == 1
			})
			if took := time.Since(begun); took > 5*time.Second {
				t.Errorf("stopped after %v", took)
			}
			b.eventually("an empty queue", func() bool {
				queues, err := b.client.Queues(t.Context())
				must(t, err)
				return queues[1].Running == 0 && queues[1].Waiting == 0
			})
			if f := b.get(id); f.State != store.FilmFailed || f.Reason != "cancelled" || media.runs("long") != 1 {
				t.Errorf("%s (%s) after %d runs", f.State, f.Reason, media.runs("long"))
			}
			b.tidy()
		})
	}
}

func TestCancelWaiting(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.queued(script{Name: "a"})
	must(t, b.store.CancelFilm(t.Context(), id, "cancelled"))
	must(t, b.client.CancelFilm(t.Context(), id, 1))
	must(t, b.client.CancelFilm(t.Context(), id, 1)) // twice does nothing
	queues, err := b.client.Queues(t.Context())
	if err != nil || queues[1].Waiting != 0 {
		t.Errorf("queues %+v, %v", queues, err)
	}
}

// Two runs of one task at once: one result, whoever is first.
func TestTwice(t *testing.T) {
	t.Parallel()
	b := setup(t)
	media := newMedia()
	media.hold = make(chan struct{})
	f := b.film(script{Name: "a"})
	results := make(chan error, 2)
	for _, id := range []string{"w1", "w2"} {
		w := b.newWorker(media, id)
		go func() { results <- w.run(t.Context(), store.KindFilm, payload{string(f.ID), f.Run}) }()
	}
	b.eventually("both at work", func() bool { return media.runs("a") == 2 })
	media.hold <- struct{}{}
	media.hold <- struct{}{}
	published := 0
	for range 2 {
		if err := <-results; err == nil {
			published++
		}
	}
	if published != 1 {
		t.Errorf("%d of two runs published", published)
	}
	b.checkReady(f.ID)
	b.tidy()
}

// A task of an old run does nothing.
func TestStale(t *testing.T) {
	t.Parallel()
	b := setup(t)
	media := newMedia()
	f := b.film(script{Name: "a"})
	run, err := b.store.Requeue(t.Context(), store.Due{Kind: store.KindFilm, ID: string(f.ID), Run: 1})
	if err != nil || run != 2 {
		t.Fatalf("run %d, %v", run, err)
	}
	w := b.newWorker(media, "w1")
	if err := w.run(t.Context(), store.KindFilm, payload{string(f.ID), 1}); err == nil || media.runs("a") != 0 {
		t.Errorf("a stale task: %v", err)
	}
	if err := w.run(t.Context(), store.KindFilm, payload{"nobody", 1}); err == nil {
		t.Error("a task of no film ran")
	}
}

// Redis is wiped in the middle: all that is due is found again.
func TestWiped(t *testing.T) {
	t.Parallel()
	b := setup(t)
	media := newMedia()
	var ids []store.FilmID
	for i := range 10 {
		ids = append(ids, b.queued(script{Name: fmt.Sprint(i), Steps: 10, Pause: 20 * time.Millisecond}))
	}
	b.start(b.newWorker(media, "w1", func(c *WorkerConfig) { c.Concurrency = 2 }))
	b.eventually("one that is done", func() bool { return b.get(ids[0]).State == store.FilmReady })
	must(t, b.client.rdb.FlushAll(t.Context()).Err())
	r := &reconciler{store: b.store, client: b.client, log: logger(t)}
	_, err := r.pass(t.Context()) // the worker's own comes within 30 s
	must(t, err)
	for _, id := range ids {
		b.becomes(id, store.FilmReady)
		b.checkReady(id)
	}
	// Queues that exist are listed again.
	queues, err := b.client.known()
	must(t, err)
	_ = queues
	if all, err := b.client.inspector.Queues(); err != nil || !slices.Contains(all, QueueFilms) {
		t.Errorf("the queues are %v, %v", all, err)
	}
	b.tidy()
}

// redis-server is killed again and again while films are uploaded and worked on.
func TestRedisKilled(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.start(b.newWorker(newMedia(), "w1"))
	var ids []store.FilmID
	for i := range 12 {
		f := b.film(script{Name: fmt.Sprint(i), Steps: 10, Pause: 20 * time.Millisecond})
		ids = append(ids, f.ID)
		if i%4 == 2 {
			killRedis(t, b)
		}
		// It may be away: the reconciler finds what could not be enqueued.
		_ = b.client.EnqueueFilm(t.Context(), f.ID, f.Run, f.Duration)
	}
	for _, id := range ids {
		b.becomes(id, store.FilmReady)
		b.checkReady(id)
	}
	b.tidy()
}

// Told to stop, a worker hands back what runs, and leaves nothing half-written.
func TestStop(t *testing.T) {
	t.Parallel()
	b := setup(t)
	slow := newMedia()
	slow.hold = make(chan struct{}) // for good
	var ids []store.FilmID
	for i := range 3 {
		ids = append(ids, b.queued(script{Name: fmt.Sprint(i)}))
	}
	stop := b.start(b.newWorker(slow, "w1"))
	b.eventually("all at work", func() bool { return slow.runs("0")+slow.runs("1")+slow.runs("2") == 3 })
	begun := time.Now()
	stop()
	if took := time.Since(begun); took > stopTime {
		t.Errorf("stopping took %v", took)
	}
	for _, id := range ids {
		if f := b.get(id); f.State != store.FilmQueued || f.Run != 2 {
			t.Errorf("%s, run %d", f.State, f.Run)
		}
	}
	if keys := b.keys(); len(keys) != 3 {
		t.Errorf("left in the vault: %v", keys)
	}
	b.start(b.newWorker(newMedia(), "w2"))
	for _, id := range ids {
		b.becomes(id, store.FilmReady)
	}
	b.tidy()
}

// A worker that dies between the queue and the record: its task is in nobody's hands.
func TestLingering(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f := b.film(script{Name: "a"})
	must(t, b.client.EnqueueFilm(t.Context(), f.ID, f.Run, f.Duration))
	// As asynq takes a task from the queue.
	must(t, b.client.rdb.LMove(t.Context(), "asynq:{films}:pending", "asynq:{films}:active", "RIGHT", "LEFT").Err())
	r := &reconciler{store: b.store, client: b.client, log: logger(t)}
	soon, err := r.pass(t.Context())
	if err != nil || !soon || b.get(f.ID).Run != 1 {
		t.Fatalf("soon %v, %v, run %d", soon, err, b.get(f.ID).Run)
	}
	for id := range r.taken {
		r.taken[id] = time.Now().Add(-lingerTime)
	}
	if soon, err = r.pass(t.Context()); err != nil || soon || b.get(f.ID).Run != 2 {
		t.Fatalf("soon %v, %v, run %d", soon, err, b.get(f.ID).Run)
	}
	b.start(b.newWorker(newMedia(), "w1"))
	b.becomes(f.ID, store.FilmReady)
}

// What was begun or cancelled since it looked lost is not begun anew.
func TestAnewOnlyWhatWaits(t *testing.T) {
	t.Parallel()
	b := setup(t)
	r := &reconciler{store: b.store, client: b.client, log: logger(t)}
	begun, cancelled := b.film(script{Name: "a"}), b.film(script{Name: "b"})
	attempt, err := b.store.BeginFilm(t.Context(), begun.ID, 1, "w1")
	must(t, err)
	must(t, b.store.CancelFilm(t.Context(), cancelled.ID, "cancelled"))
	for _, f := range []store.Film{begun, cancelled} {
		must(t, r.anew(t.Context(), store.Due{Kind: store.KindFilm, ID: string(f.ID), Run: 1}))
	}
	if f := b.get(begun.ID); f.State != store.FilmAnalysing || f.Attempt != attempt || f.Run != 1 {
		t.Errorf("the film that was begun is %+v", f)
	}
	if f := b.get(cancelled.ID); f.State != store.FilmFailed || f.Run != 1 {
		t.Errorf("the film that was cancelled is %+v", f)
	}
}

// A task that is over does not keep the id from a record that is due.
func TestLeftover(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f := b.film(script{Name: "a"})
	must(t, b.client.EnqueueFilm(t.Context(), f.ID, f.Run, f.Duration))
	must(t, b.client.inspector.ArchiveTask(QueueFilms, taskID(store.KindFilm, string(f.ID), f.Run)))
	b.start(b.newWorker(newMedia(), "w1"))
	b.becomes(f.ID, store.FilmReady)
}

// gone is the id of a film and a reel that no record knows.
const gone = "01900000-0000-7000-8000-000000000001"

// put puts something under a key of the vault.
func (b *bundle) put(key string) {
	b.t.Helper()
	w, err := b.vault.Create(b.t.Context(), key)
	must(b.t, err)
	must(b.t, w.Commit())
}

func TestSweep(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.queued(script{Name: "a", Copy: true})
	stop := b.start(b.newWorker(newMedia(), "w1"))
	b.eventually("a viewing copy", func() bool { return b.get(id).Viewing == store.RenderReady })
	stop()
	kept := b.keys()
	running := b.film(script{Name: "b"})
	attempt, err := b.store.BeginFilm(t.Context(), running.ID, 1, "w2")
	must(t, err)
	kept = append(kept, vault.OriginalKey(running.ID), vault.ResultKey(running.ID, attempt, "report.html"))
	for _, key := range []string{
		vault.ResultKey(running.ID, attempt, "report.html"), vault.ResultKey(running.ID, "lost", "report.html"),
		vault.ResultKey(id, "lost", "stills/m1.jpg"), vault.ViewingCopyKey(id, "lost"),
		vault.ReelKey(gone, "lost"), vault.OriginalKey(gone),
	} {
		b.put(key)
	}
	// What is not ours is left alone.
	for _, key := range []string{"installation", "films.csv", "films/readme", "films/holiday/original", "photos/" + gone + "/1", "reels/2024/lost.mp4"} {
		b.put(key)
		kept = append(kept, key)
	}
	upload := storetest.Uploading(t, b.store)
	w := b.newWorker(newMedia(), "w1")
	before := b.keys()
	must(t, w.sweepAll(t.Context(), time.Now()))
	if now := b.keys(); !slices.Equal(now, before) {
		t.Errorf("what is young was swept: %v", now)
	}
	must(t, w.sweepAll(t.Context(), time.Now().Add(8*24*time.Hour)))
	slices.Sort(kept)
	if now := b.keys(); !slices.Equal(now, kept) {
		t.Errorf("left is %v, want %v", now, kept)
	}
	if f := b.get(upload.ID); f.State != store.FilmUploading { // it may be whole, and only not taken in yet
		t.Errorf("the upload is %+v", f)
	}
}

// What is published while the sweep looks is not swept.
func TestSweepAgainstPublish(t *testing.T) {
	t.Parallel()
	b := setup(t)
	film := storetest.Ready(t, b.store)
	w := b.newWorker(newMedia(), "w1")
	for range 100 {
		reel := storetest.Reel(t, b.store, film.ID)
		attempt, err := b.store.BeginReel(t.Context(), reel.ID, 1, "w2")
		must(t, err)
		key := vault.ReelKey(reel.ID, attempt)
		b.put(key)
		published := make(chan error)
		go func() { published <- b.store.PublishReel(t.Context(), reel.ID, attempt, key, time.Second) }()
		must(t, w.sweepAll(t.Context(), time.Now().Add(25*time.Hour)))
		must(t, <-published)
		if there, err := b.vault.Exists(t.Context(), key); err != nil || !there {
			t.Fatalf("a reel was swept while it was published: %v", err)
		}
	}
}

// The sweep is a task of its own, once an hour, however many films wait.
func TestSweepTask(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.put(vault.OriginalKey(gone))
	busy := newMedia()
	busy.hold = make(chan struct{}) // for good
	kept := []string{vault.OriginalKey(b.queued(script{Name: "a"})), vault.OriginalKey(b.queued(script{Name: "b"}))}
	b.start(b.newWorker(busy, "w1", func(c *WorkerConfig) { c.SweepAge, c.Concurrency = time.Nanosecond, 1 }))
	b.eventually("a vault without what was left", func() bool { return slices.Equal(b.keys(), kept) })
	b.eventually("a sweep that is over", func() bool {
		q, err := b.client.inspector.GetQueueInfo(QueueHousekeeping)
		must(t, err)
		return q.Completed == 1
	})
}

// A worker clears its machine again and again.
func TestTidy(t *testing.T) {
	t.Parallel()
	b := setup(t)
	tidied := make(chan struct{})
	w := b.newWorker(newMedia(), "w1", func(c *WorkerConfig) {
		c.Tidy = func() {
			select {
			case tidied <- struct{}{}:
			case <-t.Context().Done():
			}
		}
	})
	w.tidyEvery = time.Millisecond
	b.start(w)
	for range 2 {
		select {
		case <-tidied:
		case <-time.After(patience):
			t.Fatal("nothing is cleared")
		}
	}
}

func TestWatch(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	id := b.queued(script{Name: "a", Steps: 100, Pause: 40 * time.Millisecond})
	if _, err := b.client.Progress(ctx, string(id)); vig.CodeOf(err) != vig.CodeNotFound {
		t.Errorf("before the work: %v", err)
	}
	watch, err := b.newClient().Watch(ctx, string(id))
	must(t, err)
	b.start(b.newWorker(newMedia(), "w1"))
	var seen []Progress
	for p := range watch {
		seen = append(seen, p)
		if len(seen) == 3 {
			killRedis(t, b) // the watch outlives it
		}
		if p.Ended {
			break
		}
	}
	if f := b.get(id); f.State != store.FilmReady {
		t.Errorf("told of the end of a film that is %s", f.State)
	}
	left := false
	for i, p := range seen {
		if i > 0 && p.Share < seen[i-1].Share {
			t.Errorf("%+v after %+v", p, seen[i-1])
		}
		left = left || p.Left > 0
	}
	if last := seen[len(seen)-1]; len(seen) < 4 || !left || last.Share != 1 || last.Stage != "looking" {
		t.Errorf("seen %+v", seen)
	}
	cancel()
	for range watch { // closed
	}
}

// A Redis that may throw tasks away is refused.
func TestEviction(t *testing.T) {
	t.Parallel()
	b := setup(t)
	must(t, b.client.Ready(t.Context()))
	must(t, b.client.rdb.ConfigSet(t.Context(), "maxmemory-policy", "allkeys-lru").Err())
	w := b.newWorker(newMedia(), "w1")
	if err := w.Run(t.Context()); vig.CodeOf(err) != vig.CodeUnsupported || !strings.Contains(err.Error(), "noeviction") {
		t.Errorf("the worker on such a Redis: %v", err)
	}
}

// A worker that is started before Redis waits for it.
func TestRedisLater(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f := b.film(script{Name: "a"})
	url := b.redis.URL()
	b.redis.Stop()
	conn, err := Connect(url)
	must(t, err)
	client := NewClient(conn, Config{})
	defer client.Close()
	if err := client.EnqueueFilm(t.Context(), f.ID, 1, 0); err == nil {
		t.Error("enqueued without a Redis")
	}
	w := b.newWorker(newMedia(), "w1", func(c *WorkerConfig) { c.Client = client })
	stop := b.start(w)
	defer stop() // before the client is closed
	b.redis, err = redisserver.Start(t.Context(), redisserver.Config{Dir: filepath.Join(b.dir, "redis")})
	must(t, err)
	t.Cleanup(b.redis.Stop)
	b.becomes(f.ID, store.FilmReady)
}
