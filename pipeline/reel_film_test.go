package pipeline

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// numbered describes a film whose every frame carries its number, as 16 black
// or white blocks along the bottom, and whose sound beeps where the picture
// flashes. It is encoded by the ffmpeg program.
type numbered struct {
	width, height int           // zero: 320 × 180
	rate          string        // zero: "25"
	frames        int           // zero: 8 s
	setpts        string        // zero: constant rate; else the time of frame N, in seconds
	video         []string      // encoder options; zero: x264, a key frame every 2 s
	sound         bool          // with sound
	soundRate     int           // zero: 44100
	channels      int           // zero: 2
	tone          float64       // Hz of a steady tone under the beeps; zero: none
	soundFrom     time.Duration // the sound begins so much after the picture
	soundUntil    time.Duration // and ends there; zero: with the picture
	output        []string      // further options for the file
	name          string        // zero: "film.mp4"
}

func (n numbered) fps() float64 {
	num, den, _ := strings.Cut(n.rate, "/")
	a, _ := strconv.ParseFloat(num, 64)
	b, err := strconv.ParseFloat(den, 64)
	if err != nil {
		b = 1
	}
	return a / b
}

func (n *numbered) defaults() {
	if n.width == 0 {
		n.width, n.height = 320, 180
	}
	if n.rate == "" {
		n.rate = "25"
	}
	if n.frames == 0 {
		n.frames = int(math.Round(8 * n.fps()))
	}
	if n.video == nil {
		n.video = []string{"-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-g", strconv.Itoa(int(2 * n.fps()))}
	}
	if n.soundRate == 0 {
		n.soundRate = 44100
	}
	if n.channels == 0 {
		n.channels = 2
	}
	if n.name == "" {
		n.name = "film.mp4"
	}
}

// flashEvery is the time between the flashes of a numbered film.
const flashEvery = time.Second

// make writes the film and returns its path.
func (n numbered) make(t *testing.T) string {
	t.Helper()
	n.defaults()
	dir := t.TempDir()
	path := filepath.Join(dir, n.name)
	args := []string{"-f", "rawvideo", "-pix_fmt", "gray", "-s", strconv.Itoa(n.width) + "x" + strconv.Itoa(n.height), "-r", n.rate, "-i", "pipe:"}
	if n.sound {
		pcm := filepath.Join(dir, "sound.pcm")
		if err := os.WriteFile(pcm, n.pcm(), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "-itsoffset", strconv.FormatFloat(n.soundFrom.Seconds(), 'f', -1, 64),
			"-f", "s16le", "-ar", strconv.Itoa(n.soundRate), "-ac", strconv.Itoa(n.channels), "-i", pcm)
	}
	if n.setpts != "" {
		args = append(args, "-vf", "settb=1/90000,setpts='("+n.setpts+")/TB'", "-fps_mode", "passthrough", "-enc_time_base", "1/90000")
	}
	args = append(append(append(args, n.video...), "-pix_fmt", "yuv420p"), n.output...)
	ffmpeg(t, n.raw(), append(args, path)...)
	return path
}

// raw is the picture of the film: grey, brighter in the first frame of each
// second.
func (n numbered) raw() []byte {
	size := n.width * n.height
	raw := make([]byte, 0, size*n.frames)
	block := n.width / 16
	last := -1
	for i := range n.frames {
		luma := byte(60)
		if s := int(float64(i)/n.fps() + 1e-9); s > last { // the first frame of a second
			last, luma = s, 200
		}
		frame := bytes.Repeat([]byte{luma}, size)
		for y := n.height * 3 / 4; y < n.height; y++ {
			for b := range 16 {
				v := byte(16)
				if i>>b&1 == 1 {
					v = 235
				}
				row := frame[y*n.width+b*block:]
				for x := range block {
					row[x] = v
				}
			}
		}
		raw = append(raw, frame...)
	}
	return raw
}

// pcm beeps for 30 ms at each flash.
func (n numbered) pcm() []byte {
	until := n.soundUntil
	if until == 0 {
		until = time.Duration(float64(n.frames) / n.fps() * float64(time.Second))
	}
	samples := int((until - n.soundFrom).Seconds() * float64(n.soundRate))
	out := make([]byte, 0, samples*2*n.channels)
	for i := range samples {
		at := float64(i)/float64(n.soundRate) + n.soundFrom.Seconds()
		v := 0.3 * math.Sin(2*math.Pi*n.tone*at)
		if math.Mod(at+1e-6, flashEvery.Seconds()) < 0.03 {
			v = 0.6 * math.Sin(2*math.Pi*1000*at)
		}
		for range n.channels {
			out = binary.LittleEndian.AppendUint16(out, uint16(int16(v*32767)))
		}
	}
	return out
}

// shown is a frame of a film as ffmpeg and ffprobe see it.
type shown struct {
	number int
	at     float64 // seconds
	flash  bool
}

// show decodes a film made from a numbered one.
func show(t *testing.T, path string) []shown {
	t.Helper()
	v, _ := probe(t, path).stream("video")
	raw := ffmpeg(t, nil, "-i", path, "-map", "0:v", "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "gray", "-")
	out, err := exec.CommandContext(t.Context(), "ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "frame=pts_time", "-of", "csv=p=0", path).Output()
	if err != nil {
		t.Fatalf("ffprobe: %v", err)
	}
	times := strings.Fields(string(out))
	size := v.Width * v.Height
	if size == 0 || len(raw) != size*len(times) {
		t.Fatalf("%d bytes are not %d frames of %d×%d", len(raw), len(times), v.Width, v.Height)
	}
	var frames []shown
	for i, s := range times {
		at, err := strconv.ParseFloat(strings.Trim(s, ","), 64)
		if err != nil {
			t.Fatal(err)
		}
		picture := raw[i*size : (i+1)*size]
		f := shown{at: at, flash: picture[v.Height/4*v.Width+v.Width/2] > 130}
		for b := range 16 {
			if picture[v.Height*7/8*v.Width+(2*b+1)*v.Width/32] > 128 {
				f.number |= 1 << b
			}
		}
		frames = append(frames, f)
	}
	return frames
}

type probedStream struct {
	Type       string `json:"codec_type"`
	Codec      string `json:"codec_name"`
	PixFmt     string `json:"pix_fmt"`
	Width      int    `json:"width"`
	Height     int    `json:"height"`
	SAR        string `json:"sample_aspect_ratio"`
	SampleRate string `json:"sample_rate"`
	Channels   int    `json:"channels"`
	Start      string `json:"start_time"`
	Duration   string `json:"duration"`
	Tags       map[string]string
	SideData   []map[string]any `json:"side_data_list"`
}

type probed struct {
	Streams []probedStream
	Format  struct {
		Duration string
		Tags     map[string]string
	}
}

// probe is what the ffprobe program says of a file.
func probe(t *testing.T, path string) (p probed) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", path).Output()
	if err != nil {
		t.Fatalf("ffprobe: %v", err)
	}
	if err := json.Unmarshal(out, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p probed) stream(kind string) (probedStream, bool) {
	for _, s := range p.Streams {
		if s.Type == kind {
			return s, true
		}
	}
	return probedStream{}, false
}

// hear decodes the first channel of a film's sound, from its time 0.
func hear(t *testing.T, path string) []float32 {
	t.Helper()
	raw := ffmpeg(t, nil, "-i", path, "-map", "0:a", "-af", "pan=mono|c0=c0", "-ar", "48000", "-f", "f32le", "-")
	samples := make([]float32, len(raw)/4)
	for i := range samples {
		samples[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return samples
}

func seconds(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
