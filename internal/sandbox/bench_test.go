package sandbox

import (
	"encoding/json"
	"io"
	"testing"
)

// BenchmarkStart is what a child costs that does nothing: of this test's binary,
// which has no libraries to load.
func BenchmarkStart(b *testing.B) {
	run(b, "hash", 0)
}

// BenchmarkFilm is how fast a film's bytes reach a child that hashes them.
func BenchmarkFilm(b *testing.B) {
	const size = 1 << 30
	b.SetBytes(size)
	run(b, "hash", size)
}

func run(b *testing.B, deed string, size int64) {
	args, err := json.Marshal(asked{Deed: deed})
	if err != nil {
		b.Fatal(err)
	}
	r := New(Config{Scratch: b.TempDir()})
	for b.Loop() {
		if _, err := r.Run(b.Context(), Task{Kind: Analyze, Args: args, Film: zeros{}, Size: size}, &kept{}); err != nil {
			b.Fatal(err)
		}
	}
}

// zeros is a film of any size.
type zeros struct{}

func (zeros) ReadAt(p []byte, _ int64) (int, error) { return len(p), nil }

var _ io.ReaderAt = zeros{}
