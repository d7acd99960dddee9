package vault

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"go.uber.org/goleak"
	_ "gocloud.dev/blob/memblob" // mem://

	"attune/internal/vig"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// Idle connections of AWS's own client, which nobody can close.
		goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"),
		goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"),
		// Google's client starts it when the package is loaded.
		goleak.IgnoreTopFunction("go.opencensus.io/stats/view.(*worker).start"))
}

// bundle is one vault to test.
type bundle struct {
	*Vault
	ctx context.Context
	dir string // of a folder, else ""
}

// onEach runs a test on each kind of vault.
func onEach(t *testing.T, test func(*testing.T, bundle)) {
	for name, address := range map[string]func(*testing.T) string{
		"folder": func(t *testing.T) string { return "file://" + filepath.Join(t.TempDir(), "vault") },
		"memory": func(*testing.T) string { return "mem://" },
		"S3":     s3,
		"prefix": func(t *testing.T) string { return s3(t) + "&prefix=some/folder/" },
	} {
		t.Run(name, func(t *testing.T) {
			v := open(t, address(t))
			b := bundle{Vault: v, ctx: t.Context()}
			if f, ok := v.medium.(*folder); ok {
				b.dir = f.root.Name()
			}
			test(t, b)
		})
	}
}

func open(t *testing.T, address string) *Vault {
	t.Helper()
	v, err := Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := v.Close(); err != nil {
			t.Error(err)
		}
	})
	return v
}

// s3 starts a server that speaks S3 and returns the address of a bucket there.
func s3(t *testing.T) string {
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	backend := s3mem.New()
	if err := backend.CreateBucket("films"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend, gofakes3.WithIntegrityCheck(true)).Server())
	t.Cleanup(server.Close)
	return "s3://films?region=us-east-1&use_path_style=true&endpoint=" + url.QueryEscape(server.URL)
}

func (b bundle) put(t *testing.T, key string, data []byte) {
	t.Helper()
	w, err := b.Create(b.ctx, key)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
}

