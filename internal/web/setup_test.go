package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"go.uber.org/goleak"

	"attune/internal/signin"
	"attune/internal/store"
	"attune/internal/store/storetest"
	"attune/internal/vault"
	"attune/internal/vig"
)

func TestMain(m *testing.M) {
	for _, kind := range []string{"video/mp4", "image/jpeg", "text/html", "text/plain", "text/csv", "text/vtt", "text/x-eaf+xml", "application/jsonl", "application/yaml", "text/event-stream", "application/octet-stream"} {
		openapi3filter.RegisterBodyDecoder(kind, openapi3filter.FileBodyDecoder)
	}
	goleak.VerifyTestMain(m)
}

// cheap is what a password takes in tests that are about other things, in KiB.
const cheap = 8

// bundle is a service with two guiders, a supervisor and an admin, and a film
// of the first guider's that is ready.
type bundle struct {
	*Web
	store   *store.Store
	address string // of its database
	vault   *vault.Vault
	queue   *queue
	server  *httptest.Server
	router  routers.Router
	logged  *locked

	guider, other, supervisor, admin asker
	viewer                           asker // a supervisor with whom the case is shared

	kase  store.Case
	cycle store.Cycle
	film  store.Film
	clips []store.Clip
	reel  store.Reel
}

// asker is an account with a token of its, or with the cookie of a browser that
// is signed in.
type asker struct {
	store.Account
	token  string
	cookie *http.Cookie
}

// inBrowser returns the account signed in with a browser, without a token.
func (b *bundle) inBrowser(t *testing.T, a asker) asker {
	t.Helper()
	w := httptest.NewRecorder()
	ok(t, b.startSession(w, b.request(t, request{}), a.ID))
	return asker{Account: a.Account, cookie: w.Result().Cookies()[0]}
}

// The bytes of the files of the film.
var files = map[string]string{
	"original":           "\x00\x00\x00\x18ftypmp42" + strings.Repeat("film ", 1000),
	"analysis.json":      `{"format":"attune.analysis/1","people":[{"id":"p1","role":"adult","coverage":0.9}],"moments":[{"id":"m1","rank":1,"start_s":1,"end_s":9,"coverage":0.9,"principles":["being attentive"],"evidence":[{"cue":"facing","people":["p1"],"start_s":1,"end_s":2,"text":"adult turned to child"}]}],"draft_reel":["m1"]}`,
	"signals.json":       `{"format":"attune.signals/1","duration_s":60,"people":[],"lanes":[]}` + "\n",
	"frames.json":        `{"format":"attune.frames/1","frames":1500,"time_base":[1,25],"runs":[[1499,1]],"start_s":{"original":0,"viewing_copy":0}}` + "\n",
	"observations.jsonl": "{\"t\":0}\n",
	"report.html":        "<!doctype html><title>Report</title>",
	"reel.mp4":           strings.Repeat("reel ", 1000),
	"stills/m1.jpg":      "\xff\xd8\xff still",
}

const filmLength = time.Minute

