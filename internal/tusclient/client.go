package tusclient

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"attune/internal/vig"
)

// Client sends films. Its zero value works, but for the endpoint.
type Client struct {
	Endpoint string       // where uploads are made, as https://attune.example.org/api/v1/uploads/
	Token    string       // whose upload it is; "" shows none
	HTTP     *http.Client // nil is http.DefaultClient. It must not have a timeout: pieces may be slow
	Piece    int64        // bytes sent in one request; 0 is 32 MiB
	// Patience is how long nothing may get through before the client gives up: the
	// error is then that of the last try. 0 is ten minutes.
	Patience time.Duration
	// Progress is told the bytes that are sent and how many there are, now and
	// then. It goes back where a connection broke. nil is nobody.
	Progress func(done, total int64)
}

const (
	// defaultPiece is lost at most when a request fails for good: half a minute of
	// a good home line.
	defaultPiece = 32 << 20
	// firstPiece is short, so that a file that is no film is refused in an answer
	// that is read: what a server answers while much is still being sent gets lost.
	firstPiece = 64 << 10
	// defaultPatience lets a router, or the server, start again.
	defaultPatience = 10 * time.Minute
	// stall is after how long a connection on which nothing moves is given up: as
	// long as the server waits.
	stall = time.Minute
	// The first and the longest wait between two tries.
	firstWait, longestWait = 100 * time.Millisecond, 10 * time.Second
)

// Refused is the answer of a server that does not take the film, or not any
// more: trying again is of no use.
type Refused struct {
	Status int    // of HTTP: 404 and 410 say that the upload is not there, or no longer
	Why    string // in words for people; "" if the server did not say
}

// Error returns the server's words.
func (r *Refused) Error() string {
	if r.Why != "" {
		return r.Why
	}
	return "the server answered " + strconv.Itoa(r.Status) + " " + http.StatusText(r.Status)
}

// ID returns the id of the film that is sent to the address of an upload.
func ID(upload string) string {
	u, err := url.Parse(upload)
	if err != nil {
		return ""
	}
	return path.Base(u.Path)
}

// Create makes an upload of size bytes and returns its address, at which it
// can be resumed as long as the server keeps it. Metadata is filename, and case
// (a code) or cycle (an id).
func (c *Client) Create(ctx context.Context, size int64, metadata map[string]string) (upload string, err error) {
	err = c.insist(ctx, "begin upload", func(ctx context.Context) (bool, error) {
		req, err := c.request(ctx, http.MethodPost, c.Endpoint, nil)
		if err != nil {
			return false, err
		}
		req.Header.Set("Upload-Length", strconv.FormatInt(size, 10))
		req.Header.Set("Upload-Metadata", encode(metadata))
		header, err := c.do(req, http.StatusCreated)
		if err != nil {
			return false, err
		}
		at, err := req.URL.Parse(header.Get("Location"))
		if err != nil || header.Get("Location") == "" {
			return false, final{fmt.Errorf("the server made the upload and did not say where")}
		}
		upload = at.String()
		return true, nil
	})
	return upload, err
}

// Send sends what the server does not have yet of a film of size bytes. It ends
// when the server has all, does not want it, or cannot be reached for too long.
// The film may be of any number of uploads at once.
func (c *Client) Send(ctx context.Context, upload string, film io.ReaderAt, size int64) error {
	const unknown = -1
	offset, furthest := int64(unknown), int64(unknown)
	return c.insist(ctx, "send film", func(ctx context.Context) (bool, error) {
		for {
			if offset == unknown {
				var err error
				if offset, err = c.offset(ctx, upload, size); err != nil {
					offset = unknown
					return false, err
				}
				furthest = max(furthest, offset)
			}
			c.tell(offset, size)
			if offset == size {
				return true, nil
			}
			next, err := c.patch(ctx, upload, film, offset, size)
			if err == nil {
				offset = next
				continue
			}
			if isFinal(err) {
				return false, err
			}
			// How far the server got tells whether this was a step.
			got := offset
			asked, lost := c.offset(ctx, upload, size)
			offset = unknown
			switch {
			case isFinal(lost):
				return false, lost
			case lost == nil:
				offset = asked
			}
			if got = max(got, asked); got > furthest {
				furthest = got
				return false, step{err}
			}
			return false, err
		}
	})
}

// offset asks how many bytes the server has.
func (c *Client) offset(ctx context.Context, upload string, size int64) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, stall)
	defer cancel()
	req, err := c.request(ctx, http.MethodHead, upload, nil)
	if err != nil {
		return 0, err
	}
	header, err := c.do(req, http.StatusOK)
	if err != nil {
		return 0, err
	}
	return offsetOf(header, size)
}

