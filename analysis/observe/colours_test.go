package observe

import (
	"slices"
	"testing"

	"attune/internal/vig"
)

// dressed is a picture of a face in its middle with the colours, as red, green
// and blue, of a shirt below it and hair above.
func dressed(shirt, hair [3]byte) vig.Sample {
	const w, h = 160, 160
	p := vig.Picture{Width: w, Height: h, BGR: make([]byte, 3*w*h)}
	for y := range h {
		c := [3]byte{200, 160, 140}
		switch {
		case y < 60:
			c = hair
		case y >= 95:
			c = shirt
		}
		for x := range w {
			at := p.BGR[3*(y*w+x):]
			at[0], at[1], at[2] = c[2], c[1], c[0]
		}
	}
	return vig.Sample{Picture: p}
}

var middle = vig.Box{X: 0.4, Y: 0.375, W: 0.15, H: 0.2}

func coloursOf(t *testing.T, s vig.Sample, b vig.Box) vig.Colours {
	t.Helper()
	f, err := newFrame(s)
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	d := newDye()
	defer d.close()
	c, err := d.measure(f, b)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestColours(t *testing.T) {
	t.Parallel()
	most := func(bins []uint8) int { return slices.Index(bins, slices.Max(bins)) }
	for _, tc := range []struct {
		name                string
		shirt, hair         [3]byte
		wantShirt, wantHair int
	}{
		{"red and black", [3]byte{220, 20, 20}, [3]byte{10, 10, 10}, 1, 12},
		{"dark red and grey", [3]byte{75, 5, 5}, [3]byte{90, 88, 86}, 0, 13},
		{"blue and white", [3]byte{20, 20, 230}, [3]byte{250, 250, 250}, 9, 15},
		{"green and fair", [3]byte{10, 200, 10}, [3]byte{230, 200, 90}, 5, 3},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := coloursOf(t, dressed(tc.shirt, tc.hair), middle)
			if got := most(c.Clothes()); got != tc.wantShirt {
				t.Errorf("the shirt is mostly bin %d of %v, want %d", got, c.Clothes(), tc.wantShirt)
			}
			if got := most(c.Hair()); got != tc.wantHair {
				t.Errorf("the hair is mostly bin %d of %v, want %d", got, c.Hair(), tc.wantHair)
			}
			sum := 0
			for _, v := range c.Clothes() {
				sum += int(v)
			}
			if sum < 250 || sum > 260 {
				t.Errorf("the bins sum to %d, want about 255", sum)
			}
		})
	}
}

// What lies outside the picture is not seen; it is not black.
func TestColoursOutsideThePictureAreNotSeen(t *testing.T) {
	t.Parallel()
	s := dressed([3]byte{220, 20, 20}, [3]byte{10, 10, 10})
	low := coloursOf(t, s, vig.Box{X: 0.4, Y: 0.8, W: 0.15, H: 0.2})
	if slices.Max(low.Clothes()) != 0 || slices.Max(low.Hair()) == 0 {
		t.Errorf("of a face at the lower edge: %v", low)
	}
	high := coloursOf(t, s, vig.Box{X: 0.4, Y: 0, W: 0.15, H: 0.2})
	if slices.Max(high.Hair()) != 0 {
		t.Errorf("of a face at the upper edge: %v", high)
	}
	if away := coloursOf(t, s, vig.Box{X: 3, Y: 3, W: 0.1, H: 0.1}); away != (vig.Colours{}) {
		t.Errorf("of a face outside: %v", away)
	}
}
