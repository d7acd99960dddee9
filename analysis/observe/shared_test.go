package observe

import (
	"os"
	"path/filepath"
	"testing"

	"gocv.io/x/gocv"

	"attune/internal/models"
	"attune/internal/vig"
)

// shared returns the path of something in ../shared, and skips the test where
// that is absent.
func shared(tb testing.TB, elem ...string) string {
	tb.Helper()
	root := os.Getenv("ATTUNE_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	path := filepath.Join(append([]string{root}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		tb.Skipf("needs %s of ../shared (or of ATTUNE_SHARED): %v", filepath.Join(elem...), err)
	}
	return path
}

// faceModel returns the path of YuNet's model, and skips the test without it.
func faceModel(tb testing.TB) string {
	tb.Helper()
	return shared(tb, "models", models.YuNet.File)
}

// withLandmarks returns a Config with the models of faces and landmarks, and skips the test without.
func withLandmarks(tb testing.TB) Config {
	tb.Helper()
	return Config{FaceModel: faceModel(tb), LandmarkModel: shared(tb, "models", models.FaceMesh.File)}
}

// withEyes returns a Config with all models, and skips the test without.
func withEyes(tb testing.TB) Config {
	tb.Helper()
	cfg := withLandmarks(tb)
	cfg.EyeModel = shared(tb, "models", models.Iris.File)
	return cfg
}

// newObserver returns an Observer that is closed with the test.
func newObserver(tb testing.TB, cfg Config) *Observer {
	tb.Helper()
	o, err := New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := o.Close(); err != nil {
			tb.Error(err)
		}
	})
	return o
}

// readPicture decodes the picture at path.
func readPicture(tb testing.TB, path string) vig.Picture {
	tb.Helper()
	m := gocv.IMRead(path, gocv.IMReadColor)
	defer m.Close()
	if m.Empty() {
		tb.Fatalf("cannot read %s", path)
	}
	return vig.Picture{Width: m.Cols(), Height: m.Rows(), BGR: m.ToBytes()}
}
