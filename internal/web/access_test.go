package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"attune/internal/store"
)

// Every route with everybody who may come: what is a guider's is not there for
// anybody else, and nothing is without a token.
func TestAccess(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bodies := map[string]any{
		"POST /api/v1/cases":                      map[string]string{"code": "new"},
		"POST /api/v1/cases/{case}/cycles":        map[string]string{"goal": "sleep"},
		"PATCH /api/v1/cases/{case}":              map[string]string{"goals": "sleep"},
		"PATCH /api/v1/cycles/{cycle}":            map[string]string{"goal": "sleep"},
		"PATCH /api/v1/clips/{clip}":              map[string]string{"state": "kept"},
		"POST /api/v1/films/{film}/clips":         map[string]any{"start_s": 1, "end_s": 9},
		"POST /api/v1/films/{film}/played":        map[string]any{"played": [][2]float64{{1, 9}}},
		"PUT /api/v1/films/{film}/order":          map[string]any{"clips": []string{}},
		"POST /api/v1/clips/{clip}/split":         map[string]any{"at_s": 25},
		"POST /api/v1/films/{film}/reels":         map[string]any{},
		"POST /api/v1/films/{film}/cancel":        nil,
		"POST /api/v1/films/{film}/retry":         nil,
		"POST /api/v1/films/{film}/viewing/retry": nil,
		"POST /api/v1/reels/{reel}/retry":         nil,
		"POST /api/v1/reels/{reel}/played":        map[string]any{"played": [][2]float64{{0, 1}}},
		"POST /api/v1/reels/{reel}/confirm":       nil,
		"PATCH /api/v1/films/{film}/whatever":     nil,
		"POST /cases":                             url.Values{"code": {"new"}},
		"POST /cases/{case}":                      url.Values{"code": {"V-17"}, "version": {"1"}},
		"POST /cases/{case}/archive":              url.Values{"archived": {"no"}},
		"POST /cycles/{cycle}":                    url.Values{"version": {"1"}},
		"POST /cycles/{cycle}/done":               url.Values{"done": {"no"}},

		"POST /account/tokens":      url.Values{"label": {"test"}},
		"POST /admin/accounts":      url.Values{"name": {"new"}, "role": {"guider"}},
		"POST /cases/{case}/shares": url.Values{"name": {"viewer"}, "last": {time.Now().Format(time.DateOnly)}},
	}
	// What else may be answered to who may, and why.
	also := map[string][]int{
		"POST /sign-in":                        {http.StatusUnprocessableEntity, http.StatusTooManyRequests}, // without a password
		"POST /sign-in/elsewhere":              {http.StatusNotFound},                                        // there is no provider
		"GET /sign-in/elsewhere/back":          {http.StatusNotFound},
		"POST /welcome/{secret}":               {http.StatusUnprocessableEntity}, // without a password
		"POST /welcome/{secret}/elsewhere":     {http.StatusNotFound},
		"POST /account/password":               {http.StatusUnprocessableEntity, http.StatusTooManyRequests}, // without a password
		"POST /admin/accounts":                 {http.StatusUnprocessableEntity},                             // the name is taken
		"POST /admin/accounts/{account}/reset": {http.StatusConflict},                                        // it was disabled before
	}
	spare := b.account(t, "spare", store.RoleSupervisor)
	link, _, err := b.store.CreateLink(t.Context(), b.account(t, "invited", store.RoleGuider).ID, store.PurposeInvite)
	ok(t, err)
	ids := strings.NewReplacer(
		"{case}", string(b.kase.ID), "{cycle}", string(b.cycle.ID), "{film}", string(b.film.ID),
		"{clip}", string(b.clips[0].ID), "{reel}", string(b.reel.ID), "{still}", "m1.jpg",
		"{asset}", "desk.js", "{$}", "",
		"{account}", string(spare.ID), "{secret}", link, "{token}", "none",
		"{queue}", "films", "{kind}", store.KindFilm, "{id}", string(b.film.ID), "{monitor...}", "api/queues",
	)
	const none = "01a1fd6c-0000-7000-8000-000000000000"
	nothing := strings.NewReplacer("{case}", none, "{cycle}", none, "{film}", none, "{clip}", none, "{reel}", none, "{still}", none, "{account}", none)
	everyone := []struct {
		name string
		as   asker
	}{
		{"nobody", asker{}},
		{"a token that is none", asker{token: "attune_none"}},
		{"a session that is none", asker{cookie: &http.Cookie{Name: b.sessions.Cookie.Name, Value: "none"}}},
		{"the guider", b.guider}, {"another guider", b.other}, {"an admin", b.admin},
		{"a supervisor", b.supervisor}, {"a supervisor with whom it is shared", b.viewer},
		{"the guider's browser", asker{Account: b.guider.Account}}, {"another guider's browser", asker{Account: b.other.Account}},
		{"an admin's browser", asker{Account: b.admin.Account}}, {"a supervisor's browser", asker{Account: b.supervisor.Account}},
		{"the browser of a supervisor with whom it is shared", asker{Account: b.viewer.Account}},
	}
	for _, route := range b.routes() {
		method, path, _ := strings.Cut(route.pattern, " ")
		if strings.Contains(path, "/uploads/") || strings.HasPrefix(path, "/assets/") {
			continue // TestAccessToUploads has them; what is built is there once it is
		}
		strange := nothing.Replace(path)
		path = ids.Replace(path)
		if strings.Contains(path, "{") {
			t.Errorf("%s: the test knows no id for it", route.pattern)
			continue
		}
		for _, one := range everyone {
			ask := func(path string) response {
				as := one.as
				if as.ID != "" && as.token == "" {
					as = b.inBrowser(t, as) // anew: some of them sign out
				}
				r := b.request(t, request{as: as, method: method, path: path, body: bodies[route.pattern]})
				if strings.HasSuffix(path, "/events") {
					r.Method = http.MethodHead // the same without the waiting
				}
				return b.send(t, r)
			}
			got := ask(path)
			want := wanted(route, one.as.Account, b.guider.ID, b.viewer.ID)
			if want != "2xx" || one.as.Role == store.RoleAdmin {
				for _, secret := range []string{"V-17", "visit.mp4", "meals", "turned to child"} {
					if strings.Contains(string(got.body), secret) {
						t.Errorf("%s by %s tells %q: %s", route.pattern, one.name, secret, got.body)
					}
				}
			}
			if want == "2xx" {
				// That it does not go with the state, names no version or lacks something is said to who may.
				said := slices.Concat(also[route.pattern], []int{http.StatusConflict, http.StatusPreconditionRequired, http.StatusPreconditionFailed})
				if at := got.Header.Get("Location"); route.page && (!strings.HasPrefix(at, signInPath) || strings.Contains(path, "/sign-out")) {
					said = append(said, http.StatusSeeOther)
				}
				if got.StatusCode >= 300 && !slices.Contains(said, got.StatusCode) {
					t.Errorf("%s by %s: status %d: %s", route.pattern, one.name, got.StatusCode, got.body)
				}
				continue
			}
			if got.Status[:3] != want {
				t.Errorf("%s by %s: status %s, want %s", route.pattern, one.name, got.Status, want)
			}
			if want == "404" { // as of what there is not, to the letter
				if not := ask(strange); not.Status != got.Status || string(not.body) != string(got.body) {
					t.Errorf("%s by %s: %s, and where there is nothing %s", route.pattern, one.name, got.body, not.body)
				}
			}
		}
	}
}

