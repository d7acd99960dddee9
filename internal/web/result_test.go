package web

import (
	"bytes"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"attune/internal/report"
	"attune/internal/vault"
	"attune/internal/vig"
	"attune/internal/web/browsertest"
)

// A report runs the one script that it comes with and no other, whatever else is
// in it.
func TestReportScript(t *testing.T) {
	t.Parallel()
	b := setup(t)
	policy := func(page string) string {
		t.Helper()
		key := vault.ResultKey(b.film.ID, "a", "report.html")
		b.put(t, key, page)
		script, err := b.scriptOf(t.Context(), key)
		ok(t, err)
		return script
	}
	var page bytes.Buffer
	ok(t, report.Page{}.Write(&page))
	if script := policy(page.String()); !regexp.MustCompile(`^'sha256-[A-Za-z0-9+/]{43}='$`).MatchString(script) {
		t.Errorf("the script of a report is %s", script)
	}
	late := strings.Repeat(" ", reportHead) + page.String()
	for _, other := range []string{"", "<!doctype html><script>alert(1)</script>", late,
		`<meta http-equiv="Content-Security-Policy" content="script-src 'unsafe-inline'">`} {
		if script := policy(other); script != "'none'" {
			t.Errorf("the script of %.40q is %s", other, script)
		}
	}
	got := b.do(t, request{as: b.guider, path: "/api/v1/films/" + string(b.film.ID) + "/report.html"}, http.StatusOK)
	if policy := got.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "; script-src 'none';") || strings.Contains(policy, "SCRIPT") {
		t.Errorf("the policy of a report without a script is %q", policy)
	}
}

// In a browser the script of a report runs under that policy: it would complain
// of one that may not. It says where the reel is that it does not get, and takes a
// film of the reader's.
func TestReportInBrowser(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a, err := b.store.Analysis(t.Context(), b.film.Analysis)
	ok(t, err)
	var page bytes.Buffer
	ok(t, report.Page{
		Analysis: report.Analysis{Moments: []vig.Moment{{ID: "m1", Rank: 1, Span: vig.Span{End: time.Second}}}, DraftReel: []string{"m1"}},
		Reel:     "reel.mp4", Clips: []time.Duration{0},
	}.Write(&page))
	b.put(t, a.Keys["report.html"], page.String())
	tab, at := b.enter(t, b.guider)
	tab.Excuse("ERR_BLOCKED_BY_RESPONSE") // the reel, which is not for nobody
	tab.Go(at + "/api/v1/films/" + string(b.film.ID) + "/report.html")
	tab.See("Suggested moments")
	tab.See("the review of the film there plays it")
	// What was chosen is no film; a policy that forbids it would be complained of.
	browsertest.Eval[bool](tab, `(() => {
		const chosen = new DataTransfer(), input = document.getElementById("film");
		chosen.items.add(new File(["no film"], "visit.mp4", { type: "video/mp4" }));
		input.files = chosen.files;
		input.dispatchEvent(new Event("change"));
		return true;
	})()`)
	tab.See("This browser cannot play the film.")
}
