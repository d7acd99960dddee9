package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"attune/internal/store"
	"attune/internal/vault"
	"attune/internal/vig"
)

// seenAnalysis returns the film of the request's path and its analysis.
func (h *Web) seenAnalysis(r *http.Request) (store.Analysis, error) {
	f, err := h.seenFilm(r)
	if err != nil {
		return store.Analysis{}, err
	}
	if f.Analysis == "" {
		return store.Analysis{}, vig.Errorf(vig.CodeConflict, "find analysis", "the film is %s: there are no results", f.State)
	}
	return h.Store.Analysis(r.Context(), f.Analysis)
}

// listMoments answers with the part of the analysis that is for people. The
// evidence is passed on as it was written.
func (h *Web) listMoments(w http.ResponseWriter, r *http.Request) error {
	a, err := h.seenAnalysis(r)
	if err != nil {
		return err
	}
	found := struct {
		People    []json.RawMessage `json:"people"`
		Moments   []json.RawMessage `json:"moments"`
		DraftReel []string          `json:"draft_reel"`
		Notes     []string          `json:"notes"`
	}{[]json.RawMessage{}, []json.RawMessage{}, []string{}, []string{}}
	if err := json.Unmarshal(a.JSON, &found); err != nil {
		return fmt.Errorf("read analysis: %w", err)
	}
	h.answer(w, r, http.StatusOK, found)
	return nil
}

func (h *Web) getAnalysis(w http.ResponseWriter, r *http.Request) error {
	a, err := h.seenAnalysis(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.JSON))
	return nil
}

func (h *Web) getObservations(w http.ResponseWriter, r *http.Request) error {
	return h.sendResult(w, r, "observations.jsonl", "application/jsonl")
}

func (h *Web) getSignals(w http.ResponseWriter, r *http.Request) error {
	return h.sendJSON(w, r, "signals.json")
}

func (h *Web) getFrames(w http.ResponseWriter, r *http.Request) error {
	return h.sendJSON(w, r, "frames.json")
}

// reportPolicy lets the page do what it does: its own script and style, the
// pictures in it, and a film that whoever reads it has on their computer. It has an
// origin of its own, so that whatever it runs cannot act for who looks at it: nor
// does it get the reel beside it, which it says, and which the review plays.
const reportPolicy = "sandbox allow-scripts; default-src 'none'; script-src SCRIPT; style-src 'unsafe-inline'; " +
	"img-src data:; media-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

// reportHead is how much of a report holds the policy that it states itself:
// that is in its first lines.
const reportHead = 1024

// reportScript is the one script that a report may run, in the policy that it
// states itself. The worker took the report only because it begins as the program
// writes it, so that the hash is that of the program's script, of whichever
// version; a policy of ours besides holds even if a browser overlooked that one.
var reportScript = regexp.MustCompile(`<meta http-equiv="Content-Security-Policy" content="[^">]*script-src '(sha256-[A-Za-z0-9+/]{43}=)'`)

func (h *Web) getReport(w http.ResponseWriter, r *http.Request) error {
	key, err := h.resultKey(r, "report.html")
	if err != nil {
		return err
	}
	script, err := h.scriptOf(r.Context(), key)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Security-Policy", strings.Replace(reportPolicy, "SCRIPT", script, 1))
	return h.sendKey(w, r, key, "text/html; charset=utf-8")
}

// scriptOf returns the script that a report may run, in the words of CSP.
func (h *Web) scriptOf(ctx context.Context, key string) (string, error) {
	report, err := h.Vault.Open(ctx, key)
	if err != nil {
		return "", err
	}
	defer report.Close()
	head := make([]byte, reportHead)
	n, err := report.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("look at report: %w", err)
	}
	// What base64 has beside letters and digits may be written as entities.
	found := reportScript.FindStringSubmatch(html.UnescapeString(string(head[:n])))
	if found == nil {
		return "'none'", nil
	}
	return "'" + found[1] + "'", nil
}

