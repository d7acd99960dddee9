package pipeline

import (
	"bytes"
	"fmt"
	"math"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The colours that went into a film come out of it, whatever matrix and range
// it was stored with.
func TestColoursOfStandardRange(t *testing.T) {
	t.Parallel()
	colours := [][3]byte{{0xc0, 0x40, 0x20}, {0x20, 0xa0, 0x60}, {0x30, 0x50, 0xd0}, {0x80, 0x80, 0x80}, {0xf0, 0xe0, 0xd0}, {0x10, 0x18, 0x20}}
	for _, test := range []struct {
		w, h                     int
		matrix, tag, pixels, rng string
	}{
		{128, 96, "bt601", "smpte170m", "yuv420p", "tv"},
		{128, 96, "bt709", "bt709", "yuv420p", "tv"},
		{128, 96, "bt709", "bt709", "yuv420p", "pc"},
		{128, 96, "bt601", "smpte170m", "yuv444p", "pc"},
		{128, 96, "bt2020", "bt2020nc", "yuv420p10le", "tv"},
		{128, 96, "bt601", "", "yuv420p", "tv"},   // untagged, small
		{1280, 720, "bt709", "", "yuv420p", "tv"}, // untagged, high definition
		{128, 96, "bt709", "bt709", "yuv422p", "tv"},
	} {
		var raw []byte
		for _, rgb := range colours {
			raw = append(raw, bytes.Repeat(rgb[:], test.w*test.h)...)
		}
		path := filepath.Join(t.TempDir(), "f.mp4")
		args := []string{"-f", "rawvideo", "-pix_fmt", "rgb24", "-s", fmt.Sprintf("%dx%d", test.w, test.h), "-r", "1", "-i", "pipe:",
			"-vf", fmt.Sprintf("scale=out_color_matrix=%s:out_range=%s:flags=accurate_rnd,format=%s", test.matrix, test.rng, test.pixels),
			"-c:v", "libx264", "-qp", "1", "-color_range", test.rng}
		if test.tag != "" {
			args = append(args, "-colorspace", test.tag)
		}
		ffmpeg(t, raw, append(args, path)...)
		film := mustOpen(t, path, Config{})
		got := samples(t, film, FramesConfig{Hz: 1, LongSide: 64})
		if len(got) != len(colours) {
			t.Fatalf("%+v: %d samples", test, len(got))
		}
		for i, s := range got {
			rgb := colours[i]
			at := (s.Picture.Height/2*s.Picture.Width + s.Picture.Width/2) * 3
			for c, want := range []byte{rgb[2], rgb[1], rgb[0]} {
				if diff := int(s.Picture.BGR[at+c]) - int(want); diff < -6 || diff > 6 { // two units of chroma; another matrix makes 15
					t.Errorf("%+v: RGB %v became BGR %v", test, rgb, s.Picture.BGR[at:at+3])
					break
				}
			}
		}
	}
}

// The witness is libavfilter's zscale and tonemap, on a film of greys and
// colours.
func TestHighDynamicRange(t *testing.T) {
	t.Parallel()
	if out, err := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-filters").Output(); err != nil || !strings.Contains(string(out), " zscale ") {
		t.Skip("this ffmpeg has no zscale filter to compare with")
	}
	for _, transfer := range []string{"smpte2084", "arib-std-b67"} {
		// A ramp of greys above, of colours below, which are numbers of the
		// transfer function itself.
		film := madeFilm(t, "f.mp4", "-f", "lavfi", "-i",
			"nullsrc=s=256x64:r=1:d=1,format=gbrp10le,geq=r='X*3.2':g='if(lt(Y,32),X,256-X)*3.2':b='if(lt(Y,32),X,128)*3.2'",
			"-vf", "scale=out_color_matrix=bt2020:out_range=tv,format=yuv444p10le,"+
				"setparams=range=tv:colorspace=bt2020nc:color_primaries=bt2020:color_trc="+transfer, "-c:v", "libx264", "-qp", "1")
		// tonemap's peak is in units of diffuse white, as ours.
		want := ffmpeg(t, nil, "-i", film, "-vf", fmt.Sprintf("zscale=t=linear:npl=%g,format=gbrpf32le,zscale=p=bt709,"+
			"tonemap=mobius:desat=0:peak=%g,zscale=t=bt709:m=bt709:r=tv,format=yuv444p,"+
			"scale=in_color_matrix=bt709:in_range=tv:flags=accurate_rnd,format=bgr24", diffuseWhite, tonePeak), "-f", "rawvideo", "-")
		got := samples(t, mustOpen(t, film, Config{}), FramesConfig{})[0].Picture.BGR
		for _, row := range []struct {
			name        string
			y           int
			mean, worst float64 // most that is allowed
		}{
			{"greys", 16, 1.5, 5},
			// Colours that BT.709 cannot show are clipped in another way.
			{"colours", 48, 8, 60},
		} {
			sum, worst := 0.0, 0.0
			for i := row.y * 256 * 3; i < (row.y+1)*256*3; i++ {
				diff := math.Abs(float64(got[i]) - float64(want[i]))
				sum, worst = sum+diff, max(worst, diff)
			}
			t.Logf("%s, %s: mean difference %.2f, largest %.0f", transfer, row.name, sum/768, worst)
			if sum/768 > row.mean || worst > row.worst {
				t.Errorf("%s, %s: mean difference %.2f, largest %.0f", transfer, row.name, sum/768, worst)
			}
		}
	}
}

// Known points of the curves, from the standards' own figures.
func TestToneCurves(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name      string
		got, want float64
	}{
		{"PQ at its end", eotfPQ(1), 10000},
		{"PQ of diffuse white, BT.2408 table 1", eotfPQ(0.58), 203},
		{"PQ at 0", eotfPQ(0), 0},
		{"HLG at its end", inverseOETFHLG(1), 1},
		{"HLG where its parts meet", inverseOETFHLG(0.5), 1.0 / 12},
		{"the curve at its peak", mobius(tonePeak), 1},
		{"the curve at its knee", mobius(toneKnee), toneKnee},
	} {
		if math.Abs(test.got-test.want) > 0.01*test.want+1e-6 {
			t.Errorf("%s: %g, want %g", test.name, test.got, test.want)
		}
	}
	// HLG's diffuse white (75 % signal) is shown at 203 cd/m² on a display of
	// 1,000 (BT.2408 table 1).
	y := inverseOETFHLG(0.75)
	if got := peakLight * math.Pow(y, 1.2); math.Abs(got-203) > 2 {
		t.Errorf("HLG's diffuse white is shown at %g cd/m², want 203", got)
	}
}
