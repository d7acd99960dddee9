package page

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed all:assets/dist
var assetFiles embed.FS

// assets are the bundles that 'make build' made of assets/src.
type assets struct {
	files map[string]asset
}

type asset struct {
	bytes  []byte
	packed []byte // by gzip
	kind   string
	hash   string
}

func readAssets() (*assets, error) {
	a := &assets{files: map[string]asset{}}
	entries, err := fs.ReadDir(assetFiles, "assets/dist")
	if err != nil {
		return nil, fmt.Errorf("list bundles: %w", err)
	}
	for _, entry := range entries {
		kind := mime.TypeByExtension(path.Ext(entry.Name()))
		switch path.Ext(entry.Name()) { // whatever this machine calls them
		case ".js":
			kind = "text/javascript; charset=utf-8"
		case ".css":
			kind = "text/css; charset=utf-8"
		case ".md":
			continue
		}
		text, err := fs.ReadFile(assetFiles, "assets/dist/"+entry.Name())
		if err != nil {
			return nil, fmt.Errorf("read bundle: %w", err)
		}
		packed, err := pack(text)
		if err != nil {
			return nil, fmt.Errorf("pack bundle: %w", err)
		}
		sum := sha256.Sum256(text)
		a.files[entry.Name()] = asset{bytes: text, packed: packed, kind: kind, hash: hex.EncodeToString(sum[:6])}
	}
	return a, nil
}

// pack makes a text shorter for the line: scripts become a third.
func pack(text []byte) ([]byte, error) {
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}

// bundled says whether 'make build' was run.
func (a *assets) bundled() bool { return len(a.files) > 0 }

// address returns where a bundle is had, with its hash, so that a browser can
// keep it as long as it stays the same.
func (a *assets) address(name string) (string, error) {
	one, ok := a.files[name]
	if !ok {
		return "", fmt.Errorf("there is no bundle %q", name)
	}
	return "/assets/" + name + "?" + one.hash, nil
}

// script returns the element that brings the script of a bundle; nothing while
// there are no bundles at all.
func (a *assets) script(bundle string) (template.HTML, error) {
	if !a.bundled() {
		return "", nil
	}
	from, err := a.address(bundle + ".js")
	if err != nil {
		return "", err
	}
	return template.HTML(`<script type="module" src="` + template.HTMLEscapeString(from) + `"></script>`), nil //nolint:gosec // of our own names
}

// style is script for the style of a bundle.
func (a *assets) style(bundle string) (template.HTML, error) {
	if !a.bundled() {
		return "", nil
	}
	from, err := a.address(bundle + ".css")
	if err != nil {
		return "", err
	}
	return template.HTML(`<link rel="stylesheet" href="` + template.HTMLEscapeString(from) + `">`), nil //nolint:gosec // of our own names
}

// ServeAsset sends the bundle of that name, and says whether there is one.
func (s *Set) ServeAsset(w http.ResponseWriter, r *http.Request, name string) bool {
	one, ok := s.assets.files[name]
	if !ok {
		return false
	}
	header := w.Header()
	header.Set("Content-Type", one.kind)
	header.Set("ETag", `"`+one.hash+`"`)
	// A chunk has a hash in its name, and a bundle one in its address.
	if r.URL.RawQuery == one.hash || strings.HasPrefix(name, "chunk-") {
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		header.Set("Cache-Control", "no-cache")
	}
	body := one.bytes
	header.Set("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") && r.Header.Get("Range") == "" {
		header.Set("Content-Encoding", "gzip")
		header.Set("ETag", `"`+one.hash+`-gzip"`)
		body = one.packed
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	return true
}
