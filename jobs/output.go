package jobs

import (
	"bytes"
	"context"
	"errors"
	"io"
	"regexp"
	"sync"
	"time"

	"attune/internal/vault"
	"attune/internal/vig"
)

// maxAnalysis is how large analysis.json may be: it is kept in the records too.
// That of the longest film is some hundred kilobytes.
const maxAnalysis = 16 << 20

// clearTime is what clearing up may take after the work's own context ended.
const clearTime = 30 * time.Second

// stopClearTime is that when the worker is told to stop. It is to be gone before
// who told it loses patience (10 s), also if the storage is away.
const stopClearTime = 2 * time.Second

// analysisFiles, reelFiles and viewingFiles are what the kinds of work make.
var (
	analysisFiles = regexp.MustCompile(`^((analysis|signals|frames)\.json|observations\.jsonl|report\.html|reel\.mp4|stills/m[0-9]{1,4}\.jpg)$`)
	reelFiles     = regexp.MustCompile(`^reel\.mp4$`)
	viewingFiles  = regexp.MustCompile(`^viewing\.mp4$`)
)

// outputs puts what an attempt makes into the vault, under keys of its own.
type outputs struct {
	*reporter
	ctx      context.Context
	vault    *vault.Vault
	names    *regexp.Regexp
	key      func(name string) string
	troubles troubles

	mu       sync.Mutex
	keys     map[string]string // by name, of the files that are there
	open     map[*output]struct{}
	analysis bytes.Buffer // a copy of analysis.json
}

// Create begins a file in the vault.
func (o *outputs) Create(name string) (io.WriteCloser, error) {
	const op = "keep result"
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, twice := o.keys[name]; twice || !o.names.MatchString(name) {
		return nil, vig.Errorf(vig.CodeInternal, op, "a file of that name is not expected")
	}
	w, err := o.vault.Create(o.ctx, o.key(name))
	if err != nil {
		return nil, o.troubles.note(err)
	}
	f := &output{to: w, of: o, name: name}
	o.open[f] = struct{}{}
	return f, nil
}

// output is one file.
type output struct {
	to   *vault.Writer
	of   *outputs
	name string
}

func (f *output) Write(p []byte) (int, error) {
	if f.name == "analysis.json" {
		if f.of.analysis.Len()+len(p) > maxAnalysis {
			return 0, vig.Errorf(vig.CodeInternal, "keep result", "analysis.json has more than %d bytes", maxAnalysis)
		}
		f.of.analysis.Write(p)
	}
	n, err := f.to.Write(p)
	return n, f.of.troubles.note(err)
}

// Close keeps the file.
func (f *output) Close() error {
	o := f.of
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, ok := o.open[f]; !ok {
		return nil
	}
	delete(o.open, f)
	if _, twice := o.keys[f.name]; twice {
		f.to.Abort()
		return vig.Errorf(vig.CodeInternal, "keep result", "a file came twice")
	}
	o.keys[f.name] = o.key(f.name) // before the commit: if that fails, it may be there all the same
	return o.troubles.note(f.to.Commit())
}

// Abort drops the file, which did not become whole.
func (f *output) Abort() {
	o := f.of
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, ok := o.open[f]; ok {
		f.to.Abort()
		delete(o.open, f)
		if f.name == "analysis.json" {
			o.analysis.Reset()
		}
	}
}

// abort ends what is still being written.
func (o *outputs) abort() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for f := range o.open {
		f.to.Abort()
		delete(o.open, f)
	}
}

// discard deletes all that the attempt wrote. What cannot be deleted now, the
// sweep finds.
func (o *outputs) discard() error {
	limit := clearTime
	if errors.Is(context.Cause(o.ctx), errStopping) {
		limit = stopClearTime
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(o.ctx), limit)
	defer cancel()
	o.abort()
	var errs []error
	for _, key := range o.keys {
		errs = append(errs, o.vault.Delete(ctx, key))
	}
	return errors.Join(errs...)
}
