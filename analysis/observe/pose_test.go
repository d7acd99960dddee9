package observe

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"attune/internal/vig"
)

// still is a picture of Pointing'04 with what its name and text say: degrees,
// pan > 0 turned to the picture's left, tilt > 0 up; the face's middle and height in pixels.
type still struct {
	path      string
	person    int
	pan, tilt float64
	x, y      float64
	height    float64
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
		var width float64
		if _, err := fmt.Sscan(string(text), &name, &kind, &s.x, &s.y, &width, &s.height); err != nil {
			tb.Fatalf("%s: %v", path, err)
		}
		all = append(all, s)
	}
	return all
}

// at tells whether a face with its middle at x, y and of that height is at the
// place of s.
func (s still) at(x, y, height float64) bool {
	return math.Hypot(x-s.x, y-s.y) < height
}

// frame reads the picture of s. The caller closes the frame after use of done.
func (s still) frame(tb testing.TB) frame {
	tb.Helper()
	f, err := newFrame(vig.Sample{Picture: readPicture(tb, s.path)})
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

// detectOn returns YuNet's detection of each still, nil where there is none.
func detectOn(t *testing.T, all []still) []*detection {
	t.Helper()
	y, err := newYuNet(faceModel(t))
	if err != nil {
		t.Fatal(err)
	}
	defer y.close()
	found := make([]*detection, len(all))
	for i, s := range all {
		f := s.frame(t)
		if _, err := y.find(f); err != nil {
			t.Fatal(err)
		}
		detections, err := y.detections()
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range detections {
			if d.score >= yunetStart && s.at(d.x+d.width/2, d.y+d.height/2, d.height) {
				found[i] = &d
			}
		}
		f.close()
	}
	return found
}

// TestPose derives the two factors from the people 01–03 of Pointing'04, and
// judges yaw on 04–05, who had no part in them.
func TestPose(t *testing.T) {
	all := level(stills(t))
	var rows, right []float64
	var judged judgement
	for i, d := range detectOn(t, all) {
		s := all[i]
		if d == nil {
			t.Errorf("no face found in %s", s.path)
			continue
		}
		if s.person > 3 {
			judged.add(s, d.points.yaw(d.x+d.width/2))
			continue
		}
		// (noseDepth·nose + boxDepth·shift) · cos(yaw) = apart · sin(yaw), in heads
		nose, shift, apart := d.points.profile(d.x + d.width/2)
		sin, cos := math.Sincos(-s.pan * math.Pi / 180)
		rows = append(rows, nose*cos/d.height, shift*cos/d.height)
		right = append(right, apart*sin/d.height)
	}
	var factors mat.VecDense
	if err := factors.SolveVec(mat.NewDense(len(right), 2, rows), mat.NewVecDense(len(right), right)); err != nil {
		t.Fatal(err)
	}
	t.Logf("noseDepth %.3f, boxDepth %.3f", factors.AtVec(0), factors.AtVec(1))
	if math.Abs(factors.AtVec(0)-noseDepth) > 0.03 || math.Abs(factors.AtVec(1)-boxDepth) > 0.03 {
		t.Errorf("the factors are %v and %v in the code", noseDepth, boxDepth)
	}
	judged.hold(t, 12, 0.98, 70)
}

// TestGlanceOnPointing04 judges what glances tell, at heads whose place is known.
func TestGlanceOnPointing04(t *testing.T) {
	dir, err := CascadeDir("")
	if err != nil {
		t.Skip(err)
	}
	g, err := newGlancer(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer g.close()
	var judged judgement
	for _, s := range level(stills(t)) {
		if s.person < 4 {
			continue
		}
		f := s.frame(t)
		// Pointing'04 marks the features only, two thirds of a head. The second
		// glance starts where the first one saw the head, as that of the next
		// sample does.
		got, err := g.look(f.gray, head{s.x, s.y, 1.5 * s.height})
		if err == nil {
			got, err = g.look(f.gray, got.head)
		}
		f.close()
		if err != nil {
			t.Fatal(err)
		}
		if got.total() >= stayWindows {
			judged.add(s, got.yaw())
		}
	}
	judged.hold(t, 15, 0.95, 65)
}

// level returns those of all whose head is tilted by at most 30°.
func level(all []still) []still {
	return slices.DeleteFunc(all, func(s still) bool { return math.Abs(s.tilt) > 30 })
}

// judgement collects how right yaw is.
type judgement struct {
	errors, profiles []float64 // degrees: of heads turned by up to 60°, and how far those of 90° are said to be
	turned, right    int       // heads turned by more than 30°, and those told to the right side
}

func (j *judgement) add(s still, yaw vig.Reading) {
	if math.Abs(s.pan) <= 60 {
		j.errors = append(j.errors, math.Abs(yaw.Value+s.pan))
	}
	if math.Abs(s.pan) > 30 {
		j.turned++
		if yaw.Value*s.pan < 0 {
			j.right++
		}
	}
	if math.Abs(s.pan) == 90 {
		j.profiles = append(j.profiles, math.Abs(yaw.Value))
	}
}

func (j *judgement) hold(t *testing.T, mostError, leastRight, leastProfile float64) {
	t.Helper()
	right := float64(j.right) / float64(j.turned)
	t.Logf("mean error %.1f° of %d; side right in %.3f of %d; profile %.0f°",
		mean(j.errors), len(j.errors), right, j.turned, mean(j.profiles))
	if got := mean(j.errors); !(got <= mostError) {
		t.Errorf("the mean error of yaw is %.1f°, want ≤ %v°", got, mostError)
	}
	if !(right >= leastRight) {
		t.Errorf("the side is right in %.3f, want ≥ %v", right, leastRight)
	}
	if got := mean(j.profiles); !(got >= leastProfile) {
		t.Errorf("profile is %.0f° in the mean, want ≥ %v°", got, leastProfile)
	}
}

// mean returns NaN of nothing.
func mean(v []float64) float64 { return stat.Mean(v, nil) }
