package observe

import (
	"fmt"
	"image"
	"math"
	"slices"
	"testing"
	"time"

	"gocv.io/x/gocv"
	"gonum.org/v1/gonum/stat"
)

// newTestEyes returns landmarks with eyes that are closed with the test.
func newTestEyes(tb testing.TB) *landmarks {
	tb.Helper()
	r, err := newReader(withEyes(tb))
	if err != nil {
		tb.Fatal(err)
	}
	l, ok := r.(*landmarks)
	if !ok {
		tb.Fatalf("a reader of another kind: %T", r)
	}
	tb.Cleanup(func() {
		if err := l.close(); err != nil {
			tb.Error(err)
		}
	})
	return l
}

// nearIris returns the yaw of a head and where the iris of its nearer eye is, if
// the mesh sees the face and its eye is width pixels wide, as in the frame where
// width is 0.
func nearIris(t *testing.T, l *landmarks, f frame, face found, width float64) (yaw, iris float64, ok bool) {
	t.Helper()
	m, presence, err := l.find(f, face)
	if err != nil {
		t.Fatal(err)
	}
	v, yaw := viewOf(f, face), m.yaw().Value
	if presence < landmarkPresence {
		return 0, 0, false
	}
	outer, inner := v.toFrame(m.at(eyeCornerOne)), v.toFrame(m.at(innerCornerOne))
	if yaw < 0 {
		outer, inner = v.toFrame(m.at(eyeCornerTwo)), v.toFrame(m.at(innerCornerTwo))
	}
	scale := 1.0
	if width > 0 {
		scale = width / inner.minus(outer).length()
	}
	small := gocv.NewMat()
	defer small.Close()
	if err := gocv.Resize(f.bgr, &small, image.Point{}, scale, scale, gocv.InterpolationArea); err != nil {
		t.Fatal(err)
	}
	iris, err = l.eyes.iris(frame{width: small.Cols(), height: small.Rows(), bgr: small}, outer.times(scale), inner.times(scale), yaw < 0)
	if err != nil {
		t.Fatal(err)
	}
	return yaw, iris, true
}

// TestGazeOnPointing04 derives irisOff from persons 01–03 of Pointing'04, who
// look to where their heads are turned, judges gaze on 04–05, and says from
// which size of an eye it holds.
func TestGazeOnPointing04(t *testing.T) {
	l := newTestEyes(t)
	all := level(stills(t))
	sizes := []float64{6, eyeLeast}
	moved := make([][]float64, len(sizes))
	var offs, byEyes, byHead []float64
	for i, d := range detectOn(t, all) {
		s := all[i]
		if d == nil {
			continue
		}
		f := s.frame(t)
		yaw, iris, ok := nearIris(t, l, f, d.face(f), 0)
		switch turned := math.Abs(yaw); {
		case !ok || turned < gazeFrom || turned > gazeTo:
		case s.person <= 3:
			sin, cos := math.Sincos(turned * math.Pi / 180)
			offs = append(offs, iris-(eyeWidth/2*cos+pupilAhead*sin)/(eyeWidth*cos+innerAhead*sin))
		case math.Abs(s.pan) <= 60:
			full := gaze(turned, iris)
			byEyes = append(byEyes, math.Abs(math.Copysign(full, yaw)+s.pan))
			byHead = append(byHead, math.Abs(yaw+s.pan))
			for k, width := range sizes {
				_, small, _ := nearIris(t, l, f, d.face(f), width)
				moved[k] = append(moved[k], math.Abs(gaze(turned, small)-full))
			}
		}
		f.close()
	}
	slices.Sort(offs)
	off := stat.Quantile(0.5, stat.Empirical, offs, nil)
	t.Logf("irisOff %.3f of %d; gaze of eyes that look straight is off by %.1f° in the mean of %d, the head's yaw by %.1f°",
		off, len(offs), mean(byEyes), len(byEyes), mean(byHead))
	if !(math.Abs(off-irisOff) <= 0.01) {
		t.Errorf("irisOff is %v in the code, and %.3f in the median", irisOff, off)
	}
	if !(mean(byEyes) <= 16) {
		t.Errorf("the mean error of gaze is %.1f°, want ≤ 16°", mean(byEyes))
	}
	for k, width := range sizes {
		slices.Sort(moved[k])
		half := stat.Quantile(0.5, stat.Empirical, moved[k], nil)
		t.Logf("eyes of %v pixels: half within %.1f° of the full picture, mean %.1f°", width, half, mean(moved[k]))
		if width >= eyeLeast && !(half <= 3) {
			t.Errorf("of eyes of %v pixels half are within %.1f° of the full picture, want 3°", width, half)
		}
	}
}

