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

// So do the tokens of an account.
func TestManyTokens(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for i := range partRows {
		_, err := b.store.CreateToken(t.Context(), b.guider.ID, fmt.Sprintf("office-%02d", i))
		ok(t, err)
	}
	b.visit(t, b.guider, "/account", nil, http.StatusOK).wants(t, "1 to 50 of 51", "office-00", "office-48", `href="/account?page=2"`).lacks(t, "office-49")
	b.visit(t, b.guider, "/account?page=2", nil, http.StatusOK).wants(t, "office-49", "/delete?page=2").lacks(t, "office-48")
	tokens, err := b.store.Tokens(t.Context(), b.guider.ID)
	ok(t, err)
	last := string(tokens[len(tokens)-1].ID)
	b.visit(t, b.guider, "/account/tokens/"+last+"/delete?page=2", url.Values{}, http.StatusOK).wants(t, "office-48").lacks(t, "office-49", "Next page")
}
