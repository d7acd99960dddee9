package observe

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"attune/internal/models"
	"attune/internal/testfilm"
	"attune/internal/testfilm/testfilmtest"
	"attune/internal/vig"
)

// eachMode runs test in both modes, as far as they can be had here.
func eachMode(t *testing.T, test func(t *testing.T, cfg Config)) {
	t.Run(string(ModeCascade), func(t *testing.T) { test(t, Config{}) })
	t.Run(string(ModeYuNet), func(t *testing.T) { test(t, Config{FaceModel: faceModel(t)}) })
	t.Run("all models", func(t *testing.T) { test(t, withEyes(t)) })
}

// session returns the first seconds of a synthetic session, in which two people
// turn their heads, and its truth.
func session(tb testing.TB) ([]vig.Sample, *testfilm.Truth) {
	tb.Helper()
	path, truth := testfilmtest.Cached(tb, testfilm.Film{Duration: 16 * time.Second, Width: 640, Height: 360})
	return film(tb, path), truth
}

func TestObserve(t *testing.T) {
	samples, truth := session(t)
	eachMode(t, func(t *testing.T, cfg Config) {
		var all tally
		for i, obs := range observeAll(t, cfg, samples) {
			if obs.Time != samples[i].Time {
				t.Fatalf("sample %d of %v is observed at %v", i, samples[i].Time, obs.Time)
			}
			if (obs.Motion == nil) != (i == 0) {
				t.Errorf("sample %d: movement of %d cells", i, len(obs.Motion))
			}
			var want []wanted
			for _, p := range truth.People {
				if s := truth.At(&p, obs.Time); s.InView {
					want = append(want, wanted{Face: vig.Face{Box: s.Box, Yaw: vig.Read(s.Yaw), Smile: vig.Read(s.Smile)}})
				}
			}
			all.add(want, obs)
		}
		all.log(t, "session")
		if got := all.recall(); !(got >= 0.95) {
			t.Errorf("recall is %.3f, want ≥ 0.95", got)
		}
		if got := all.spurious(); !(got <= 0.05) {
			t.Errorf("%.3f extra faces a sample, want ≤ 0.05", got)
		}
		if got := all.side(); !(got >= 0.95) {
			t.Errorf("the side is right in %.3f, want ≥ 0.95", got)
		}
		if got := all.auc(); cfg.LandmarkModel != "" && !(got >= 0.95) {
			t.Errorf("the AUC of smile is %.3f, want ≥ 0.95", got)
		}
	})
}

// TestObserveTwice holds the promise that the same film gives the same bytes.
func TestObserveTwice(t *testing.T) {
	samples, _ := session(t)
	samples = samples[:8*filmRate]
	eachMode(t, func(t *testing.T, cfg Config) {
		first, second := observeAll(t, cfg, samples), observeAll(t, cfg, samples)
		if diff := cmp.Diff(first, second); diff != "" {
			t.Error(diff)
		}
	})
}

// blank returns a sample of one colour.
func blank(at time.Duration, width, height int) vig.Sample {
	return vig.Sample{Time: at, Picture: vig.Picture{Width: width, Height: height, BGR: make([]byte, width*height*3)}}
}

func TestObserveSizes(t *testing.T) {
	eachMode(t, func(t *testing.T, cfg Config) {
		for _, size := range [][2]int{{32, 32}, {33, 640}, {640, 33}, {360, 640}, {641, 359}, {1280, 720}} {
			o := newObserver(t, cfg)
			for i := range 2 {
				obs, err := o.Observe(t.Context(), blank(time.Duration(i)*time.Second, size[0], size[1]))
				if err != nil || len(obs.Faces) != 0 {
					t.Errorf("%d×%d: %d faces, error %v", size[0], size[1], len(obs.Faces), err)
				}
			}
		}
	})
}

