package web

import (
	"net/http"
	"strconv"
	"strings"

	"attune/internal/vig"
)

// readForm reads what somebody wrote into a form of a page.
func readForm(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return vig.Errorf(vig.CodeInvalid, "read form", "what was sent is no form")
	}
	return nil
}

// field returns a field of a form, as people mean it: browsers end lines with
// CR LF.
func field(r *http.Request, name string) string {
	return strings.TrimSpace(strings.ReplaceAll(r.PostForm.Get(name), "\r\n", "\n"))
}

// versionField returns which version a form shows. Without one it is none that
// there is.
func versionField(r *http.Request) int {
	n, err := strconv.Atoi(r.PostForm.Get("version"))
	if err != nil || n < 1 {
		return -1
	}
	return n
}

// done sends a browser on after what its form asked for was done, with what to
// say about it: a key of messages/notice.
func done(w http.ResponseWriter, r *http.Request, to, said string) error {
	http.Redirect(w, r, to+"?said="+said, http.StatusSeeOther)
	return nil
}

// wrong returns what to say in a form about an error that whoever filled it in
// can do something about, and whether it is one; with the status of the answer.
func wrong(err error) (text string, status int, ok bool) {
	switch code := vig.CodeOf(err); code {
	case vig.CodeInvalid, vig.CodeConflict, codeOutdated:
		m := meanings[code]
		return m.message(err), m.status, true
	}
	return "", 0, false
}