func (b bundle) get(t *testing.T, key string) []byte {
	t.Helper()
	r, err := b.Open(b.ctx, key)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// all returns what lies under a prefix: the sizes by key.
func (b bundle) all(t *testing.T, prefix string) map[string]int64 {
	t.Helper()
	sizes := map[string]int64{}
	for e, err := range b.Keys(b.ctx, prefix) {
		if err != nil {
			t.Fatal(err)
		}
		if age := time.Since(e.ModTime); age < -time.Minute || age > time.Hour {
			t.Errorf("%s was changed at %v", e.Key, e.ModTime)
		}
		if _, twice := sizes[e.Key]; twice {
			t.Errorf("%s is listed twice", e.Key)
		}
		sizes[e.Key] = e.Size
	}
	return sizes
}

// noise is n bytes that are the same each time.
func noise(n int) []byte {
	data := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(data)
	return data
}

func TestWhatIsPutIsThere(t *testing.T) {
	onEach(t, func(t *testing.T, b bundle) {
		// Sizes on both sides of a block, and of what S3 takes in one part.
		for _, size := range []int{0, 1, 1000, blockSize - 1, blockSize, blockSize + 1, 2*blockSize + 17} {
			data := noise(size)
			b.put(t, "films/f/original", data)
			if got := b.get(t, "films/f/original"); !bytes.Equal(got, data) {
				t.Errorf("of %d bytes came %d back, or others", size, len(got))
			}
		}
	})
}

func TestReaderAt(t *testing.T) {
	onEach(t, func(t *testing.T, b bundle) {
		data := noise(3*blockSize + 5)
		b.put(t, "films/f/original", data)
		r, err := b.Open(b.ctx, "films/f/original")
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if r.Size() != int64(len(data)) {
			t.Errorf("Size is %d", r.Size())
		}
		if err := iotest.TestReader(io.NewSectionReader(r, 0, 3000), data[:3000]); err != nil {
			t.Error(err)
		}
		var many sync.WaitGroup
		for seed := range uint64(8) {
			many.Go(func() {
				dice := rand.New(rand.NewPCG(seed, 1))
				for range 50 {
					off := dice.IntN(len(data))
					p := make([]byte, dice.IntN(100_000))
					n, err := r.ReadAt(p, int64(off))
					if end := off+len(p) > len(data); end != errors.Is(err, io.EOF) || !end && err != nil {
						t.Errorf("%d bytes at %d of %d: %v", len(p), off, len(data), err)
					}
					if !bytes.Equal(p[:n], data[off:min(off+len(p), len(data))]) {
						t.Errorf("%d bytes at %d are others", n, off)
					}
				}
			})
		}
		many.Wait()
		for _, off := range []int64{r.Size(), r.Size() + 1} {
			if n, err := r.ReadAt(make([]byte, 1), off); n != 0 || !errors.Is(err, io.EOF) {
				t.Errorf("at %d: %d bytes, %v", off, n, err)
			}
		}
		if _, err := r.ReadAt(make([]byte, 1), -1); err == nil {
			t.Error("a negative offset is fine")
		}
	})
}

func TestNothingAppearsBeforeCommit(t *testing.T) {
	onEach(t, func(t *testing.T, b bundle) {
		key := OriginalKey("f")
		unseen := func(when string) {
			t.Helper()
			if there, err := b.Exists(b.ctx, key); there || err != nil {
				t.Errorf("%s it exists: %v, %v", when, there, err)
			}
			if _, err := b.Open(b.ctx, key); vig.CodeOf(err) != vig.CodeNotFound {
				t.Errorf("%s Open says %v", when, err)
			}
			if all := b.all(t, ""); len(all) > 0 {
				t.Errorf("%s there are %v", when, all)
			}
		}
		w, err := b.Create(b.ctx, key)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(noise(6 << 20)); err != nil { // more than one part of S3
			t.Fatal(err)
		}
		unseen("while it is written")
		w.Abort()
		w.Abort()
		unseen("after Abort")
		if err := w.Commit(); err == nil {
			t.Error("Commit after Abort is fine")
		}
		if _, err := w.Write([]byte("x")); err == nil {
			t.Error("Write after Abort is fine")
		}

		ctx, cancel := context.WithCancel(b.ctx)
		if w, err = b.Create(ctx, key); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(noise(100)); err != nil {
			t.Fatal(err)
		}
		cancel()
		if err := w.Commit(); !errors.Is(err, context.Canceled) {
			t.Errorf("Commit of what was cancelled: %v", err)
		}
		unseen("after it was cancelled")
		if b.dir != "" {
			if left, err := os.ReadDir(b.dir); err != nil || len(left) > 0 {
				t.Errorf("the folder has %v, %v", left, err)
			}
		}
	})
}

func TestAnotherTakesThePlace(t *testing.T) {
	onEach(t, func(t *testing.T, b bundle) {
		b.put(t, "reels/r/a.mp4", []byte("one"))
		reading, err := b.Open(b.ctx, "reels/r/a.mp4")
		if err != nil {
			t.Fatal(err)
		}
		defer reading.Close()
		w, err := b.Create(b.ctx, "reels/r/a.mp4")
		if err != nil {
			t.Fatal(err)
		}
		defer w.Abort()
		if _, err := w.Write([]byte("another")); err != nil {
			t.Fatal(err)
		}
		if got := b.get(t, "reels/r/a.mp4"); string(got) != "one" {
			t.Errorf("before Commit it is %q", got)
		}
		if err := w.Commit(); err != nil {
			t.Fatal(err)
		}
		w.Abort()
		if got := b.get(t, "reels/r/a.mp4"); string(got) != "another" {
			t.Errorf("after Commit it is %q", got)
		}
	})
}

func TestDelete(t *testing.T) {
	onEach(t, func(t *testing.T, b bundle) {
		b.put(t, ResultKey("f", "a", "stills/m1.jpg"), []byte("1"))
		b.put(t, OriginalKey("f"), []byte("2"))
		for range 2 { // what is not there need not be deleted
			if err := b.Delete(b.ctx, ResultKey("f", "a", "stills/m1.jpg")); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.Delete(b.ctx, "films/f"); err != nil { // is only a part of a key
			t.Error(err)
		}
		if got, want := b.all(t, ""), map[string]int64{"films/f/original": 1}; !maps.Equal(got, want) {
			t.Errorf("there is %v", got)
		}
		if there, err := b.Exists(b.ctx, OriginalKey("f")); !there || err != nil {
			t.Errorf("the other is there: %v, %v", there, err)
		}
		if b.dir != "" {
			if _, err := os.Stat(filepath.Join(b.dir, "films/f/a")); !os.IsNotExist(err) {
				t.Errorf("the empty folder: %v", err)
			}
		}
	})
}

func TestKeys(t *testing.T) {
	onEach(t, func(t *testing.T, b bundle) {
		want := map[string]int64{}
		for i, key := range []string{
			OriginalKey("1"), ResultKey("1", "a", "analysis.json"), ResultKey("1", "a", "stills/m1.jpg"), ViewingCopyKey("1", "a"),
			OriginalKey("10"), ReelKey("1", "a"), "one",
		} {
			b.put(t, key, noise(i))
			want[key] = int64(i)
		}
		for prefix, n := range map[string]int{"": 7, "films": 5, "films/": 5, "films/1": 4, FilmPrefix("1"): 4,
			ResultKey("1", "a", "stills"): 1, ReelPrefix("1"): 1, "films/2": 0, "one": 1, "one/more": 0} {
			got := b.all(t, prefix)
			if len(got) != n {
				t.Errorf("under %q there are %v", prefix, got)
			}
			for key, size := range got {
				if want[key] != size || !strings.HasPrefix(key, prefix) {
					t.Errorf("under %q there is %s with %d bytes", prefix, key, size)
				}
			}
		}
		for _, err := range b.Keys(b.ctx, "") { // may be left at any time
			if err != nil {
				t.Error(err)
			}
			break
		}
		ctx, cancel := context.WithCancel(b.ctx)
		cancel()
		for _, err := range b.Keys(ctx, "") {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("cancelled: %v", err)
			}
		}
	})
}

func TestNoOtherKeys(t *testing.T) {
	onEach(t, func(t *testing.T, b bundle) {
		for _, key := range []string{"", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/..", "a/./b", ".a", "a/.b", `a\b`, "a b", "a\x00b",
			"a\nb", "é", strings.Repeat("a", 256), strings.Repeat("a/", 512) + "a"} {
			if _, err := b.Create(b.ctx, key); vig.CodeOf(err) != vig.CodeInvalid {
				t.Errorf("Create %q: %v", key, err)
			}
			if _, err := b.Open(b.ctx, key); vig.CodeOf(err) != vig.CodeInvalid {
				t.Errorf("Open %q: %v", key, err)
			}
			if err := b.Delete(b.ctx, key); vig.CodeOf(err) != vig.CodeInvalid {
				t.Errorf("Delete %q: %v", key, err)
			}
			if _, err := b.Exists(b.ctx, key); vig.CodeOf(err) != vig.CodeInvalid {
				t.Errorf("Exists %q: %v", key, err)
			}
		}
		for e, err := range b.Keys(b.ctx, "../") {
			if vig.CodeOf(err) != vig.CodeInvalid {
				t.Errorf("Keys: %v, %v", e, err)
			}
		}
	})
}

func TestManyAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, b bundle) {
		var many sync.WaitGroup
		for i := range 8 {
			many.Go(func() {
				data := noise(10_000 + i)
				for range 5 { // all come and go in the same folders
					key := ResultKey("f", "a", "stills/m"+string(rune('1'+i))+".jpg")
					b.put(t, key, data)
					if !bytes.Equal(b.get(t, key), data) {
						t.Errorf("%s is another", key)
					}
					if err := b.Delete(b.ctx, key); err != nil {
						t.Error(err)
					}
				}
			})
		}
		many.Wait()
		if all := b.all(t, ""); len(all) > 0 {
			t.Errorf("there are %v", all)
		}
	})
}
