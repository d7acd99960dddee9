package observe

import (
	"math"

	"attune/internal/vig"
)

// Columns of a row of FaceDetectorYN's result (OpenCV, FaceDetectorYN::detect).
const (
	yunetBox     = 0 // x, y, width, height
	yunetPoints  = 4 // five points, x and y each
	yunetScoreAt = 14
	yunetColumns = 15
)

// detection is one row of Detect's result, in pixels.
type detection struct {
	x, y, width, height float64
	points              points
	score               float64
}

func readDetection(row []float32) detection {
	at := func(i int) float64 { return float64(row[i]) }
	d := detection{
		x: at(yunetBox), y: at(yunetBox + 1), width: at(yunetBox + 2), height: at(yunetBox + 3),
		score: at(yunetScoreAt),
	}
	for i := range d.points {
		d.points[i] = point{at(yunetPoints + 2*i), at(yunetPoints + 2*i + 1)}
	}
	return d
}

// sound reports whether all numbers of d are numbers and its box has a size.
func (d detection) sound() bool {
	numbers := []float64{d.x, d.y, d.width, d.height, d.score}
	for _, p := range d.points {
		numbers = append(numbers, p.x, p.y)
	}
	for _, n := range numbers {
		if math.IsNaN(n) || math.IsInf(n, 0) {
			return false
		}
	}
	return d.width > 0 && d.height > 0
}

// face returns what d says of a face in f.
func (d detection) face(f frame) found {
	w, h := float64(f.width), float64(f.height)
	face := found{
		Face: vig.Face{
			Box:        vig.Box{X: d.x / w, Y: d.y / h, W: d.width / w, H: d.height / h},
			Confidence: min(1, d.score),
		},
		mouth: mouth{at: d.points.chin(), height: d.height},
	}
	if down, ok := d.points.down(); ok {
		face.mouth.down = down
		face.Yaw = d.points.yaw(d.x + d.width/2)
	}
	return face
}
