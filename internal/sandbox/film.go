package sandbox

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
)

// The film is asked for in blocks, and the last few are kept: sight, sound and
// the hash go through a film side by side, and libav reads its index and its
// media in turns. 1 MiB is so much more than libav asks for at a time (256 KiB)
// that the way to the parent does not count.
const (
	blockSize  = maxPayload
	keptBlocks = 16
)

// remoteFilm is the film as the child has it: its bytes come from the parent.
type remoteFilm struct {
	size int64

	mu     sync.Mutex
	conn   io.ReadWriter
	failed error
	kept   []*block // the last used last
}

type block struct {
	number int64
	bytes  []byte
}

// ReadAt reads from the parent. It may be called by several goroutines at once.
func (f *remoteFilm) ReadAt(p []byte, at int64) (n int, err error) {
	if at < 0 {
		return 0, errors.New("read film: a negative offset")
	}
	for n < len(p) {
		if at >= f.size {
			return n, io.EOF
		}
		b, err := f.block(at / blockSize)
		if err != nil {
			return n, err
		}
		m := copy(p[n:], b[at%blockSize:])
		n, at = n+m, at+int64(m)
	}
	return n, nil
}

// block returns the bytes of a block, which nobody changes any more.
func (f *remoteFilm) block(number int64) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.failed != nil {
		return nil, f.failed
	}
	for i, b := range f.kept {
		if b.number == number {
			f.kept = append(append(f.kept[:i], f.kept[i+1:]...), b)
			return b.bytes, nil
		}
	}
	bytes, err := f.ask(number*blockSize, min(blockSize, f.size-number*blockSize))
	if err != nil {
		f.failed = fmt.Errorf("read film: %w", err)
		return nil, f.failed
	}
	if len(f.kept) == keptBlocks {
		f.kept = append(f.kept[:0], f.kept[1:]...)
	}
	f.kept = append(f.kept, &block{number, bytes})
	return bytes, nil
}

// ask fetches length bytes from offset on.
func (f *remoteFilm) ask(offset, length int64) ([]byte, error) {
	request := binary.BigEndian.AppendUint64(nil, uint64(offset))
	request = binary.BigEndian.AppendUint32(request, uint32(length))
	if _, err := f.conn.Write(request); err != nil {
		return nil, err
	}
	var header [answerHeader]byte
	if _, err := io.ReadFull(f.conn, header[:]); err != nil {
		return nil, err
	}
	if header[0] != statusGood || int64(binary.BigEndian.Uint32(header[1:])) != length {
		return nil, errors.New("the film's bytes cannot be had")
	}
	bytes := make([]byte, length)
	_, err := io.ReadFull(f.conn, bytes)
	return bytes, err
}
