package vig

import "time"

// Picture is a frame as displayed (upright, square pixels, 8-bit sRGB-like),
// already scaled for analysis.
type Picture struct {
	Width, Height int
	BGR           []byte // Width*Height*3 bytes, rows from the top, no padding
}

// Sample is one decoded frame taken for analysis, with its time.
type Sample struct {
	Time    time.Duration // from the first frame
	Picture Picture       // lent: valid until the next sample is asked for
}
