package observe

import (
	"math"
	"testing"

	"attune/internal/vig"
)

// What is drawn lies where the face is, in its colours, and nowhere else.
func TestDraw(t *testing.T) {
	t.Parallel()
	p := vig.Picture{Width: 320, Height: 180, BGR: make([]byte, 3*320*180)}
	mark := Mark{
		Face:   vig.Face{Box: vig.Box{X: 0.25, Y: 0.25, W: 0.25, H: 0.5}, Yaw: vig.Read(90)},
		Facing: []vig.Box{{X: 0.25, Y: 0.8, W: 0.25, H: 0.2}},
	}
	if err := Draw(p, []Mark{mark}); err != nil {
		t.Fatal(err)
	}
	pixel := func(x, y int) []byte { return p.BGR[3*(y*320+x):][:3] }
	for _, test := range []struct {
		what string
		x, y int
		want []byte
	}{
		{"the box's left side", 80, 100, []byte{90, 220, 60}},
		{"the arrow, to the right from the middle", 180, 90, []byte{255, 160, 60}},
		{"the arrow to the other face", 120, 110, []byte{40, 190, 255}},
		{"outside", 300, 20, []byte{0, 0, 0}},
		{"short of the middle of the other face", 120, 162, []byte{0, 0, 0}},
	} {
		for c, got := range pixel(test.x, test.y) {
			if math.Abs(float64(got)-float64(test.want[c])) > 30 { // OpenCV smooths what it draws
				t.Errorf("%s: BGR %v, want about %v", test.what, pixel(test.x, test.y), test.want)
				break
			}
		}
	}
	if err := Draw(vig.Picture{Width: 320, Height: 180}, nil); vig.CodeOf(err) != vig.CodeInvalid {
		t.Errorf("a picture without bytes: %v, want an error of code invalid", err)
	}
}