// wanted returns the status with which a route answers an account, of which
// there is none where its id is "".
func wanted(to route, a store.Account, owner, viewer store.AccountID) string {
	switch {
	case to.access.public:
		return "2xx"
	case a.ID == "" && to.page:
		return "303"
	case a.ID == "":
		return "401"
	case len(to.access.roles) > 0 && !slices.Contains(to.access.roles, a.Role):
		return "403"
	case to.access.owned && a.ID != owner && (!to.access.shared || a.ID != viewer):
		return "404"
	}
	return "2xx"
}

// What is another's is answered as what there is not, to the letter.
func TestAnothersIsNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	anothers := b.do(t, request{as: b.other, path: "/api/v1/films/" + string(b.film.ID)}, http.StatusNotFound)
	none := b.do(t, request{as: b.other, path: "/api/v1/films/01a1fd6c-0000-7000-8000-000000000000"}, http.StatusNotFound)
	strange := b.do(t, request{as: b.other, path: "/api/v1/films/%00%ff"}, http.StatusNotFound)
	if string(anothers.body) != string(none.body) || string(none.body) != string(strange.body) {
		t.Errorf("%s\n%s\n%s", anothers.body, none.body, strange.body)
	}
}

// A disabled account is let in no more.
func TestDisabled(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.do(t, request{as: b.guider, path: "/api/v1/me"}, http.StatusOK)
	ok(t, b.store.SetDisabled(t.Context(), b.guider.ID, true))
	got := b.do(t, request{as: b.guider, path: "/api/v1/me"}, http.StatusUnauthorized)
	if h := got.Header.Get("WWW-Authenticate"); !strings.HasPrefix(h, "Bearer") {
		t.Errorf("WWW-Authenticate is %q", h)
	}
}

// openapi.yaml describes every route, and no other.
func TestDescribed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var routes, described []string
	for _, route := range b.routes() {
		if !strings.Contains(route.pattern, "/uploads/") && strings.Contains(route.pattern, " /api/") || strings.HasSuffix(route.pattern, "z") { // uploads are described by tus
			routes = append(routes, route.pattern)
		}
	}
	got := b.do(t, request{path: "/api/v1/openapi.yaml"}, http.StatusOK)
	if string(got.body) != string(openapiYAML) {
		t.Error("another file is served")
	}
	for path, item := range document(t).Paths.Map() {
		for method, operation := range item.Operations() {
			described = append(described, method+" "+path)
			if operation.OperationID == "" || operation.Summary == "" {
				t.Errorf("%s %s has no id or no summary", method, path)
			}
		}
	}
	slices.Sort(routes)
	slices.Sort(described)
	if !slices.Equal(routes, described) {
		t.Errorf("the routes are\n%s\nand openapi.yaml describes\n%s", strings.Join(routes, "\n"), strings.Join(described, "\n"))
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, path := range []string{"/healthz", "/api/v1/me", "/nowhere"} {
		got := b.send(t, b.request(t, request{as: b.guider, path: path}))
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'",
			"Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if has := got.Header.Get(name); !strings.Contains(has, want) {
				t.Errorf("%s: %s is %q", path, name, has)
			}
		}
	}
}

func TestMe(t *testing.T) {
	t.Parallel()
	b := setup(t)
	got := read[meJSON](t, b.do(t, request{as: b.admin, path: "/api/v1/me"}, http.StatusOK))
	if want := (meJSON{ID: b.admin.ID, Name: "admin", Role: store.RoleAdmin}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
