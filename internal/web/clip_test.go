package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"attune/internal/store"
	"attune/internal/store/storetest"
	"attune/internal/vig"
)

func TestClips(t *testing.T) {
	t.Parallel()
	b := setup(t)
	all := b.review(t)
	if len(all.Clips) != 2 || all.Clips[0].Moment != "m1" || all.Clips[0].Start != 20 || all.Clips[0].End != 29 {
		t.Fatalf("the clips are %+v", all)
	}
	path := "/api/v1/clips/" + string(all.Clips[0].ID)
	seen := b.do(t, request{as: b.guider, path: path}, http.StatusOK)
	if diff := cmp.Diff(all.Clips[0], read[clipJSON](t, seen)); diff != "" || seen.Header.Get("ETag") != all.Clips[0].ETag {
		t.Errorf("%s, and ETag %s", diff, seen.Header.Get("ETag"))
	}
	set := func(tag string, body any, status int) response {
		t.Helper()
		return b.do(t, request{as: b.guider, method: "PATCH", path: path, body: body, header: ifMatch(tag)}, status)
	}
	aside, trim := map[string]any{"state": "set_aside"}, map[string]any{"start_s": 21.5}
	set("", aside, http.StatusPreconditionRequired)
	changed := set(seen.Header.Get("ETag"), aside, http.StatusOK)
	if c := read[clipJSON](t, changed); c.State != store.ClipSetAside || c.Start != 20 {
		t.Errorf("set aside, it is %+v", c)
	}
	set(seen.Header.Get("ETag"), trim, http.StatusPreconditionFailed)
	trimmed := set(changed.Header.Get("ETag"), trim, http.StatusOK)
	if c := read[clipJSON](t, trimmed); c.State != store.ClipSetAside || c.Start != 21.5 || c.End != 29 {
		t.Errorf("trimmed, it is %+v", c)
	}
	for _, strange := range []string{"7", `W/"3"`, `"x"`, `"0"`} {
		set(strange, aside, http.StatusPreconditionFailed)
	}
	set("*", map[string]any{"end_s": 21}, http.StatusBadRequest)
	set("*", map[string]any{"end_s": 3600}, http.StatusBadRequest)
	for _, wrong := range []any{map[string]string{"state": "loved"}, map[string]any{"tags": []string{"being nice"}}} {
		b.do(t, request{as: b.guider, method: "PATCH", path: path, body: wrong, header: ifMatch("*"), wrong: true}, http.StatusBadRequest)
	}
	if now := b.do(t, request{as: b.guider, path: path}, http.StatusOK); now.Header.Get("ETag") != trimmed.Header.Get("ETag") {
		t.Errorf("what was refused left %s", now.body)
	}
	noted := read[clipJSON](t, set("*", map[string]any{"tags": []string{"guiding", "being attentive"}, "goal": "calm", "note": "She waits."}, http.StatusOK))
	if diff := cmp.Diff([]vig.Principle{vig.Guiding, vig.BeingAttentive}, noted.Tags); diff != "" || noted.Goal != "calm" || noted.Note != "She waits." {
		t.Errorf("noted, it is %+v", noted)
	}
	if noted = read[clipJSON](t, set("*", map[string]any{"tags": []string{}}, http.StatusOK)); len(noted.Tags) != 0 || noted.Note != "She waits." {
		t.Errorf("without tags it is %+v", noted)
	}
}

