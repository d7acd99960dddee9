package web

import (
	"os"
	"strings"
	"testing"

	"attune/internal/store"
	"attune/internal/web/browsertest"
)

// writer is a guider with a case, and a browser that is signed in.
type writer struct {
	*bundle
	*browsertest.Tab
	browser *browsertest.Browser
	t       *testing.T

	account store.Account
	kase    store.Case
	cycle   store.Cycle
}

// writes returns somebody who writes at a page.
func writes(t *testing.T) *writer {
	t.Helper()
	if _, err := os.Stat("page/assets/dist/desk.js"); err != nil {
		t.Skip("needs the bundles, which 'make build' makes")
	}
	w := &writer{bundle: setup(t), t: t}
	w.unlimited()
	w.account = w.member(t, "Ann", store.RoleGuider)
	w.member(t, "Beth", store.RoleGuider)
	var err error
	w.kase, err = w.store.CreateCase(t.Context(), store.CaseDraft{Guider: w.account.ID, Code: "V-31"})
	ok(t, err)
	cycles, err := w.store.Cycles(t.Context(), w.kase.ID)
	ok(t, err)
	w.cycle = cycles[0]
	w.browser = browsertest.Start(t)
	w.Tab = w.browser.Tab()
	w.Go(w.server.URL + signInPath)
	w.signsIn("Ann")
	w.At("^/$")
	return w
}

// signsIn fills in the page that asks who somebody is.
func (w *writer) signsIn(name string) {
	w.t.Helper()
	w.At("^" + signInPath + "$")
	w.Fill("#name", name)
	w.Fill("#password", goodPassword)
	w.Click("main button.main")
}

// open opens a page.
func (w *writer) open(path string) {
	w.t.Helper()
	w.Go(w.server.URL + path)
}

// away is as long away as a session lasts.
func (w *writer) away() {
	w.t.Helper()
	ok(w.t, w.store.DeleteSessions(w.t.Context(), w.account.ID))
}

// loaded waits until the scripts of a page have begun.
func (w *writer) loaded() {
	w.t.Helper()
	w.Until("the page", "document.readyState === 'complete'")
}

// value is what is written in a field.
func (w *writer) value(selector string) string {
	w.t.Helper()
	w.loaded()
	return browsertest.Eval[string](w.Tab, "document.querySelector('"+selector+"').value")
}

// keeps is what the tab keeps of forms.
func (w *writer) keeps() string {
	w.t.Helper()
	w.loaded()
	return browsertest.Eval[string](w.Tab, "Object.keys(sessionStorage).filter(key => key.startsWith('attune-draft-')).map(key => key + sessionStorage[key]).join()")
}

const filledIn = "What you wrote here is filled in again."

// What somebody wrote outlives the session: it is there again on the page where
// it was written, and is saved from there.
func TestDraftOutlivesSession(t *testing.T) {
	t.Parallel()
	w := writes(t)
	at := "/cycles/" + string(w.cycle.ID)
	w.open(at)
	w.Fill("#words", "I wait,\nand she looks at me.")
	w.away()
	w.Click(`form[action="` + at + `"] button.main`)
	w.At("^" + signInPath + "$")
	w.See("What you wrote and had not saved is kept in this tab.")
	w.Axe("sign-in with something kept")
	w.signsIn("Ann")
	w.At("^" + at + "$")
	w.See(filledIn)
	if got := w.value("#words"); got != "I wait,\nand she looks at me." {
		t.Errorf("the field has %q", got)
	}
	if got := w.Focused(); !strings.Contains(got, filledIn) {
		t.Errorf("the focus is at %s", got)
	}
	w.Axe("a form that is filled in again")
	w.Picture("draft-cycle")
	w.Click(`form[action="` + at + `"] button.main`)
	w.See("Saved.")
	cycle, err := w.store.Cycle(t.Context(), w.cycle.ID)
	ok(t, err)
	if cycle.Words != "I wait,\nand she looks at me." {
		t.Errorf("saved are %q", cycle.Words)
	}
	if kept := w.keeps(); kept != "" {
		t.Errorf("of what was saved is kept %s", kept)
	}

	// A form in a fold, and one that was refused before: its page is no more where
	// it was sent to.
	w.Excuse("409")
	w.open("/")
	w.Click("summary")
	w.Fill("#code", "V-31")
	w.Fill("#goals", "calm evenings")
	w.Click(`form[action="/cases"] button.main`)
	w.See("already have a case with this code")
	w.away()
	w.Fill("#code", "V-32")
	w.Click(`form[action="/cases"] button.main`)
	w.signsIn("Ann")
	w.At("^/$")
	w.See(filledIn)
	w.Click(`form[action="/cases"] button.main`)
	w.At("^/cases/")
	made, err := w.store.CaseByCode(t.Context(), w.account.ID, "V-32")
	ok(t, err)
	if made.Goals != "calm evenings" {
		t.Errorf("the goals are %q", made.Goals)
	}
	if kept := w.keeps(); kept != "" {
		t.Errorf("of what was saved is kept %s", kept)
	}
}

