package sandbox

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"sync"
	"time"

	"attune/internal/vig"
)

// Job is a task as its child has it.
type Job struct {
	Kind    Kind
	Args    json.RawMessage // of the [Task]
	Options json.RawMessage // of the [Config]
	Film    io.ReaderAt     // its bytes come from the parent; for several goroutines at once
	Size    int64           // of the film, in bytes
	Scratch string          // a folder, empty at first, the only one that can be written to

	mu      sync.Mutex // one frame after the other
	answers io.Writer
	stage   string
	told    time.Time
}

// Handler does the work of a child: it sends files and progress through the job
// and returns the result, which is sent as JSON, or why there is none.
type Handler func(ctx context.Context, job *Job) (result any, err error)

// The exit codes of a child. What it has to say goes through its answers.
const (
	exitAnswered = 0
	exitSilent   = 1  // the parent is gone
	exitAlone    = 64 // EX_USAGE of sysexits.h: somebody else than a Runner started it
)

// Child is the life of a child process: it takes its setup from the parent,
// confines this process for good, and has handle do the work. It returns the
// exit code. Nothing of the film is read before the confinement holds.
func Child(ctx context.Context, handle Handler) int {
	film := os.NewFile(filmDescriptor, "film")
	s, err := readSetup(film)
	if err != nil {
		fmt.Fprintln(os.Stderr, "attune media is started by attune itself, to work on one film in confinement")
		return exitAlone
	}
	job := &Job{
		Kind: s.Kind, Args: s.Args, Options: s.Options, Size: s.Size, Scratch: s.Scratch,
		Film: &remoteFilm{size: s.Size, conn: film}, answers: os.NewFile(answerDescriptor, "answers"),
	}
	result, err := job.work(ctx, s, handle)
	if err := job.answer(result, err); err != nil {
		return exitSilent
	}
	return exitAnswered
}

func (j *Job) work(ctx context.Context, s setup, handle Handler) (any, error) {
	if err := confine(s); err != nil && s.Strict {
		return nil, vig.Errorf(vig.CodeInternal, "confine child", "%w", err)
	}
	if s.Kind == check {
		return tryConfinement(s)
	}
	return handle(ctx, j)
}

// answer sends the last frame.
func (j *Job) answer(result any, err error) error {
	if err == nil {
		text, failed := json.Marshal(result)
		if failed == nil && len(text) > maxPayload {
			failed = errors.New("the result is too long")
		}
		if failed == nil {
			return j.send(frameResult, text)
		}
		err = vig.Errorf(vig.CodeInternal, "answer", "%w", failed)
	}
	said := reason{Code: vig.CodeOf(err), Text: err.Error()}
	if e, ok := errors.AsType[*vig.Error](err); ok && e == err { //nolint:errorlint // only where nothing is around it
		said.Op, said.Text = e.Op, ""
		if e.Err != nil {
			said.Text = e.Err.Error()
		}
	}
	said.Op, said.Text = plain(said.Op, maxStage), plain(said.Text, maxReason)
	text, err := json.Marshal(said)
	if err != nil {
		return err
	}
	return j.send(frameError, text)
}

func (j *Job) send(t frameType, payload []byte) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return writeFrame(j.answers, t, payload)
}

// Progress tells that share (0–1) of the stage is done. It may be called for
// every frame of a film: what comes too often is not sent, but for the end of a stage. A parent that is
// gone shows when the answer is sent.
func (j *Job) Progress(stage string, share float64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	now := time.Now()
	if stage == j.stage && share < 1 && now.Sub(j.told) < 2*progressEvery {
		return
	}
	j.stage, j.told = stage, now
	payload := binary.BigEndian.AppendUint64(nil, math.Float64bits(share))
	_ = writeFrame(j.answers, frameProgress, append(payload, plain(stage, maxStage)...))
}

// chunk is how much of a file is sent at a time.
const chunk = 256 << 10

// Send sends r to the parent as the file called name. One file goes at a time.
func (j *Job) Send(name string, r io.Reader) error {
	if err := j.send(frameFile, []byte(name)); err != nil {
		return err
	}
	buf := make([]byte, chunk)
	for {
		n, err := io.ReadFull(r, buf)
		if n > 0 {
			if err := j.send(frameBytes, buf[:n]); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return j.send(frameEnd, nil)
		case err != nil:
			return err
		}
	}
}

// SendFile sends the file at path as [Job.Send] does.
func (j *Job) SendFile(name, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return j.Send(name, f)
}
