package models

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/renameio/v2"

	"attune/internal/vig"
)

// FetchConfig says how to fetch. Its zero value works.
type FetchConfig struct {
	Client   *http.Client            // nil is http.DefaultClient
	BaseURL  string                  // folder to fetch the file from; "" is where the model's authors publish it
	Timeout  time.Duration           // for the whole of it; 0 is two minutes
	Progress func(done, total int64) // told the bytes after each piece; nil is nobody
}

// defaultTimeout lets 30 KB/s, a poor mobile line, bring 3 MB.
const defaultTimeout = 2 * time.Minute

// Fetch puts m into dir, which it makes if needed, and returns its path. The
// file appears there whole and verified or not at all. One that is there and
// right is left alone; another one of its name is replaced. An error says what
// the user can do instead.
func Fetch(ctx context.Context, m Model, dir string, cfg FetchConfig) (string, error) {
	path := filepath.Join(dir, m.File)
	if m.Verify(path) == nil {
		return path, nil
	}
	url := m.URL
	if cfg.BaseURL != "" {
		url = strings.TrimSuffix(cfg.BaseURL, "/") + "/" + m.File
	}
	op := "fetch model " + m.File
	content, code, err := m.download(ctx, url, cfg)
	if err != nil {
		return "", vig.Errorf(code, op, "%w; you can also copy the file to %s yourself: from %s, sha256 %s", err, path, m.URL, m.SHA256)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", vig.Errorf(vig.CodeInternal, op, "%w; name another folder", err)
	}
	if err := renameio.WriteFile(path, content, 0o644); err != nil {
		return "", vig.Errorf(vig.CodeInternal, op, "%w; name another folder", err)
	}
	return path, nil
}

// download returns the verified content of m from url, or the kind of failure.
func (m Model) download(ctx context.Context, url string, cfg FetchConfig) ([]byte, vig.Code, error) {
	timeout := cfg.Timeout
	if timeout == 0 {
		timeout = defaultTimeout
	}
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("%s did not send it within %v", url, timeout))
	defer cancel()
	because := func(err error) error {
		if ctx.Err() != nil && !errors.Is(context.Cause(ctx), context.Canceled) {
			return context.Cause(ctx)
		}
		return err
	}

	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, vig.CodeInvalid, err
	}
	client := cfg.Client
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, vig.CodeInternal, because(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, vig.CodeNotFound, fmt.Errorf("%s answered %q", url, resp.Status)
	}
	// One byte more than m has tells a longer file, however long it is.
	body := &counter{r: io.LimitReader(resp.Body, m.Size+1), total: m.Size, progress: cfg.Progress}
	content, err := io.ReadAll(body)
	if err != nil {
		return nil, vig.CodeInternal, because(err)
	}
	if err := m.check(content); err != nil {
		return nil, vig.CodeInvalid, fmt.Errorf("what %s sent is wrong: %w", url, err)
	}
	return content, "", nil
}

// counter tells progress how much was read of r.
type counter struct {
	r           io.Reader
	done, total int64
	progress    func(done, total int64)
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.done += int64(n)
	if c.progress != nil && n > 0 {
		c.progress(min(c.done, c.total), c.total)
	}
	return n, err
}