// A clip is kept only after it was played, whoever says so.
func TestKeepAfterPlay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	path := "/api/v1/clips/" + string(b.clips[0].ID) // 20 to 29 s
	keep := func(body map[string]any, status int) response {
		t.Helper()
		body["state"] = "kept"
		return b.do(t, request{as: b.guider, method: "PATCH", path: path, body: body, header: ifMatch("*")}, status)
	}
	refused := keep(map[string]any{}, http.StatusConflict)
	if !strings.Contains(string(refused.body), "play it") {
		t.Errorf("it does not say what to do: %s", refused.body)
	}
	keep(map[string]any{"played": [][2]float64{{0, 25}}}, http.StatusConflict)
	played := b.do(t, request{as: b.guider, method: "POST", path: "/api/v1/films/" + string(b.film.ID) + "/played",
		body: map[string]any{"played": [][2]float64{{0, 25}, {24, 26}}}}, http.StatusOK)
	if got := read[struct{ Played [][2]float64 }](t, played); !slices.Equal(got.Played, [][2]float64{{0, 26}}) {
		t.Errorf("played %v", got)
	}
	kept := read[clipJSON](t, keep(map[string]any{"played": [][2]float64{{25.5, 29}}}, http.StatusOK))
	if kept.State != store.ClipKept {
		t.Errorf("kept, it is %+v", kept)
	}
	longer := read[clipJSON](t, b.do(t, request{as: b.guider, method: "PATCH", path: path, body: map[string]any{"end_s": 40}, header: ifMatch("*")}, http.StatusOK))
	if longer.State != store.ClipSuggested {
		t.Errorf("longer than what was played, it is %+v", longer)
	}
	if all := b.review(t); !slices.Equal(all.Played, [][2]float64{{0, 29}}) || len(all.Order.Clips) != 0 {
		t.Errorf("the review is %+v", all)
	}
}

// A clip of the guider's own is added, split, deleted and restored, and a request
// whose answer was lost does none of it twice.
func TestOwnClips(t *testing.T) {
	t.Parallel()
	b := setup(t)
	do := func(method, path, tag string, body any, status int) response {
		t.Helper()
		return b.do(t, request{as: b.guider, method: method, path: path, body: body, header: ifMatch(tag)}, status)
	}
	clips := "/api/v1/films/" + string(b.film.ID) + "/clips"
	draft := map[string]any{"request": "r1", "start_s": 30, "end_s": 40, "state": "kept", "note": "n", "played": [][2]float64{{30, 40}}}
	made := do("POST", clips, "", draft, http.StatusCreated)
	own := read[clipJSON](t, made)
	if !own.ByHand || own.State != store.ClipKept || own.Moment != "" || made.Header.Get("ETag") != own.ETag {
		t.Errorf("added %s", made.body)
	}
	if again := read[clipJSON](t, do("POST", clips, "", draft, http.StatusCreated)); again.ID != own.ID {
		t.Errorf("made a second: %+v", again)
	}
	do("POST", clips, "", map[string]any{"start_s": 50, "end_s": 55, "state": "kept"}, http.StatusConflict)
	do("POST", clips, "", map[string]any{"start_s": 50, "end_s": 5000}, http.StatusBadRequest)

	path := made.Header.Get("Location")
	split := map[string]any{"at_s": 34, "request": "r2"}
	do("POST", path+"/split", "", split, http.StatusPreconditionRequired)
	do("POST", path+"/split", `"9"`, split, http.StatusPreconditionFailed)
	do("POST", path+"/split", own.ETag, map[string]any{"at_s": 41}, http.StatusBadRequest)
	two := do("POST", path+"/split", own.ETag, split, http.StatusOK)
	if again := do("POST", path+"/split", own.ETag, split, http.StatusOK); string(again.body) != string(two.body) {
		t.Errorf("split again:\n%s\n%s", two.body, again.body)
	}
	parts := read[struct{ Clips []clipJSON }](t, two).Clips
	if parts[0].ID != own.ID || parts[0].End != 34 || parts[1].Start != 34 || parts[1].End != 40 || parts[1].State != store.ClipKept {
		t.Errorf("split: %+v", parts)
	}

	second := "/api/v1/clips/" + string(parts[1].ID)
	do("DELETE", second, "", nil, http.StatusPreconditionRequired)
	gone := read[clipJSON](t, do("DELETE", second, parts[1].ETag, nil, http.StatusOK))
	if !gone.Deleted || len(b.review(t).Clips) != 3 {
		t.Errorf("deleted, it is %+v", gone)
	}
	do("DELETE", "/api/v1/clips/"+string(b.clips[0].ID), "*", nil, http.StatusConflict) // was suggested
	do("POST", second+"/restore", parts[1].ETag, nil, http.StatusPreconditionFailed)
	if back := read[clipJSON](t, do("POST", second+"/restore", gone.ETag, nil, http.StatusOK)); back.Deleted || len(b.review(t).Clips) != 4 {
		t.Errorf("restored, it is %+v", back)
	}
	for _, r := range []struct{ method, path string }{{"POST", clips}, {"POST", path + "/split"}, {"DELETE", path}, {"POST", path + "/restore"}} {
		b.do(t, request{as: b.other, method: r.method, path: r.path, body: map[string]any{"start_s": 1, "end_s": 2}, header: ifMatch("*"), wrong: true}, http.StatusNotFound)
	}
}