// What is chosen is kept like what is written; and what was taken is not filled
// in again where the form is empty.
func TestDraftOfShare(t *testing.T) {
	t.Parallel()
	w := writes(t)
	at := "/cases/" + string(w.kase.ID)
	w.open(at)
	w.Click("#shares summary")
	browsertest.Eval[any](w.Tab, `(s => { s.value = "viewer"; s.dispatchEvent(new Event("input", { bubbles: true })); return 1; })(document.querySelector("#share-name"))`)
	w.away()
	w.Click(`form[action$="/shares"] button`)
	w.signsIn("Ann")
	w.At("^" + at + "$")
	w.See(filledIn)
	if got := w.value("#share-name"); got != "viewer" {
		t.Errorf("chosen is %q", got)
	}
	w.Click(`form[action$="/shares"] button:not([type])`)
	w.See("viewer may look at it until")
	if kept := w.keeps(); kept != "" {
		t.Errorf("of what was taken is kept %s", kept)
	}
}

// Nobody else finds what somebody wrote, also in the same tab, and nor does who
// signed out. Passwords are not kept at all.
func TestDraftIsOfOneAccount(t *testing.T) {
	t.Parallel()
	w := writes(t)
	writesGoals := func() {
		t.Helper()
		w.open("/")
		w.Click("summary")
		w.Fill("#code", "V-33")
		w.Fill("#goals", "what nobody else reads")
		if !strings.Contains(w.keeps(), "what nobody else reads") {
			t.Errorf("kept is %q", w.keeps())
		}
	}
	nothing := func(who string) {
		t.Helper()
		w.At("^/$")
		w.Until("a form", "document.querySelector('#goals')")
		if got, kept := w.value("#goals"), w.keeps(); got != "" || kept != "" {
			t.Errorf("%s finds %q, and the tab keeps %q", who, got, kept)
		}
	}
	writesGoals()
	w.away()
	w.Click(`form[action="/cases"] button.main`)
	w.signsIn("Beth")
	nothing("another guider")
	w.Click(`form[action="/sign-out"] button`)
	w.signsIn("Ann")
	nothing("who wrote it, after somebody else")

	writesGoals()
	w.Click(`form[action="/sign-out"] button`)
	w.At("^" + signInPath + "$")
	if kept := w.keeps(); kept != "" {
		t.Errorf("after signing out the tab keeps %q", kept)
	}
	w.signsIn("Ann")
	nothing("who signed out")

	w.open("/account")
	w.Fill("#label", "a program")
	w.Fill("#token-current", "not to be kept")
	if kept := w.keeps(); kept != "" {
		t.Errorf("of a form with a password is kept %q", kept)
	}
}

// What is saved meanwhile is shown beside what was written, and stays what is
// saved for who discards the latter.
func TestDraftOfWhatChanged(t *testing.T) {
	t.Parallel()
	w := writes(t)
	at := "/cycles/" + string(w.cycle.ID)
	w.open(at)
	w.Fill("#goal", "Ann's goal")
	w.away()
	w.Click(`form[action="` + at + `"] button.main`)
	theirs, day := "the goal of another window", "2099-03-29"
	filmed, err := readDay(day)
	ok(t, err)
	_, err = w.store.SetCycle(t.Context(), w.cycle.ID, 0, store.CycleChange{Goal: &theirs, FilmedOn: &filmed})
	ok(t, err)
	w.signsIn("Ann")
	w.At("^" + at + "$")
	w.See("What is saved was changed in another window meanwhile.")
	if got := w.Text(".draft-saved dl"); !strings.Contains(got, theirs) {
		t.Errorf("it is said that saved is %q", got)
	}
	if goal, on := w.value("#goal"), w.value("#filmed-on"); goal != "Ann's goal" || on != day {
		t.Errorf("the form has the goal %q and the day %q", goal, on)
	}
	w.Axe("a form of what was changed meanwhile")
	w.Picture("draft-changed")
	w.Click(".draft button")
	if got, kept := w.value("#goal"), w.keeps(); got != theirs || kept != "" {
		t.Errorf("discarded, the form has %q, and kept is %q", got, kept)
	}
	w.Reload()
	if got := w.value("#goal"); got != theirs {
		t.Errorf("loaded again, the form has %q", got)
	}
}