func (h *Web) getStill(w http.ResponseWriter, r *http.Request) error {
	return h.sendResult(w, r, "stills/"+idOf(r, "still"), "image/jpeg")
}

// compress packs answers for those who take gzip: lists of times and numbers
// become a fifth and less.
var compress = sync.OnceValues(func() (func(http.Handler) http.HandlerFunc, error) { return gzhttp.NewWrapper() })

// sendJSON sends a file of JSON of the film's analysis, packed.
func (h *Web) sendJSON(w http.ResponseWriter, r *http.Request, name string) (err error) {
	packed, err := compress()
	if err != nil {
		return fmt.Errorf("pack answers: %w", err)
	}
	packed(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err = h.sendResult(w, r, name, "application/json")
	})).ServeHTTP(w, r)
	return err
}

// sendResult sends a file of the film's analysis.
func (h *Web) sendResult(w http.ResponseWriter, r *http.Request, name, kind string) error {
	key, err := h.resultKey(r, name)
	if err != nil {
		return err
	}
	return h.sendKey(w, r, key, kind)
}

// resultKey returns where a file of the film's analysis lies.
func (h *Web) resultKey(r *http.Request, name string) (string, error) {
	a, err := h.seenAnalysis(r)
	if err != nil {
		return "", err
	}
	key, ok := a.Keys[name]
	if !ok {
		return "", &vig.Error{Code: vig.CodeNotFound, Op: "find result: the analysis has none of that name"}
	}
	return key, nil
}

func (h *Web) getOriginal(w http.ResponseWriter, r *http.Request) error {
	f, err := h.seenFilm(r)
	if err != nil {
		return err
	}
	return h.sendOriginal(w, r, f)
}

func (h *Web) sendOriginal(w http.ResponseWriter, r *http.Request, f store.Film) error {
	if f.SHA256 == "" || f.State == store.FilmForgotten {
		return vig.Errorf(vig.CodeConflict, "find film", "the film is %s: it cannot be had", f.State)
	}
	return h.sendKey(w, r, vault.OriginalKey(f.ID), "")
}

func (h *Web) getViewing(w http.ResponseWriter, r *http.Request) error {
	f, err := h.seenFilm(r)
	switch {
	case err != nil:
		return err
	case f.Viewing == "":
		return h.sendOriginal(w, r, f)
	case f.ViewingCopy == "":
		return vig.Errorf(vig.CodeConflict, "find viewing copy", "the copy that a browser can play is %s", f.Viewing)
	}
	return h.sendKey(w, r, f.ViewingCopy, "video/mp4")
}

// sendKey sends what lies under a key of the vault, or the range of it that was
// asked for. Under a key there is never anything else later, so the key is the
// ETag too. The kind "" is that of a film as it was uploaded.
func (h *Web) sendKey(w http.ResponseWriter, r *http.Request, key, kind string) error {
	from, err := h.Vault.Open(r.Context(), key)
	if err != nil {
		return err
	}
	defer from.Close()
	if kind == "" {
		if kind, err = filmKind(from); err != nil {
			return err
		}
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("ETag", `"`+key+`"`)
	http.ServeContent(w, r, "", time.Time{}, io.NewSectionReader(from, 0, from.Size()))
	return nil
}

// sniffed is how many bytes http.DetectContentType looks at.
const sniffed = 512

// filmKind returns the type of a film's bytes. Only a film is called one:
// whatever else somebody uploaded is not to be opened by a browser.
func filmKind(film io.ReaderAt) (string, error) {
	head := make([]byte, sniffed)
	n, err := film.ReadAt(head, 0)
	if n < len(head) && err != io.EOF {
		return "", fmt.Errorf("look at film: %w", err)
	}
	head = head[:n]
	if kind := http.DetectContentType(head); strings.HasPrefix(kind, "video/") {
		return kind, nil
	}
	if len(head) >= 8 && string(head[4:8]) == "ftyp" { // mov and 3gp: browsers play them as mp4
		return "video/mp4", nil
	}
	return "application/octet-stream", nil
}
