package testfilm

import (
	"bytes"
	"encoding/json"
	"math"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// small makes f cheap: a session of 15 s with one chain.
func small(f Film) Film {
	f.Width, f.Height, f.Duration = 320, 180, 15*time.Second
	return f
}

// needFFmpeg skips t where the ffmpeg program is not installed.
func needFFmpeg(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("needs the ffmpeg program: ", err)
	}
}

func run(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v: %s", name, err, stderr.Bytes())
	}
	return out
}

// probed is what ffprobe says about a film.
type probed struct {
	Streams []struct {
		CodecType string `json:"codec_type"`
		CodecName string `json:"codec_name"`
		Width     int
		Height    int
		HasB      int    `json:"has_b_frames"`
		StartTime string `json:"start_time"`
		SideData  []struct {
			Rotation int
		} `json:"side_data_list"`
	}
	Packets []struct {
		PTS string `json:"pts_time"`
	}
	Frames []struct {
		PTS string `json:"pts_time"`
	}
	Format struct {
		Duration string
	}
}

func probe(t *testing.T, path string) probed {
	t.Helper()
	var p probed
	out := run(t, "ffprobe", "-v", "error", "-of", "json", "-show_streams", "-show_format", path)
	if err := json.Unmarshal(out, &p); err != nil {
		t.Fatal(err)
	}
	out = run(t, "ffprobe", "-v", "error", "-of", "json", "-select_streams", "v", "-show_entries", "frame=pts_time", path)
	if err := json.Unmarshal(out, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func parse(t *testing.T, s string) time.Duration {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(math.Round(v * 1e9))
}

func near(a, b, within time.Duration) bool { return (a - b).Abs() <= within }

// decode returns the film's frames as ffmpeg shows them, upright.
func decode(t *testing.T, path string, pixFmt string) []byte {
	t.Helper()
	return run(t, "ffmpeg", "-v", "error", "-i", path, "-f", "rawvideo", "-pix_fmt", pixFmt, "-fps_mode", "passthrough", "-")
}
