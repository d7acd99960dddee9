package web

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"attune/internal/store"
)

// A form that was taken gets its number back on the page that it leads to,
// whether there is something to say or not; one that was not taken, and a page
// that leads elsewhere by itself, have no such answer.
func TestReceipt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	at := "/cases/" + string(b.kase.ID)
	supervisor, err := b.store.CreateAccount(t.Context(), "Sue", store.RoleSupervisor)
	ok(t, err)
	me := b.inBrowser(t, b.guider)
	form := func(fields url.Values, receipt string) url.Values {
		fields.Set(receiptField, receipt)
		return fields
	}
	ask := func(as asker, path string, form url.Values, receipt *http.Cookie) response {
		t.Helper()
		asked := request{as: as, path: path}
		if form != nil {
			asked.method, asked.body = "POST", form
		}
		r := b.request(t, asked)
		if receipt != nil {
			r.AddCookie(receipt)
		}
		return b.send(t, r)
	}
	last := time.Now().AddDate(0, 0, 7).Format(time.DateOnly)
	for _, test := range []struct {
		what, path string
		form       url.Values
		as         asker
		status     int
		want       string
	}{
		{"with a notice", at + "/cycles", form(url.Values{"goal": {"bedtime"}}, "m1k2"), me, http.StatusSeeOther, "m1k2"},
		{"without one", at + "/shares", form(url.Values{"name": {supervisor.Name}, "last": {last}}, "m1k3"), me, http.StatusSeeOther, "m1k3"},
		{"which asks for none", at + "/cycles", url.Values{"goal": {"bedtime"}}, me, http.StatusSeeOther, ""},
		{"with what is no number", at + "/cycles", form(url.Values{"goal": {"bedtime"}}, `"><script>`), me, http.StatusSeeOther, ""},
		{"which was refused", at + "/shares", form(url.Values{"name": {"nobody"}, "last": {last}}, "m1k4"), me, http.StatusBadRequest, ""},
		{"of nobody who is signed in", at + "/cycles", form(url.Values{"goal": {"bedtime"}}, "m1k5"), asker{}, http.StatusSeeOther, ""},
	} {
		got := ask(test.as, test.path, test.form, nil)
		if got.StatusCode != test.status {
			t.Errorf("a form %s: status %d: %s", test.what, got.StatusCode, got.body)
		}
		var given *http.Cookie
		for _, c := range got.Cookies() {
			if c.Name == b.receiptCookie("").Name {
				given = c
			}
		}
		if test.want == "" {
			if given != nil {
				t.Errorf("a form %s is given %s", test.what, given)
			}
			continue
		}
		if given == nil || given.Value != test.want || !given.HttpOnly || given.MaxAge != receiptTime {
			t.Errorf("a form %s is given %v", test.what, given)
			continue
		}
		ask(me, got.Header.Get("Location"), nil, given).wants(t, `data-sent="taken" data-receipt="`+test.want+`"`)
		ask(me, got.Header.Get("Location"), nil, nil).lacks(t, "data-sent", "data-receipt")
	}
	ask(me, "/cases", form(url.Values{"code": {b.kase.Code}}, "m1k6"), nil).wants(t, `data-sent="refused" data-receipt="m1k6"`)
	if got := ask(me, signInPath, nil, nil); got.StatusCode != http.StatusSeeOther || len(got.Cookies()) != 0 {
		t.Errorf("who is signed in is sent on from %s with %v", signInPath, got.Cookies())
	}
	if got := b.visit(t, b.guider, "/", nil, http.StatusOK); len(got.Cookies()) != 0 {
		t.Errorf("a page comes with %v", got.Cookies())
	}
}