func TestOrder(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, c := range b.clips {
		storetest.Keep(t, b.store, c)
	}
	seen := b.review(t).Order
	if !slices.Equal(seen.Clips, []store.ClipID{b.clips[1].ID, b.clips[0].ID}) {
		t.Errorf("at first it is %v", seen)
	}
	put := func(tag string, ids []store.ClipID, status int) {
		t.Helper()
		b.do(t, request{as: b.guider, method: "PUT", path: "/api/v1/films/" + string(b.film.ID) + "/order",
			body: map[string]any{"clips": ids}, header: ifMatch(tag)}, status)
	}
	turned := []store.ClipID{b.clips[0].ID, b.clips[1].ID}
	put("", turned, http.StatusPreconditionRequired)
	put(seen.ETag, turned[:1], http.StatusConflict)
	put(seen.ETag, turned, http.StatusOK)
	put(seen.ETag, seen.Clips, http.StatusPreconditionFailed)
	now := b.review(t).Order
	if !slices.Equal(now.Clips, turned) || now.ETag == seen.ETag {
		t.Errorf("put in order, it is %v", now)
	}
}

// review returns what the guider made of the film so far.
func (b *bundle) review(t *testing.T) reviewJSON {
	t.Helper()
	return read[reviewJSON](t, b.do(t, request{as: b.guider, path: "/api/v1/films/" + string(b.film.ID) + "/clips"}, http.StatusOK))
}

// ifMatch is the header with a tag; "" is none.
func ifMatch(tag string) map[string]string {
	if tag == "" {
		return nil
	}
	return map[string]string{"If-Match": tag}
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
		storetest.Keep(t, b.store, c)
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

// A clip that begins and ends with frames keeps them, however often its times
// are told and sent back.
func TestClipTimesGoRound(t *testing.T) {
	t.Parallel()
	for n := range 2000 {
		frame := time.Duration(n) * 1001 * time.Second / 30000
		told := exact(frame)
		if back := duration(told); back > frame || back <= frame-time.Microsecond || exact(back) != told {
			t.Fatalf("frame %d at %v is told as %v, and comes back as %v", n, frame, told, back)
		}
	}
}

// A trim that is undone leaves the film as it was: its reel can be confirmed.
func TestUndoneTrimKeepsReel(t *testing.T) {
	t.Parallel()
	b := setup(t)
	// One edge that is a number of milliseconds, and one that is a frame's of 30/1.001 a second.
	span := vig.Span{Start: 1001 * time.Millisecond, End: 299 * 1001 * time.Second / 30000}
	kept := store.ClipKept
	c, err := b.store.ChangeClip(t.Context(), b.clips[0].ID, 0, store.ClipChange{Span: &span, State: &kept, Played: []vig.Span{{End: 20 * time.Second}}})
	ok(t, err)
	reel, err := b.makeReel(context.WithValue(t.Context(), accountKey{}, b.guider.Account), b.film.ID, nil, "")
	ok(t, err)
	b.render(t, reel.ID)
	at := "/api/v1/clips/" + string(c.ID)
	was := read[clipJSON](t, b.do(t, request{as: b.guider, path: at}, http.StatusOK))
	for _, to := range []map[string]any{{"start_s": 1.5}, {"start_s": was.Start}, {"end_s": 8}, {"end_s": was.End}} { // trim, undo
		b.do(t, request{as: b.guider, method: "PATCH", path: at, body: to, header: map[string]string{"If-Match": "*"}}, http.StatusOK)
	}
	now := read[clipJSON](t, b.do(t, request{as: b.guider, path: at}, http.StatusOK))
	if now.Start != was.Start || now.End != was.End {
		t.Errorf("from %v–%v it became %v–%v", was.Start, was.End, now.Start, now.End)
	}
	b.watch(t, reel.ID)
	_, err = b.store.ConfirmReel(t.Context(), reel.ID, b.guider.ID)
	ok(t, err)
}
