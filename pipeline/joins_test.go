package pipeline

import (
	"math"
	"slices"
	"testing"

	"attune/internal/vig"
)

func TestFadesKeepTheLoudness(t *testing.T) {
	t.Parallel()
	// A clip's way out and the next one's way in, at a join at 0.
	f := fade{-480, 960}
	last := float32(0)
	for p := int64(-500); p < 500; p++ {
		in, out := f.in(p), f.out(p)
		if power := in*in + out*out; math.Abs(float64(power-1)) > 1e-6 {
			t.Fatalf("at %d the power is %v", p, power)
		}
		if in < last || in-last > 0.002 {
			t.Fatalf("at %d the fade goes from %v to %v", p, last, in)
		}
		last = in
	}
	if f.in(-481) != 0 || f.in(480) != 1 || f.out(-481) != 1 || f.out(480) != 0 {
		t.Error("the fade does not begin and end where it should")
	}
	if none := (fade{}); none.in(0) != 1 || none.out(0) != 1 {
		t.Error("no fade changes the sound")
	}
}

func TestFadesOfAReel(t *testing.T) {
	t.Parallel()
	reel, err := lay([]vig.Span{span(1, 2), span(2, 3), span(7, 7.004), span(5, 6)}, span(0, 10).End, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][2]fade{
		{{0, 480}, {48000, 0}},
		{{0, 0}, {48000 - 480, 960}},
		{{-480, 960}, {192 - 480, 960}}, // shorter than its fades
		{{-480, 960}, {48000 - 480, 480}},
	} {
		n := soundPosition(reel.Clips[i].Span.Length())
		if in, out := fades(reel.Clips, i, n); in != want[0] || out != want[1] {
			t.Errorf("clip %d fades %v, %v; want %v", i, in, out, want)
		}
	}
}

func TestMixer(t *testing.T) {
	t.Parallel()
	m := mixer{channels: 2}
	m.add(1, []float32{1, 2, 3, 4})
	m.add(2, []float32{10, 20, 30, 40})
	if got := m.take(2); !slices.Equal(got, []float32{0, 0, 1, 2}) {
		t.Errorf("first %v", got)
	}
	if got := m.take(2); len(got) != 0 {
		t.Errorf("taken twice: %v", got)
	}
	m.add(3, []float32{100, 200})
	if got := m.take(5); !slices.Equal(got, []float32{13, 24, 130, 240, 0, 0}) {
		t.Errorf("then %v", got)
	}
}
