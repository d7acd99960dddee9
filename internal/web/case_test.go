package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestCases(t *testing.T) {
	t.Parallel()
	b := setup(t)
	type list struct {
		Cases []caseJSON
		Next  string
	}
	got := b.do(t, request{as: b.guider, method: "POST", path: "/api/v1/cases", body: map[string]string{"code": "V-18", "goals": "sleep"}}, http.StatusCreated)
	made := read[caseJSON](t, got)
	if made.Code != "V-18" || made.Goals != "sleep" || got.Header.Get("Location") != "/api/v1/cases/"+string(made.ID) {
		t.Errorf("made %+v at %q", made, got.Header.Get("Location"))
	}
	if again := read[caseJSON](t, b.do(t, request{as: b.guider, path: got.Header.Get("Location")}, http.StatusOK)); again != made {
		t.Errorf("it is %+v, and was %+v", again, made)
	}
	first := read[list](t, b.do(t, request{as: b.guider, path: "/api/v1/cases?limit=1"}, http.StatusOK))
	if len(first.Cases) != 1 || first.Cases[0] != made || first.Next == "" {
		t.Fatalf("the first page is %+v", first)
	}
	second := read[list](t, b.do(t, request{as: b.guider, path: "/api/v1/cases?limit=2&after=" + first.Next}, http.StatusOK))
	if len(second.Cases) != 1 || second.Cases[0].ID != b.kase.ID || second.Next != "" {
		t.Errorf("the second page is %+v", second)
	}
	byCode := read[list](t, b.do(t, request{as: b.guider, path: "/api/v1/cases?code=V-18"}, http.StatusOK))
	if len(byCode.Cases) != 1 || byCode.Cases[0] != made {
		t.Errorf("by its code: %+v", byCode)
	}
	for _, who := range []asker{b.other, b.guider} {
		path := "/api/v1/cases?code=V-17"
		if who == b.guider {
			path = "/api/v1/cases?code=none"
		}
		if none := b.do(t, request{as: who, path: path}, http.StatusOK); strings.TrimSpace(string(none.body)) != `{"cases":[]}` {
			t.Errorf("%s", none.body)
		}
	}
	same := b.do(t, request{as: b.guider, method: "POST", path: "/api/v1/cases", body: map[string]string{"code": "V-18"}}, http.StatusConflict)
	if want := "You already have a case with this code. Fetch it again to see how it stands."; read[errorBody](t, same).Error.Message != want {
		t.Errorf("%s", same.body)
	}
	b.do(t, request{as: b.other, method: "POST", path: "/api/v1/cases", body: map[string]string{"code": "V-18"}}, http.StatusCreated)
}

func TestCycles(t *testing.T) {
	t.Parallel()
	b := setup(t)
	path := fmt.Sprintf("/api/v1/cases/%s/cycles", b.kase.ID)
	got := b.do(t, request{as: b.guider, method: "POST", path: path, body: map[string]string{"goal": "sleep"}}, http.StatusCreated)
	made := read[cycleJSON](t, got)
	if made.Number != 2 || made.Goal != "sleep" || made.Case != b.kase.ID {
		t.Errorf("made %+v", made)
	}
	if again := read[cycleJSON](t, b.do(t, request{as: b.guider, path: got.Header.Get("Location")}, http.StatusOK)); again != made {
		t.Errorf("it is %+v, and was %+v", again, made)
	}
	all := read[struct{ Cycles []cycleJSON }](t, b.do(t, request{as: b.guider, path: path}, http.StatusOK))
	if len(all.Cycles) != 2 || all.Cycles[1] != made {
		t.Errorf("they are %+v", all)
	}
}

