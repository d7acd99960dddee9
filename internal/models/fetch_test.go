package models

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"attune/internal/vig"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve starts a server that answers every request with handler, and returns
// the configuration that fetches from it.
func serve(t *testing.T, handler http.HandlerFunc) FetchConfig {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return FetchConfig{Client: s.Client(), BaseURL: s.URL + "/folder/"}
}

func TestFetch(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		handler http.HandlerFunc
		code    vig.Code
		says    string
	}{
		{"right", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/folder/small.onnx" {
				http.NotFound(w, r)
				return
			}
			w.Write(content)
		}, "", ""},
		{"redirect", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/elsewhere" {
				http.Redirect(w, r, "/elsewhere", http.StatusFound)
				return
			}
			w.Write(content)
		}, "", ""},
		{"other content", func(w http.ResponseWriter, _ *http.Request) {
			w.Write(bytes.ToUpper(content))
		}, vig.CodeInvalid, "sha256"},
		{"too short", func(w http.ResponseWriter, _ *http.Request) {
			w.Write(content[1:])
		}, vig.CodeInvalid, "999 bytes instead of 1000"},
		{"without end", func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write(content); err != nil {
					return
				}
			}
		}, vig.CodeInvalid, "more than 1000 bytes"},
		{"cut off", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			w.Write(content[1:])
		}, vig.CodeInternal, "unexpected EOF"},
		{"not there", http.NotFound, vig.CodeNotFound, "404"},
		{"lfs pointer", func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, pointer)
		}, vig.CodeInvalid, "Git LFS pointer"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cfg := serve(t, tt.handler)
			var done, total int64
			cfg.Progress = func(d, n int64) { done, total = d, n }
			dir := filepath.Join(t.TempDir(), "new", "folder")
			path, err := Fetch(t.Context(), small, dir, cfg)
			if vig.CodeOf(err) != tt.code {
				t.Fatalf("error %v, want code %q", err, tt.code)
			}
			if err != nil {
				expectAdvice(t, err, tt.says, dir)
				return
			}
			if err := small.Verify(path); err != nil || filepath.Dir(path) != dir {
				t.Errorf("fetched %s: %v", path, err)
			}
			if done != small.Size || total != small.Size {
				t.Errorf("progress ended with %d of %d", done, total)
			}
		})
	}
}

// expectAdvice checks that err gives its reason and the way by hand, and that
// nothing was left in dir.
func expectAdvice(t *testing.T, err error, says, dir string) {
	t.Helper()
	for _, want := range []string{says, dir, small.URL, small.SHA256} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q does not say %q", err, want)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestFetchStalled meets a server that goes silent in the middle.
func TestFetchStalled(t *testing.T) {
	t.Parallel()
	stall := func(stalled chan<- struct{}) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Write(content[:4])
			w.(http.Flusher).Flush()
			close(stalled)
			<-r.Context().Done()
		}
	}
	t.Run("ends by itself", func(t *testing.T) {
		t.Parallel()
		cfg := serve(t, stall(make(chan struct{})))
		cfg.Timeout = 100 * time.Millisecond
		dir := t.TempDir()
		_, err := Fetch(t.Context(), small, dir, cfg)
		if vig.CodeOf(err) != vig.CodeInternal {
			t.Fatalf("error %v, want code internal", err)
		}
		expectAdvice(t, err, "within 100ms", dir)
	})
	t.Run("ends with its context", func(t *testing.T) {
		t.Parallel()
		stalled := make(chan struct{})
		cfg := serve(t, stall(stalled))
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-stalled
			cancel()
		}()
		if _, err := Fetch(ctx, small, t.TempDir(), cfg); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want context.Canceled", err)
		}
	})
}

func TestFetchNoNetwork(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	dir := t.TempDir()
	_, err := Fetch(t.Context(), small, dir, FetchConfig{BaseURL: s.URL})
	if vig.CodeOf(err) != vig.CodeInternal {
		t.Fatalf("error %v, want code internal", err)
	}
	expectAdvice(t, err, "refused", dir)
}

// TestFetchOver meets a folder that already holds a file of that name.
func TestFetchOver(t *testing.T) {
	t.Parallel()
	requests := 0
	cfg := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		requests++
		w.Write(content)
	})
	dir := t.TempDir()
	put(t, dir, small.File, []byte("something else"))
	for range 2 {
		path, err := Fetch(t.Context(), small, dir, cfg)
		if err != nil {
			t.Fatal(err)
		}
		if err := small.Verify(path); err != nil {
			t.Error(err)
		}
	}
	if requests != 1 {
		t.Errorf("%d requests, want 1: the second time the file was right", requests)
	}
}