func TestObserveRefuses(t *testing.T) {
	eachMode(t, func(t *testing.T, cfg Config) {
		o := newObserver(t, cfg)
		if _, err := o.Observe(t.Context(), blank(time.Second, 64, 64)); err != nil {
			t.Fatal(err)
		}
		short := blank(2*time.Second, 64, 64)
		short.Picture.BGR = short.Picture.BGR[1:]
		for name, s := range map[string]vig.Sample{
			"no picture":      {Time: 2 * time.Second},
			"too small":       blank(2*time.Second, 31, 64),
			"too large":       blank(2*time.Second, 4097, 32),
			"bytes missing":   short,
			"negative size":   {Time: 2 * time.Second, Picture: vig.Picture{Width: -64, Height: -64, BGR: make([]byte, 64*64*3)}},
			"same time again": blank(time.Second, 64, 64),
			"back in time":    blank(0, 64, 64),
		} {
			if _, err := o.Observe(t.Context(), s); vig.CodeOf(err) != vig.CodeInvalid {
				t.Errorf("%s: error %v, want code invalid", name, err)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := o.Observe(ctx, blank(2*time.Second, 64, 64)); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: error %v", err)
		}
		if _, err := o.Observe(t.Context(), blank(2*time.Second, 64, 64)); err != nil {
			t.Errorf("after what was refused: %v", err)
		}
	})
}

func TestNewRefuses(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write(frontalFile, "not a cascade")
	for name, tt := range map[string]struct {
		cfg  Config
		code vig.Code
	}{
		"model missing":    {Config{FaceModel: filepath.Join(dir, "absent.onnx")}, vig.CodeNotFound},
		"another model":    {Config{FaceModel: write(models.YuNet.File, "not a model")}, vig.CodeInvalid},
		"eyes alone":       {Config{EyeModel: filepath.Join(dir, "absent.onnx")}, vig.CodeInvalid},
		"mesh alone":       {Config{LandmarkModel: filepath.Join(dir, "absent.onnx")}, vig.CodeInvalid},
		"cascades missing": {Config{CascadeDir: filepath.Join(dir, "absent")}, vig.CodeNotFound},
		"broken cascade":   {Config{CascadeDir: dir}, vig.CodeInvalid},
	} {
		o, err := New(tt.cfg)
		if vig.CodeOf(err) != tt.code {
			t.Errorf("%s: error %v, want code %s", name, err, tt.code)
		}
		if err == nil {
			o.Close()
		}
	}
}

// TestNewRefusesLandmarks leaves no finder open behind it.
func TestNewRefusesLandmarks(t *testing.T) {
	face := faceModel(t)
	path := filepath.Join(t.TempDir(), models.FaceMesh.File)
	for _, want := range []vig.Code{vig.CodeNotFound, vig.CodeInvalid} {
		if _, err := New(Config{FaceModel: face, LandmarkModel: path}); vig.CodeOf(err) != want {
			t.Errorf("error %v, want code %s", err, want)
		}
		if err := os.WriteFile(path, []byte("not a model"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestYuNetWithoutCascades sees faces and no smiles.
func TestYuNetWithoutCascades(t *testing.T) {
	model := faceModel(t)
	samples, _ := session(t)
	faces := 0
	for _, obs := range observeAll(t, Config{FaceModel: model, CascadeDir: t.TempDir()}, samples[:6]) {
		for _, f := range obs.Faces {
			faces++
			if f.Smile.Seen {
				t.Errorf("at %v: a smile of %v", obs.Time, f.Smile.Value)
			}
		}
	}
	if faces == 0 {
		t.Error("no faces")
	}
}

func BenchmarkObserve(b *testing.B) {
	samples, _ := session(b)
	run := func(cfg Config) func(*testing.B) {
		return func(b *testing.B) {
			o := newObserver(b, cfg)
			i := 0
			for b.Loop() {
				s := samples[i%len(samples)]
				s.Time = time.Duration(i) * time.Second / filmRate
				if _, err := o.Observe(b.Context(), s); err != nil {
					b.Fatal(err)
				}
				i++
			}
		}
	}
	b.Run(string(ModeCascade), run(Config{}))
	b.Run(string(ModeYuNet), func(b *testing.B) { run(Config{FaceModel: faceModel(b)})(b) })
	b.Run("landmarks", func(b *testing.B) { run(withLandmarks(b))(b) })
}