// What a request does wrong is said in a sentence, with what to do.
func TestWrongRequests(t *testing.T) {
	t.Parallel()
	b := setup(t)
	post := func(body any, header map[string]string) request {
		return request{as: b.guider, method: "POST", path: "/api/v1/cases", body: body, header: header, wrong: true}
	}
	for _, one := range []struct {
		name   string
		asked  request
		status int
		says   string
	}{
		{"no JSON", post("{", nil), 400, "no JSON"},
		{"another type", post(map[string]int{"code": 1}, nil), 400, `"code" cannot be a number`},
		{"an unknown field", post(map[string]string{"code": "V-19", "name": "Anna"}, nil), 400, "unknown field"},
		{"two values", post(`{"code":"V-19"}{}`, nil), 400, "more than one"},
		{"no code", post(map[string]string{"code": ""}, nil), 400, "code"},
		{"a form", post("code=V-19", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}), 415, "application/json"},
		{"too long", post(`{"code":"`+strings.Repeat("x", bodyLimit)+`"}`, nil), 413, "too long"},
		{"a limit of none", request{as: b.guider, path: "/api/v1/cases?limit=0", wrong: true}, 400, "limit"},
		{"a limit of many", request{as: b.guider, path: "/api/v1/cases?limit=1001", wrong: true}, 400, "limit"},
	} {
		t.Run(one.name, func(t *testing.T) {
			said := read[errorBody](t, b.do(t, one.asked, one.status)).Error
			if !strings.Contains(said.Message, one.says) || !strings.HasSuffix(said.Message, ".") {
				t.Errorf("it says %q", said.Message)
			}
		})
	}
	for path, want := range map[string]int{"/api/v1/nothing": 404, "/api/v1/queues/": 404} {
		if got := b.send(t, b.request(t, request{as: b.guider, path: path})); got.StatusCode != want || read[errorBody](t, got).Error.Code == "" {
			t.Errorf("%s: %d %s", path, got.StatusCode, got.body)
		}
	}
	got := b.send(t, b.request(t, request{as: b.guider, method: "DELETE", path: "/api/v1/me"}))
	if got.StatusCode != http.StatusMethodNotAllowed || got.Header.Get("Allow") != "GET, HEAD" || read[errorBody](t, got).Error.Code != codeMethod {
		t.Errorf("%d %q %s", got.StatusCode, got.Header.Get("Allow"), got.body)
	}
}

// A case and its cycles are changed by who saw what they change.
func TestSetCaseAndCycle(t *testing.T) {
	t.Parallel()
	b := setup(t)
	path := "/api/v1/cases/" + string(b.kase.ID)
	seen := read[caseJSON](t, b.do(t, request{as: b.guider, path: path}, http.StatusOK))
	set := request{as: b.guider, method: "PATCH", path: path, body: map[string]any{"goals": "calm", "archived": true}, header: map[string]string{"If-Match": seen.ETag}}
	if got := read[caseJSON](t, b.do(t, set, http.StatusOK)); got.Goals != "calm" || !got.Archived || got.ETag == seen.ETag || got.Code != seen.Code {
		t.Errorf("it became %+v", got)
	}
	b.do(t, set, http.StatusPreconditionFailed)
	set.header = nil
	b.do(t, set, http.StatusPreconditionRequired)
	b.do(t, request{as: b.guider, method: "POST", path: "/api/v1/cases", body: map[string]string{"code": "V-18"}}, http.StatusCreated)
	set.header, set.body = map[string]string{"If-Match": "*"}, map[string]any{"code": "V-18"}
	b.do(t, set, http.StatusConflict)

	path = "/api/v1/cycles/" + string(b.cycle.ID)
	cycle := read[cycleJSON](t, b.do(t, request{as: b.guider, path: path}, http.StatusOK))
	change := map[string]any{"goal": "wait", "filmed_on": "2026-03-29", "review_on": "", "words": "I wait!", "done": true}
	set = request{as: b.guider, method: "PATCH", path: path, body: change, header: map[string]string{"If-Match": cycle.ETag}}
	got := read[cycleJSON](t, b.do(t, set, http.StatusOK))
	if got.Goal != "wait" || got.FilmedOn != "2026-03-29" || got.ReviewOn != "" || got.Words != "I wait!" || !got.Done {
		t.Errorf("it became %+v", got)
	}
	b.do(t, set, http.StatusPreconditionFailed)
	set.header, set.body = map[string]string{"If-Match": "*"}, map[string]any{"review_on": "29/3/2026"}
	b.do(t, set, http.StatusBadRequest)
	set.body = map[string]any{"filmed_on": ""}
	if got := read[cycleJSON](t, b.do(t, set, http.StatusOK)); got.FilmedOn != "" || got.Words != "I wait!" {
		t.Errorf("it became %+v", got)
	}
}
