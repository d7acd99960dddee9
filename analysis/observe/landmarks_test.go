package observe

import (
	"fmt"
	"image"
	"math"
	"testing"

	"gocv.io/x/gocv"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/spatial/r3"
	"gonum.org/v1/gonum/stat"

	"attune/internal/vig"
)

// newTestLandmarks returns landmarks that are closed with the test.
func newTestLandmarks(t *testing.T) *landmarks {
	t.Helper()
	l, err := newLandmarks(withLandmarks(t).LandmarkModel)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func TestLandmarksOnPointing04(t *testing.T) {
	l := newTestLandmarks(t)
	all := level(stills(t))
	detections := detectOn(t, all)
	t.Run("angles", func(t *testing.T) { testLandmarksAngles(t, l, all, detections) })
	t.Run("sizes", func(t *testing.T) { testLandmarksSizes(t, l, all, detections) })
}

// testLandmarksAngles derives the factors of yaw and pitch from persons 01–03 of
// Pointing'04, and judges both on 04–05, who had no part in them.
func testLandmarksAngles(t *testing.T, l *landmarks, all []still, detections []*detection) {
	var yawRows, yawRight, pitchRows, pitchRight, tilts []float64
	var judged judgement
	up, down := map[bool]int{}, map[bool]int{}
	for i, d := range detections {
		s := all[i]
		if d == nil {
			t.Errorf("no face found in %s", s.path)
			continue
		}
		f := s.frame(t)
		m, _, err := l.find(f, d.face(f))
		if err != nil {
			t.Fatal(err)
		}
		face, err := l.read(f, d.face(f))
		f.close()
		if err != nil {
			t.Fatal(err)
		}
		if s.person <= 3 {
			if math.Abs(s.pan) <= 75 {
				a, b := m.across(), m.down()
				yawRows, yawRight = append(yawRows, degrees(math.Atan2(a.Z, a.X))), append(yawRight, -s.pan)
				pitchRows, pitchRight = append(pitchRows, 1, -degrees(math.Atan2(b.Z, b.Y))), append(pitchRight, s.tilt)
			}
			continue
		}
		judged.add(s, face.Yaw)
		if !face.Pitch.Seen {
			continue
		}
		tilts = append(tilts, math.Abs(face.Pitch.Value-s.tilt))
		switch s.tilt {
		case 30:
			up[face.Pitch.Value > 0]++
		case -30:
			down[face.Pitch.Value < 0]++
		}
	}

	var yaw, pitch mat.VecDense
	if err := yaw.SolveVec(mat.NewDense(len(yawRight), 1, yawRows), mat.NewVecDense(len(yawRight), yawRight)); err != nil {
		t.Fatal(err)
	}
	if err := pitch.SolveVec(mat.NewDense(len(pitchRight), 2, pitchRows), mat.NewVecDense(len(pitchRight), pitchRight)); err != nil {
		t.Fatal(err)
	}
	t.Logf("meshYaw %.3f, meshPitch %.3f, meshPitchOff %.2f", yaw.AtVec(0), pitch.AtVec(1), pitch.AtVec(0))
	for name, c := range map[string]struct{ derived, inCode, within float64 }{
		"meshYaw":      {yaw.AtVec(0), meshYaw, 0.02},
		"meshPitch":    {pitch.AtVec(1), meshPitch, 0.03},
		"meshPitchOff": {pitch.AtVec(0), meshPitchOff, 0.5},
	} {
		if !(math.Abs(c.derived-c.inCode) <= c.within) {
			t.Errorf("%s is %v in the code, and %.3f by the least squares", name, c.inCode, c.derived)
		}
	}

	judged.hold(t, 8, 0.98, 75)
	t.Logf("pitch: mean error %.1f° of %d; told up at +30° %v, told down at −30° %v", mean(tilts), len(tilts), up, down)
	if got := mean(tilts); !(got <= 11) {
		t.Errorf("the mean error of pitch is %.1f°, want ≤ 11°", got)
	}
	if up[true] < 9*up[false] || down[true] < 3*down[false] {
		t.Errorf("told up at +30°: %v, told down at −30°: %v", up, down)
	}
}

// testLandmarksSizes says down to which height of a face the mesh is worth more
// than YuNet's points: Pointing'04 in smaller pictures, with the boxes and the
// points of the large ones.
func testLandmarksSizes(t *testing.T, l *landmarks, all []still, detections []*detection) {
	for _, height := range []float64{20, landmarkLeast, 40, 60} {
		var byMesh, byPoints, tilts []float64
		for i, d := range detections {
			s := all[i]
			if d == nil || s.person < 4 || math.Abs(s.pan) > 60 {
				continue
			}
			f := s.frame(t)
			scale := height / d.height
			small := gocv.NewMat()
			if err := gocv.Resize(f.bgr, &small, image.Point{}, scale, scale, gocv.InterpolationArea); err != nil {
				t.Fatal(err)
			}
			face := d.face(f)
			m, _, err := l.find(frame{width: small.Cols(), height: small.Rows(), bgr: small}, face)
			small.Close()
			f.close()
			if err != nil {
				t.Fatal(err)
			}
			byMesh = append(byMesh, math.Abs(m.yaw().Value+s.pan))
			byPoints = append(byPoints, math.Abs(face.Yaw.Value+s.pan))
			tilts = append(tilts, math.Abs(m.pitch().Value-s.tilt))
		}
		t.Logf("faces of %v pixels: yaw off by %.1f° (by the points of large faces %.1f°), pitch by %.1f°",
			height, mean(byMesh), mean(byPoints), mean(tilts))
		if height >= landmarkLeast && !(mean(byMesh) < mean(byPoints)) {
			t.Errorf("the mesh of a face of %v pixels tells yaw less well than the five points", height)
		}
	}
}

// labelled is what the mesh says of one labelled face.
type labelled struct {
	film     string
	want     vig.Face
	mesh     mesh
	presence float64
	points   vig.Reading // yaw by YuNet's points
}

// labelledMeshes returns the meshes of all labelled faces that YuNet finds.
func labelledMeshes(t *testing.T) []labelled {
	t.Helper()
	l := newTestLandmarks(t)
	var all []labelled
	for _, name := range labelledFilms {
		want := labels(t, name)
		y, err := newYuNet(faceModel(t))
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range film(t, shared(t, "media", "real", name+".mp4")) {
			if len(want[i]) == 0 {
				continue
			}
			f, err := newFrame(s)
			if err != nil {
				t.Fatal(err)
			}
			faces, err := y.find(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range want[i] {
				for _, face := range faces {
					if w.unsure || w.Box.IoU(face.Box) < foundIoU {
						continue
					}
					m, presence, err := l.find(f, face)
					if err != nil {
						t.Fatal(err)
					}
					all = append(all, labelled{name, w.Face, m, presence, face.Yaw})
					break
				}
			}
			f.close()
		}
		if err := y.close(); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func TestLandmarksOnLabels(t *testing.T) {
	all := labelledMeshes(t)
	t.Run("smile", func(t *testing.T) { testSmileDepth(t, all) })
	t.Run("presence", func(t *testing.T) { testPresence(t, all) })
	t.Run("pitch", func(t *testing.T) { testLabelledPitch(t, all) })
}

// testSmileDepth derives the two constants of smiles by logistic regression on
// the labelled films, and says how well other measures of a mouth would do.
func testSmileDepth(t *testing.T, all []labelled) {
	var rows [][2]float64
	var yes []float64
	var films []string
	var byDepth, byWidth tally
	byFilm := map[string]*tally{}
	for _, f := range all {
		if f.presence < landmarkPresence || !f.want.Smile.Seen {
			continue
		}
		if byFilm[f.film] == nil {
			byFilm[f.film] = &tally{}
		}
		width := r3.Norm(f.mesh.between(mouthCornerOne, mouthCornerTwo)) / r3.Norm(f.mesh.between(eyeCornerOne, eyeCornerTwo))
		byDepth.compare(f.want, vig.Face{Smile: vig.Read(f.mesh.depth())})
		byWidth.compare(f.want, vig.Face{Smile: vig.Read(width)})
		byFilm[f.film].compare(f.want, vig.Face{Smile: f.mesh.smile()})
		rows, yes = append(rows, [2]float64{1, f.mesh.depth()}), append(yes, f.want.Smile.Value)
		films = append(films, f.film)
	}
	t.Logf("AUC by depth %.3f, by width %.3f, of %d and %d", byDepth.auc(), byWidth.auc(), len(byDepth.smiles), len(byDepth.others))
	for _, name := range labelledFilms {
		c := byFilm[name]
		t.Logf("%-18s AUC %.2f of %d and %d", name, c.auc(), len(c.smiles), len(c.others))
	}
	// The film itself has no part in the weights that judge it.
	var right, of int
	for _, name := range labelledFilms {
		var others [][2]float64
		var othersYes []float64
		for i := range rows {
			if films[i] != name {
				others, othersYes = append(others, rows[i]), append(othersYes, yes[i])
			}
		}
		w := logistic(t, others, othersYes)
		for i, x := range rows {
			if films[i] == name {
				of++
				if (w[0]*x[0]+w[1]*x[1] > 0) == (yes[i] > 0.5) {
					right++
				}
			}
		}
	}
	t.Logf("by weights of the other films %d of %d are told right", right, of)
	if !(float64(right) >= 0.85*float64(of)) {
		t.Errorf("by weights of the other films %d of %d are told right, want 85 %%", right, of)
	}
	w := logistic(t, rows, yes)
	depth, spread := -w[0]/w[1], 1/w[1]
	t.Logf("smileDepth %.4f, smileSpread %.4f", depth, spread)
	if math.Abs(depth-smileDepth) > 0.001 || math.Abs(spread-smileSpread) > 0.001 {
		t.Errorf("smileDepth is %v and smileSpread %v in the code", smileDepth, smileSpread)
	}
	if got := byDepth.auc(); !(got >= 0.94) {
		t.Errorf("the AUC of depth is %.3f, want ≥ 0.94", got)
	}
}

// testLabelledPitch says how well pitch tells level heads from those that are
// bent down.
func testLabelledPitch(t *testing.T, all []labelled) {
	byLabel := map[float64][]float64{}
	for _, f := range all {
		if f.presence < landmarkPresence || !f.want.Pitch.Seen {
			continue
		}
		pitch, label := f.mesh.pitch().Value, f.want.Pitch.Value
		byLabel[label] = append(byLabel[label], pitch)
	}
	for name, label := range map[string]float64{"up": labelledTilt, "level": 0, "down": -labelledTilt} {
		t.Logf("%-5s pitch %.0f° in the mean of %d", name, mean(byLabel[label]), len(byLabel[label]))
	}
	got := auc(byLabel[0], byLabel[-labelledTilt])
	t.Logf("AUC of level against down %.3f", got)
	if !(got >= 0.85) {
		t.Errorf("the AUC of level against down is %.3f, want ≥ 0.85", got)
	}
}

// logistic returns the weights of logistic regression, by Newton's method
// (McCullagh and Nelder, Generalized Linear Models, 1989).
func logistic(t *testing.T, rows [][2]float64, yes []float64) [2]float64 {
	t.Helper()
	var w [2]float64
	for range 25 {
		hessian, gradient := mat.NewDense(2, 2, nil), mat.NewVecDense(2, nil)
		for i, x := range rows {
			p := 1 / (1 + math.Exp(-w[0]*x[0]-w[1]*x[1]))
			for j := range x {
				gradient.SetVec(j, gradient.AtVec(j)+(yes[i]-p)*x[j])
				for k := range x {
					hessian.Set(j, k, hessian.At(j, k)+p*(1-p)*x[j]*x[k])
				}
			}
		}
		var step mat.VecDense
		if err := step.SolveVec(hessian, gradient); err != nil {
			t.Fatal(err)
		}
		w[0], w[1] = w[0]+step.AtVec(0), w[1]+step.AtVec(1)
	}
	return w
}

// testPresence says from which presence the mesh tells yaw better than
// YuNet's points on the labelled films.
func testPresence(t *testing.T, all []labelled) {
	type errors struct{ mesh, points []float64 }
	unseen, seen := errors{}, errors{}
	table := map[string]*errors{}
	steps := []float64{math.Inf(-1), 0, landmarkPresence, 5, 10, 20, math.Inf(1)}
	for i, from := range steps[:len(steps)-1] {
		row := fmt.Sprintf("presence %v to %v", from, steps[i+1])
		table[row] = &errors{}
		for _, f := range all {
			if !f.want.Yaw.Seen || f.presence < from || f.presence >= steps[i+1] {
				continue
			}
			byMesh, byPoints := math.Abs(f.mesh.yaw().Value-f.want.Yaw.Value), math.Abs(f.points.Value-f.want.Yaw.Value)
			side := &seen
			if f.presence < landmarkPresence {
				side = &unseen
			}
			for _, e := range []*errors{table[row], side} {
				e.mesh, e.points = append(e.mesh, byMesh), append(e.points, byPoints)
			}
		}
		e := table[row]
		t.Logf("%-22s yaw off by %.0f° by the mesh, %.0f° by the points, of %d", row, stat.Mean(e.mesh, nil), stat.Mean(e.points, nil), len(e.mesh))
	}
	if !(mean(unseen.points) < mean(unseen.mesh)/2) {
		t.Errorf("below a presence of %v the points are off by %.1f°, the mesh by %.1f°", landmarkPresence, mean(unseen.points), mean(unseen.mesh))
	}
	if !(mean(seen.mesh) < mean(seen.points)+1) {
		t.Errorf("from a presence of %v on the mesh is off by %.1f°, the points by %.1f°", landmarkPresence, mean(seen.mesh), mean(seen.points))
	}
}
