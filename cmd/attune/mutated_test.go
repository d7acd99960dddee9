package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"attune/internal/sandbox"
	"attune/internal/testfilm"
	"attune/internal/testfilm/testfilmtest"
	"attune/internal/vig"
	"attune/jobs"
)

// mutable are the films of testdata/mutations.txt: small ones, because damage
// does not care for size.
var mutable = map[string]testfilm.Film{
	"mp4":       {},
	"faststart": {FastStart: true},
	"b-frames":  {BFrames: true, Timing: testfilm.Swing},
	"rotated":   {Rotation: 90},
	"silent":    {Silent: true},
	"hevc":      {Codec: testfilm.HEVC},
	"mkv":       {Container: testfilm.MKV},
	"webm":      {Codec: testfilm.VP9, Container: testfilm.WebM},
	"ts":        {Container: testfilm.TS},
	"late":      {Start: 5 * time.Second, SoundDelay: 300 * time.Millisecond, Container: testfilm.MKV},
}

// mutation is one damaged film.
type mutation struct {
	film string
	seed uint64
}

// mutations reads testdata/mutations.txt: all of it, or the first few of each line.
func mutations(t *testing.T, few uint64) (all []mutation) {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "..", "testdata", "mutations.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		var film string
		var first, last uint64
		if _, err := fmt.Sscan(lines.Text(), &film, &first, &last); err != nil {
			t.Fatalf("%q: %v", lines.Text(), err)
		}
		if _, known := mutable[film]; !known {
			t.Fatalf("there is no film %q", film)
		}
		if few > 0 {
			last = min(last, first+few-1)
		}
		for seed := first; seed <= last; seed++ {
			all = append(all, mutation{film, seed})
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// damage returns a damaged copy of film: one to four of what happens to files on
// their way, and of what those do who want to break a reader.
func damage(film []byte, seed uint64) []byte {
	random := rand.New(rand.NewPCG(seed, 0x6d7574))
	b := bytes.Clone(film)
	// Most of the structure of a film lies at its ends.
	place := func() int {
		switch n := max(1, len(b)); random.IntN(4) {
		case 0:
			return random.IntN(min(n, 1024))
		case 1:
			return n - 1 - random.IntN(min(n, 4096))
		default:
			return random.IntN(n)
		}
	}
	for range 1 + random.IntN(4) {
		if len(b) < 16 {
			break
		}
		at := place()
		piece := min(len(b)-at, 1+random.IntN(4096))
		switch random.IntN(9) {
		case 0, 1: // some bytes
			for range 1 + random.IntN(50) {
				b[place()] = byte(random.Uint32())
			}
		case 2: // one bit
			b[at] ^= 1 << random.IntN(8)
		case 3: // a number that is very large, or 0, or a little off
			at = min(at, len(b)-4)
			old := binary.BigEndian.Uint32(b[at:])
			binary.BigEndian.PutUint32(b[at:], []uint32{0, 0xffffffff, 0x7fffffff, 0x80000000, old + 1, old - 1, old << 8}[random.IntN(7)])
		case 4: // cut off
			b = b[:1+at]
		case 5: // a hole
			clear(b[at : at+piece])
		case 6: // a piece is missing
			b = slices.Delete(b, at, at+piece)
		case 7: // a piece is there twice
			b = slices.Insert(b, at, bytes.Clone(b[at:at+piece])...)
		case 8: // noise in between
			noise := make([]byte, piece)
			for i := range noise {
				noise[i] = byte(random.Uint32())
			}
			b = slices.Insert(b, at, noise...)
		}
	}
	return b
}

// Each of 1,000 damaged films, through a real confined child, ends in a result
// or in a reason, and never in the end of the parent, which is this test. All of
// them are tried where ATTUNE_ENDURANCE is set.
func TestMutatedFilms(t *testing.T) {
	t.Parallel()
	few := uint64(4)
	if os.Getenv("ATTUNE_ENDURANCE") != "" {
		few = 0
	}
	all := mutations(t, few)
	films := map[string][]byte{}
	for name, f := range mutable {
		f.Width, f.Height, f.Duration, f.FPS = 160, 120, 2*time.Second, 12
		path, _ := testfilmtest.Cached(t, f)
		bytes, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		films[name] = bytes
	}
	scratch := t.TempDir()
	m, err := newMediaRunner(sandbox.Config{Scratch: scratch, Wall: 5 * time.Minute}, "", false)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	ends := map[string]int{}
	var group errgroup.Group
	group.SetLimit(2)
	for _, one := range all {
		group.Go(func() error {
			kind, err := one.try(t, m, damage(films[one.film], one.seed))
			end := "a result"
			if crash, ok := errors.AsType[*sandbox.Crash](err); ok {
				end = "stopped: " + string(crash.What)
				t.Logf("%s %d, %s: %v", one.film, one.seed, kind, err)
			} else if err != nil {
				end = "refused: " + string(vig.CodeOf(err))
			}
			// A film is never the reason for a failure of ours.
			if vig.CodeOf(err) == vig.CodeInternal && !strings.HasPrefix(end, "stopped") || err != nil && len(err.Error()) < 10 {
				t.Errorf("%s %d, %s: %v", one.film, one.seed, kind, err)
			}
			mu.Lock()
			defer mu.Unlock()
			ends[string(kind)+", "+end]++
			return nil
		})
	}
	_ = group.Wait() // none returns an error
	for _, end := range slices.Sorted(maps.Keys(ends)) {
		t.Logf("%4d  %s", ends[end], end)
	}
	if left, err := os.ReadDir(scratch); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// try gives the film to a child of a kind that the seed says: to most of them
// the cheapest.
func (m mutation) try(t *testing.T, with media, film []byte) (sandbox.Kind, error) {
	ctx, out := t.Context(), &mediaFiles{dir: t.TempDir()}
	size := int64(len(film))
	switch m.seed % 10 {
	case 1, 5, 8:
		_, err := with.analyze(ctx, bytes.NewReader(film), size, out)
		return sandbox.Analyze, err
	case 3:
		_, err := with.viewingCopy(ctx, bytes.NewReader(film), size, out)
		return sandbox.ViewingCopy, err
	case 6:
		_, err := with.reel(ctx, bytes.NewReader(film), size, reelArgsOf(jobs.Cut{Spans: []vig.Span{{Start: 500 * time.Millisecond, End: time.Second}, {End: time.Minute}}}), out)
		return sandbox.Reel, err
	}
	_, err := with.probe(ctx, bytes.NewReader(film), size)
	return sandbox.Probe, err
}
