package web

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"attune/internal/store"
)

// The accounts of a large service come in pages, each with as many queries as
// that of a small one, and whoever does something on a page stays there.
func TestManyAccounts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var last store.Account
	for i := range 2 * partRows {
		var err error
		last, err = b.store.CreateAccount(t.Context(), fmt.Sprintf("Kim-%03d", i), store.RoleGuider)
		ok(t, err)
	}
	_, err := b.store.CreateToken(t.Context(), last.ID, "")
	ok(t, err)
	const path = "/admin/accounts"
	before := b.store.Queries()
	b.visit(t, b.admin, path, nil, http.StatusOK).wants(t, "1 to 50 of 105", "Kim-044", "Has not signed in yet", "Find an account", `rel="next" href="/admin/accounts?page=2"`).lacks(t, "Kim-045", "Previous page")
	if n := b.store.Queries() - before; n > manyQueries {
		t.Errorf("it needs %d queries", n)
	}
	b.visit(t, b.admin, path+"?page=3", nil, http.StatusOK).wants(t, "101 to 105 of 105", "Kim-099", "Programs only", "/disable?page=3").lacks(t, "Kim-094", "Next page")
	b.visit(t, b.admin, path+"?find=kim-09", nil, http.StatusOK).wants(t, "Kim-090", `value="kim-09"`, "/disable?find=kim-09").lacks(t, "Kim-089", "Next page")
	b.visit(t, b.admin, path+"?find=nobody", nil, http.StatusOK).wants(t, "name has “nobody” in it", "Add an account")

	of := path + "/" + string(last.ID)
	b.visit(t, b.admin, of+"/disable?page=3", url.Values{}, http.StatusOK).wants(t, "Kim-099 is shut out", "101 to 105 of 105", of+"/enable?page=3", `rel="prev" href="/admin/accounts?page=2"`)
}
