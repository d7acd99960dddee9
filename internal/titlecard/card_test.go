package titlecard

import (
	"bytes"
	"strings"
	"testing"

	"attune/internal/vig"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"Playing together", "Zoë et Łukasz – «à table»", "Играем вместе", "Παίζουμε", "two\nlines", strings.Repeat("W", MaxLetters)} {
		if err := Check(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"", " \n", "一緒に遊ぶ", "معا", "bell \a", "null \x00", "\xff", strings.Repeat("a", MaxLetters+1)} {
		if err := Check(bad); vig.CodeOf(err) != vig.CodeInvalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// The letters lie within the margins, in the middle, whatever the shape of the
// film and however long the title.
func TestDraw(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{640, 360}, {360, 640}, {320, 240}, {192, 108}} {
		w, h := size[0], size[1]
		for _, text := range []string{"Hi", "Playing together at tea time", strings.Repeat("W", MaxLetters), strings.Repeat("we go ", 11), "one\ntwo"} {
			p, err := Draw(text, w, h)
			if err != nil {
				t.Fatal(err)
			}
			left, right, top, bottom, found := w, 0, h, 0, 0
			for y := range h {
				for x := range w {
					if p.BGR[3*(y*w+x)+1] > 0x80 {
						left, right, top, bottom = min(left, x), max(right, x), min(top, y), max(bottom, y)
						found++
					}
				}
			}
			if found == 0 {
				t.Fatalf("%q on %d×%d: nothing is written", text, w, h)
			}
			if left < w/20 || right > w-w/20 || top < h/20 || bottom > h-h/20 {
				t.Errorf("%q on %d×%d goes from %d, %d to %d, %d", text, w, h, left, top, right, bottom)
			}
			if off := (left + right) - w; off > w/20 || off < -w/20 {
				t.Errorf("%q on %d×%d is %d pixels off the middle", text, w, h, off/2)
			}
			again, err := Draw(text, w, h)
			if err != nil || !bytes.Equal(p.BGR, again.BGR) {
				t.Errorf("%q on %d×%d is drawn in another way the second time", text, w, h)
			}
		}
	}
}
