package observe

import (
	"image"

	"gocv.io/x/gocv"

	"attune/internal/vig"
)

const (
	// A cell is compared in motionCell × motionCell means. Each is of 25 pixels
	// of a 640 × 360 sample, which divides the noise of a sensor by five.
	motionCell = 4
	// motionNoise is taken off each difference, in levels of luma: twice what
	// noise with a deviation of 6 levels, that of a phone in a dim room, leaves.
	motionNoise = 3
)

// motion compares each frame with the one before.
type motion struct {
	before, now, diff gocv.Mat
}

func newMotion() motion {
	return motion{before: gocv.NewMat(), now: gocv.NewMat(), diff: gocv.NewMat()}
}

func (m *motion) close() error {
	m.before.Close()
	m.now.Close()
	return m.diff.Close()
}

// measure returns the movement since the frame before, nil on the first.
func (m *motion) measure(f frame) (vig.MotionGrid, error) {
	m.before, m.now = m.now, m.before
	size := image.Pt(vig.MotionColumns*motionCell, vig.MotionRows*motionCell)
	if err := gocv.Resize(f.gray, &m.now, size, 0, 0, gocv.InterpolationArea); err != nil {
		return nil, err
	}
	if m.before.Empty() {
		return nil, nil
	}
	if err := gocv.AbsDiff(m.now, m.before, &m.diff); err != nil {
		return nil, err
	}
	diff, err := m.diff.DataPtrUint8()
	if err != nil {
		return nil, err
	}
	grid := make(vig.MotionGrid, vig.MotionColumns*vig.MotionRows)
	for i := range grid {
		row, column := i/vig.MotionColumns, i%vig.MotionColumns
		sum := 0
		for y := row * motionCell; y < (row+1)*motionCell; y++ {
			at := (y*vig.MotionColumns + column) * motionCell
			for _, d := range diff[at : at+motionCell] {
				sum += max(0, int(d)-motionNoise)
			}
		}
		grid[i] = uint8(sum / (motionCell * motionCell))
	}
	return grid, nil
}
