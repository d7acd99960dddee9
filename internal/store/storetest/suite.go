package storetest

import (
	"testing"

	"attune/internal/store"
)

// Run runs the conformance suite. address returns that of a new, empty
// database.
func Run(t *testing.T, address func(testing.TB) string) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, *store.Store)
	}{
		{"FilmToReady", testFilmToReady},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, Open(t, address(t)))
		})
	}
}
