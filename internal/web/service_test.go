package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"attune/internal/store"
	"attune/internal/store/storetest"
	"attune/internal/vault"
)

func TestQueues(t *testing.T) {
	t.Parallel()
	b := setup(t)
	got := read[struct{ Queues []queueJSON }](t, b.do(t, request{as: b.admin, path: "/api/v1/queues"}, http.StatusOK))
	want := []queueJSON{{Name: "films", Waiting: 3, Retrying: 1, Running: 1, Archived: 2, Latency: 1.5, Failures: []failuresJSON{{"crash", 1, 2}}}}
	if diff := cmp.Diff(want, got.Queues); diff != "" {
		t.Error(diff)
	}
	for path, paused := range map[string]bool{"/api/v1/queues/films/pause": true, "/api/v1/queues/films/resume": false} {
		if q := read[queueJSON](t, b.do(t, request{as: b.admin, method: "POST", path: path}, http.StatusOK)); q.Paused != paused || b.queue.paused != paused {
			t.Errorf("after %s: %+v", path, q)
		}
	}
	b.do(t, request{as: b.admin, method: "POST", path: "/api/v1/queues/none/pause"}, http.StatusNotFound)
}

func TestWorkers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	got := read[struct{ Workers []workerJSON }](t, b.do(t, request{as: b.admin, path: "/api/v1/workers"}, http.StatusOK))
	if len(got.Workers) != 2 || !got.Workers[0].Confined[0].InForce || got.Workers[0].Confined[1].InForce || !got.Workers[1].Silent {
		t.Errorf("%+v", got)
	}
}

// worked is what listWork answers.
type worked struct {
	Working []workingJSON
	Failed  []failedJSON
	Reasons []reasonJSON
}

// Work of every kind is seen by its id, stopped, and tried again.
func TestWork(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	analysing := b.queued(t)
	_, err := b.store.BeginFilm(ctx, analysing.ID, 1, "w1")
	ok(t, err)
	b.queue.tell(string(analysing.ID), Progress{Stage: "Looking and listening", Share: 0.5})
	stopped := b.queued(t)
	ok(t, b.store.CancelFilm(ctx, stopped.ID, cancelled))
	reel := storetest.Reel(t, b.store, b.film.ID)
	_, err = b.store.BeginReel(ctx, reel.ID, 1, "w2")
	ok(t, err)
	path := func(kind, id, do string) string { return "/api/v1/work/" + kind + "/" + id + "/" + do }
	look := func() worked {
		return read[worked](t, b.do(t, request{as: b.admin, path: "/api/v1/work"}, http.StatusOK))
	}
	got := look()
	if len(got.Working) != 2 || got.Working[0].ID != string(analysing.ID) || got.Working[0].Progress.Share != 0.5 || got.Working[1].Kind != store.KindReel {
		t.Errorf("at work: %+v", got.Working)
	}
	if len(got.Failed) != 1 || got.Failed[0].ID != string(stopped.ID) || got.Failed[0].Reason != "Its guider stopped it." || len(got.Reasons) != 1 {
		t.Errorf("failed: %+v, %+v", got.Failed, got.Reasons)
	}
	b.do(t, request{as: b.admin, method: "POST", path: path(store.KindFilm, string(analysing.ID), "cancel")}, http.StatusNoContent)
	b.do(t, request{as: b.admin, method: "POST", path: path(store.KindReel, string(reel.ID), "cancel")}, http.StatusNoContent)
	b.do(t, request{as: b.admin, method: "POST", path: path(store.KindReel, string(reel.ID), "cancel")}, http.StatusConflict)
	if got := look(); len(got.Working) != 0 || len(got.Failed) != 3 || got.Failed[0].Reason != stoppedByAdmin {
		t.Errorf("after they were stopped: %+v", got)
	}
	for kind, id := range map[string]string{store.KindFilm: string(analysing.ID), store.KindReel: string(reel.ID)} {
		b.do(t, request{as: b.admin, method: "POST", path: path(kind, id, "retry")}, http.StatusNoContent)
		b.do(t, request{as: b.admin, method: "POST", path: path(kind, id, "retry")}, http.StatusConflict)
	}
	if got := look(); len(got.Failed) != 1 {
		t.Errorf("after they were tried again: %+v", got.Failed)
	}
	asked := b.queue.all()
	for _, want := range []string{"cancel " + string(analysing.ID), "cancel reel " + string(reel.ID), "film " + string(analysing.ID), "reel " + string(reel.ID)} {
		if !slices.Contains(asked, want) {
			t.Errorf("the queue was not asked to %s: %q", want, asked)
		}
	}
	b.do(t, request{as: b.admin, method: "POST", path: path("whatever", string(reel.ID), "retry"), wrong: true}, http.StatusNotFound)
	b.do(t, request{as: b.admin, method: "POST", path: path(store.KindFilm, "none", "cancel")}, http.StatusNotFound)
	b.do(t, request{as: b.admin, method: "POST", path: path(store.KindViewingCopy, string(b.film.ID), "cancel")}, http.StatusNotFound)
}

