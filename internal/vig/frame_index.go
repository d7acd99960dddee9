package vig

import "time"

// FrameIndex is when the frames of a film are shown: exact, and short where
// they follow each other evenly.
type FrameIndex struct {
	// Num and Den are the seconds of one unit of time as a fraction, as the
	// film's container counts.
	Num, Den int64

	// Runs are the distances between frames in units. The first frame is at 0;
	// there is one frame more than the runs count.
	Runs []FrameRun

	// Start is when the first frame is shown on the clock of a browser that plays
	// the film as it was stored. In a viewing copy it is 0.
	Start time.Duration
}

// FrameRun is a number of frames that each follow the one before at the same
// distance.
type FrameRun struct {
	Count int
	Delta int64 // > 0
}

// NewFrameIndex returns the index of the frames at times, in units of num/den
// seconds from the first, which is 0. They are in order, and no two the same.
func NewFrameIndex(num, den int64, times []int64) FrameIndex {
	index := FrameIndex{Num: num, Den: den}
	for i := 1; i < len(times); i++ {
		delta := times[i] - times[i-1]
		if n := len(index.Runs); n > 0 && index.Runs[n-1].Delta == delta {
			index.Runs[n-1].Count++
			continue
		}
		index.Runs = append(index.Runs, FrameRun{1, delta})
	}
	return index
}

// Frames returns how many frames there are; 0 where nothing is known.
func (x FrameIndex) Frames() int {
	if x.Den == 0 {
		return 0
	}
	n := 1
	for _, run := range x.Runs {
		n += run.Count
	}
	return n
}
