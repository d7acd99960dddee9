package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"attune/internal/store"
)

// Every route of uploads with everybody who may come, as TestAccess has the
// others: an upload is its guider's, and not even a supervisor who may see the
// case sends or looks for a part of it.
func TestAccessToUploads(t *testing.T) {
	t.Parallel()
	b := untended(t)
	accountOf := func(name string, role store.Role) asker {
		a, err := b.Store.CreateAccount(t.Context(), name, role)
		ok(t, err)
		token, err := b.Store.CreateToken(t.Context(), a.ID, "test")
		ok(t, err)
		return asker{Account: a, token: token}
	}
	admin, viewer := accountOf("admin", store.RoleAdmin), accountOf("viewer", store.RoleSupervisor)
	_, err := b.Store.ShareCase(t.Context(), b.kase.ID, "viewer", time.Now().Add(time.Hour))
	ok(t, err)
	inBrowser := func(a asker) asker {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.server.URL, nil)
		ok(t, err)
		w := httptest.NewRecorder()
		ok(t, b.startSession(w, r, a.ID))
		return asker{Account: a.Account, cookie: w.Result().Cookies()[0]}
	}
	const caseOwn = "case Y29kZS1vZi1ndWlkZXI=" // code-of-guider
	upload := func() string {
		made := b.tus(t, b.guider, http.MethodPost, uploadsPath, map[string]string{"Upload-Length": "10", "Upload-Metadata": caseOwn}, "")
		if made.status != http.StatusCreated {
			t.Fatalf("status %d", made.status)
		}
		return made.location
	}
	walked := 0
	for _, route := range b.routes() {
		method, path, _ := strings.Cut(route.pattern, " ")
		if !strings.Contains(path, "/uploads/") {
			continue
		}
		walked++
		for _, one := range []struct {
			name   string
			as     asker
			status []int // on the collection, and on an upload
		}{
			{"nobody", asker{}, []int{http.StatusUnauthorized, http.StatusUnauthorized}},
			{"an admin", admin, []int{http.StatusForbidden, http.StatusForbidden}},
			{"an admin's browser", inBrowser(admin), []int{http.StatusForbidden, http.StatusForbidden}},
			{"a supervisor who may see the case", viewer, []int{http.StatusForbidden, http.StatusForbidden}},
			{"their browser", inBrowser(viewer), []int{http.StatusForbidden, http.StatusForbidden}},
			{"another guider", b.other, []int{http.StatusNotFound, http.StatusNotFound}},
			{"another guider's browser", inBrowser(b.other), []int{http.StatusNotFound, http.StatusNotFound}},
			{"the guider", b.guider, nil},
			{"the guider's browser", inBrowser(b.guider), nil},
		} {
			at, header, body := uploadsPath, map[string]string{"Upload-Length": "10", "Upload-Metadata": caseOwn}, ""
			of := 0
			if strings.HasSuffix(path, "{upload}") {
				at, header, body, of = upload(), map[string]string{"Upload-Offset": "0"}, "film", 1
			}
			if one.as.cookie != nil {
				header["Cookie"] = one.as.cookie.String()
			}
			got := b.tus(t, one.as, method, at, header, body).status
			switch {
			case method == http.MethodOptions && one.as.Role == store.RoleGuider: // what uploads can do is no secret of a case's
				if got >= 300 {
					t.Errorf("%s by %s: status %d", route.pattern, one.name, got)
				}
			case one.status == nil && got >= 300, one.status != nil && got != one.status[of]:
				t.Errorf("%s by %s: status %d", route.pattern, one.name, got)
			}
		}
	}
	if walked == 0 {
		t.Error("there are no routes of uploads")
	}
}