func TestStorage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.put(t, vault.ViewingCopyKey(b.film.ID, "a"), "copy")
	b.put(t, vault.ReelKey(b.reel.ID, "a"), "reels")
	b.put(t, "others/thing", "not ours")
	got := read[storageUsed](t, b.do(t, request{as: b.admin, path: "/api/v1/storage"}, http.StatusOK))
	results := amount{}
	for name, text := range files {
		if name != "original" {
			results.add(int64(len(text)))
		}
	}
	want := storageUsed{
		Originals: amount{1, int64(len(files["original"]))}, ViewingCopies: amount{1, 4}, Results: results, Reels: amount{1, 5},
		Reserve: reserve, Measured: got.Measured,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// The page shows how the service does, and does what it offers.
func TestServicePage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	browser := b.inBrowser(t, b.admin)
	analysing := b.queued(t)
	_, err := b.store.BeginFilm(t.Context(), analysing.ID, 1, "w1")
	ok(t, err)
	b.queue.tell(string(analysing.ID), Progress{Stage: "Looking and listening", Share: 0.5})
	look := func(path string, wants ...string) string {
		t.Helper()
		got := b.send(t, b.request(t, request{as: browser, path: path}))
		for _, want := range wants {
			if got.StatusCode != http.StatusOK || !strings.Contains(string(got.body), want) {
				t.Errorf("%s: %d, without %q:\n%s", path, got.StatusCode, want, got.body)
			}
		}
		return string(got.body)
	}
	look(servicePath, string(analysing.ID), "Looking and listening: 50%", `action="/admin/cancel"`, "the network", "other files", "silent", "w2")
	press := func(path string, form url.Values) string {
		t.Helper()
		got := b.send(t, b.request(t, request{as: browser, method: "POST", path: path, body: form.Encode(),
			header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}}))
		if got.StatusCode != http.StatusSeeOther {
			t.Fatalf("%s: %d: %s", path, got.StatusCode, got.body)
		}
		return got.Header.Get("Location")
	}
	look(press("/admin/pause", url.Values{"queue": {"films"}, "paused": {"true"}}), "The queue is paused.", "Resume")
	look(press("/admin/pause", url.Values{"queue": {"films"}, "paused": {"false"}}), "The queue goes on.")
	about := url.Values{"kind": {store.KindFilm}, "id": {string(analysing.ID)}}
	look(press("/admin/cancel", about), "It is stopped.", stoppedByAdmin, "Nothing is at work.")
	look(press("/admin/cancel", about), "It had changed meanwhile")
	look(press("/admin/retry", about), "It is in the queue again.", "Nothing failed.")
	if text := look(servicePath + "?done=" + url.QueryEscape("<script>")); strings.Contains(text, "%!") || strings.Contains(text, "<script>\"") {
		t.Error(text)
	}
	b.queue.breakDown(errors.New("dial unix: no such file"))
	if text := look(servicePath, "The queue cannot be reached"); strings.Contains(text, "No worker is there") || strings.Contains(text, "dial unix") {
		t.Error(text)
	}
}

// What pages ask for by themselves, again and again, does not keep a session alive.
func TestServiceUnattended(t *testing.T) {
	t.Parallel()
	b := setup(t)
	polled := []string{
		"GET /admin/state", "GET " + MonitorPath + "/api/{monitor...}", "GET /films/{film}/reel/state",
		"GET /cycles/{cycle}/now", "GET /films/{film}/row",
		"GET /api/v1/cases/{case}/events", "GET /api/v1/films/{film}/events",
	}
	for _, route := range b.routes() {
		if want := slices.Contains(polled, route.pattern); route.unattended != want {
			t.Errorf("%s: unattended is %v", route.pattern, route.unattended)
		}
	}
	text := string(b.send(t, b.request(t, request{as: b.inBrowser(t, b.admin), path: servicePath})).body)
	if !strings.Contains(text, `hx-get="/admin/state"`) {
		t.Error(text)
	}
}
