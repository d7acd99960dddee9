package observe

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"

	"gocv.io/x/gocv"

	"attune/internal/vig"
)

// Mark is one face to be drawn on a picture.
type Mark struct {
	Face   vig.Face
	Label  string    // who it is, in ASCII (the fonts of OpenCV have no more); may be empty
	Facing []vig.Box // the faces to which it is turned
}

// The colours of a drawing, told apart in light and dark rooms.
var (
	seenColour    = color.RGBA{R: 60, G: 220, B: 90, A: 255}
	trackedColour = color.RGBA{R: 170, G: 170, B: 170, A: 255} // followed, not detected on this sample
	yawColour     = color.RGBA{R: 60, G: 160, B: 255, A: 255}
	facingColour  = color.RGBA{R: 255, G: 190, B: 40, A: 255}
)

// Draw draws marks on p, in place: the box of each face with who it is and how
// much it smiles, an arrow that way the head is turned, and a longer one to each
// face to which it is turned. The error is [vig.CodeInvalid] for a picture that
// contradicts itself.
func Draw(p vig.Picture, marks []Mark) error {
	const op = "draw on picture"
	f, err := newFrame(vig.Sample{Picture: p})
	if err != nil {
		return vig.Errorf(vig.CodeInvalid, op, "%w", err)
	}
	defer f.close()
	for _, m := range marks {
		if err := f.draw(m); err != nil {
			return vig.Errorf(vig.CodeInternal, op, "%w", err)
		}
	}
	return nil
}

func (f frame) draw(m Mark) error {
	at := func(x, y float64) image.Point {
		return image.Pt(int(math.Round(x*float64(f.width))), int(math.Round(y*float64(f.height))))
	}
	b := m.Face.Box
	middle := at(b.Center())
	corner, end := at(b.X, b.Y), at(b.X+b.W, b.Y+b.H)
	thick := max(1, f.width/400)
	c := seenColour
	if m.Face.Tracked {
		c = trackedColour
	}
	errs := []error{gocv.Rectangle(&f.bgr, image.Rectangle{Min: corner, Max: end}, c, thick)}
	for _, other := range m.Facing {
		errs = append(errs, gocv.ArrowedLine(&f.bgr, middle, short(middle, at(other.Center()), other.W*float64(f.width)/2), facingColour, thick))
	}
	if m.Face.Yaw.Seen {
		// The arrow is as long as the nose of a head of this size points aside.
		reach := float64(end.X - corner.X)
		tip := middle.Add(image.Pt(int(reach*sine(m.Face.Yaw.Value)), int(-reach*sine(m.Face.Pitch.Value))))
		errs = append(errs, gocv.ArrowedLine(&f.bgr, middle, tip, yawColour, 2*thick))
	}
	text := m.Label
	if m.Face.Smile.Seen {
		text = fmt.Sprintf("%s smile %.1f", text, m.Face.Smile.Value)
	}
	scale := float64(f.width) / 1600 // Hershey letters are 22 pixels high at 1
	errs = append(errs, gocv.PutText(&f.bgr, text, corner.Sub(image.Pt(0, 2*thick)), gocv.FontHersheySimplex, scale, c, thick))
	return errors.Join(errs...)
}

// short returns the point that lies before to by so many pixels, coming from from,
// or half-way where they are nearer: the tips of two who face each other are both seen.
func short(from, to image.Point, by float64) image.Point {
	way := to.Sub(from)
	length := math.Hypot(float64(way.X), float64(way.Y))
	if length == 0 {
		return to
	}
	k := max(0.5, 1-by/length)
	return from.Add(image.Pt(int(math.Round(k*float64(way.X))), int(math.Round(k*float64(way.Y)))))
}

func sine(degrees float64) float64 { return math.Sin(degrees * math.Pi / 180) }
