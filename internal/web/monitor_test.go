package web

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"attune/internal/redisserver"
	"attune/internal/store"
	"attune/internal/store/storetest"
	"attune/internal/vig"
	"attune/internal/web/browsertest"
	"attune/jobs"
)

// monitored lets the bundle have the page of the queue's author on a Redis of its
// own, in which a film and a reel wait.
func (b *bundle) monitored(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("redis-server is not installed")
	}
	dir, err := os.MkdirTemp("/tmp", "web") // short, for the socket
	ok(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	redis, err := redisserver.Start(t.Context(), redisserver.Config{Dir: filepath.Join(dir, "redis")})
	ok(t, err)
	t.Cleanup(redis.Stop)
	conn, err := jobs.Connect(redis.URL())
	ok(t, err)
	client := jobs.NewClient(conn, jobs.Config{})
	t.Cleanup(func() { _ = client.Close() })
	monitor := jobs.NewMonitor(conn, MonitorPath, false)
	t.Cleanup(func() { _ = monitor.Close() })
	b.Monitor = monitor
	film := b.queued(t)
	ok(t, client.EnqueueFilm(t.Context(), film.ID, film.Run, film.Duration))
	ok(t, client.EnqueueReel(t.Context(), b.reel.ID, 1, b.reel.Duration))
}

// enter opens a browser in which the account is signed in.
func (b *bundle) enter(t *testing.T, as asker) (tab *browsertest.Tab, address string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/enter" {
			ok(t, b.startSession(w, r, as.ID))
			http.Redirect(w, r, "/account", http.StatusSeeOther)
			return
		}
		b.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	tab = browsertest.Open(t)
	tab.Go(server.URL + "/enter")
	return tab, server.URL
}

// The page of the queue's author works behind the sign-in and its policy, asks
// nobody but this service, and changes nothing. That it complains of nothing and
// that nothing leaves the machine is what every tab is held to.
func TestMonitorPage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.monitored(t)
	tab, at := b.enter(t, b.admin)
	tab.Go(at + MonitorPath) // without the slash at its end
	tab.At(regexp.QuoteMeta(MonitorPath) + "/$")
	tab.Until("the queues", `[...document.querySelectorAll("a")].some(a => a.textContent === "films")`)
	tab.Until("its style", `getComputedStyle(document.querySelector("header")).display === "flex"`)
	tab.Picture("monitor-queues")
	tab.Click(`a[href$="/queues/films"]`)
	tab.See("Pending")
	tab.Go(at + MonitorPath + "/queues/films?status=pending")
	tab.See("film:analyze")
	tab.See(", run 1")
	tab.Picture("monitor-films")
	tab.Go(at + MonitorPath + "/servers")
	tab.See("Servers")
	tab.Go(at + MonitorPath + "/redis")
	tab.See("Redis Info")
	tab.Excuse("status of 405")
	for _, wrong := range []string{"DELETE /api/queues/films", "POST /api/queues/films:pause", "DELETE /api/queues/films/pending_tasks:delete_all"} {
		method, path, _ := strings.Cut(wrong, " ")
		if status := browsertest.Eval[int](tab, `fetch("`+MonitorPath+path+`", {method: "`+method+`"}).then(r => r.status)`); status != http.StatusMethodNotAllowed {
			t.Errorf("%s: status %d", wrong, status)
		}
	}
	tab.Go(at + MonitorPath + "/queues/films?status=pending")
	tab.See("film:analyze")
	tab.Until("its pictures", `[...document.images].every(one => one.complete && one.naturalWidth > 0)`)
}

// A page is changed so that nothing in it is elsewhere and its scripts may run.
func TestOwnPage(t *testing.T) {
	t.Parallel()
	got := string(ownPage([]byte(`<!doctype html><html><head><link rel="stylesheet" href="https://fonts.example/css"/><link rel="icon" href="/a.png"/><link rel="manifest" href="/m.json"/>`+
		`<script>a()</script><script src="/b.js"></script></head>`), "N"))
	want := `<!doctype html><html><head><meta property="csp-nonce" content="N"><link rel="icon" href="/a.png"/><script nonce="N">a()</script><script nonce="N" src="/b.js"></script></head>`
	if got != want {
		t.Errorf("got %s", got)
	}
}

// nobodys are what no admin is to see: whose, about whom, and what of them.
var nobodys = []string{"telltale-guider", "telltale-supervisor", "telltale-code", "telltale-film", "telltale-goals", "telltale-cycle", "telltale-note"}

