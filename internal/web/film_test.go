package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"attune/internal/store"
	"attune/internal/store/storetest"
)

func TestFilms(t *testing.T) {
	t.Parallel()
	b := setup(t)
	waiting, next := b.queued(t), b.queued(t)
	got := read[filmJSON](t, b.do(t, request{as: b.guider, path: "/api/v1/films/" + string(next.ID)}, http.StatusOK))
	if got.State != store.FilmQueued || got.Place != 2 || got.Name != "visit.mp4" || got.Duration != filmLength.Seconds() || got.Cycle != b.cycle.ID {
		t.Errorf("the film is %+v", got)
	}
	_, err := b.store.BeginFilm(t.Context(), waiting.ID, 1, "w1")
	ok(t, err)
	b.queue.tell(string(waiting.ID), Progress{Stage: "Looking", Share: 0.25, Left: 90 * time.Second})
	got = read[filmJSON](t, b.do(t, request{as: b.guider, path: "/api/v1/films/" + string(waiting.ID)}, http.StatusOK))
	if got.State != store.FilmAnalysing || got.Place != 0 || got.Progress == nil || *got.Progress != (progressJSON{"Looking", 0.25, 90}) {
		t.Errorf("the film is %+v", got)
	}
	// That the queue is away is no reason not to tell the rest.
	b.queue.breakDown(errors.New("connection refused"))
	got = read[filmJSON](t, b.do(t, request{as: b.guider, path: "/api/v1/films/" + string(waiting.ID)}, http.StatusOK))
	if got.State != store.FilmAnalysing || got.Progress != nil {
		t.Errorf("the film is %+v", got)
	}
	for _, path := range []string{fmt.Sprintf("/api/v1/cases/%s/films", b.kase.ID), fmt.Sprintf("/api/v1/cycles/%s/films", b.cycle.ID)} {
		type list struct {
			Films []filmJSON
			Next  string
		}
		page := read[list](t, b.do(t, request{as: b.guider, path: path + "?limit=2"}, http.StatusOK))
		rest := read[list](t, b.do(t, request{as: b.guider, path: path + "?limit=2&after=" + page.Next}, http.StatusOK))
		var ids []store.FilmID
		for _, f := range append(page.Films, rest.Films...) {
			ids = append(ids, f.ID)
		}
		if want := []store.FilmID{next.ID, waiting.ID, b.film.ID}; !slices.Equal(ids, want) || rest.Next != "" {
			t.Errorf("%s: %v, want %v", path, ids, want)
		}
	}
}

func TestCancelAndRetry(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f := b.queued(t)
	path := "/api/v1/films/" + string(f.ID)
	b.do(t, request{as: b.guider, method: "POST", path: path + "/retry"}, http.StatusConflict)
	got := read[filmJSON](t, b.do(t, request{as: b.guider, method: "POST", path: path + "/cancel"}, http.StatusOK))
	if got.State != store.FilmFailed || got.Reason != cancelled {
		t.Errorf("cancelled, it is %+v", got)
	}
	b.do(t, request{as: b.guider, method: "POST", path: path + "/cancel"}, http.StatusConflict)
	got = read[filmJSON](t, b.do(t, request{as: b.guider, method: "POST", path: path + "/retry"}, http.StatusOK))
	if got.State != store.FilmQueued || got.Reason != "" || b.again(t, f.ID).Run != 2 {
		t.Errorf("tried again, it is %+v", got)
	}
	if want := []string{"cancel " + string(f.ID), "film " + string(f.ID)}; !slices.Equal(b.queue.all(), want) {
		t.Errorf("the queue was asked %q, want %q", b.queue.all(), want)
	}
	// The records are the truth: with the queue away all goes as well.
	b.queue.breakDown(errors.New("connection refused"))
	b.do(t, request{as: b.guider, method: "POST", path: path + "/cancel"}, http.StatusOK)
	got = read[filmJSON](t, b.do(t, request{as: b.guider, method: "POST", path: path + "/retry"}, http.StatusOK))
	if got.State != store.FilmQueued || b.again(t, f.ID).Run != 3 {
		t.Errorf("without a queue it is %+v", got)
	}
}

func TestRetryViewing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f := b.queued(t)
	_, err := b.store.BeginFilm(t.Context(), f.ID, f.Run, "w1")
	ok(t, err)
	f = b.again(t, f.ID)
	draft := storetest.Draft(f)
	draft.NeedsViewingCopy = true
	_, err = b.store.PublishAnalysis(t.Context(), f.Attempt, draft)
	ok(t, err)
	attempt, err := b.store.BeginViewingCopy(t.Context(), f.ID, 1, "w1")
	ok(t, err)
	again := request{as: b.guider, method: "POST", path: "/api/v1/films/" + string(f.ID) + "/viewing/retry"}
	b.do(t, again, http.StatusConflict) // it is in work
	ok(t, b.store.FailViewingCopy(t.Context(), f.ID, attempt, "It crashed."))
	if got := read[filmJSON](t, b.do(t, again, http.StatusOK)); got.Viewing != store.RenderQueued || got.State != store.FilmReady {
		t.Errorf("tried again, it is %+v", got)
	}
	if v, err := b.store.ViewingCopy(t.Context(), f.ID); err != nil || v.Run != 2 {
		t.Errorf("the copy is %+v, %v", v, err)
	}
	if want := []string{"viewing copy " + string(f.ID)}; !slices.Equal(b.queue.all(), want) {
		t.Errorf("the queue was asked %q, want %q", b.queue.all(), want)
	}
	b.do(t, again, http.StatusConflict) // it waits
}

