package titlecard

import (
	"image"
	"image/color"
	"strings"
	"sync"
	"time"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"attune/internal/vig"
)

// Length is how long a card is shown: the most letters that it may have are
// read in that time at 17 a second, the pace of subtitles for grown-ups
// (Netflix Timed Text Style Guide, English).
const Length = 4 * time.Second

// MaxLetters is how many letters a card may have. More are no title.
const MaxLetters = 68

// The card: light letters on a dark ground, at 13:1 well above what WCAG 2.2
// asks for (7:1 at its highest), with a margin of a tenth on each side, which
// no television cuts off (EBU R 95).
var (
	ground = color.RGBA{0x1d, 0x26, 0x2e, 0xff}
	ink    = color.RGBA{0xf2, 0xef, 0xe8, 0xff}
)

const (
	margin     = 0.1
	largest    = 0.12 // of the card's shorter side: the size of its letters
	smallest   = 0.045
	lineHeight = 1.3 // of the size
)

// face is the font. It covers the Latin, Greek and Cyrillic scripts (WGL4).
var face = sync.OnceValue(func() *sfnt.Font {
	f, err := opentype.Parse(goregular.TTF)
	if err != nil {
		panic(err) // it is part of the program
	}
	return f
})

// Check says whether a card can show the text; the error is of code invalid,
// in words for people.
func Check(text string) error {
	const op = "check title"
	if strings.TrimSpace(text) == "" {
		return vig.Errorf(vig.CodeInvalid, op, "the title is empty")
	}
	if n := len([]rune(text)); n > MaxLetters {
		return vig.Errorf(vig.CodeInvalid, op, "the title has %d letters, and a card shows %d at most", n, MaxLetters)
	}
	var buffer sfnt.Buffer
	for _, r := range text {
		if unicode.IsSpace(r) {
			continue
		}
		at, err := face().GlyphIndex(&buffer, r)
		if err != nil || at == 0 || unicode.IsControl(r) || r == unicode.ReplacementChar {
			return vig.Errorf(vig.CodeInvalid, op, "the title has %q, which the card cannot show", r)
		}
	}
	return nil
}

// Draw returns the card with the text, which Check has let pass, as a picture
// of width × height pixels. The same arguments give the same picture.
func Draw(text string, width, height int) (vig.Picture, error) {
	card := image.NewRGBA(image.Rect(0, 0, width, height))
	fill(card)
	if err := write(card, text); err != nil {
		return vig.Picture{}, vig.Errorf(vig.CodeInternal, "draw title card", "%w", err)
	}
	p := vig.Picture{Width: width, Height: height, BGR: make([]byte, 3*width*height)}
	for i := range width * height {
		p.BGR[3*i], p.BGR[3*i+1], p.BGR[3*i+2] = card.Pix[4*i+2], card.Pix[4*i+1], card.Pix[4*i]
	}
	return p, nil
}

func fill(card *image.RGBA) {
	for i := 0; i < len(card.Pix); i += 4 {
		card.Pix[i], card.Pix[i+1], card.Pix[i+2], card.Pix[i+3] = ground.R, ground.G, ground.B, ground.A
	}
}

// write centres the text in the largest letters with which it fits.
func write(card *image.RGBA, text string) error {
	b := card.Bounds()
	short := float64(min(b.Dx(), b.Dy()))
	room := fixed.I(int(float64(b.Dx()) * (1 - 2*margin)))
	const step = 0.9
	for size := largest * short; ; size *= step {
		letters, err := opentype.NewFace(face(), &opentype.FaceOptions{Size: size, DPI: 72}) // a point is a pixel
		if err != nil {
			return err
		}
		lines, fits := wrap(letters, text, room)
		tall := size * lineHeight * float64(len(lines))
		if (!fits || tall > float64(b.Dy())*(1-2*margin)) && size*step > smallest*short {
			continue
		}
		pen := font.Drawer{Dst: card, Src: image.NewUniform(ink), Face: letters}
		for i, line := range lines {
			// The middle of a line of small letters lies about a third of the size above its base.
			middle := float64(b.Dy())/2 - tall/2 + size*lineHeight*(float64(i)+0.5)
			pen.Dot = fixed.Point26_6{X: (fixed.I(b.Dx()) - font.MeasureString(letters, line)) / 2, Y: fixed.I(int(middle + size/3))}
			pen.DrawString(line)
		}
		return letters.Close()
	}
}

// wrap breaks the text into lines, and says whether that needed no break but
// those between words.
func wrap(letters font.Face, text string, room fixed.Int26_6) (lines []string, fits bool) {
	fits = true
	for _, paragraph := range strings.Split(text, "\n") {
		line := ""
		for _, word := range strings.Fields(paragraph) {
			longer := strings.TrimSpace(line + " " + word)
			if line != "" && font.MeasureString(letters, longer) > room {
				lines = append(lines, line)
				longer = word
			}
			line = ""
			for _, r := range longer {
				if line != "" && font.MeasureString(letters, line+string(r)) > room {
					lines = append(lines, line)
					line, fits = "", false
				}
				line += string(r)
			}
		}
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines, fits
}
