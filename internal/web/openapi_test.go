package web

import (
	"maps"
	"slices"
	"testing"

	"attune/internal/vig"
)

// openapi.yaml names every code with which a request can fail, and no other.
func TestCodesDescribed(t *testing.T) {
	t.Parallel()
	all := maps.Clone(meanings)
	maps.Copy(all, uploadMeanings)
	var want, got []string
	for code := range all {
		want = append(want, string(code))
	}
	failure := document(t).Components.Schemas["Failure"].Value.Properties["error"].Value.Properties["code"].Value
	for _, code := range failure.Enum {
		got = append(got, code.(string))
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("openapi.yaml names %q, and requests fail with %q", got, want)
	}
	for code, m := range all {
		if m.status < 400 || m.what == "" || m.next == "" {
			t.Errorf("%s means %+v", code, m)
		}
		if known, _ := answerTo(&vig.Error{Code: code}); known != m.status {
			t.Errorf("%s is answered with %d, want %d", code, known, m.status)
		}
	}
}