// Nothing that admins can ask for, on pages, by the API or of the queue's own
// page, holds a name, a code, a goal or a note. On the page of accounts there are
// the names of accounts, which they look after.
func TestAdminsSeeNobody(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	b.monitored(t)
	guider := b.account(t, "telltale-guider", store.RoleGuider)
	viewer := b.account(t, "telltale-supervisor", store.RoleSupervisor)
	kase, err := b.store.CreateCase(ctx, store.CaseDraft{Guider: guider.ID, Code: "telltale-code", Goals: "telltale-goals"})
	ok(t, err)
	_, err = b.store.CreateCycle(ctx, kase.ID, "telltale-cycle")
	ok(t, err)
	cycles, err := b.store.Cycles(ctx, kase.ID)
	ok(t, err)
	b.kase, b.cycle = kase, cycles[len(cycles)-1]
	film := func() store.Film {
		f, err := b.store.CreateFilm(ctx, store.FilmDraft{Cycle: b.cycle.ID, Name: "telltale-film.mp4", Size: 1})
		ok(t, err)
		ok(t, b.store.ReceiveFilm(ctx, f.ID, storetest.Hash(string(f.ID)), 1, filmLength))
		return b.again(t, f.ID)
	}
	ready := b.ready(t)
	clips, err := b.store.Clips(ctx, ready.ID)
	ok(t, err)
	note := "telltale-note"
	_, err = b.store.ChangeClip(ctx, clips[0].ID, 0, store.ClipChange{Note: &note})
	ok(t, err)
	working, failed, refused := film(), film(), film()
	_, err = b.store.BeginFilm(ctx, working.ID, working.Run, "w1")
	ok(t, err)
	ok(t, b.store.CancelFilm(ctx, failed.ID, cancelled))
	ok(t, b.store.RefuseFilm(ctx, refused.ID, sentence(words(vig.Errorf(vig.CodeInvalid, "open film", "it has no picture")))))
	reel := storetest.Reel(t, b.store, ready.ID)

	ids := strings.NewReplacer("{case}", string(kase.ID), "{cycle}", string(b.cycle.ID), "{film}", string(working.ID), "{clip}", string(clips[0].ID),
		"{reel}", string(reel.ID), "{still}", "m1.jpg", "{kind}", store.KindFilm, "{id}", string(failed.ID), "{queue}", "films",
		"{account}", string(viewer.ID), "{token}", "none", "{secret}", "none", "{asset}", "desk.js", "{$}", "", "{upload}", string(working.ID), "{monitor...}", "")
	ask := func(method, path string) string {
		t.Helper()
		got := b.send(t, b.request(t, request{as: b.admin, method: method, path: path}))
		text := string(got.body)
		for _, name := range []string{"Location", "Content-Disposition"} {
			text += got.Header.Get(name)
		}
		for _, telltale := range nobodys {
			accounts := strings.HasPrefix(path, "/admin/accounts") && strings.HasPrefix(telltale, "telltale-guider") || strings.HasPrefix(telltale, "telltale-supervisor") && strings.HasPrefix(path, "/admin/accounts")
			if strings.Contains(text, telltale) && !accounts {
				t.Errorf("%s %s tells %q: %s", method, path, telltale, text)
			}
		}
		return text
	}
	seen := ask(http.MethodGet, servicePath)
	for _, id := range []string{string(working.ID), string(failed.ID), string(refused.ID)} {
		if !strings.Contains(seen, id) {
			t.Errorf("the page does not tell of %s", id)
		}
	}
	for _, route := range b.routes() {
		method, path, _ := strings.Cut(route.pattern, " ")
		if strings.HasSuffix(path, "/events") {
			method = http.MethodHead
		}
		ask(method, ids.Replace(path))
	}
	api := MonitorPath + "/api/"
	lists := []string{"queues", "queue_stats", "servers", "scheduler_entries", "redis_info", "metrics"}
	for _, queue := range []string{"films", "reels", "housekeeping"} {
		lists = append(lists, "queues/"+queue, "queues/"+queue+"/groups", "queues/"+queue+"/tasks/film:"+string(working.ID)+":1")
		for _, state := range []string{"active", "pending", "scheduled", "retry", "archived", "completed"} {
			lists = append(lists, "queues/"+queue+"/"+state+"_tasks")
		}
	}
	for _, list := range lists {
		ask(http.MethodGet, api+list)
	}
	if text := ask(http.MethodGet, api+"queues/films/pending_tasks"); !strings.Contains(text, "film:analyze") {
		t.Errorf("the queue's page tells of no task: %s", text)
	}
}
