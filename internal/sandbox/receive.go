package sandbox

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"attune/internal/vig"
)

// Outputs takes what a child makes. Its methods are called by one goroutine; what
// waits in them, Run waits for, so they heed the context of the run.
type Outputs interface {
	// Create begins the file called name, one of those of the task's kind, each
	// at most once. Close is called when the file is whole; one that does not
	// become whole is given up by Abort where the writer has such a method, and
	// closed otherwise. What was made counts only if Run returns no error.
	Create(name string) (io.WriteCloser, error)

	// Progress says that share (0–1) of the stage is done, some times a second.
	// The stage's name is plain text of the child's choice.
	Progress(stage string, share float64)
}

// progressEvery is how often progress is passed on at most: enough for eyes,
// whatever a child sends.
const progressEvery = 100 * time.Millisecond

// maxReason and maxStage are how many characters of a child's sentence, and of
// a stage's name, are kept.
const (
	maxReason = 500
	maxStage  = 80
)

// reason is what a child says where there is no result.
type reason struct {
	Code vig.Code `json:"code"`
	Op   string   `json:"op"`
	Text string   `json:"text"`
}

// err returns the reason as an error: of the two codes that tell of the film,
// or internal.
func (r reason) err() error {
	if r.Code != vig.CodeInvalid && r.Code != vig.CodeUnsupported {
		r.Code = vig.CodeInternal
	}
	text := plain(r.Text, maxReason)
	if text == "" {
		text = "no reason was given"
	}
	op := plain(r.Op, maxStage)
	if op == "" {
		op = "read film"
	}
	return &vig.Error{Code: r.Code, Op: op, Err: errors.New(text)}
}

// plain returns text without what is not to be shown, and not longer than most
// characters.
func plain(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError:
			return -1
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, text)
	runes := []rune(strings.TrimSpace(text))
	return string(runes[:min(len(runes), most)])
}

// receiver takes the frames of one child.
type receiver struct {
	names  *regexp.Regexp // that the child's files may have
	left   int64          // bytes that the child may still send
	limit  int64
	out    Outputs
	now    func() time.Time
	seen   map[string]bool
	file   io.WriteCloser // the file that has begun, or nil
	told   time.Time      // when progress was last passed on
	held   func()         // tells the progress that came too soon after; with the result at the latest
	last   func()         // called with the last frame
	result json.RawMessage
	reason error
}

// receive reads frames from r until its end; last is called as soon as the last
// frame has come. It returns the result, or the reason that the child gave for none, in reason. err is a [Crash] where the
// child broke the form or its limit, of any other kind where the outputs failed,
// and io.ErrUnexpectedEOF where the child ended in the middle.
func receive(r io.Reader, names *regexp.Regexp, limit int64, out Outputs, last func()) (result json.RawMessage, reason, err error) {
	rec := &receiver{names: names, left: limit, limit: limit, out: out, last: last, now: time.Now, seen: map[string]bool{}}
	defer rec.abort()
	frames := &frameReader{r: r}
	for {
		t, payload, err := frames.next()
		switch {
		case errors.Is(err, io.EOF) && !rec.done():
			return nil, nil, io.ErrUnexpectedEOF
		case errors.Is(err, io.EOF):
			return rec.result, rec.reason, nil
		case errors.Is(err, io.ErrUnexpectedEOF):
			return nil, nil, err
		case err != nil:
			return nil, nil, answerCrash(err)
		}
		if err := rec.take(t, payload); err != nil {
			return nil, nil, err
		}
	}
}

// done reports whether the last frame has come.
func (r *receiver) done() bool { return r.result != nil || r.reason != nil }

func (r *receiver) take(t frameType, payload []byte) error {
	if r.done() {
		return answerCrash(errors.New("more after the end"))
	}
	if r.left -= int64(len(payload)); r.left < 0 {
		return outputCrash(r.limit)
	}
	switch t {
	case frameProgress:
		return r.progress(payload)
	case frameFile:
		return r.begin(string(payload))
	case frameBytes:
		if r.file == nil {
			return answerCrash(errors.New("bytes of no file"))
		}
		if _, err := r.file.Write(payload); err != nil {
			return fmt.Errorf("store what was made: %w", err)
		}
		return nil
	case frameEnd:
		return r.end()
	case frameResult:
		if r.file != nil {
			return answerCrash(errors.New("a result before the end of a file"))
		}
		if !json.Valid(payload) {
			return answerCrash(errors.New("a result that is not JSON"))
		}
		r.tell()
		r.result = append(json.RawMessage{}, payload...)
		r.last()
		return nil
	case frameError:
		var said reason
		if err := json.Unmarshal(payload, &said); err != nil {
			return answerCrash(errors.New("a reason that is not JSON"))
		}
		r.reason = said.err()
		r.last()
		return nil
	}
	return answerCrash(errors.New("a frame of no known type"))
}

func (r *receiver) progress(payload []byte) error {
	if len(payload) < 8 {
		return answerCrash(errors.New("progress without a share"))
	}
	share := math.Float64frombits(binary.BigEndian.Uint64(payload))
	if math.IsNaN(share) {
		return answerCrash(errors.New("progress that is not a number"))
	}
	stage, share := plain(string(payload[8:]), maxStage), min(1, max(0, share))
	r.held = func() { r.out.Progress(stage, share) }
	if now := r.now(); now.Sub(r.told) >= progressEvery {
		r.told = now
		r.tell()
	}
	return nil
}

// tell passes on the progress that is held back, if any.
func (r *receiver) tell() {
	if r.held != nil {
		r.held()
		r.held = nil
	}
}

func (r *receiver) begin(name string) (err error) {
	switch {
	case r.file != nil:
		return answerCrash(errors.New("a file inside another"))
	case name == "" || !r.names.MatchString(name):
		return answerCrash(errors.New("a file of no known name"))
	case r.seen[name]:
		return answerCrash(errors.New("a file twice"))
	}
	r.seen[name] = true
	if r.file, err = r.out.Create(name); err != nil {
		r.file = nil
		return fmt.Errorf("store what was made: %w", err)
	}
	return nil
}

func (r *receiver) end() error {
	if r.file == nil {
		return answerCrash(errors.New("the end of no file"))
	}
	file := r.file
	r.file = nil
	if err := file.Close(); err != nil {
		return fmt.Errorf("store what was made: %w", err)
	}
	return nil
}

// abort gives up a file that has not become whole.
func (r *receiver) abort() {
	switch file := r.file.(type) {
	case nil:
	case interface{ Abort() error }:
		_ = file.Abort() // the run has failed already
	case interface{ Abort() }:
		file.Abort()
	default:
		_ = file.Close() // the run has failed already
	}
}
