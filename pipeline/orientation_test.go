package pipeline

import (
	"fmt"
	"strings"
	"testing"

	"attune/internal/vig"
)

func TestOrientationOf(t *testing.T) {
	t.Parallel()
	const one = 1 << 16
	for _, test := range []struct {
		name   string
		matrix [9]int32 // a b u c d v x y w
		want   orientation
		upper  string // what a stored picture "ab/cd" looks like upright
	}{
		{"as stored", [9]int32{one, 0, 0, 0, one}, orientation{0, false}, "ab/cd"},
		{"quarter turn clockwise", [9]int32{0, one, 0, -one, 0}, orientation{1, false}, "ca/db"},
		{"half turn", [9]int32{-one, 0, 0, 0, -one}, orientation{2, false}, "dc/ba"},
		{"quarter turn anticlockwise", [9]int32{0, -one, 0, one, 0}, orientation{3, false}, "bd/ac"},
		{"flipped left to right", [9]int32{-one, 0, 0, 0, one}, orientation{0, true}, "ba/dc"},
		{"flipped top to bottom", [9]int32{one, 0, 0, 0, -one}, orientation{2, true}, "cd/ab"},
		{"flipped over the falling diagonal", [9]int32{0, one, 0, one, 0}, orientation{3, true}, "ac/bd"},
		{"flipped over the rising diagonal", [9]int32{0, -one, 0, -one, 0}, orientation{1, true}, "db/ca"},
		{"a few degrees off", [9]int32{3000, one, 0, -one, 3000}, orientation{1, false}, "ca/db"},
		{"shows nothing", [9]int32{}, orientation{0, false}, "ab/cd"},
	} {
		o := orientationOf(test.matrix)
		if o != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, o, test.want)
		}
		if got := turned(o, []string{"ab", "cd"}); got != test.upper {
			t.Errorf("%s: ab/cd becomes %s, want %s", test.name, got, test.upper)
		}
	}
}

// turned lays the letters of a picture out as o's steps say.
func turned(o orientation, rows []string) string {
	w, h := len(rows[0]), len(rows)
	first, dx, dy := o.steps(w, h)
	out := make([]byte, w*h)
	for y, row := range rows {
		for x := range row {
			out[first+x*dx+y*dy] = row[x]
		}
	}
	outW, _ := o.size(w, h)
	var lines []string
	for i := 0; i < len(out); i += outW {
		lines = append(lines, string(out[i:i+outW]))
	}
	return strings.Join(lines, "/")
}

func TestOrientationOfOblongPictures(t *testing.T) {
	t.Parallel()
	picture := []string{"abc", "def"}
	for o, want := range map[orientation]string{
		{0, false}: "abc/def", {1, false}: "da/eb/fc", {2, false}: "fed/cba", {3, false}: "cf/be/ad",
		{0, true}: "cba/fed", {1, true}: "fc/eb/da", {2, true}: "def/abc", {3, true}: "ad/be/cf",
	} {
		if got := turned(o, picture); got != want {
			t.Errorf("%+v: %s, want %s", o, got, want)
		}
	}
}

// corners names the colours in the corners of a picture, from the upper left,
// row by row: r(ed), g(reen), b(lue), w(hite).
func corners(p vig.Picture) string {
	names := ""
	for _, at := range [][2]int{{0, 0}, {1, 0}, {0, 1}, {1, 1}} {
		x, y := p.Width/8+at[0]*p.Width*3/4, p.Height/8+at[1]*p.Height*3/4
		i := (y*p.Width + x) * 3
		names += map[[3]bool]string{
			{false, false, true}: "r", {false, true, false}: "g", {true, false, false}: "b", {true, true, true}: "w",
		}[[3]bool{p.BGR[i] > 128, p.BGR[i+1] > 128, p.BGR[i+2] > 128}]
	}
	return names
}

// cornerFilm makes a film of 160 × 96 with the corners red, green, blue, white.
func cornerFilm(t *testing.T, name string, args ...string) string {
	boxes := "color=black:s=160x96:r=10:d=0.5,drawbox=0:0:80:48:red:fill,drawbox=80:0:80:48:lime:fill," +
		"drawbox=0:48:80:48:blue:fill,drawbox=80:48:80:48:white:fill"
	return madeFilm(t, name, append([]string{"-f", "lavfi", "-i", boxes, "-c:v", "libx264", "-pix_fmt", "yuv420p"}, args...)...)
}

// The witness is the ffmpeg program, which turns films upright by itself.
func TestFilmsAreUpright(t *testing.T) {
	t.Parallel()
	stored := cornerFilm(t, "stored.mp4")
	for _, angle := range []int{0, 90, 180, 270} {
		for _, flip := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d,%v", angle, flip), func(t *testing.T) {
				t.Parallel()
				options := []string{"-display_rotation", fmt.Sprint(angle)}
				if flip {
					options = append(options, "-display_hflip")
				}
				path := madeFilm(t, "turned.mp4", append(options, "-i", stored, "-c", "copy")...)
				w, h := 160, 96
				if angle%180 != 0 {
					w, h = h, w
				}
				want := vig.Picture{Width: w, Height: h, BGR: ffmpeg(t, nil, "-i", path,
					"-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "bgr24", "-")}
				film := mustOpen(t, path, Config{})
				got := samples(t, film, FramesConfig{})[0].Picture
				if got.Width != w || got.Height != h || film.Info().Width != w || film.Info().Height != h {
					t.Errorf("picture is %d × %d, info %d × %d; want %d × %d",
						got.Width, got.Height, film.Info().Width, film.Info().Height, w, h)
				}
				if corners(got) != corners(want) {
					t.Errorf("corners %s, want %s (%+v)", corners(got), corners(want), film.orientation)
				}
				if i := film.Info(); i.Mirrored != flip {
					t.Errorf("mirrored is %v, want %v", i.Mirrored, flip)
				}
			})
		}
	}
}

func TestSquarePixels(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		sar, size    string
		args         []string
		wantW, wantH int // of the film
		longSide     int
		gotW, gotH   int // of a sample
	}{
		{"64/45", "720x576", nil, 1024, 576, 0, 640, 360}, // PAL, 16:9
		{"1/1", "720x576", nil, 720, 576, 0, 640, 512},
		{"1/2", "320x240", nil, 320, 480, 0, 320, 480},
		{"4/3", "144x108", nil, 192, 108, 96, 96, 54},
		{"100/1", "320x240", nil, 320, 240, 0, 320, 240}, // nonsense
	} {
		path := madeFilm(t, "film.mp4", "-f", "lavfi", "-i", "testsrc2=s="+test.size+":d=0.2",
			"-vf", "setsar="+test.sar, "-c:v", "libx264", "-pix_fmt", "yuv420p")
		film := mustOpen(t, path, Config{})
		if i := film.Info(); i.Width != test.wantW || i.Height != test.wantH {
			t.Errorf("%s %s: film is %d × %d, want %d × %d", test.size, test.sar, i.Width, i.Height, test.wantW, test.wantH)
		}
		p := samples(t, film, FramesConfig{LongSide: test.longSide})[0].Picture
		if p.Width != test.gotW || p.Height != test.gotH || len(p.BGR) != p.Width*p.Height*3 {
			t.Errorf("%s %s: sample is %d × %d, want %d × %d", test.size, test.sar, p.Width, p.Height, test.gotW, test.gotH)
		}
	}
}
