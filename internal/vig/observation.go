package vig

import "time"

// Box is a rectangle in fractions of the picture as displayed; X and Y are its
// upper left corner. It may reach over the edges of the picture.
type Box struct {
	X, Y, W, H float64
}

// Center returns the middle of b.
func (b Box) Center() (x, y float64) { return b.X + b.W/2, b.Y + b.H/2 }

// IoU returns the intersection over union of b and o, 0 to 1.
func (b Box) IoU(o Box) float64 {
	w := min(b.X+b.W, o.X+o.W) - max(b.X, o.X)
	h := min(b.Y+b.H, o.Y+o.H) - max(b.Y, o.Y)
	if w <= 0 || h <= 0 {
		return 0
	}
	return w * h / (b.W*b.H + o.W*o.H - w*h)
}

// Face is one face as it was measured on one sample.
type Face struct {
	Box        Box
	Confidence float64 // 0–1, of the detector; of a tracked face it fades with the time since it was last detected
	Tracked    bool    // followed from an earlier sample, not detected on this one
	Yaw        Reading // degrees; > 0 is turned towards the right edge of the picture, 0 towards the camera, ±90 profile
	Pitch      Reading // degrees; > 0 is up
	Smile      Reading // 0–1
	Gaze       Reading // degrees as Yaw: where the eyes look, head and eyes together; only of large faces that are turned
	Colours    Colours // of the clothes and the hair
}

// Colours are the colours of the clothes below a face and of the hair above it,
// each as a coarse histogram whose [ColourBins] sum to about 255, or are all 0
// where the camera did not show them. They tell apart two people of one film who
// have changed places, as a guider would by a red shirt. They are no likeness:
// nothing of the face itself is in them, anybody in that shirt has the same, and
// they mean nothing outside the film, with whose observations they are forgotten.
type Colours [2 * ColourBins]uint8

// ColourBins is how many bins one of the two histograms of [Colours] has: six
// hues, each dark and light, and four shades from black to white.
const ColourBins = 16

// Clothes returns the histogram of the clothes.
func (c *Colours) Clothes() []uint8 { return c[:ColourBins] }

// Hair returns the histogram of the hair.
func (c *Colours) Hair() []uint8 { return c[ColourBins:] }

// MotionGrid is the movement energy of one sample against the one before it,
// in MotionColumns × MotionRows equal cells of the picture, row by row from
// the upper left: the mean absolute difference of luma in the cell, 0–255.
// Nil on the first sample.
type MotionGrid []uint8

// The grid is wide as films are (16:9 gives square cells), and fine enough
// that two people who sit side by side fall into different cells.
const (
	MotionColumns = 32
	MotionRows    = 18
)

// SoundFrame is what was measured on one stretch of SoundStep of the sound.
type SoundFrame struct {
	Level float64 // dB relative to full scale (RMS), −100 for silence
	Pitch float64 // fundamental frequency in Hz, 0 where the sound is not voiced
	Other float64 // that of a second voice heard at the same time, 0 where there is none
}

// SoundStep is the time from one SoundFrame to the next: short beside the
// shortest answer we look for (0.3 s), long enough to hold three periods of the
// lowest voice (75 Hz).
const SoundStep = 40 * time.Millisecond

// Observation is what was measured on one sample.
type Observation struct {
	Time   time.Duration
	Faces  []Face
	Motion MotionGrid
}

// Recording is all that was measured on one film: the only input of analysis.
type Recording struct {
	Duration     time.Duration // of the film
	Aspect       float64       // width ÷ height of the picture as displayed
	Observations []Observation // in order of time
	Sound        []SoundFrame  // the i-th starts at i × SoundStep; nil where the film has no sound
}
