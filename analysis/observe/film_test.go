package observe

import (
	"bytes"
	"os/exec"
	"testing"
	"time"

	"attune/internal/vig"
)

const (
	filmWidth, filmHeight = 640, 360
	filmRate              = 6 // samples a second
)

// film decodes the 16:9 film at path with the ffmpeg program, as the pipeline
// would hand it over.
func film(tb testing.TB, path string) []vig.Sample {
	tb.Helper()
	ffmpeg, err := exec.LookPath("ffmpeg")
	if err != nil {
		tb.Skipf("needs the ffmpeg program: %v", err)
	}
	var out, problems bytes.Buffer
	cmd := exec.CommandContext(tb.Context(), ffmpeg, "-v", "error", "-i", path,
		"-vf", "fps=6,scale=640:360:flags=area", "-f", "rawvideo", "-pix_fmt", "bgr24", "-")
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		tb.Fatalf("decode %s: %v: %s", path, err, problems.String())
	}
	const size = filmWidth * filmHeight * 3
	var samples []vig.Sample
	for i := range out.Len() / size {
		samples = append(samples, vig.Sample{
			Time:    time.Duration(i) * time.Second / filmRate,
			Picture: vig.Picture{Width: filmWidth, Height: filmHeight, BGR: out.Bytes()[i*size : (i+1)*size]},
		})
	}
	return samples
}

// observeAll observes all samples in order with an Observer of its own.
func observeAll(tb testing.TB, cfg Config, samples []vig.Sample) []vig.Observation {
	tb.Helper()
	o := newObserver(tb, cfg)
	var all []vig.Observation
	for _, s := range samples {
		obs, err := o.Observe(tb.Context(), s)
		if err != nil {
			tb.Fatal(err)
		}
		all = append(all, obs)
	}
	return all
}