// patch sends one piece and returns how many bytes the server has then.
func (c *Client) patch(ctx context.Context, upload string, film io.ReaderAt, offset, size int64) (int64, error) {
	piece := c.Piece
	if piece <= 0 {
		piece = defaultPiece
	}
	if offset == 0 {
		piece = min(piece, firstPiece)
	}
	piece = min(piece, size-offset)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := time.AfterFunc(stall, func() { cancel(fmt.Errorf("nothing moved for %v", stall)) })
	defer watch.Stop()
	body := &telling{r: io.NewSectionReader(film, offset, piece), moved: func(n int64) {
		watch.Reset(stall)
		c.tell(offset+n, size)
	}}
	defer body.stop() // the transport may still be reading
	req, err := c.request(ctx, http.MethodPatch, upload, body)
	if err != nil {
		return 0, err
	}
	req.ContentLength = piece
	req.Header.Set("Content-Type", "application/offset+octet-stream")
	req.Header.Set("Upload-Offset", strconv.FormatInt(offset, 10))
	header, err := c.do(req, http.StatusNoContent)
	if err != nil {
		return 0, err
	}
	return offsetOf(header, size)
}

func offsetOf(header http.Header, size int64) (int64, error) {
	offset, err := strconv.ParseInt(header.Get("Upload-Offset"), 10, 64)
	if err != nil || offset < 0 || offset > size {
		return 0, final{fmt.Errorf("the server says that it has %q bytes of %d: this is another film", header.Get("Upload-Offset"), size)}
	}
	return offset, nil
}

func (c *Client) request(ctx context.Context, method, url string, body io.Reader) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return nil, final{err}
	}
	req.Header.Set("Tus-Resumable", "1.0.0")
	if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	return req, nil
}

// do sends a request and returns the header of the answer if it has the wanted
// status.
func (c *Client) do(req *http.Request, want int) (http.Header, error) {
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(req)
	if err != nil {
		if cause := context.Cause(req.Context()); cause != nil {
			err = cause
		}
		return nil, err
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10)) // of an error: what came of it is enough
	if resp.StatusCode == want {
		return resp.Header, nil
	}
	refused := &Refused{Status: resp.StatusCode}
	var said struct{ Error struct{ Message string } }
	if json.Unmarshal(text, &said) == nil {
		refused.Why = said.Error.Message
	}
	if passing(resp.StatusCode) {
		return nil, refused
	}
	return nil, final{refused}
}

// passing says whether a status may be another the next time: of a server that
// is busy or not well, or of a request that another one came between.
func passing(status int) bool {
	switch status {
	case http.StatusBadRequest, // tusd's for a request that broke off
		http.StatusRequestTimeout, http.StatusConflict, http.StatusLocked, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	case http.StatusNotImplemented, http.StatusInsufficientStorage:
		return false
	}
	return status >= 500
}

// final is an error after which there is no other try.
type final struct{ error }

func isFinal(err error) bool {
	_, yes := err.(final) //nolint:errorlint // do and its callers return it bare
	return yes
}

// step is the error of a try that got something through.
type step struct{ error }

// insist tries until it is done, waiting longer and longer between tries that
// bring nothing.
func (c *Client) insist(ctx context.Context, op string, try func(context.Context) (done bool, err error)) error {
	patience := c.Patience
	if patience <= 0 {
		patience = defaultPatience
	}
	wait := firstWait
	moved := time.Now()
	for {
		done, err := try(ctx)
		if done {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%s: %w", op, context.Cause(ctx))
		}
		switch e := err.(type) { //nolint:errorlint // tries return them bare
		case final:
			return &vig.Error{Code: codeOf(e.error), Op: op, Err: e.error}
		case step:
			wait, moved = firstWait, time.Now()
			continue
		}
		if time.Since(moved) > patience {
			return &vig.Error{Code: vig.CodeInternal, Op: op, Err: err}
		}
		// Not all who lost the same server are to come back at the same time.
		timer := time.NewTimer(wait/2 + rand.N(wait))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
		wait = min(2*wait, longestWait)
	}
}

// codeOf says what kind of failure an answer is.
func codeOf(err error) vig.Code {
	refused, ok := err.(*Refused) //nolint:errorlint // do returns it bare
	if !ok {
		return vig.CodeInternal
	}
	switch refused.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return vig.CodeForbidden
	case http.StatusNotFound, http.StatusGone:
		return vig.CodeNotFound
	case http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType:
		return vig.CodeUnsupported
	case http.StatusUnprocessableEntity:
		return vig.CodeInvalid
	}
	return vig.CodeInternal
}

func (c *Client) tell(done, total int64) {
	if c.Progress != nil {
		c.Progress(done, total)
	}
}

// telling tells how much was read of r, until it is stopped.
type telling struct {
	r  io.Reader
	n  int64
	mu sync.Mutex

	moved func(n int64)
}

func (t *telling) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.n += int64(n); n > 0 && t.moved != nil {
		t.moved(t.n)
	}
	return n, err
}

func (t *telling) stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.moved = nil
}

// encode writes metadata as tus wants it.
func encode(metadata map[string]string) string {
	var pairs []string
	for _, key := range slices.Sorted(maps.Keys(metadata)) {
		pairs = append(pairs, key+" "+base64.StdEncoding.EncodeToString([]byte(metadata[key])))
	}
	return strings.Join(pairs, ",")
}
