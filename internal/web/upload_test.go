package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"attune/internal/store"
	"attune/internal/store/storetest"
	"attune/internal/tusclient"
	"attune/internal/vault"
	"attune/internal/vig"
)

// prober says of every film what it was told to say.
type prober struct {
	mu   sync.Mutex
	err  error
	seen []int64 // the sizes of the films, those that were whole as they are and others with a minus
}

func (p *prober) Probe(_ context.Context, film io.ReaderAt, size int64) (vig.FilmInfo, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, err := film.ReadAt(make([]byte, 1), size-1); err != nil && !errors.Is(err, io.EOF) {
		return vig.FilmInfo{}, err
	} else if err == nil {
		p.seen = append(p.seen, size)
	} else {
		p.seen = append(p.seen, -size)
	}
	return vig.FilmInfo{Duration: filmLength}, p.err
}

func (p *prober) say(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.err = err
}

// taker is a service that takes films in, with two guiders.
type taker struct {
	*Web
	prober         *prober
	queue          *queue
	server         *httptest.Server
	client         *http.Client
	logged         *locked
	staging        string
	guider, other  asker
	kase, anothers store.Case
}

func take(t *testing.T) *taker {
	t.Helper()
	b := untended(t)
	b.tend(t)
	return b
}

// tend lets films be taken in until the test ends.
func (b *taker) tend(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var tending sync.WaitGroup
	tending.Go(func() { b.TendUploads(ctx) })
	t.Cleanup(func() { cancel(); tending.Wait() })
}

