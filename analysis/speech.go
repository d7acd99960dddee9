package analysis

import (
	"math"
	"slices"
	"time"

	"attune/internal/vig"
)

// register is whose voice a sound can be by its pitch.
type register uint8

const (
	anyVoice register = iota
	adultVoice
	childVoice
	bothVoices // an adult's and a child's at once
)

const (
	// Mean speaking pitch lies at 85–180 Hz for men, 165–255 Hz for women and
	// from about 250 Hz to 400 Hz and more for children (Baken and Orlikoff,
	// Clinical Measurement of Speech and Voice, 2000). Between the two bounds,
	// where women who speak to a child and older children meet, nothing is said.
	adultBelow = 240.0
	childAbove = 275.0

	// The noise floor is the least level in a window around, as in minimum
	// statistics (Martin, IEEE Trans. Speech and Audio Processing 9(5), 2001):
	// speech falls back to it between words. The level is smoothed over
	// floorSmoothing first, so that the least is not far below the mean.
	floorWindow    = 6 * time.Second
	floorSmoothing = 200 * time.Millisecond
	// A voice is on from voiceOn dB above the floor until voiceOff dB: steady
	// noise stays within 3 dB of its mean in stretches of 40 ms.
	voiceOn  = 9.0
	voiceOff = 5.0
	// leastLevel is the level in dB under which nothing is a voice.
	leastLevel = -60.0
	// Breaks inside words (closures of stops last up to about 150 ms) do not
	// end a burst; what is shorter than a short syllable is a knock.
	burstBridge = 200 * time.Millisecond
	leastBurst  = 120 * time.Millisecond
	// leastVoiced is for how long a burst must have a pitch that glides by no
	// more than maxGlide from frame to frame: noise has none. With one, voiceOff
	// dB above the floor are enough for a voice to be on: noise that is not
	// steady seldom has one.
	leastVoiced = 80 * time.Millisecond
	maxGlide    = 0.15
	// A pitch that stays within heldWithin for longer than longestHeld is that
	// of a machine: of speech it changes by a semitone, 6 %, or more within a
	// phrase.
	longestHeld = 2 * time.Second
	heldWithin  = 1.02
	// longestBurst is the length from which on a sound is not a turn: music, or
	// a machine.
	longestBurst = 15 * time.Second
	// A register counts within a burst that holds for a syllable. Shorter ones
	// are errors by an octave.
	leastRegister = 160 * time.Millisecond
	// Two voices go on through so short a time in which only one is told: the
	// syllables of each leave the other alone for about as long.
	duetBridge = 120 * time.Millisecond
)

// burst is a stretch of voice between pauses, all in one register.
type burst struct {
	span     vig.Span
	register register
}

// bursts finds the voice in sound: what is loud above the noise of the room and
// has the pitch of a voice for a syllable. The one detector of voice activity
// that Debian packages, inside libwebrtc-audio-processing, is C++ behind an echo
// canceller, has no binding for Go that is kept up, and says yes or no every 10
// ms; the pitch, on which it hangs here whose voice it is, would be measured all
// the same. With it voices 5 dB above the noise of a room are found with an F1 of
// 0.9 and more (TestVoiceInTheNoiseOfARoom).
func bursts(sound []vig.SoundFrame) []burst {
	sound = duets(sound)
	var all []burst
	for _, r := range active(sound) {
		all = append(all, split(sound, r[0], r[1])...)
	}
	return all
}

// duets returns sound with two voices only where both are voices, and through
// the few frames between them in which one was told.
func duets(sound []vig.SoundFrame) []vig.SoundFrame {
	out := slices.Clone(sound)
	last := -1
	for i, s := range sound {
		if s.Other == 0 {
			continue
		}
		if isMachine(sound, i, min(s.Pitch, s.Other)) {
			out[i].Other = 0
			continue
		}
		if last >= 0 && i-last-1 <= frames(duetBridge) {
			for k := last + 1; k < i; k++ {
				out[k].Other = s.Other
			}
		}
		last = i
	}
	return out
}

// isMachine reports whether a pitch is held for most of the time around the
// i-th frame, as no voice holds it, whatever else sounds.
func isMachine(sound []vig.SoundFrame, i int, pitch float64) bool {
	held := 0
	around := sound[max(0, i-frames(longestHeld)):min(len(sound), i+frames(longestHeld))]
	for _, s := range around {
		if math.Abs(s.Pitch-pitch) <= sameNote*pitch || math.Abs(s.Other-pitch) <= sameNote*pitch {
			held++
		}
	}
	return held > len(around)/2
}

func frames(d time.Duration) int { return int(d / vig.SoundStep) }

// active returns the ranges of frames in which there is a voice: loud above
// the noise, or with the pitch of a voice for a syllable, and not far from
// where there is one.
func active(sound []vig.SoundFrame) [][2]int {
	floor := noiseFloor(sound)
	tonal := tones(sound)
	var ranges [][2]int
	on := false
	for i, s := range sound {
		above := s.Level - floor[i]
		on = s.Level >= leastLevel && (above >= voiceOn || above >= voiceOff && (on || tonal[i]))
		if !on {
			continue
		}
		if n := len(ranges); n > 0 && i-ranges[n-1][1] <= frames(burstBridge) {
			ranges[n-1][1] = i + 1
		} else {
			ranges = append(ranges, [2]int{i, i + 1})
		}
	}
	var out [][2]int
	for _, r := range ranges {
		out = append(out, nearTones(tonal, r)...)
	}
	return slices.DeleteFunc(out, func(r [2]int) bool {
		n := r[1] - r[0]
		return n < frames(leastBurst) || n > frames(longestBurst)
	})
}

