package vault

import (
	"context"
	"io"
	"slices"
	"sync"

	"attune/internal/vig"
)

// blockSize is what one request brings: at 50 ms a request, 80 MB/s, which is
// more than a decoder takes.
const blockSize = 4 << 20

// blocksKept lets pictures and sound of a badly interleaved film be read at two
// places of it, each with the block after it.
const blocksKept = 4

// tries is how often a block is asked for: connections to a bucket break now
// and then in the middle of an answer, where its client does not ask again.
const tries = 3

// blocks reads what is far away in blocks, the next one ahead, and keeps the
// last few.
type blocks struct {
	ctx    context.Context
	cancel context.CancelFunc
	bytes  int64
	fetch  func(ctx context.Context, p []byte, off int64) error // fills p
	work   sync.WaitGroup

	mu   sync.Mutex
	kept []*block // the one used last at the end
}

// block is one block, or what is on its way to be one.
type block struct {
	index int64
	done  chan struct{} // closed when data and err are there
	data  []byte
	err   error
}

func newBlocks(ctx context.Context, size int64, fetch func(context.Context, []byte, int64) error) *blocks {
	ctx, cancel := context.WithCancel(ctx)
	return &blocks{ctx: ctx, cancel: cancel, bytes: size, fetch: fetch}
}

func (b *blocks) size() int64 { return b.bytes }

// Close ends what is on its way.
func (b *blocks) Close() error {
	b.cancel()
	b.work.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.kept = nil
	return nil
}

func (b *blocks) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, vig.Errorf(vig.CodeInvalid, "read", "an offset of %d", off)
	}
	for n < len(p) {
		if off >= b.bytes {
			return n, io.EOF
		}
		data, err := b.block(off / blockSize)
		if err != nil {
			return n, err
		}
		took := copy(p[n:], data[off%blockSize:])
		n, off = n+took, off+int64(took)
	}
	return n, nil
}

// block returns the bytes of one block. Whoever reads on from one block into
// the next finds the next on its way.
func (b *blocks) block(index int64) ([]byte, error) {
	b.mu.Lock()
	if err := b.ctx.Err(); err != nil {
		b.mu.Unlock()
		return nil, err
	}
	before := b.find(index-1) >= 0
	this := b.get(index)
	if before && (index+1)*blockSize < b.bytes {
		b.get(index + 1)
		b.get(index) // used last
	}
	b.mu.Unlock()

	select {
	case <-this.done:
		return this.data, this.err
	case <-b.ctx.Done():
		return nil, b.ctx.Err()
	}
}

func (b *blocks) find(index int64) int {
	return slices.IndexFunc(b.kept, func(k *block) bool { return k.index == index })
}

// get returns a block that is kept, or asks for it, in the place of the one that
// was not used for longest. It is called with the lock held.
func (b *blocks) get(index int64) *block {
	if i := b.find(index); i >= 0 {
		k := b.kept[i]
		b.kept = append(slices.Delete(b.kept, i, i+1), k)
		return k
	}
	if len(b.kept) == blocksKept {
		b.kept = slices.Delete(b.kept, 0, 1)
	}
	k := &block{index: index, done: make(chan struct{})}
	b.kept = append(b.kept, k)
	b.work.Go(func() { b.load(k) })
	return k
}

// load fills a block. One that failed is not kept, so that it is asked for
// again when it is wanted again.
func (b *blocks) load(k *block) {
	defer close(k.done)
	off := k.index * blockSize
	data := make([]byte, min(blockSize, b.bytes-off))
	for range tries {
		if k.err = b.fetch(b.ctx, data, off); k.err == nil {
			k.data = data
			return
		}
		if b.ctx.Err() != nil || vig.CodeOf(k.err) == vig.CodeNotFound {
			break
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if i := slices.Index(b.kept, k); i >= 0 {
		b.kept = slices.Delete(b.kept, i, i+1)
	}
}
