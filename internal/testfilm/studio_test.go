package testfilm

import (
	"bytes"
	"encoding/json"
	"testing"
)

func TestDeterminism(t *testing.T) {
	t.Parallel()
	f := small(Film{Numbered: true, Seed: 7}).whole()
	frames := f.frames()
	one, two := newStudio(f), newStudio(f)
	a, b := make([]byte, 3*f.Width*f.Height), make([]byte, 3*f.Width*f.Height)
	two.frame(b, 5, frames[5]) // another order of making sprites
	for _, n := range []int{0, 120, 121, 200} {
		one.frame(a, n, frames[n])
		two.frame(b, n, frames[n])
		if !bytes.Equal(a, b) {
			t.Errorf("frame %d differs", n)
		}
	}
	if f.Seed = 8; bytes.Equal(Session(7, f.Duration).mustJSON(t), Session(8, f.Duration).mustJSON(t)) {
		t.Error("another seed gives the same script")
	}
}

func (s *Script) mustJSON(t *testing.T) []byte {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
