package observe

import (
	"image"
	"math"

	"gocv.io/x/gocv"

	"attune/internal/vig"
)

// region is a rectangle beside a face's box, in heights of the box.
type region struct {
	side        float64 // to either side of the middle
	top, bottom float64 // from the top of the box, down
	columns     int     // to which it is scaled: enough for a histogram
	rows        int
}

// The chest lies below the neck, which is a third of a face high, and is no
// wider here than it stays when somebody turns to the side (Drillis and Contini,
// Body segment parameters, 1966: the trunk is about a face's height deep). The
// boxes of faces reach from the chin to the upper forehead, so that the hair
// over the forehead lies just above them.
var (
	chest = region{side: 0.6, top: 1.35, bottom: 2.4, columns: 12, rows: 10}
	crown = region{side: 0.3, top: -0.35, bottom: -0.05, columns: 8, rows: 4}
)

// leastShown is the share of a region that must lie in the picture for its
// colours to be told.
const leastShown = 0.3

// A pixel is coloured from greySaturation (0–1) on, in full from
// fullSaturation on: below, its hue is the noise of the camera and the tint of
// the light. So it is where it is darker than darkest (0–255), rising to
// fullBright. Labelled films.
const (
	greySaturation = 0.15
	fullSaturation = 0.35
	darkest        = 30.0
	fullBright     = 60.0
	// A hue is dark below darkHalf, light above lightHalf.
	darkHalf  = 80.0
	lightHalf = 180.0

	hues   = 6
	lights = 2
	shades = vig.ColourBins - hues*lights
)

// dye is the working space for [vig.Colours].
type dye struct {
	small gocv.Mat
}

func newDye() dye { return dye{gocv.NewMat()} }

func (d *dye) close() error { return d.small.Close() }

// measure returns the colours around the face in b.
func (d *dye) measure(f frame, b vig.Box) (vig.Colours, error) {
	var c vig.Colours
	if err := d.histogram(f, chest, b, c.Clothes()); err != nil {
		return c, err
	}
	return c, d.histogram(f, crown, b, c.Hair())
}

// histogram fills bins with the colours of r, and leaves them at 0 where too
// little of it lies in the picture.
func (d *dye) histogram(f frame, r region, b vig.Box, bins []uint8) error {
	high := b.H * float64(f.height)
	x, y := (b.X+b.W/2)*float64(f.width), b.Y*float64(f.height)
	whole := image.Rect(int(x-r.side*high), int(y+r.top*high), int(x+r.side*high), int(y+r.bottom*high))
	part := whole.Intersect(image.Rect(0, 0, f.width, f.height))
	if part.Dx() < 2 || part.Dy() < 2 || float64(part.Dx()*part.Dy()) < leastShown*float64(whole.Dx()*whole.Dy()) {
		return nil
	}
	mat := f.bgr.Region(part)
	defer mat.Close()
	if err := gocv.Resize(mat, &d.small, image.Pt(r.columns, r.rows), 0, 0, gocv.InterpolationArea); err != nil {
		return err
	}
	bgr, err := d.small.DataPtrUint8()
	if err != nil {
		return err
	}
	var sum [vig.ColourBins]float64
	for i := 0; i+2 < len(bgr); i += 3 {
		addColour(&sum, float64(bgr[i+2]), float64(bgr[i+1]), float64(bgr[i]))
	}
	scale := 255 / float64(len(bgr)/3)
	for k := range bins {
		bins[k] = uint8(math.Round(sum[k] * scale))
	}
	return nil
}

// addColour adds one pixel to a histogram, shared between the two nearest bins
// so that a small change of light does not move it as a whole.
func addColour(sum *[vig.ColourBins]float64, r, g, b float64) {
	most, least := max(r, g, b), min(r, g, b)
	chroma := most - least
	coloured := 0.0
	if most > 0 {
		coloured = between(chroma/most, greySaturation, fullSaturation) * between(most, darkest, fullBright)
	}
	if coloured > 0 {
		var sextant float64 // 0–6 around the circle of hues, from red
		switch most {
		case r:
			sextant = (g - b) / chroma
		case g:
			sextant = 2 + (b-r)/chroma
		default:
			sextant = 4 + (r-g)/chroma
		}
		at := math.Mod(sextant+6, 6) / 6 * hues
		k := int(at)
		next, light := at-float64(k), between(most, darkHalf, lightHalf)
		sum[k%hues*lights] += coloured * (1 - next) * (1 - light)
		sum[k%hues*lights+1] += coloured * (1 - next) * light
		sum[(k+1)%hues*lights] += coloured * next * (1 - light)
		sum[(k+1)%hues*lights+1] += coloured * next * light
	}
	at := most / 255 * (shades - 1)
	k := min(int(at), shades-2)
	sum[hues*lights+k] += (1 - coloured) * (1 - (at - float64(k)))
	sum[hues*lights+k+1] += (1 - coloured) * (at - float64(k))
}

// between returns where v lies from low to high, 0–1.
func between(v, low, high float64) float64 { return max(0, min(1, (v-low)/(high-low))) }
