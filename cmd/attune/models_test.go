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

// The model comes from a server of our own; what is fetched is trusted only if
// it is the manifest's.
func TestModelsFetch(t *testing.T) {
	t.Parallel()
	model, err := os.ReadFile(filepath.Join(sharedModels(), models.YuNet.File))
	haveModel := err == nil
	wrong := strings.Repeat("x", int(models.YuNet.Size))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch filepath.Dir(r.URL.Path) {
		case "/right":
			_, _ = w.Write(model)
		case "/wrong":
			_, _ = w.Write([]byte(wrong))
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
			if test.from == "right" && !haveModel {
				t.Skip("needs the face model in ../shared/models")
			}
			dir := filepath.Join(t.TempDir(), "models")
			got := attune("models", "fetch", "--dir", dir, "--from", server.URL+"/"+test.from)
			if got.code != test.want || !strings.Contains(got.stderr, test.says) {
				t.Errorf("exit code %d, want %d; said %q, want %q in it", got.code, test.want, got.stderr, test.says)
			}
			_, err := os.Stat(filepath.Join(dir, models.YuNet.File))
			if there := err == nil; there != (test.want == exitOK) {
				t.Errorf("the file is there: %v", there)
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
	for _, want := range []string{models.YuNet.File, models.YuNet.SHA256, models.YuNet.Licence, models.YuNet.URL} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("%q is missing in:\n%s", want, got.stdout)
		}
	}
}
