package pipeline

import (
	"runtime"
	"time"

	"attune/internal/vig"
)

// Config says how much of a film is taken before it is refused. Its zero value
// works.
type Config struct {
	// MaxPixels is the most pixels of one picture as stored.
	// 0 means 8192 × 4320, the largest that cameras write today.
	MaxPixels int

	// MaxDuration is the longest film. 0 means 4 hours: twelve times the
	// longest session film that guiders make.
	MaxDuration time.Duration

	// MaxStreams is the most streams in the container, of any kind. 0 means
	// 32; phones and cameras write up to eight.
	MaxStreams int

	// ProbeBytes is the most that is read to find out what the streams are.
	// 0 means 8 MiB, a second of the highest rates that cameras write.
	ProbeBytes int64

	// CorruptShare is the share of a stream's packets that may be damaged
	// before the film is given up. 0 means 0.10: beyond it whole frames are,
	// on average, less than ten apart, a third of a second, which is the
	// shortest answer that analysis looks for. A film is judged when it has
	// been read, or after 1,000 packets.
	CorruptShare float64

	// Threads is how many threads decode one pass. 0 means one more than
	// there are cores to use, as the ffmpeg program has it, but 4 at most:
	// each holds pictures of its own.
	Threads int
}

func (c Config) withDefaults() Config {
	if c.MaxPixels <= 0 {
		c.MaxPixels = 8192 * 4320
	}
	if c.MaxDuration <= 0 {
		c.MaxDuration = 4 * time.Hour
	}
	if c.MaxStreams <= 0 {
		c.MaxStreams = 32
	}
	if c.ProbeBytes <= 0 {
		c.ProbeBytes = 8 << 20
	}
	if c.CorruptShare <= 0 {
		c.CorruptShare = 0.10
	}
	if c.Threads <= 0 {
		c.Threads = min(runtime.GOMAXPROCS(0)+1, 4)
	}
	return c
}

// minJudged is how many packets must have been read before a film is given up
// in its middle: at 30 frames a second, half a minute of it.
const minJudged = 1000

func (c Config) checkPixels(w, h int) error {
	if w <= 0 || h <= 0 || w > c.MaxPixels/h {
		return vig.Errorf(vig.CodeUnsupported, "open film",
			"the picture has %d × %d pixels, more than the %d that are taken", w, h, c.MaxPixels)
	}
	return nil
}

// minSampleSide is the least side of a sample in pixels: nobody can be made out
// in less. The smallest face that YuNet finds has about 10 pixels each way (its
// page in the OpenCV Zoo), and a head with shoulders is three times as high.
const minSampleSide = 32

// checkSample refuses a film whose samples, of the given size, are too small to
// be looked at, before anybody waits for them.
func checkSample(w, h int) error {
	if min(w, h) < minSampleSide {
		return vig.Errorf(vig.CodeUnsupported, "open film",
			"the picture is too small or too narrow to see people in it: it is looked at with %d × %d pixels, and takes %d each way",
			w, h, minSampleSide)
	}
	return nil
}

func (c Config) checkDuration(d time.Duration) error {
	if d > c.MaxDuration {
		return vig.Errorf(vig.CodeUnsupported, "open film",
			"the film is %v long, longer than the %v that are taken", d.Round(time.Second), c.MaxDuration)
	}
	return nil
}

func (c Config) checkStreams(n int) error {
	if n > c.MaxStreams {
		return vig.Errorf(vig.CodeUnsupported, "open film",
			"the film has %d streams, more than the %d that are taken", n, c.MaxStreams)
	}
	return nil
}

// checkCorrupt judges the damage of a pass; ended says that all was read.
func (c Config) checkCorrupt(damaged, packets int, ended bool) error {
	if packets == 0 || !ended && packets < minJudged {
		return nil
	}
	if float64(damaged) > c.CorruptShare*float64(packets) {
		return vig.Errorf(vig.CodeInvalid, "read film",
			"%d of %d packets are damaged, more than the share of %g that is survived", damaged, packets, c.CorruptShare)
	}
	return nil
}
