package sandbox

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// requestSize is a request for a piece of the film: offset and length.
const requestSize = 8 + 4

// answerHeader is status and length.
const answerHeader = 1 + 4

// The statuses of an answer.
const (
	statusGood   = 0
	statusFailed = 1 // the film's reader failed
)

// setup is what a child is told before it confines itself.
type setup struct {
	Kind    Kind            `json:"kind"`
	Args    json.RawMessage `json:"args,omitempty"`    // of the task
	Options json.RawMessage `json:"options,omitempty"` // of the runner
	Size    int64           `json:"size"`              // of the film, in bytes
	Scratch string          `json:"scratch"`
	Reads   []string        `json:"reads"`
	Limits  limits          `json:"limits"`
	Strict  bool            `json:"strict"` // end rather than work with less than full confinement
}

// maxSetup is the most that a setup takes: arguments of a reel with some
// thousand clips.
const maxSetup = 1 << 20

// writeSetup sends s.
func writeSetup(w io.Writer, s setup) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if len(text) > maxSetup {
		return fmt.Errorf("the task's arguments take %d bytes, more than %d", len(text), maxSetup)
	}
	_, err = w.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(text))), text...))
	return err
}

// readSetup is the child's side of writeSetup.
func readSetup(r io.Reader) (s setup, err error) {
	var length [4]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return s, err
	}
	n := binary.BigEndian.Uint32(length[:])
	if n > maxSetup {
		return s, errors.New("no setup comes here")
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r, text); err != nil {
		return s, err
	}
	return s, json.Unmarshal(text, &s)
}

// serve answers a child's requests for the film's bytes until conn ends. It
// returns an error only where the film's reader fails; what the child asks
// wrongly ends the channel.
func serve(conn io.ReadWriter, film io.ReaderAt, size int64) error {
	var request [requestSize]byte
	buf := make([]byte, answerHeader+maxPayload)
	for {
		if _, err := io.ReadFull(conn, request[:]); err != nil {
			return nil //nolint:nilerr // the child has ended
		}
		offset := binary.BigEndian.Uint64(request[:])
		length := binary.BigEndian.Uint32(request[8:])
		if length > maxPayload || offset > uint64(size) || uint64(length) > uint64(size)-offset {
			return nil
		}
		piece := buf[answerHeader : answerHeader+int(length)]
		n, err := film.ReadAt(piece, int64(offset))
		if n == len(piece) {
			err = nil // at its end a reader may say so
		} else if err == nil {
			err = io.ErrNoProgress
		}
		buf[0] = statusGood
		if err != nil {
			buf[0], piece = statusFailed, nil
		}
		binary.BigEndian.PutUint32(buf[1:], uint32(len(piece)))
		if _, err := conn.Write(buf[:answerHeader+len(piece)]); err != nil {
			return nil //nolint:nilerr // the child has ended
		}
		if err != nil {
			return fmt.Errorf("read film at byte %d of %d: %w", offset, size, err)
		}
	}
}