// setup makes a bundle that ends with the test.
func setup(t *testing.T) *bundle {
	t.Helper()
	ctx := t.Context()
	b := &bundle{queue: newQueue(), logged: &locked{}}
	b.address = storetest.SQLite(t)
	b.store = storetest.Open(t, b.address)
	var err error
	b.vault, err = vault.Open(ctx, (&url.URL{Scheme: "file", Path: filepath.Join(t.TempDir(), "vault")}).String())
	ok(t, err)
	t.Cleanup(func() { ok(t, b.vault.Close()) })
	b.Web, err = New(ctx, Config{
		Store: b.store, Vault: b.vault, Queue: b.queue,
		Monitor: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "{}") }),
		Logger:  slog.New(slog.NewTextHandler(b.logged, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	ok(t, err)
	b.passwords = signin.NewPasswords(cheap)
	b.server = httptest.NewServer(b.Web)
	t.Cleanup(b.server.Close)
	b.server.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	t.Cleanup(b.Shutdown)

	doc, err := openapi3.NewLoader().LoadFromData(openapiYAML)
	ok(t, err)
	ok(t, doc.Validate(ctx))
	b.router, err = gorillamux.NewRouter(doc)
	ok(t, err)

	b.guider, b.other = b.account(t, "guider", store.RoleGuider), b.account(t, "other", store.RoleGuider)
	b.supervisor, b.admin = b.account(t, "supervisor", store.RoleSupervisor), b.account(t, "admin", store.RoleAdmin)
	b.kase, err = b.store.CreateCase(ctx, store.CaseDraft{Guider: b.guider.ID, Code: "V-17", Goals: "more calm at meals"})
	ok(t, err)
	cycles, err := b.store.Cycles(ctx, b.kase.ID)
	ok(t, err)
	b.cycle = cycles[0]
	b.viewer = b.account(t, "viewer", store.RoleSupervisor)
	_, err = b.store.ShareCase(ctx, b.kase.ID, "viewer", time.Now().Add(time.Hour))
	ok(t, err)
	b.film = b.ready(t)
	b.clips, err = b.store.Clips(ctx, b.film.ID)
	ok(t, err)
	reels, err := b.store.Reels(ctx, b.film.ID)
	ok(t, err)
	b.reel = reels[0]
	return b
}

func (b *bundle) account(t *testing.T, name string, role store.Role) asker {
	t.Helper()
	a, err := b.store.CreateAccount(t.Context(), name, role)
	ok(t, err)
	token, err := b.store.CreateToken(t.Context(), a.ID, "test")
	ok(t, err)
	return asker{Account: a, token: token}
}

// queued returns a film of the guider's that waits.
func (b *bundle) queued(t *testing.T) store.Film {
	t.Helper()
	f, err := b.store.CreateFilm(t.Context(), store.FilmDraft{Cycle: b.cycle.ID, Name: "visit.mp4", Size: int64(len(files["original"]))})
	ok(t, err)
	b.put(t, vault.OriginalKey(f.ID), files["original"])
	ok(t, b.store.ReceiveFilm(t.Context(), f.ID, storetest.Hash(string(f.ID)), f.Size, filmLength))
	return b.again(t, f.ID)
}

// ready returns a film of the guider's that was analysed.
func (b *bundle) ready(t *testing.T) store.Film {
	t.Helper()
	f := b.queued(t)
	attempt, err := b.store.BeginFilm(t.Context(), f.ID, f.Run, "w1")
	ok(t, err)
	draft := store.AnalysisDraft{
		Film: f.ID, Format: "attune.analysis/1", JSON: []byte(files["analysis.json"]), Keys: map[string]string{},
		Clips: []store.ClipDraft{
			{Moment: "m1", Rank: 1, Span: vig.Span{Start: 20 * time.Second, End: 29 * time.Second}},
			{Moment: "m2", Rank: 2, Span: vig.Span{Start: time.Second, End: 9 * time.Second}},
		},
		Reel: &store.ReelDraft{Spans: []vig.Span{{Start: 20 * time.Second, End: 29 * time.Second}}, Duration: 9 * time.Second},
	}
	for name := range maps.Keys(files) {
		if name != "original" {
			draft.Keys[name] = vault.ResultKey(f.ID, attempt, name)
			b.put(t, draft.Keys[name], files[name])
		}
	}
	draft.Reel.Key = draft.Keys["reel.mp4"]
	_, err = b.store.PublishAnalysis(t.Context(), attempt, draft)
	ok(t, err)
	return b.again(t, f.ID)
}

// again returns a film as it is now.
func (b *bundle) again(t *testing.T, id store.FilmID) store.Film {
	t.Helper()
	f, err := b.store.Film(t.Context(), id)
	ok(t, err)
	return f
}

func (b *bundle) put(t *testing.T, key, text string) {
	t.Helper()
	w, err := b.vault.Create(t.Context(), key)
	ok(t, err)
	defer w.Abort()
	_, err = io.WriteString(w, text)
	ok(t, err)
	ok(t, w.Commit())
}

// request is one request of a test.
type request struct {
	as     asker
	method string // "" is GET
	path   string
	body   any // as JSON, url.Values as a form; nil is none
	header map[string]string
	wrong  bool // what it sends is not what openapi.yaml asks for
}

// response is what came back.
type response struct {
	*http.Response
	body []byte
}

// do sends a request, holds it and what comes back against openapi.yaml, and
// wants a status.
func (b *bundle) do(t *testing.T, asked request, status int) response {
	t.Helper()
	r := b.request(t, asked)
	route, params, err := b.router.FindRoute(r)
	if err != nil {
		t.Fatalf("%s %s is not in openapi.yaml: %v", r.Method, asked.path, err)
	}
	options := &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}
	input := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route, Options: options}
	if err := openapi3filter.ValidateRequest(t.Context(), input); err != nil && !asked.wrong {
		t.Errorf("%s %s: the request: %v", r.Method, asked.path, err)
	}
	got := b.send(t, r)
	if got.StatusCode != status {
		t.Fatalf("%s %s: status %d, want %d: %s", r.Method, asked.path, got.StatusCode, status, got.body)
	}
	output := &openapi3filter.ResponseValidationInput{RequestValidationInput: input, Status: got.StatusCode, Header: got.Header, Options: &openapi3filter.Options{IncludeResponseStatus: true}}
	output.SetBodyBytes(got.body)
	if err := openapi3filter.ValidateResponse(t.Context(), output); err != nil {
		t.Errorf("%s %s: the answer: %v", r.Method, asked.path, err)
	}
	return got
}

