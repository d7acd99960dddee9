package web

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"attune/internal/store"
	"attune/internal/store/storetest"
)

// heaviest is what a page may weigh without its scripts and styles: of the 300 kB
// that it may with them, they take a third.
const heaviest = 200_000

// manyQueries is how many queries an answer may need: two for who asks, some for
// what the page is about, and one for each kind of thing on it, of however many.
const manyQueries = 10

var (
	caseLink = regexp.MustCompile(`<h3><a href="/cases/([^"]+)">`)
	nextLink = regexp.MustCompile(`rel="next" href="([^"]+)"`)
)

// codes are the cases that a page lists, in its order.
func codes(of response) (all []string) {
	for _, found := range caseLink.FindAllStringSubmatch(string(of.body), -1) {
		all = append(all, found[1])
	}
	return all
}

// The list of a guider with thousands of cases comes in pages: what is due next
// first, each case once, at what a page may weigh, and with as many queries as
// that of somebody with a few.
func TestThousandsOfCases(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const many = 3000
	as := b.inBrowser(t, b.guider)
	look := func(path string) response {
		t.Helper()
		before := b.store.Queries()
		got := b.send(t, b.request(t, request{as: as, path: path}))
		if got.StatusCode != http.StatusOK {
			t.Fatalf("%s: status %d: %s", path, got.StatusCode, got.body)
		}
		if n := b.store.Queries() - before; n > manyQueries {
			t.Errorf("%s needs %d queries", path, n)
		}
		if n := len(got.body); n > heaviest {
			t.Errorf("%s weighs %d bytes", path, n)
		}
		return got
	}
	look("/").wants(t, "V-17", "Review the film: 2 moments are suggested").lacks(t, "Find a case", "Next page")

	storetest.MakeMany(t, b.address, b.guider.ID, storetest.Many{
		Prefix: "many", Cases: many, Goals: strings.Repeat(`"Ö`, 2500), Films: 2, Clips: 3,
	})
	// The oldest of all was to be filmed on a day that is over.
	second, err := b.store.CreateCycle(t.Context(), "many-000001", "")
	ok(t, err)
	yesterday := time.Now().AddDate(0, 0, -1)
	_, err = b.store.SetCycle(t.Context(), second.ID, 0, store.CycleChange{FilmedOn: &yesterday})
	ok(t, err)

	first := codes(look("/"))
	if len(first) != partRows || first[0] != "many-000001" {
		t.Fatalf("the first page has %d cases: %q", len(first), first)
	}
	seen := map[string]bool{}
	path, pages := "/?find=ny-0001", 0 // of which there are a hundred
	for ; path != ""; pages++ {
		got := look(path)
		for _, id := range codes(got) {
			if seen[id] {
				t.Errorf("%s is there twice", id)
			}
			seen[id] = true
		}
		path = ""
		if next := nextLink.FindSubmatch(got.body); next != nil {
			path = html.UnescapeString(string(next[1]))
		}
	}
	if len(seen) != 100 || pages != 2 {
		t.Errorf("%d cases on %d pages", len(seen), pages)
	}
	look("/").wants(t, "1 to 50 of 3001", "Send the film of cycle 2", "1 clip is kept", "Find a case", "Next page", "What is due next", "go on in this order").lacks(t, "Previous page")
	look("/?page=2").wants(t, "51 to 100 of 3001", `rel="prev" href="/"`, `rel="next" href="/?page=3"`, `<a href="/films/many-`).lacks(t, "What is due next")
	look("/?page=9999").wants(t, "3001 to 3001 of 3001").lacks(t, "Next page")
	look("/?page=-1").wants(t, "1 to 50 of 3001")

	look("/?find=v-17").wants(t, "V-17", "Review the film", `value="v-17"`, "Show all").lacks(t, "many-", "Next page")
	look("/?find=MANY&page=3").wants(t, "101 to 150 of 3000", `href="/?find=MANY&amp;page=4"`)
	look("/?find=nowhere").wants(t, "No code here has “nowhere” in it", "Show all").lacks(t, "No cases yet", "<details class=\"card\" open>")
}

// The archive is a list of its own, with pages too, and what is looked for among
// the cases is found in it.
func TestThousandsOfArchivedCases(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for i := range partRows + 1 {
		c, err := b.store.CreateCase(t.Context(), store.CaseDraft{Guider: b.guider.ID, Code: fmt.Sprintf("A-%02d", i)})
		ok(t, err)
		over := true
		_, err = b.store.SetCase(t.Context(), c.ID, 0, store.CaseChange{Archived: &over})
		ok(t, err)
	}
	b.visit(t, b.guider, "/", nil, http.StatusOK).wants(t, "V-17", `href="/?archived=yes"`, "51 archived cases").lacks(t, "A-01")
	got := b.visit(t, b.guider, "/?archived=yes", nil, http.StatusOK)
	got.wants(t, "Archived cases", "A-50", "A-01", "1 to 50 of 51", `rel="next" href="/?archived=yes&amp;page=2"`).lacks(t, "A-00", "V-17", "Begin a case")
	b.visit(t, b.guider, "/?archived=yes&page=2", nil, http.StatusOK).wants(t, "A-00").lacks(t, "A-01")
	b.visit(t, b.guider, "/?find=a-07", nil, http.StatusOK).wants(t, `href="/?archived=yes&amp;find=a-07"`, "1 archived case<").lacks(t, `<a href="/cases/`)
	b.visit(t, b.guider, "/?archived=yes&find=a-07", nil, http.StatusOK).wants(t, "A-07").lacks(t, "A-08")
	b.visit(t, b.guider, "/?archived=yes&find=v-17", nil, http.StatusOK).wants(t, "No code here")
	b.visit(t, b.other, "/?archived=yes", nil, http.StatusOK).wants(t, "No case is archived")
}

// What somebody typed is shown as text, however long it is.
func TestFindIsText(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.visit(t, b.guider, "/?find="+url.QueryEscape(`"><script>`), nil, http.StatusOK).wants(t, "&lt;script&gt;").lacks(t, `"><script>`)
	got := b.visit(t, b.guider, "/?find="+strings.Repeat("%C3%A9", 10_000), nil, http.StatusOK)
	if len(got.body) > 20_000 {
		t.Errorf("the page has %d bytes", len(got.body))
	}
}

// A supervisor with whom many cases are shared sees them in pages too.
func TestManySharedCases(t *testing.T) {
	t.Parallel()
	b := setup(t)
	storetest.MakeMany(t, b.address, b.guider.ID, storetest.Many{Prefix: "many", Cases: partRows + 9})
	for i := range partRows + 9 {
		_, err := b.store.ShareCase(t.Context(), store.CaseID(fmt.Sprintf("many-%06d", i+1)), "viewer", time.Now().Add(time.Hour))
		ok(t, err)
	}
	before := b.store.Queries()
	b.visit(t, b.viewer, "/", nil, http.StatusOK).wants(t, "1 to 50 of 60", "Next page", "Cycle 1", "Find a case").lacks(t, "V-17")
	if n := b.store.Queries() - before; n > manyQueries {
		t.Errorf("it needs %d queries", n)
	}
	b.visit(t, b.viewer, "/?page=2", nil, http.StatusOK).wants(t, "V-17", "51 to 60 of 60")
	b.visit(t, b.viewer, "/?find=V-", nil, http.StatusOK).wants(t, "V-17").lacks(t, "many-")
}
