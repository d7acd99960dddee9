package testfilm

// The strip along the upper edge: cells of equal width over the whole picture,
// white for 1. Two cells to find black and white, sixteen of the number,
// highest first, four of its check sum, two cells the other way round.
const (
	numberBits = 16
	checkBits  = 4
	stripCells = 2 + numberBits + checkBits + 2
	stripPart  = 18 // the strip is that part of the picture's height
)

func stripHeight(h int) int { return max(8, h/stripPart) }

// check is the sum of the number's four digits in base 16, and 5 so that
// neither black nor white alone is a number.
func check(n int) int { return (n + n>>4 + n>>8 + n>>12 + 5) & 15 }

// code returns the cells of n from the left, as bits from the highest.
func code(n int) uint32 {
	return 0b10<<(stripCells-2) | uint32(n)<<(checkBits+2) | uint32(check(n))<<2 | 0b01
}

// writeNumber draws the strip of n, taken modulo 65536.
func writeNumber(bgr []byte, w, h, n int) {
	cells := code(n & (1<<numberBits - 1))
	for y := range stripHeight(h) {
		for x := range w {
			cell := x * stripCells / w
			paintGray(bgr, y*w+x, cells>>(stripCells-1-cell)&1 == 1)
		}
	}
}

func paintGray(bgr []byte, i int, white bool) {
	v := byte(16)
	if white {
		v = 235
	}
	bgr[3*i], bgr[3*i+1], bgr[3*i+2] = v, v, v
}

// ReadNumber reads the frame's number from the strip along the upper edge of
// an upright picture of w×h pixels, rows from the top without padding: one byte
// a pixel (gray) or three (BGR or RGB). It reports false if there is no strip,
// or not a whole one.
func ReadNumber(pix []byte, w, h int) (n int, ok bool) {
	if w < stripCells || h < stripPart || len(pix) < w*h {
		return 0, false
	}
	var mean [stripCells]int
	for c := range mean {
		x0, x1 := c*w/stripCells, (c+1)*w/stripCells
		inset := (x1 - x0) / 4
		mean[c] = area(pix, w, h, x0+inset, stripHeight(h)/4, x1-inset, stripHeight(h)*3/4)
	}
	white, black := mean[0], mean[1]
	if white-black < 60 {
		return 0, false
	}
	var cells uint32
	for _, m := range mean {
		cells <<= 1
		if m > (white+black)/2 {
			cells |= 1
		}
	}
	n = int(cells>>(checkBits+2)) & (1<<numberBits - 1)
	return n, cells == code(n)
}

// area is the mean brightness of a part of a picture with one or three bytes a
// pixel.
func area(pix []byte, w, h, x0, y0, x1, y1 int) int {
	depth := len(pix) / (w * h)
	sum, count := 0, 0
	for y := y0; y < y1; y++ {
		for _, v := range pix[depth*(y*w+x0) : depth*(y*w+x1)] {
			sum += int(v)
			count++
		}
	}
	return sum / max(1, count)
}

// writeFlash draws the strip along the lower edge.
func writeFlash(bgr []byte, w, h int, on bool) {
	for i := w * (h - stripHeight(h)); i < w*h; i++ {
		paintGray(bgr, i, on)
	}
}

// ReadFlash reports whether the strip along the lower edge of a picture as for
// [ReadNumber] is white. On a film that is not marked it means nothing.
func ReadFlash(pix []byte, w, h int) bool {
	s := stripHeight(h)
	return len(pix) >= w*h && area(pix, w, h, w/8, h-s*3/4, w*7/8, h-s/4) > 128
}
