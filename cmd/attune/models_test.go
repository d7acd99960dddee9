package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"attune/internal/models"
)

// The models come from a server of our own; what is fetched is trusted only if
// it is the manifest's.
func TestModelsFetch(t *testing.T) {
	t.Parallel()
	haveModels := true
	right, wrong := map[string][]byte{}, map[string]string{}
	for _, m := range models.All() {
		content, err := os.ReadFile(filepath.Join(sharedModels(), m.File))
		haveModels = haveModels && err == nil
		right[m.File], wrong[m.File] = content, strings.Repeat("x", int(m.Size))
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch filepath.Dir(r.URL.Path) {
		case "/right":
			_, _ = w.Write(right[filepath.Base(r.URL.Path)])
		case "/wrong":
			_, _ = w.Write([]byte(wrong[filepath.Base(r.URL.Path)]))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	for _, test := range []struct {
		from string
		want int
		says string
	}{
		{"right", exitOK, ""},
		{"wrong", exitFailed, "sha256"},
		{"nowhere", exitFailed, "copy the file"},
	} {
		t.Run(test.from, func(t *testing.T) {
			t.Parallel()
			if test.from == "right" && !haveModels {
				t.Skip("needs the models in ../shared/models")
			}
			dir := filepath.Join(t.TempDir(), "models")
			got := attune("models", "fetch", "--dir", dir, "--from", server.URL+"/"+test.from)
			if got.code != test.want || !strings.Contains(got.stderr, test.says) {
				t.Errorf("exit code %d, want %d; said %q, want %q in it", got.code, test.want, got.stderr, test.says)
			}
			for _, m := range models.All() {
				if !strings.Contains(got.stdout+got.stderr, m.File) {
					t.Errorf("nothing is said of %s", m.File)
				}
				_, err := os.Stat(filepath.Join(dir, m.File))
				if there := err == nil; there != (test.want == exitOK) {
					t.Errorf("%s is there: %v", m.File, there)
				}
			}
		})
	}
}

func TestModelsList(t *testing.T) {
	t.Parallel()
	got := attune("models", "list")
	if got.code != exitOK {
		t.Fatal(got.stderr)
	}
	for _, m := range models.All() {
		for _, want := range []string{m.File, m.SHA256, m.Licence, m.URL} {
			if !strings.Contains(got.stdout, want) {
				t.Errorf("%q is missing in:\n%s", want, got.stdout)
			}
		}
	}
}
