package accuracy

import (
	"attune/internal/testfilm"
	"attune/internal/vig"
)

// CutError compares the numbers read from the frames of a reel, in order, with
// those of the frames that its clips should hold. It returns how many frames
// the worst clip misses or has too many. Numbers that were not read (−1) and
// frames left over at the end count to the last clip.
func CutError(truth *testfilm.Truth, clips []vig.Span, numbers []int) int {
	worst := 0
	for i, clip := range clips {
		want := map[int]bool{}
		for n, t := range truth.Frames {
			if clip.Contains(t) {
				want[n] = true
			}
		}
		held := len(numbers)
		if i < len(clips)-1 {
			held = min(held, clipEnd(numbers))
		}
		wrong := 0
		for _, n := range numbers[:held] {
			if !want[n] {
				wrong++
			}
			delete(want, n)
		}
		worst = max(worst, wrong+len(want))
		numbers = numbers[held:]
	}
	return worst
}

// clipEnd returns how many of the numbers belong to the first clip: up to
// where they do not go on by one.
func clipEnd(numbers []int) int {
	for i := 1; i < len(numbers); i++ {
		if numbers[i] != numbers[i-1]+1 {
			return i
		}
	}
	return len(numbers)
}
