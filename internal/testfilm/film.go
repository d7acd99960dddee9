package testfilm

import (
	"math"
	"time"
)

// Film says what to make. Its zero value is the sample: 60 s of a session at
// 1280×720 and 25 frames a second, h264 and aac in mp4.
type Film struct {
	Script   *Script       // may be longer than the film; nil: Session(Seed, Duration)
	Seed     uint64        // of the session and of the noise
	Duration time.Duration // 0: 60 s
	Width    int           // as displayed, even; 0: 1280
	Height   int           // as displayed, even; 0: 720
	FPS      int           // frames a second, before Timing; 0: 25

	Light float64 // share of a well lit room's light (before the camera's gamma); 0: 1
	Noise float64 // standard deviation of the sensor's noise in levels of 0–255; 0: 1.5, negative: none

	Numbered bool // the number of each frame as a strip along the upper edge, see [ReadNumber]
	Marked   bool // flashes along the lower edge that begin with beeps, see [ReadFlash] and [Truth.Marks]

	Timing     Timing
	Start      time.Duration // time stamp of the first frame
	SoundDelay time.Duration // the sound starts so much after the first frame in step with it; before it, by a whole number of frames, if negative
	Silent     bool          // no sound stream

	Codec     Codec
	BFrames   bool      // h264 with three B-frames, pyramid and open GOP; false: none
	Container Container // "": mp4
	Rotation  int       // degrees clockwise by which the stored picture must be turned to be upright: 0, 90, 180, 270; mp4 only
	Repeat    int       // how often the same packets follow each other, for very long films; the truth is that of the first time; 0: 1
	FastStart bool      // mp4 with the index before the media
	Damage    Damage
}

// Timing is how the frames follow each other.
type Timing int

// The timings.
const (
	Constant Timing = iota
	Swing           // intervals swing between 20 and 45 ms, as a phone's do in poor light
	Hole            // at half the duration the time stamps jump by HoleLength; the sound runs on
)

// HoleLength is how much of the film is missing with [Hole].
const HoleLength = 3 * time.Second

// Codec is the pair of codecs of a film.
type Codec string

// The codecs.
const (
	H264 Codec = ""     // with aac
	HEVC Codec = "hevc" // with aac
	VP9  Codec = "vp9"  // with opus
)

// Container is the container of a film, named by its file name extension.
type Container string

// The containers.
const (
	MP4  Container = ""
	MKV  Container = "mkv"
	WebM Container = "webm"
	TS   Container = "ts"
)

// Ext returns the file name extension of c, with the dot.
func (c Container) Ext() string {
	if c == MP4 {
		return ".mp4"
	}
	return "." + string(c)
}

// Damage is what happened to a film after it was made.
type Damage int

// The kinds of damage.
const (
	Whole     Damage = iota
	Truncated        // cut after three fifths of its bytes, inside the media
	Empty            // no bytes
	NotAFilm         // text
)

// whole returns f with its defaults filled in.
func (f Film) whole() Film {
	set := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	set(&f.Width, 1280)
	set(&f.Height, 720)
	set(&f.FPS, 25)
	if f.Duration == 0 {
		f.Duration = time.Minute
	}
	if f.Light == 0 {
		f.Light = 1
	}
	if f.Noise == 0 {
		f.Noise = 1.5
	}
	if f.Script == nil {
		f.Script = Session(f.Seed, f.Duration)
	}
	return f
}

// The swing of [Swing] as a closed form, so that ffmpeg can compute the same
// time stamps: swingMean·n + swingDepth·sin(swingRate·n) milliseconds. The
// intervals differ from the mean by at most 2·swingDepth·sin(swingRate/2) =
// 12.5 ms.
const (
	swingMean  = 32.5
	swingRate  = 0.9
	swingDepth = 14.369
)

// frames returns the time of every frame from the first one.
func (f Film) frames() []time.Duration {
	var times []time.Duration
	for n := 0; ; n++ {
		t := time.Duration(n) * time.Second / time.Duration(f.FPS)
		switch f.Timing {
		case Swing:
			ms := math.Round(swingMean*float64(n) + swingDepth*math.Sin(swingRate*float64(n)))
			t = time.Duration(ms) * time.Millisecond
		case Hole:
			if n >= f.holeFrame() {
				t += HoleLength
			}
		}
		if t >= f.Duration {
			return times
		}
		times = append(times, t)
	}
}

// holeFrame is the number of the first frame after the hole.
func (f Film) holeFrame() int {
	return int(f.Duration / 2 * time.Duration(f.FPS) / time.Second)
}

// markEvery is far enough that no skew under test is mistaken for the next
// mark, and a whole number of frames at 24, 25 and 30 a second.
const (
	markEvery  = 2 * time.Second
	markLength = 120 * time.Millisecond // three frames at 25 a second
)

func (f Film) marks() []time.Duration {
	var times []time.Duration
	if f.Marked {
		for t := markEvery / 2; t+markLength < f.Duration; t += markEvery {
			times = append(times, t)
		}
	}
	return times
}

// marked reports whether a mark is on at t.
func (f Film) marked(t time.Duration) bool {
	since := (t - markEvery/2) % markEvery
	return f.Marked && t >= markEvery/2 && since < markLength && t-since+markLength < f.Duration
}