// untended is a taker by which films grow, and are not taken in. Each of with
// changes what it is made of.
func untended(t *testing.T, with ...func(*Config)) *taker {
	t.Helper()
	ctx := t.Context()
	b := &taker{prober: &prober{}, queue: newQueue(), logged: &locked{}, staging: filepath.Join(t.TempDir(), "uploads")}
	records := storetest.Open(t, storetest.SQLite(t))
	bytesOf, err := vault.Open(ctx, fileURL(filepath.Join(t.TempDir(), "vault")))
	ok(t, err)
	t.Cleanup(func() { ok(t, bytesOf.Close()) })
	cfg := Config{
		Store: records, Vault: bytesOf, Queue: b.queue, Prober: b.prober, Staging: b.staging, MaxUpload: 64 << 20,
		Logger: slog.New(slog.NewTextHandler(b.logged, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, change := range with {
		change(&cfg)
	}
	b.Web, err = New(ctx, cfg)
	ok(t, err)
	b.server = httptest.NewServer(b.Web)
	t.Cleanup(b.server.Close)
	b.client = httpClient(t)
	b.guider, b.kase = guiderWithCase(t, records, "guider")
	b.other, b.anothers = guiderWithCase(t, records, "other")
	return b
}

func fileURL(dir string) string { return (&url.URL{Scheme: "file", Path: dir}).String() }

// httpClient returns a client whose connections end with the test.
func httpClient(t *testing.T) *http.Client {
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func guiderWithCase(t *testing.T, records *store.Store, name string) (asker, store.Case) {
	t.Helper()
	a, err := records.CreateAccount(t.Context(), name, store.RoleGuider)
	ok(t, err)
	token, err := records.CreateToken(t.Context(), a.ID, "test")
	ok(t, err)
	c, err := records.CreateCase(t.Context(), store.CaseDraft{Guider: a.ID, Code: "code-of-" + name})
	ok(t, err)
	return asker{Account: a, token: token}, c
}

func (b *taker) sender(as asker) *tusclient.Client {
	return &tusclient.Client{Endpoint: b.server.URL + uploadsPath, Token: as.token, HTTP: b.client, Piece: 1 << 20, Patience: time.Minute}
}

// send sends a film of the guider's and returns its id.
func (b *taker) send(t *testing.T, film []byte) (store.FilmID, error) {
	t.Helper()
	upload, err := b.sender(b.guider).Create(t.Context(), int64(len(film)), map[string]string{"filename": "name-of-film.mp4", "case": b.kase.Code})
	if err != nil {
		return "", err
	}
	return store.FilmID(tusclient.ID(upload)), b.sender(b.guider).Send(t.Context(), upload, bytes.NewReader(film), int64(len(film)))
}

// settled waits until a film is not uploading any more, and its bytes have left
// the staging folder.
func settled(t *testing.T, records *store.Store, staging string, id store.FilmID) store.Film {
	t.Helper()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	deadline := time.After(2 * time.Minute)
	for {
		f, err := records.Film(t.Context(), id)
		ok(t, err)
		left, err := filepath.Glob(filepath.Join(staging, string(id)+".*"))
		ok(t, err)
		if f.State != store.FilmUploading && len(left) == 0 {
			return f
		}
		select {
		case <-ticker.C:
		case <-deadline:
			t.Fatalf("film %s is still %s", id, f.State)
		}
	}
}

// filmOf makes size bytes that begin as a film does, others for each seed.
func filmOf(seed byte, size int) []byte {
	film := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{seed}).Read(film)
	copy(film, "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom")
	return film
}

func sumOf(film []byte) string {
	sum := sha256.Sum256(film)
	return hex.EncodeToString(sum[:])
}

// holds says what is wrong with the film under a key of the vault.
func holds(t *testing.T, v *vault.Vault, id store.FilmID, film []byte) {
	t.Helper()
	r, err := v.Open(t.Context(), vault.OriginalKey(id))
	ok(t, err)
	defer r.Close()
	got, err := io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
	ok(t, err)
	if !bytes.Equal(got, film) {
		t.Errorf("film %s has %d other bytes in the vault", id, len(got))
	}
}

func TestUpload(t *testing.T) {
	t.Parallel()
	b := take(t)
	film := filmOf(1, 3<<20+7)
	var told []int64
	sender := b.sender(b.guider)
	sender.Progress = func(done, total int64) { told = append(told, done, total) }
	upload, err := sender.Create(t.Context(), int64(len(film)), map[string]string{"filename": `C:\films\name-of-film.mp4`, "case": b.kase.Code})
	ok(t, err)
	id := store.FilmID(tusclient.ID(upload))
	if f, err := b.Store.Film(t.Context(), id); err != nil || f.State != store.FilmUploading || f.Name != "name-of-film.mp4" || f.Case != b.kase.ID {
		t.Errorf("the film is %+v, %v", f, err)
	}
	for range 2 { // a second time there is nothing to do
		ok(t, sender.Send(t.Context(), upload, bytes.NewReader(film), int64(len(film))))
	}
	f := settled(t, b.Store, b.staging, id)
	if f.State != store.FilmQueued || f.SHA256 != sumOf(film) || f.Size != int64(len(film)) || f.Duration != filmLength || f.Run != 1 {
		t.Errorf("the film is %+v", f)
	}
	holds(t, b.Vault, id, film)
	if asked := b.queue.all(); len(asked) != 1 || asked[0] != "film "+string(id) {
		t.Errorf("the queue was asked %q", asked)
	}
	if n := len(told); n < 6 || told[n-2] != int64(len(film)) || told[n-1] != int64(len(film)) {
		t.Errorf("of the progress was told %v", told)
	}
	// And whoever did not hear of its end finds that it is over.
	ok(t, sender.Send(t.Context(), upload, bytes.NewReader(film), int64(len(film))))
	if left, err := os.ReadDir(b.staging); err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
	if len(b.prober.seen) != 1 || b.prober.seen[0] != int64(len(film)) {
		t.Errorf("probed were %v", b.prober.seen)
	}
}

// Nothing of what tells who is in a film gets into the log.
func TestUploadLogsNoNames(t *testing.T) {
	b := take(t)
	for i, err := range []error{nil, vig.Errorf(vig.CodeInvalid, "probe", "it is broken"), errors.New("child is gone")} {
		b.prober.say(err)
		id, err := b.send(t, filmOf(byte(i), 1000))
		ok(t, err)
		settled(t, b.Store, b.staging, id)
	}
	b.queue.breakDown(errors.New("redis is gone"))
	id, err := b.send(t, filmOf(9, 1000))
	ok(t, err)
	settled(t, b.Store, b.staging, id)
	_, err = b.send(t, make([]byte, 5000))
	if err == nil {
		t.Error("zeros are a film")
	}
	b.server.Close()
	for _, secret := range []string{"name-of-film", "code-of", b.guider.token, b.staging} {
		if strings.Contains(b.logged.String(), secret) {
			t.Errorf("the log has %q:\n%s", secret, b.logged)
		}
	}
	if !strings.Contains(b.logged.String(), string(id)) {
		t.Errorf("the log has no id:\n%s", b.logged)
	}
}

func TestUploadOfNoFilm(t *testing.T) {
	t.Parallel()
	b := take(t)
	for name, bytesOf := range map[string][]byte{
		"text": []byte(strings.Repeat("Dear all, ", 100_000)), "short": []byte("x"), "picture": append([]byte("\xff\xd8\xff\xe0\x00\x10JFIF"), make([]byte, 1<<20)...),
	} {
		id, err := b.send(t, bytesOf)
		refused, is := errors.AsType[*tusclient.Refused](err)
		if !is || refused.Status != http.StatusUnsupportedMediaType || !strings.HasPrefix(refused.Why, "This is not a film we can read; films are taken as mp4") {
			t.Errorf("%s: the answer is %v", name, err)
			continue
		}
		if f := settled(t, b.Store, b.staging, id); f.State != store.FilmRefused || !strings.HasPrefix(f.Reason, "This is not a film we can read") {
			t.Errorf("%s: the film is %+v", name, f)
		}
		// Whoever did not hear why is told that it is over.
		err = b.sender(b.guider).Send(t.Context(), b.server.URL+uploadsPath+string(id), bytes.NewReader(bytesOf), int64(len(bytesOf)))
		if refused, is := errors.AsType[*tusclient.Refused](err); !is || refused.Status != http.StatusGone {
			t.Errorf("%s: later the answer is %v", name, err)
		}
	}
	if len(b.prober.seen) > 0 {
		t.Errorf("probed were %v", b.prober.seen)
	}
}

func TestUploadOfUnreadableFilm(t *testing.T) {
	t.Parallel()
	b := take(t)
	b.prober.say(vig.Errorf(vig.CodeInvalid, "open film: find stream", "%w", vig.Errorf(vig.CodeInvalid, "find stream", "there is no picture in it")))
	id, err := b.send(t, filmOf(1, 1000))
	ok(t, err)
	if f := settled(t, b.Store, b.staging, id); f.State != store.FilmRefused || f.Reason != "There is no picture in it." {
		t.Errorf("the film is %+v", f)
	}
	if there, err := b.Vault.Exists(t.Context(), vault.OriginalKey(id)); there || err != nil {
		t.Errorf("in the vault: %v, %v", there, err)
	}
	if asked := b.queue.all(); len(asked) > 0 {
		t.Errorf("the queue was asked %q", asked)
	}

	// What says nothing about the film is not laid at its door.
	b.prober.say(errors.New("the child was killed"))
	id, err = b.send(t, filmOf(2, 1000))
	ok(t, err)
	if f := settled(t, b.Store, b.staging, id); f.State != store.FilmQueued || f.Duration != 0 {
		t.Errorf("the film is %+v", f)
	}
}

func TestUploadRefusedEarly(t *testing.T) {
	t.Parallel()
	b := take(t)
	film := filmOf(1, earlyLength+5<<20)
	copy(film[24:], "\x00\x10\x00\x00moov")
	b.prober.say(vig.Errorf(vig.CodeUnsupported, "open film", "prores pictures are not taken"))
	id, err := b.send(t, film)
	if err == nil {
		t.Error("all of it was sent")
	}
	if f := settled(t, b.Store, b.staging, id); f.State != store.FilmRefused || f.Reason != "Prores pictures are not taken." {
		t.Errorf("the film is %+v", f)
	}
	if len(b.prober.seen) != 1 || b.prober.seen[0] != -int64(len(film)) {
		t.Errorf("probed were %v", b.prober.seen)
	}

	// What only seems wrong because the rest is missing is left until all is there.
	b.prober.say(vig.Errorf(vig.CodeInvalid, "open film", "it is cut off"))
	id, err = b.send(t, film)
	ok(t, err)
	if f := settled(t, b.Store, b.staging, id); f.State != store.FilmRefused || f.Reason != "It is cut off." {
		t.Errorf("the film is %+v", f)
	}
}

// Where enough are looked into already, a film goes on unseen until it is whole.
func TestUploadNotSeenEarly(t *testing.T) {
	t.Parallel()
	b := take(t)
	film := filmOf(1, earlyLength+5<<20)
	copy(film[24:], "\x00\x10\x00\x00moov")
	for range earlyAtOnce {
		b.uploads.looking <- struct{}{}
	}
	for _, sizes := range [][]int64{{int64(len(film))}, {-int64(len(film)), int64(len(film))}} {
		b.prober.seen = nil
		id, err := b.send(t, film)
		ok(t, err)
		settled(t, b.Store, b.staging, id)
		if !slices.Equal(b.prober.seen, sizes) {
			t.Errorf("probed were %v, want %v", b.prober.seen, sizes)
		}
		for len(b.uploads.looking) > 0 {
			<-b.uploads.looking
		}
	}
}

func TestUploadOfTheSameFilm(t *testing.T) {
	t.Parallel()
	b := take(t)
	film := filmOf(1, 1<<20)
	ids := make([]store.FilmID, 4)
	var many sync.WaitGroup
	for i := range ids {
		many.Go(func() {
			var err error
			if ids[i], err = b.send(t, film); err != nil {
				t.Error(err)
			}
		})
	}
	many.Wait()
	var first store.FilmID
	for _, id := range ids {
		if settled(t, b.Store, b.staging, id).State == store.FilmQueued {
			if first != "" {
				t.Errorf("%s and %s are taken in", first, id)
			}
			first = id
		}
	}
	for _, id := range ids {
		f := settled(t, b.Store, b.staging, id)
		if id == first {
			continue
		}
		if f.State != store.FilmRefused || f.Reason != "This film is in the case already; it is film "+string(first)+"." {
			t.Errorf("the film is %+v", f)
		}
		b.left(t, id)
		if there, err := b.Vault.Exists(t.Context(), vault.OriginalKey(id)); there || err != nil {
			t.Errorf("in the vault: %v, %v", there, err)
		}
	}
	holds(t, b.Vault, first, film)
}

// left waits until nobody is at a film any more: what is in the vault of one that
// was refused goes last.
func (b *taker) left(t *testing.T, id store.FilmID) {
	t.Helper()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	deadline := time.After(time.Minute)
	for !b.uploads.busy.begin(id) {
		select {
		case <-ticker.C:
		case <-deadline:
			t.Fatalf("film %s is still worked on", id)
		}
	}
	b.uploads.busy.end(id)
}

func TestUploadWhileTheQueueIsDown(t *testing.T) {
	t.Parallel()
	b := take(t)
	b.queue.breakDown(errors.New("redis is gone"))
	id, err := b.send(t, filmOf(1, 1000))
	ok(t, err)
	if f := settled(t, b.Store, b.staging, id); f.State != store.FilmQueued {
		t.Errorf("the film is %+v", f)
	}
}

func TestUploadOfAQuarantinedFilm(t *testing.T) {
	t.Parallel()
	b := take(t)
	film := filmOf(1, 1000)
	ok(t, b.Store.Quarantine(t.Context(), sumOf(film), store.KindFilm, "It stopped the analysis twice."))
	id, err := b.send(t, film)
	ok(t, err)
	if f := settled(t, b.Store, b.staging, id); f.State != store.FilmRefused || f.Reason != "It stopped the analysis twice." {
		t.Errorf("the film is %+v", f)
	}
}

// answer is what tus was answered.
type answer struct {
	status   int
	location string
}

// tus sends one request as it is.
func (b *taker) tus(t *testing.T, as asker, method, path string, header map[string]string, body string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, b.server.URL+path, strings.NewReader(body))
	ok(t, err)
	r.Header.Set("Tus-Resumable", "1.0.0")
	if as.token != "" {
		r.Header.Set("Authorization", "Bearer "+as.token)
	}
	if method == http.MethodPatch {
		r.Header.Set("Content-Type", "application/offset+octet-stream")
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	got, err := b.client.Do(r)
	ok(t, err)
	text, err := io.ReadAll(got.Body)
	ok(t, err)
	ok(t, got.Body.Close())
	if got.StatusCode >= 400 && method != http.MethodHead {
		if !strings.HasPrefix(string(text), `{"error":{"code":"`) || got.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %s: the answer is %s: %s", method, path, got.Status, text)
		}
	}
	return answer{got.StatusCode, got.Header.Get("Location")}
}

func TestUploadIsItsGuiders(t *testing.T) {
	t.Parallel()
	b := take(t)
	cycles, err := b.Store.Cycles(t.Context(), b.anothers.ID)
	ok(t, err)
	admin, err := b.Store.CreateAccount(t.Context(), "admin", store.RoleAdmin)
	ok(t, err)
	token, err := b.Store.CreateToken(t.Context(), admin.ID, "test")
	ok(t, err)
	// caseOther is base64 of code-of-other, caseOwn of code-of-guider.
	const caseOther, caseOwn = "case Y29kZS1vZi1vdGhlcg==", "case Y29kZS1vZi1ndWlkZXI="
	for name, c := range map[string]struct {
		as       asker
		metadata string
		size     string
		status   int
	}{
		"own":             {b.guider, caseOwn, "1000", http.StatusCreated},
		"nobody":          {asker{}, caseOwn, "1000", http.StatusUnauthorized},
		"admin":           {asker{Account: admin, token: token}, caseOwn, "1000", http.StatusForbidden},
		"another's case":  {b.guider, caseOther, "1000", http.StatusNotFound},
		"another's cycle": {b.guider, "cycle " + base64.StdEncoding.EncodeToString([]byte(cycles[0].ID)), "1000", http.StatusNotFound},
		"no case":         {b.guider, "", "1000", http.StatusBadRequest},
		"empty":           {b.guider, caseOwn, "0", http.StatusBadRequest},
		"no size":         {b.guider, caseOwn, "", http.StatusBadRequest},
		"negative":        {b.guider, caseOwn, "-1", http.StatusBadRequest},
		"too long":        {b.guider, caseOwn, strconv.Itoa(64<<20 + 1), http.StatusRequestEntityTooLarge},
	} {
		header := map[string]string{"Upload-Length": c.size, "Upload-Metadata": c.metadata}
		if got := b.tus(t, c.as, http.MethodPost, uploadsPath, header, ""); got.status != c.status {
			t.Errorf("%s: %d", name, got.status)
		}
	}
	if films, err := b.Store.Films(t.Context(), store.FilmQuery{}); err != nil || len(films) != 1 {
		t.Errorf("films: %v, %v", films, err)
	}

	made := b.tus(t, b.guider, http.MethodPost, uploadsPath, map[string]string{"Upload-Length": "10", "Upload-Metadata": caseOwn}, "")
	at := made.location
	if !strings.HasPrefix(at, uploadsPath) {
		t.Fatalf("Location is %q", at)
	}
	for _, method := range []string{http.MethodHead, http.MethodPatch, http.MethodDelete} {
		if got := b.tus(t, b.other, method, at, map[string]string{"Upload-Offset": "0"}, "x"); got.status != http.StatusNotFound {
			t.Errorf("%s by another: %d", method, got.status)
		}
	}
	for _, strange := range []string{"nothing", "..%2f..%2fattune.db", "%2e%2e", strings.Repeat("a", 100)} {
		if got := b.tus(t, b.guider, http.MethodHead, uploadsPath+strange, nil, ""); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", strange, got.status)
		}
	}
	if got := b.tus(t, b.guider, http.MethodPatch, at, map[string]string{"Upload-Offset": "5"}, "x"); got.status != http.StatusConflict {
		t.Errorf("at another place: %d", got.status)
	}
	if got := b.tus(t, b.guider, http.MethodPatch, at, map[string]string{"Upload-Offset": "0"}, "more than ten"); got.status != http.StatusRequestEntityTooLarge {
		t.Errorf("more than announced: %d", got.status)
	}
	if got := b.tus(t, b.guider, http.MethodPost, at, map[string]string{"X-HTTP-Method-Override": "DELETE"}, ""); got.status < 400 {
		t.Errorf("another method: %d", got.status)
	}
	if got := b.tus(t, b.guider, http.MethodDelete, at, nil, ""); got.status != http.StatusNoContent {
		t.Errorf("given up: %d", got.status)
	}
	if got := b.tus(t, b.guider, http.MethodHead, at, nil, ""); got.status != http.StatusNotFound {
		t.Errorf("after it was given up: %d", got.status)
	}
}

// A film that was taken in cannot be given up as an upload.
func TestUploadTooLateToGiveUp(t *testing.T) {
	t.Parallel()
	b := take(t)
	id, err := b.send(t, filmOf(1, 1000))
	ok(t, err)
	settled(t, b.Store, b.staging, id)
	if got := b.tus(t, b.guider, http.MethodDelete, uploadsPath+string(id), nil, ""); got.status != http.StatusConflict {
		t.Errorf("the answer is %d", got.status)
	}
	if f, err := b.Store.Film(t.Context(), id); err != nil || f.State != store.FilmQueued {
		t.Errorf("the film is %+v, %v", f, err)
	}
}

// What an upload leaves whose record was forgotten goes.
func TestUploadLeftovers(t *testing.T) {
	t.Parallel()
	b := take(t)
	made, err := b.sender(b.guider).Create(t.Context(), 1000, map[string]string{"case": b.kase.Code})
	ok(t, err)
	id := store.FilmID(tusclient.ID(made))
	long := time.Now().Add(-2 * leftover)
	for _, name := range []string{"gone.film", ".gone.json123"} {
		ok(t, os.WriteFile(filepath.Join(b.staging, name), []byte("x"), 0o600))
		ok(t, os.Chtimes(filepath.Join(b.staging, name), long, long))
	}
	ok(t, b.Store.ForgetUpload(t.Context(), id))
	var work sync.WaitGroup
	ok(t, b.uploads.takeAll(t.Context(), &work))
	work.Wait()
	if left, err := os.ReadDir(b.staging); err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
}

// What cannot be removed keeps nobody's film waiting.
func TestUploadBesideWhatStays(t *testing.T) {
	t.Parallel()
	b := untended(t)
	long := time.Now().Add(-2 * leftover)
	for _, stays := range []string{"0-gone.film", "0-over.film"} { // before all ids
		ok(t, os.MkdirAll(filepath.Join(b.staging, stays, "full"), 0o700))
		ok(t, os.Chtimes(filepath.Join(b.staging, stays), long, long))
	}
	ok(t, b.uploads.staging.save("0-over", stagedProgress{Size: 1}))
	b.tend(t)
	id, err := b.send(t, filmOf(1, 1000))
	ok(t, err)
	if f := settled(t, b.Store, b.staging, id); f.State != store.FilmQueued {
		t.Errorf("the film is %+v", f)
	}
	b.server.Close()
	for _, line := range []string{"leftovers stay", "upload that is over stays"} {
		if !strings.Contains(b.logged.String(), line) {
			t.Errorf("the log does not say %q", line)
		}
	}
}

func TestFilmName(t *testing.T) {
	for said, want := range map[string]string{
		"visit.mp4": "visit.mp4", "/home/a/visit 2.mov": "visit 2.mov", `C:\a\b.mp4`: "b.mp4", "": "film", "..": "..", "/": "film", ".": "film",
		"a\x00b\n.mp4": "ab.mp4", "\xff\xfe": "film", "Spiel – Bär.mp4": "Spiel – Bär.mp4", strings.Repeat("ä", 200): strings.Repeat("ä", 127),
	} {
		if got := filmName(said); got != want {
			t.Errorf("%q is called %q", said, got)
		}
	}
}

func TestSignature(t *testing.T) {
	stream := func(packet, before, from int) []byte {
		data := make([]byte, 12*packet)
		for at := before; at < len(data); at += packet {
			data[at] = 0x47
		}
		return data[from:]
	}
	for name, head := range map[string][]byte{
		"mp4": []byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00"), "mov without ftyp": []byte("\x00\x00\x00\x08wide\x00\x00\x10\x00mdat"),
		"mdat to the end": []byte("\x00\x00\x00\x00mdat"), "long mdat": []byte("\x00\x00\x00\x01mdat\x00\x00\x00\x02\x00\x00\x00\x00"),
		"index first": []byte("\x00\x00\x10\x00moov"), "free first": []byte("\x00\x00\x00\x08free"),
		"mkv": []byte("\x1a\x45\xdf\xa3\x01\x00"), "avi": []byte("RIFF\x00\x00\x00\x00AVI LIST"), "opendml": []byte("RIFF\x00\x00\x00\x00AVIX"),
		"ts": stream(188, 0, 0), "ts from within": stream(188, 0, 100), "m2ts": stream(192, 4, 0), "ts 204": stream(204, 0, 0),
	} {
		if err := checkSignature(head[:min(len(head), signatureLength)]); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, head := range map[string][]byte{
		"nothing": nil, "one byte": {0}, "zeros": make([]byte, signatureLength), "wave": []byte("RIFF\x00\x00\x00\x00WAVEfmt "), "zip": []byte("PK\x03\x04"),
		"jpeg": []byte("\xff\xd8\xff\xe0\x00\x10JFIF"), "html": []byte("<!doctype html><title>film</title>"), "sync bytes by chance": []byte("GGGGG"),
		"heic-like of size 3": []byte("\x00\x00\x00\x03ftypheic"),
	} {
		if err := checkSignature(head); vig.CodeOf(err) != vig.CodeUnsupported {
			t.Errorf("%s: %v", name, err)
		}
	}
}
