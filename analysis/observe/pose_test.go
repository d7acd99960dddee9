package observe

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"attune/internal/vig"
)

// still is a picture of Pointing'04 with what its name and text say: degrees,
// pan > 0 turned to the picture's left, tilt > 0 up; the face's centre in pixels.
type still struct {
	path      string
	person    int
	pan, tilt float64
	x, y      float64
}

var stillName = regexp.MustCompile(`^person(\d\d)\d\d\d([+-]\d+)([+-]\d+)\.jpg$`)

// stills returns Pointing'04 as far as it is in ../shared.
func stills(tb testing.TB) []still {
	tb.Helper()
	paths, err := filepath.Glob(filepath.Join(shared(tb, "headpose"), "Person*", "*.jpg"))
	if err != nil {
		tb.Fatal(err)
	}
	var all []still
	for _, path := range paths {
		m := stillName.FindStringSubmatch(filepath.Base(path))
		if m == nil {
			tb.Fatalf("not a name of Pointing'04: %s", path)
		}
		s := still{path: path}
		s.person, _ = strconv.Atoi(m[1])
		s.tilt, _ = strconv.ParseFloat(m[2], 64)
		s.pan, _ = strconv.ParseFloat(m[3], 64)
		text, err := os.ReadFile(strings.TrimSuffix(path, "jpg") + "txt")
		if err != nil {
			tb.Fatal(err)
		}
		var name, kind string
		if _, err := fmt.Sscan(string(text), &name, &kind, &s.x, &s.y); err != nil {
			tb.Fatalf("%s: %v", path, err)
		}
		all = append(all, s)
	}
	return all
}

// faceOf returns the face of obs that is at the place of s.
func (s still) faceOf(obs vig.Observation, p vig.Picture) (vig.Face, bool) {
	for _, f := range obs.Faces {
		x, y := f.Box.Center()
		dx, dy := x*float64(p.Width)-s.x, y*float64(p.Height)-s.y
		if math.Hypot(dx, dy) < f.Box.H*float64(p.Height) {
			return f, true
		}
	}
	return vig.Face{}, false
}

// TestPoseOnPointing04 judges pose on the two people who had no part in its
// calibration.
func TestPoseOnPointing04(t *testing.T) {
	model := faceModel(t)
	var yaw, profile []float64
	var turned, rightSign, missed int
	for _, s := range stills(t) {
		if s.person < 4 || math.Abs(s.tilt) > 30 {
			continue
		}
		o := newObserver(t, Config{FaceModel: model})
		p := readPicture(t, s.path)
		obs, err := o.Observe(t.Context(), vig.Sample{Picture: p})
		if err != nil {
			t.Fatal(err)
		}
		f, ok := s.faceOf(obs, p)
		if !ok {
			missed++
			continue
		}
		want := -s.pan
		if math.Abs(want) <= 60 {
			yaw = append(yaw, math.Abs(f.Yaw.Value-want))
		}
		if math.Abs(want) > 30 {
			turned++
			if f.Yaw.Value*want > 0 {
				rightSign++
			}
		}
		if math.Abs(want) == 90 {
			profile = append(profile, math.Abs(f.Yaw.Value))
		}
	}
	t.Logf("mean error of yaw %.1f°; profile %.0f°; sign right in %d of %d; %d not found",
		mean(yaw), mean(profile), rightSign, turned, missed)
	if got := mean(yaw); got > 12 {
		t.Errorf("mean error of yaw is %.1f°, want ≤ 12°", got)
	}
	if share := float64(rightSign) / float64(turned); share < 0.98 {
		t.Errorf("the sign of yaw is right in %.3f, want ≥ 0.98", share)
	}
	if got := mean(profile); got < 65 {
		t.Errorf("profile is %.0f° in the mean, want ≥ 65°", got)
	}
	if missed > 0 {
		t.Errorf("%d faces not found", missed)
	}
}

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}
