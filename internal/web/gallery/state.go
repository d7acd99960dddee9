package gallery

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"attune/internal/web/page"
)

// State is one page as it may look.
type State struct {
	Page   string // of add
	Name   string // of the state, for people: "no film yet"
	Viewer page.Viewer
	Notice string // as of [page.Frame]
	Status int    // of HTTP; 0 is 200
	Model  page.Page

	// Answers are what the page's scripts get.
	Answers Answers
}

// Address returns the path of the state below that of the gallery.
func (s State) Address() string { return s.Page + "/" + strings.ReplaceAll(s.Name, " ", "-") }

// Answers are canned answers by method and path: "GET /api/v1/films/gallery-a".
type Answers map[string]Answer

// Answer is one canned answer. Its zero value is an empty one.
type Answer struct {
	Status int    // 0 is 200
	JSON   any    // the body, unless Body is
	Kind   string // of Body
	Body   []byte
	Hold   bool // nothing comes, or nothing more, until whoever asked goes
}

// ServeHTTP answers.
func (a Answer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, kind := a.Body, a.Kind
	if body == nil && a.JSON != nil {
		kind = "application/json"
		body, _ = json.Marshal(a.JSON) // of what the gallery itself holds: a test asks for all
	}
	if body != nil || !a.Hold {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(max(a.Status, http.StatusOK))
		_, _ = w.Write(body) // whoever asked may have gone
	}
	if a.Hold {
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}
}

// The people who look at the pages.
var (
	nobody     = page.Viewer{}
	guider     = page.Viewer{Name: "Anna Guider", Role: "guider"}
	supervisor = page.Viewer{Name: "Sam Supervisor", Role: "supervisor"}
	admin      = page.Viewer{Name: "Alex Admin", Role: "admin"}
)

var all []State

// add registers the states of a page, as the viewer sees them unless a state
// says otherwise, and returns all there are so far: a file calls it to make a
// variable that it does not need.
func add(name string, viewer page.Viewer, states ...State) []State { //nolint:unparam // a call must have a value to stand outside of functions
	for _, s := range states {
		s.Page = name
		if s.Viewer == nobody {
			s.Viewer = viewer
		}
		all = append(all, s)
	}
	return all
}

// States are all states of all pages, those of a page in their order.
func States() []State {
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b State) int { return strings.Compare(a.Page, b.Page) })
	return sorted
}
