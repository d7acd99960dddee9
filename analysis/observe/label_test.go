package observe

import (
	"bufio"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"attune/internal/vig"
)

// labelledFilms are those of ../shared/media/real that testdata/labels describes.
var labelledFilms = []string{"adults_talking", "children_at_table", "classroom", "girls_drawing", "teenagers"}

// leastHeight is the height in pixels from which a face should be found.
const leastHeight = 40

// labelledTilt stands for the pitch in degrees of heads that are labelled as up
// or, below zero, as down.
const labelledTilt = 30

// labels returns the labelled faces of the film of that name by the index of
// their sample; see testdata/labels/README.md for the fields.
func labels(tb testing.TB, name string) map[int][]wanted {
	tb.Helper()
	file, err := os.Open(filepath.Join("..", "..", "testdata", "labels", name+".txt"))
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	faces := map[int][]wanted{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "#") || lines.Text() == "" {
			continue
		}
		field := strings.Split(lines.Text(), "\t")
		if len(field) < 11 {
			tb.Fatalf("labels of %s: %q", name, lines.Text())
		}
		number := func(i int) float64 {
			v, err := strconv.ParseFloat(field[i], 64)
			if err != nil {
				tb.Fatalf("labels of %s: %v", name, err)
			}
			return v
		}
		w := wanted{Face: vig.Face{Box: vig.Box{X: number(2), Y: number(3), W: number(4), H: number(5)}}}
		w.unsure = field[6] != "seen" || w.Box.H*filmHeight < leastHeight
		if field[7] != "?" {
			w.Yaw = vig.Read(number(7))
		}
		switch field[8] {
		case "up":
			w.Pitch = vig.Read(labelledTilt)
		case "level":
			w.Pitch = vig.Read(0)
		case "down":
			w.Pitch = vig.Read(-labelledTilt)
		}
		switch field[9] {
		case "yes":
			w.Smile = vig.Read(1)
		case "no":
			w.Smile = vig.Read(0)
		}
		switch field[10] {
		case "?":
		case "-", "cam":
			w.turned = turnedElsewhere
		default:
			w.turned = turnedToSomebody
		}
		sample := int(math.Round(number(0) * filmRate))
		faces[sample] = append(faces[sample], w)
	}
	return faces
}

// TestRealFilms measures both modes on real films that were labelled by eye.
func TestRealFilms(t *testing.T) {
	type floor struct{ recall, spurious, side, auc float64 }
	least := map[Mode]floor{
		ModeYuNet:   {0.95, 0.05, 0.95, 0.65},
		ModeCascade: {0.60, 0.10, 0.95, 0.60},
	}
	withMesh := floor{0.95, 0.05, 0.98, 0.90}
	eachMode(t, func(t *testing.T, cfg Config) {
		var all tally
		mode := ModeCascade
		for _, name := range labelledFilms {
			want := labels(t, name)
			var one tally
			samples := film(t, shared(t, "media", "real", name+".mp4"))
			o := newObserver(t, cfg)
			mode = o.Mode()
			for i, s := range samples {
				obs, err := o.Observe(t.Context(), s)
				if err != nil {
					t.Fatal(err)
				}
				if w, labelled := want[i]; labelled {
					one.add(w, obs)
					all.add(w, obs)
				}
			}
			one.log(t, name)
		}
		all.log(t, "together")
		want := least[mode]
		if cfg.LandmarkModel != "" {
			want = withMesh
		}
		if got := all.recall(); !(got >= want.recall) {
			t.Errorf("recall is %.3f, want ≥ %v", got, want.recall)
		}
		if got := all.spurious(); !(got <= want.spurious) {
			t.Errorf("%.3f extra faces a sample, want ≤ %v", got, want.spurious)
		}
		if got := all.side(); !(got >= want.side) {
			t.Errorf("the side is right in %.3f, want ≥ %v", got, want.side)
		}
		if got := all.auc(); !(got >= want.auc) {
			t.Errorf("the AUC of smile is %.3f, want ≥ %v", got, want.auc)
		}
	})
}

// TestNoFace finds nobody in a film without people.
func TestNoFace(t *testing.T) {
	samples := film(t, shared(t, "media", "real", "no_face.mp4"))
	eachMode(t, func(t *testing.T, cfg Config) {
		for _, obs := range observeAll(t, cfg, samples) {
			if len(obs.Faces) > 0 {
				t.Errorf("%d faces at %v", len(obs.Faces), obs.Time)
			}
		}
	})
}