// Whoever comes to a page with a form that is filled in again is led there once:
// to the one that was sent, when they signed in again or it was refused. Otherwise
// the page is as it always is, and what came of another form comes first.
func TestDraftInterruptsNobody(t *testing.T) {
	t.Parallel()
	w := writes(t)
	at := "/cases/" + string(w.kase.ID)
	const goals, cycles, shares = "section[aria-labelledby=goals-title]", "section[aria-labelledby=cycles-title]", "#shares"
	quiet := func(when string) {
		t.Helper()
		if got := w.value("#goals"); got != "calm evenings" {
			t.Errorf("%s: the goals are %q", when, got)
		}
		if got := w.Focused(); strings.Contains(got, filledIn) || browsertest.Eval[bool](w.Tab, "document.querySelector('"+goals+" details').open") {
			t.Errorf("%s: the form interrupts, and the focus is at %s", when, got)
		}
	}
	led := func(when, section string) {
		t.Helper()
		w.See(filledIn)
		if !strings.Contains(w.Focused(), filledIn) || !browsertest.Eval[bool](w.Tab, "document.activeElement.closest('"+section+"') !== null") {
			t.Errorf("%s: the focus is at %s", when, w.Focused())
		}
	}

	w.open(at)
	w.Click(goals + " summary")
	w.Fill("#goals", "calm evenings")
	w.Reload()
	quiet("loaded again")
	w.Click(`form[action$="/archive"] button`)
	w.See("The case is archived.")
	quiet("another form was taken")
	if got := w.Focused(); !strings.Contains(got, "The case is archived.") {
		t.Errorf("the focus is at %s", got)
	}
	w.Click(`form[action$="/archive"] button`)
	w.See("The case is back.")

	// Signing in again leads to what was sent, not to what is before it.
	w.Click(cycles + " summary")
	w.Fill("#goal", "bedtime")
	w.away()
	w.Click(`form[action$="/cycles"] button.main`)
	w.signsIn("Ann")
	w.At("^" + at + "$")
	led("signed in again", cycles)
	w.Reload()
	quiet("loaded again after signing in")
	w.away()
	w.open(at)
	w.signsIn("Ann")
	w.At("^" + at + "$")
	led("signed in again, with nothing sent", goals)

	// Nor where the first that is seen of the page is what came of something else.
	w.away()
	w.open("/")
	w.signsIn("Ann")
	w.At("^/$")
	w.open("/cycles/" + string(w.cycle.ID))
	w.Click(`form[action$="/done"] button`)
	w.See("The cycle has ended.")
	quiet("another page's form was taken")
	if got := w.Focused(); !strings.Contains(got, "The cycle has ended.") {
		t.Errorf("the focus is at %s", got)
	}

	// What failed is told on a page of its own, which has no form.
	w.Excuse("400")
	w.Click(shares + " summary")
	browsertest.Eval[any](w.Tab, `(last => { last.form.noValidate = true; last.value = "2999-01-01"; last.dispatchEvent(new Event("input", { bubbles: true })); return 1; })(document.querySelector("#share-last"))`)
	w.Click(`form[action$="/shares"] button:not([type])`)
	w.See("a year at most")
	w.open("/")
	w.open(at)
	led("refused", shares)
	w.open("/")
	w.open(at)
	quiet("the next time after it was refused")
}

// What did not get through was not taken, also where pages lead to others
// afterwards.
func TestDraftOutlivesTheLine(t *testing.T) {
	t.Parallel()
	w := writes(t)
	at := "/cases/" + string(w.kase.ID)
	w.open(at)
	w.Click("section[aria-labelledby=cycles-title] summary")
	w.Fill("#goal", "bedtime")
	w.Excuse("ERR_INTERNET_DISCONNECTED|Failed to load|net::")
	w.Line(browsertest.Line{Offline: true})
	w.Click(`form[action$="/cycles"] button.main`)
	w.Until("the browser's own page", "document.querySelector('#goal') === null")
	w.Line(browsertest.Line{})
	w.open(signInPath)
	w.At("^/$")
	w.open(at)
	w.See(filledIn)
	if got := w.value("#goal"); got != "bedtime" {
		t.Errorf("the field has %q", got)
	}
}

// Who signs out leaves nothing in the other tabs either.
func TestDraftInOtherTabs(t *testing.T) {
	t.Parallel()
	w := writes(t)
	w.open("/")
	w.Click("summary")
	w.Fill("#goals", "what nobody else reads")
	other := w.browser.Tab()
	other.Go(w.server.URL + "/account")
	if !strings.Contains(w.keeps(), "what nobody else reads") {
		t.Fatalf("kept is %q", w.keeps())
	}
	other.Click(`form[action="/sign-out"] button`)
	other.At("^" + signInPath + "$")
	w.Until("nothing is kept", "Object.keys(sessionStorage).every(key => !key.startsWith('attune-draft-'))")
}

// What a part of a page sends too late leads to signing in as well, and back to
// the page.
func TestPartSentTooLate(t *testing.T) {
	t.Parallel()
	w := writes(t)
	w.account = w.member(t, "Carla", store.RoleAdmin)
	w.Click(`form[action="/sign-out"] button`)
	w.signsIn("Carla")
	w.At("^/admin$")
	w.Excuse("401")
	w.loaded()
	w.away()
	w.Click("#pause-films")
	w.signsIn("Carla")
	w.At("^/admin$")
	w.Click("#pause-films")
	w.See("The queue is paused.")
}