func TestFilmBytes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	film := "/api/v1/films/" + string(b.film.ID)
	for path, one := range map[string]struct{ file, kind string }{
		film + "/original":                                 {"original", "video/mp4"},
		film + "/viewing":                                  {"original", "video/mp4"},
		film + "/analysis.json":                            {"analysis.json", "application/json"},
		film + "/signals.json":                             {"signals.json", "application/json"},
		film + "/frames.json":                              {"frames.json", "application/json"},
		film + "/observations.jsonl":                       {"observations.jsonl", "application/jsonl"},
		film + "/report.html":                              {"report.html", "text/html; charset=utf-8"},
		film + "/reel.mp4":                                 {"reel.mp4", "video/mp4"},
		film + "/stills/m1.jpg":                            {"stills/m1.jpg", "image/jpeg"},
		"/api/v1/reels/" + string(b.reel.ID) + "/reel.mp4": {"reel.mp4", "video/mp4"},
	} {
		got := b.do(t, request{as: b.guider, path: path}, http.StatusOK)
		if string(got.body) != files[one.file] || got.Header.Get("Content-Type") != one.kind {
			t.Errorf("%s: %d bytes of %s", path, len(got.body), got.Header.Get("Content-Type"))
		}
	}
	part := b.do(t, request{as: b.guider, path: film + "/original", header: map[string]string{"Range": "bytes=10-19"}}, http.StatusPartialContent)
	if string(part.body) != files["original"][10:20] || part.Header.Get("Content-Range") != fmt.Sprintf("bytes 10-19/%d", len(files["original"])) {
		t.Errorf("a range: %q, %q", part.body, part.Header.Get("Content-Range"))
	}
	same := map[string]string{"If-None-Match": part.Header.Get("ETag")}
	if got := b.send(t, b.request(t, request{as: b.guider, path: film + "/original", header: same})); got.StatusCode != http.StatusNotModified {
		t.Errorf("what is known already: status %d", got.StatusCode)
	}
	report := b.do(t, request{as: b.guider, path: film + "/report.html"}, http.StatusOK)
	if policy := report.Header.Values("Content-Security-Policy"); len(policy) != 1 || !strings.HasPrefix(policy[0], "sandbox allow-scripts; default-src 'none'") {
		t.Errorf("the policy of the report is %q", policy)
	}
	b.do(t, request{as: b.guider, path: film + "/stills/m9.jpg"}, http.StatusNotFound)
	b.do(t, request{as: b.guider, path: film + "/stills/..%2freport.html"}, http.StatusNotFound)
	queued := "/api/v1/films/" + string(b.queued(t).ID)
	for _, early := range []string{"/moments", "/report.html", "/stills/m1.jpg"} {
		b.do(t, request{as: b.guider, path: queued + early}, http.StatusConflict)
	}
	b.do(t, request{as: b.guider, path: queued + "/reel.mp4"}, http.StatusNotFound)
}

// What is no film is not sent as anything that a browser would open.
func TestFilmKind(t *testing.T) {
	t.Parallel()
	for head, want := range map[string]string{
		"\x00\x00\x00\x18ftypmp42":        "video/mp4",
		"\x00\x00\x00\x14ftypqt  ":        "video/mp4",
		"\x1a\x45\xdf\xa3":                "video/webm",
		"<html><script>alert(1)</script>": "application/octet-stream",
		"%PDF-1.7":                        "application/octet-stream",
		"":                                "application/octet-stream",
	} {
		if got, err := filmKind(strings.NewReader(head)); got != want || err != nil {
			t.Errorf("%q: %q, %v, want %q", head, got, err, want)
		}
	}
}

func TestMoments(t *testing.T) {
	t.Parallel()
	b := setup(t)
	got := b.do(t, request{as: b.guider, path: "/api/v1/films/" + string(b.film.ID) + "/moments"}, http.StatusOK)
	found := read[struct {
		Moments []struct {
			ID       string
			Evidence []struct{ Text string }
		}
		DraftReel []string `json:"draft_reel"`
	}](t, got)
	if len(found.Moments) != 1 || found.Moments[0].Evidence[0].Text != "adult turned to child" || !slices.Equal(found.DraftReel, []string{"m1"}) {
		t.Errorf("found %s", got.body)
	}
}

// The lanes and the frames of a long film come packed.
func TestPacked(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f := b.film
	a, err := b.store.Analysis(t.Context(), f.Analysis)
	ok(t, err)
	for _, name := range []string{"signals.json", "frames.json"} {
		r := b.request(t, request{as: b.guider, path: "/api/v1/films/" + string(f.ID) + "/" + name})
		r.Header.Set("Accept-Encoding", "gzip")
		if got := b.send(t, r); got.Header.Get("Content-Encoding") != "" || string(got.body) != files[name] {
			t.Errorf("a short %s is packed: %q", name, got.body)
		}
		long := strings.Repeat(" ", 10_000) + files[name]
		ok(t, b.vault.Delete(t.Context(), a.Keys[name]))
		b.put(t, a.Keys[name], long)
		got := b.send(t, r)
		if got.Header.Get("Content-Encoding") != "gzip" || len(got.body) > 1000 || !strings.Contains(got.Header.Get("Vary"), "Accept-Encoding") {
			t.Errorf("%s: %d bytes, %v", name, len(got.body), got.Header)
		}
		r.Header.Set("Accept-Encoding", "identity")
		if got := b.send(t, r); string(got.body) != long {
			t.Errorf("%s: %d bytes for who takes no gzip, want %d", name, len(got.body), len(long))
		}
	}
}
