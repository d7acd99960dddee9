package models

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"attune/internal/vig"
)

// small stands for a model; content is its right content, longer than a Git
// LFS pointer as models are.
var (
	content = bytes.Repeat([]byte("a model of a model. "), 50)
	small   = func() Model {
		sum := sha256.Sum256(content)
		return Model{
			File: "small.onnx", Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:]),
			URL: "https://example.org/small.onnx",
		}
	}()
)

const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:8f23\nsize 232589\n"

// put writes a file into dir and returns its path.
func put(t *testing.T, dir, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestManifest(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, m := range All() {
		if seen[m.File] || m.File != filepath.Base(m.File) {
			t.Errorf("%q: a name must be plain and of one model", m.File)
		}
		seen[m.File] = true
		if sum, err := hex.DecodeString(m.SHA256); err != nil || len(sum) != sha256.Size || m.SHA256 != strings.ToLower(m.SHA256) {
			t.Errorf("%s: %q is not a sha256 in lower case", m.File, m.SHA256)
		}
		if u, err := url.Parse(m.URL); err != nil || u.Scheme != "https" || path.Ext(u.Path) != path.Ext(m.File) {
			t.Errorf("%s: %q is not its address", m.File, m.URL)
		}
		if m.Size <= 0 || m.Licence == "" || m.Purpose == "" {
			t.Errorf("%s: size, licence or purpose is missing", m.File)
		}
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		content []byte
		code    vig.Code
		says    string
	}{
		{"right", content, "", ""},
		{"shorter", content[1:], vig.CodeInvalid, "999 bytes instead of 1000"},
		{"longer", append([]byte("x"), content...), vig.CodeInvalid, "more than 1000 bytes"},
		{"other content", bytes.ToUpper(content), vig.CodeInvalid, "sha256"},
		{"empty", nil, vig.CodeInvalid, "0 bytes"},
		{"lfs pointer", []byte(pointer), vig.CodeInvalid, "Git LFS pointer"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := put(t, t.TempDir(), small.File, tt.content)
			got, err := small.Read(path)
			if vig.CodeOf(err) != tt.code {
				t.Fatalf("error %v, want code %q", err, tt.code)
			}
			if err == nil {
				if string(got) != string(content) {
					t.Errorf("read %q", got)
				}
				return
			}
			for _, want := range []string{tt.says, path, "attune models fetch"} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not say %q", err, want)
				}
			}
		})
	}
	t.Run("a folder", func(t *testing.T) {
		t.Parallel()
		if _, err := small.Read(t.TempDir()); vig.CodeOf(err) != vig.CodeInvalid {
			t.Errorf("error %v, want code invalid", err)
		}
	})
}
