package storetest

import (
	"testing"

	"attune/internal/store"
)

// testInstallation asks for the id at once from everywhere, as the first starts
// of many workers do.
func testInstallation(t *testing.T, address func(testing.TB) string) {
	at := address(t)
	const many = 5
	stores := make([]*store.Store, many)
	for i := range stores {
		stores[i] = Open(t, at)
	}
	ids := make([]string, many)
	together(t, many, func(i int) (err error) {
		ids[i], err = stores[i].Installation(t.Context())
		return err
	})
	for _, id := range append(ids, must[string](t)(stores[0].Installation(t.Context()))) {
		if id == "" || id != ids[0] {
			t.Errorf("the installation is %q and %q", ids[0], id)
		}
	}
	if other := must[string](t)(Open(t, address(t)).Installation(t.Context())); other == ids[0] {
		t.Error("two installations have the same id")
	}
}