// tones tells which frames belong to a run with the pitch of a voice: long
// enough to be a syllable, gliding, and not held as that of a machine.
func tones(sound []vig.SoundFrame) []bool {
	out := make([]bool, len(sound))
	for i := 0; i < len(sound); {
		j := i + 1
		for j < len(sound) && sound[i].Pitch > 0 && math.Abs(sound[j].Pitch-sound[j-1].Pitch) <= maxGlide*sound[j-1].Pitch {
			j++
		}
		if sound[i].Pitch > 0 && j-i >= frames(leastVoiced) {
			for k := i; k < j; k++ {
				out[k] = !isHeld(sound[max(i, k-frames(longestHeld)):min(j, k+frames(longestHeld))])
			}
		}
		i = j
	}
	return out
}

// isHeld reports whether one pitch is held for too long for a voice.
func isHeld(run []vig.SoundFrame) bool {
	if len(run) <= frames(longestHeld) {
		return false
	}
	low, high := math.Inf(1), 0.0
	for _, s := range run {
		low, high = min(low, s.Pitch), max(high, s.Pitch)
	}
	return high <= low*heldWithin
}

// nearTones returns the parts of r that are within burstBridge of a tone: what
// a voice has without pitch is short, the hiss of a machine or a rattle goes on.
func nearTones(tonal []bool, r [2]int) [][2]int {
	var out [][2]int
	reach := frames(burstBridge)
	for i := r[0]; i < r[1]; i++ {
		if !tonal[i] {
			continue
		}
		from, to := max(r[0], i-reach), min(r[1], i+1+reach)
		if n := len(out); n > 0 && from <= out[n-1][1] {
			out[n-1][1] = to
		} else {
			out = append(out, [2]int{from, to})
		}
	}
	return out
}

// noiseFloor returns the level of the noise under each frame in dB.
func noiseFloor(sound []vig.SoundFrame) []float64 {
	n := len(sound)
	level := make([]float64, n)
	half := frames(floorSmoothing) / 2
	for i := range level {
		lo, hi := max(0, i-half), min(n, i+half+1)
		var power float64
		for _, s := range sound[lo:hi] {
			power += math.Pow(10, finite(s.Level)/10)
		}
		level[i] = 10 * math.Log10(power/float64(hi-lo))
	}
	return slidingMinimum(level, frames(floorWindow)/2)
}

func finite(level float64) float64 {
	if math.IsNaN(level) || level < silence {
		return silence
	}
	return min(level, 0)
}

// slidingMinimum returns the least of the values up to half before and after
// each, in one pass: queue holds the indices of values that can still be least.
func slidingMinimum(v []float64, half int) []float64 {
	out := make([]float64, len(v))
	var queue []int
	next := 0
	for i := range v {
		for ; next < len(v) && next <= i+half; next++ {
			for len(queue) > 0 && v[queue[len(queue)-1]] >= v[next] {
				queue = queue[:len(queue)-1]
			}
			queue = append(queue, next)
		}
		for queue[0] < i-half {
			queue = queue[1:]
		}
		out[i] = v[queue[0]]
	}
	return out
}

// split cuts the frames [from, to) where the register changes for long enough:
// one voice answers another without a pause.
func split(sound []vig.SoundFrame, from, to int) []burst {
	type piece struct {
		from, to int
		register register
	}
	var pieces []piece
	for i := from; i < to; i++ {
		r := registerOf(sound[i])
		if r == anyVoice {
			continue
		}
		if n := len(pieces); n > 0 && pieces[n-1].register == r && i-pieces[n-1].to <= frames(burstBridge) {
			pieces[n-1].to = i + 1
		} else {
			pieces = append(pieces, piece{i, i + 1, r})
		}
	}
	pieces = slices.DeleteFunc(pieces, func(p piece) bool { return p.to-p.from < frames(leastRegister) })
	var out []burst
	for k, p := range pieces {
		if k > 0 && pieces[k-1].register == p.register {
			continue
		}
		start := from
		if k > 0 {
			start = (pieces[k-1].to + p.from) / 2
			out[len(out)-1].span.End = time.Duration(start) * vig.SoundStep
		}
		out = append(out, burst{span(start, to), p.register})
	}
	if len(out) == 0 {
		out = []burst{{span(from, to), anyVoice}}
	}
	return out
}

// span returns the time of the frames [from, to).
func span(from, to int) vig.Span {
	return vig.Span{Start: time.Duration(from) * vig.SoundStep, End: time.Duration(to) * vig.SoundStep}
}

func registerOf(s vig.SoundFrame) register {
	pitch := s.Pitch
	switch {
	case s.Other > 0:
		return bothVoices
	case pitch > 0 && pitch <= adultBelow:
		return adultVoice
	case pitch >= childAbove:
		return childVoice
	}
	return anyVoice
}

// voicesHeard is what the bursts of a film say about who is in it.
type voicesHeard uint8

const (
	unclear voicesHeard = iota
	adultAndChild
	adultsOnly
)

const (
	heardBursts = 2  // of each register, for both to be heard
	manyBursts  = 12 // of adults, for the want of a child's to mean something
)

func heardIn(all []burst) voicesHeard {
	var count [bothVoices + 1]int
	for _, b := range all {
		count[b.register]++
	}
	count[adultVoice] += count[bothVoices]
	count[childVoice] += count[bothVoices]
	switch {
	case count[adultVoice] >= heardBursts && count[childVoice] >= heardBursts:
		return adultAndChild
	case count[adultVoice] >= manyBursts && count[childVoice] == 0:
		return adultsOnly
	}
	return unclear
}