func (b *bundle) request(t *testing.T, asked request) *http.Request {
	t.Helper()
	method := asked.method
	if method == "" {
		method = http.MethodGet
	}
	var body io.Reader
	kind := "application/json"
	if text, isText := asked.body.(string); isText {
		body = strings.NewReader(text)
	} else if form, isForm := asked.body.(url.Values); isForm {
		body, kind = strings.NewReader(form.Encode()), "application/x-www-form-urlencoded"
	} else if asked.body != nil {
		text, err := json.Marshal(asked.body)
		ok(t, err)
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, b.server.URL+asked.path, body)
	ok(t, err)
	if body != nil {
		r.Header.Set("Content-Type", kind)
	}
	if asked.as.token != "" {
		r.Header.Set("Authorization", "Bearer "+asked.as.token)
	}
	if asked.as.cookie != nil {
		r.AddCookie(asked.as.cookie)
	}
	for name, value := range asked.header {
		r.Header.Set(name, value)
	}
	return r
}

func (b *bundle) send(t *testing.T, r *http.Request) response {
	t.Helper()
	got, err := b.server.Client().Do(r)
	ok(t, err)
	return response{got, readAll(t, got)}
}

// readAll reads an answer to its end.
func readAll(t *testing.T, from *http.Response) []byte {
	t.Helper()
	defer from.Body.Close()
	body, err := io.ReadAll(from.Body)
	ok(t, err)
	return body
}

// read reads the JSON of an answer.
func read[T any](t *testing.T, from response) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(from.body, &v); err != nil {
		t.Fatalf("%v: %s", err, from.body)
	}
	return v
}

// ok stops the test at an error.
func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// locked is a log that many write, and that can be read meanwhile.
type locked struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// queue keeps in memory what is asked of it, and can be broken. How the web
// goes with the real one is tested where the program is put together.
type queue struct {
	mu       sync.Mutex
	broken   error
	asked    []string
	progress map[string]Progress
	paused   bool
	changed  chan struct{} // closed and made anew at every change
}

func newQueue() *queue {
	return &queue{progress: map[string]Progress{}, changed: make(chan struct{})}
}

func (q *queue) ask(what string, id string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.broken == nil {
		q.asked = append(q.asked, what+" "+id)
	}
	return q.broken
}

func (q *queue) all() []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	return append([]string(nil), q.asked...)
}

func (q *queue) breakDown(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.broken = err
}

func (q *queue) tell(id string, p Progress) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.progress[id] = p
	close(q.changed)
	q.changed = make(chan struct{})
}

func (q *queue) EnqueueFilm(_ context.Context, id store.FilmID, _ int, _ time.Duration) error {
	return q.ask("film", string(id))
}

func (q *queue) EnqueueViewingCopy(_ context.Context, id store.FilmID, _ int, _ time.Duration) error {
	return q.ask("viewing copy", string(id))
}

func (q *queue) EnqueueReel(_ context.Context, id store.ReelID, _ int, _ time.Duration) error {
	return q.ask("reel", string(id))
}

func (q *queue) CancelFilm(_ context.Context, id store.FilmID, _ int) error {
	return q.ask("cancel", string(id))
}

func (q *queue) Progress(_ context.Context, id string) (Progress, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	p, known := q.progress[id]
	if q.broken == nil && !known {
		return p, &vig.Error{Code: vig.CodeNotFound, Op: "read progress"}
	}
	return p, q.broken
}

func (q *queue) Watch(ctx context.Context, id string) (<-chan Progress, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.broken != nil {
		return nil, q.broken
	}
	out := make(chan Progress)
	go func() {
		defer close(out)
		for {
			q.mu.Lock()
			p, known := q.progress[id]
			changed := q.changed
			q.mu.Unlock()
			if known {
				select {
				case out <- p:
				case <-ctx.Done():
					return
				}
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out, nil
}

func (q *queue) CancelViewingCopy(_ context.Context, id store.FilmID, _ int) error {
	return q.ask("cancel viewing copy", string(id))
}

func (q *queue) CancelReel(_ context.Context, id store.ReelID, _ int) error {
	return q.ask("cancel reel", string(id))
}

func (q *queue) Queues(context.Context) ([]QueueSize, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return []QueueSize{{
		Name: "films", Waiting: 3, Retrying: 1, Running: 1, Archived: 2, Latency: 1500 * time.Millisecond, Used: true, Paused: q.paused,
		Failures: []QueueFailures{{Why: "crash", Retrying: 1, Archived: 2}},
	}}, q.broken
}

func (q *queue) Pause(_ context.Context, name string, paused bool) error {
	if name != "films" {
		return &vig.Error{Code: vig.CodeNotFound, Op: "find queue"}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.paused = paused
	return q.broken
}

func (q *queue) Workers(context.Context) ([]Presence, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	return []Presence{
		{ID: "w1", Version: "v1", Concurrency: 2, Running: 1, Started: now, Seen: now, Confined: []Confinement{{"network", true}, {"files", false}}},
		{ID: "w2", Reduced: true, Concurrency: 1, Started: now, Seen: now, Silent: true},
	}, q.broken
}

func (q *queue) Ready(context.Context) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.broken
}