func TestGazeByGeometry(t *testing.T) {
	t.Parallel()
	for _, yaw := range []float64{20, 40, 60, 75} {
		sin, cos := math.Sincos(yaw * math.Pi / 180)
		width := eyeWidth*cos + innerAhead*sin
		for _, eyes := range []float64{-40, -15, 0, 10} {
			// The pupil of eyes turned by so much in the head, between the corners.
			iris := (eyeWidth/2*cos+pupilAhead*sin)/width + irisOff +
				pupilRadius*(math.Sin((yaw+eyes)*math.Pi/180)-sin)/width
			if got := gaze(yaw, iris); math.Abs(got-yaw-eyes) > 0.1 {
				t.Errorf("a head turned by %v with eyes by %v: %.1f", yaw, eyes, got)
			}
		}
	}
}

// TestGazeIsLookedAtInWholeSamples holds how often the model is asked: for all
// faces of a sample or for none, three times a second.
func TestGazeIsLookedAtInWholeSamples(t *testing.T) {
	t.Parallel()
	var e eyes
	var looks string
	for i := range 7 {
		at := time.Duration(i) * time.Second / 6
		a, b := e.due(at), e.due(at)
		if a != b {
			t.Errorf("at %v: %v for one face and %v for the next", at, a, b)
		}
		looks += fmt.Sprint(map[bool]int{true: 1}[a])
	}
	if looks != "1010101" {
		t.Errorf("eyes were looked at on the samples %s", looks)
	}
}

// TestGazeOnLabels says what eyes tell that heads do not: of heads that are
// turned aside on the labelled films, which are turned to somebody.
func TestGazeOnLabels(t *testing.T) {
	var toByEyes, pastByEyes, toByHead, pastByHead []float64
	for _, name := range []string{"children_at_table", "classroom", "girls_drawing"} { // whose faces are large enough
		want := labels(t, name)
		for i, o := range observeAll(t, withEyes(t), film(t, shared(t, "media", "real", name+".mp4"))) {
			for _, w := range want[i] {
				for _, face := range o.Faces {
					if w.unsure || !face.Gaze.Seen || w.turned == turnUnclear || w.Box.IoU(face.Box) < foundIoU {
						continue
					}
					eyes, head := math.Abs(face.Gaze.Value), math.Abs(face.Yaw.Value)
					if w.turned == turnedToSomebody {
						toByEyes, toByHead = append(toByEyes, eyes), append(toByHead, head)
					} else {
						pastByEyes, pastByHead = append(pastByEyes, eyes), append(pastByHead, head)
					}
				}
			}
		}
	}
	byEyes, byHead := auc(toByEyes, pastByEyes), auc(toByHead, pastByHead)
	t.Logf("of %d heads turned to somebody and %d turned past, AUC %.2f by the eyes, %.2f by the head", len(toByEyes), len(pastByEyes), byEyes, byHead)
	if !(byEyes >= 0.8 && byEyes > byHead+0.1) {
		t.Errorf("AUC %.2f by the eyes, %.2f by the head", byEyes, byHead)
	}
}
