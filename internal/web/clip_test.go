package web

import (
	"errors"
	"net/http"
	"slices"
	"testing"

	"attune/internal/store"
)

func TestClips(t *testing.T) {
	t.Parallel()
	b := setup(t)
	all := read[struct{ Clips []clipJSON }](t, b.do(t, request{as: b.guider, path: "/api/v1/films/" + string(b.film.ID) + "/clips"}, http.StatusOK))
	if len(all.Clips) != 2 || all.Clips[0].Moment != "m1" || all.Clips[0].Start != 20 || all.Clips[0].End != 29 {
		t.Fatalf("the clips are %+v", all)
	}
	path := "/api/v1/clips/" + string(all.Clips[0].ID)
	seen := b.do(t, request{as: b.guider, path: path}, http.StatusOK)
	if read[clipJSON](t, seen) != all.Clips[0] || seen.Header.Get("ETag") != all.Clips[0].ETag {
		t.Errorf("%s, and ETag %s", seen.body, seen.Header.Get("ETag"))
	}
	set := func(tag string, body any, status int) response {
		t.Helper()
		asked := request{as: b.guider, method: "PATCH", path: path, body: body}
		if tag != "" {
			asked.header = map[string]string{"If-Match": tag}
		}
		return b.do(t, asked, status)
	}
	keep, trim := map[string]any{"state": "kept"}, map[string]any{"start_s": 21.5}
	set("", keep, http.StatusPreconditionRequired)
	kept := set(seen.Header.Get("ETag"), keep, http.StatusOK)
	if c := read[clipJSON](t, kept); c.State != store.ClipKept || c.Start != 20 {
		t.Errorf("kept, it is %+v", c)
	}
	set(seen.Header.Get("ETag"), trim, http.StatusPreconditionFailed)
	trimmed := set(kept.Header.Get("ETag"), trim, http.StatusOK)
	if c := read[clipJSON](t, trimmed); c.State != store.ClipKept || c.Start != 21.5 || c.End != 29 {
		t.Errorf("trimmed, it is %+v", c)
	}
	for _, strange := range []string{"7", `W/"3"`, `"x"`, `"0"`} {
		set(strange, keep, http.StatusPreconditionFailed)
	}
	set("*", map[string]any{"end_s": 21}, http.StatusBadRequest)
	set("*", map[string]any{"end_s": 3600}, http.StatusBadRequest)
	b.do(t, request{as: b.guider, method: "PATCH", path: path, body: map[string]string{"state": "loved"},
		header: map[string]string{"If-Match": "*"}, wrong: true}, http.StatusBadRequest)
	if now := b.do(t, request{as: b.guider, path: path}, http.StatusOK); now.Header.Get("ETag") != trimmed.Header.Get("ETag") {
		t.Errorf("what was refused left %s", now.body)
	}
}

func TestReels(t *testing.T) {
	t.Parallel()
	b := setup(t)
	path := "/api/v1/films/" + string(b.film.ID) + "/reels"
	post := func(body any, status int) response {
		t.Helper()
		return b.do(t, request{as: b.guider, method: "POST", path: path, body: body}, status)
	}
	post(struct{}{}, http.StatusConflict) // nothing is kept
	for _, c := range b.clips {
		_, err := b.store.SetClip(t.Context(), c.ID, 0, store.ClipKept, c.Span)
		ok(t, err)
	}
	got := post(struct{}{}, http.StatusAccepted)
	inOrder := read[reelJSON](t, got)
	if inOrder.State != store.RenderQueued || inOrder.Draft || inOrder.Duration != 17 || !slices.Equal(inOrder.Spans, [][2]float64{{1, 9}, {20, 29}}) {
		t.Errorf("made %+v", inOrder)
	}
	chosen := read[reelJSON](t, post(map[string]any{"clips": []store.ClipID{b.clips[0].ID, b.clips[1].ID}}, http.StatusAccepted))
	if !slices.Equal(chosen.Spans, [][2]float64{{20, 29}, {1, 9}}) {
		t.Errorf("made %+v", chosen)
	}
	post(map[string]any{"clips": []string{"none"}}, http.StatusConflict)
	if want := []string{"reel " + string(inOrder.ID), "reel " + string(chosen.ID)}; !slices.Equal(b.queue.all(), want) {
		t.Errorf("the queue was asked %q, want %q", b.queue.all(), want)
	}
	all := read[struct{ Reels []reelJSON }](t, b.do(t, request{as: b.guider, path: path}, http.StatusOK))
	if len(all.Reels) != 3 || !all.Reels[0].Draft || all.Reels[1].ID != inOrder.ID {
		t.Errorf("they are %+v", all)
	}

	at := got.Header.Get("Location")
	attempt, err := b.store.BeginReel(t.Context(), inOrder.ID, 1, "w1")
	ok(t, err)
	b.queue.tell(string(inOrder.ID), Progress{Stage: "Cutting", Share: 0.5})
	if r := read[reelJSON](t, b.do(t, request{as: b.guider, path: at}, http.StatusOK)); r.State != store.RenderRendering || r.Progress == nil || r.Progress.Share != 0.5 {
		t.Errorf("in work, it is %+v", r)
	}
	b.do(t, request{as: b.guider, path: at + "/reel.mp4"}, http.StatusConflict)
	b.do(t, request{as: b.guider, method: "POST", path: at + "/retry"}, http.StatusConflict)
	ok(t, b.store.FailReel(t.Context(), inOrder.ID, attempt, "The disk is full."))
	b.queue.breakDown(errors.New("connection refused"))
	if r := read[reelJSON](t, b.do(t, request{as: b.guider, method: "POST", path: at + "/retry"}, http.StatusOK)); r.State != store.RenderQueued {
		t.Errorf("tried again, it is %+v", r)
	}
}
