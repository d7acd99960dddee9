package gallery

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"time"

	"attune/internal/web/page"
)

var someFilms = []page.FilmEntry{
	{FilmState: page.FilmState{ID: "gallery-a", State: "ready", Found: 8, Mine: true}, Name: "mealtime.mp4", Href: "/films/gallery-a/review",
		Still: "/api/v1/films/gallery-entries/stills/m1.jpg", Duration: 9*time.Minute + 42*time.Second, Created: day(21).Add(15 * time.Hour), Kept: 2},
	{FilmState: page.FilmState{ID: "gallery-b", State: "analysing", Stage: "looking and listening", Share: 0.43, Left: 4 * time.Minute, Mine: true},
		Name: "VID_20260321_101532.mov", Href: "/films/gallery-b", Duration: 12 * time.Minute, Created: day(21).Add(16 * time.Hour)},
	{FilmState: page.FilmState{ID: "gallery-c", State: "uploading", Size: 900_000_000, Arrived: 310_000_000, Mine: true},
		Name: "play.mp4", Href: "/cycles/gallery-c/upload", Created: day(22).Add(9 * time.Hour)},
	{FilmState: page.FilmState{ID: "gallery-d", State: "refused", Reason: "This is no film.", Mine: true},
		Name: "notes.pdf", Href: "/films/gallery-d", Created: day(22).Add(10 * time.Hour)},
	{FilmState: page.FilmState{ID: "gallery-e", State: "failed", Reason: "The film ends in the middle of a picture, and nothing after it can be read.", Mine: true},
		Name: longFile, Href: "/films/gallery-e", Duration: 71 * time.Second, Created: day(22).Add(11 * time.Hour)},
	{FilmState: page.FilmState{ID: "gallery-f", State: "confirmed", Found: 7, Mine: true}, Name: "bedtime.mp4", Href: "/films/gallery-f/reel",
		Still: "/api/v1/films/gallery-entries/stills/m1.jpg", Duration: 15 * time.Minute, Created: day(23), Kept: 3},
}

// entryAnswers are the pictures of someFilms.
var entryAnswers = Answers{
	"GET /api/v1/films/gallery-entries/stills/m1.jpg": {Kind: "image/jpeg", Body: still(0)},
	"GET /api/v1/cases/gallery-1/events":              {Kind: "text/event-stream", Body: []byte(": nothing yet\n\n"), Hold: true},
}

// still draws a picture of two people who face each other: a face is a disc, and
// nobody's. Each number has colours of its own.
func still(n int) []byte {
	const width, height = 320, 180
	tints := []color.RGBA{{0x9c, 0xb8, 0xb4, 255}, {0xc9, 0xb4, 0x9a, 255}, {0xa9, 0xb0, 0xcc, 255}, {0xbf, 0xc4, 0xa2, 255}}
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			c := tints[n%len(tints)]
			for i, person := range []struct{ x, y, r int }{{110, 80, 38}, {215, 110, 26}} {
				dx, dy := x-person.x, y-person.y
				if dx*dx+dy*dy < person.r*person.r {
					c = color.RGBA{0xe9 - uint8(i*20), 0xcf, 0xb8, 255}
				} else if dy > 0 && dx*dx < person.r*person.r*2 && dy > person.r/2 {
					c = color.RGBA{0x4f, 0x6b + uint8(i*30), 0x7a, 255}
				}
			}
			picture.SetRGBA(x, y, c)
		}
	}
	var text bytes.Buffer
	if err := jpeg.Encode(&text, picture, nil); err != nil {
		panic(err) // of a picture in memory, into memory
	}
	return text.Bytes()
}
