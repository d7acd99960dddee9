package analysis

import (
	"math"
	"time"

	"attune/internal/vig"
)

const (
	voiceRate     = 16000 // samples a second
	framesASecond = int(time.Second / vig.SoundStep)
	voiceFrame    = voiceRate / framesASecond
	silence       = -100.0 // dB, the least level
	// quietest is the level under which no pitch is looked for: the noise of a
	// phone's microphone lies about there.
	quietest = -70.0
)

// Voice turns sound into [vig.SoundFrame]s as it comes, without keeping it.
// The zero value is not ready: use [NewVoice]. A Voice is used by one
// goroutine at a time.
type Voice struct {
	frame  [voiceFrame]float32
	filled int
	tail   [thinning]float32  // the last samples of the frame before, for thinning
	thin   [duetFrame]float32 // the frame before, and this one
	yin    yin
	duet   *duet
	frames []vig.SoundFrame
}

// thinning is how many samples are averaged into one of the thinned sound: the
// zeros of this filter lie on half and on all of its new rate, the places that
// fold onto its upper and lower end.
const thinning = 4

// NewVoice returns a Voice at the beginning of a film.
func NewVoice() *Voice { return &Voice{duet: newDuet()} }

// Write takes the next samples: mono, 16,000 a second, −1 to 1. What is not a
// finite number is taken as silence. It keeps nothing of pcm.
func (v *Voice) Write(pcm []float32) {
	for len(pcm) > 0 {
		n := copy(v.frame[v.filled:], pcm)
		v.filled += n
		pcm = pcm[n:]
		if v.filled == voiceFrame {
			v.frames = append(v.frames, v.measure())
			v.filled = 0
		}
	}
}

// Frames returns a frame for each full [vig.SoundStep] that was written so
// far. The slice is shared with v until the next Write.
func (v *Voice) Frames() []vig.SoundFrame { return v.frames }

func (v *Voice) measure() vig.SoundFrame {
	var sum, power float64
	for i, x := range v.frame {
		if x != x || x > math.MaxFloat32 || x < -math.MaxFloat32 {
			v.frame[i] = 0
			continue
		}
		sum += float64(x)
		power += float64(x) * float64(x)
	}
	// Without the offset that some microphones add.
	mean := sum / float64(voiceFrame)
	level := silence
	if p := power/float64(voiceFrame) - mean*mean; p > 0 {
		level = max(silence, 10*math.Log10(p))
	}
	v.thinOut()
	f := vig.SoundFrame{Level: level}
	if level > quietest {
		f.Pitch = v.yin.pitch((*[pitchFrame]float32)(v.thin[pitchFrame:]))
	}
	if level > leastLevel {
		if adult, child, ok := v.duet.pitches(&v.thin); ok {
			// Of a mixture YIN tells the pitch of the louder voice, or a common
			// fraction of the two, or none.
			switch {
			case math.Abs(f.Pitch-child) <= sameNote*child:
				f.Other = adult
			case math.Abs(f.Pitch-adult) <= sameNote*adult:
				f.Other = child
			default:
				f.Pitch, f.Other = adult, child
			}
		}
	}
	return f
}

// thinOut makes the thinned frame: the mean of four samples at every second.
func (v *Voice) thinOut() {
	copy(v.thin[:pitchFrame], v.thin[pitchFrame:])
	for i := range pitchFrame {
		var s float32
		for k := range thinning {
			if at := 2*i + 1 - k; at >= 0 {
				s += v.frame[at]
			} else {
				s += v.tail[thinning+at]
			}
		}
		v.thin[pitchFrame+i] = s / thinning
	}
	copy(v.tail[:], v.frame[voiceFrame-thinning:])
}
