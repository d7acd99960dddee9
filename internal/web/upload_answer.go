package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"attune/internal/vig"
)

// Codes that only uploads have.
const (
	codeGone vig.Code = "gone" // refused, or forgotten
	codeFull vig.Code = "full"
)

// uploadMeanings adds to the table of answers what only uploads have.
var uploadMeanings = map[vig.Code]meaning{
	codeGone: {http.StatusGone, true, "This upload is over.", "Look at the film for what became of it."},
	codeFull: {http.StatusInsufficientStorage, true, "There is no room left for films.", "Ask whoever looks after the service to make room, and go on then: what was sent is kept."},
}

// answerTo returns the status and the body with which err is answered.
func answerTo(err error) (status int, body []byte) {
	code := vig.CodeOf(err)
	m, known := meanings[code]
	if !known {
		m, known = uploadMeanings[code]
	}
	if !known {
		code = vig.CodeInternal
		m = meanings[code]
	}
	return m.status, sayFailure(code, m.message(err))
}

// sayFailure returns the body of the answer to a request that failed.
func sayFailure(code vig.Code, message string) []byte {
	var body errorBody
	body.Error.Code, body.Error.Message = code, message
	text, err := json.Marshal(body)
	if err != nil { // of two strings
		return nil
	}
	return append(text, '\n')
}

// tusAnswer makes the answers of tusd those of the service: failures in the same
// form, addresses without the host, which a proxy may know better.
type tusAnswer struct {
	http.ResponseWriter
	replaced bool // the body was, and what comes of it is not sent
}

// Unwrap is for [http.ResponseController].
func (a *tusAnswer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// WriteHeader is that of [http.ResponseWriter].
func (a *tusAnswer) WriteHeader(status int) {
	header := a.Header()
	if at, err := url.Parse(header.Get("Location")); err == nil && at.Path != "" {
		header.Set("Location", at.Path)
	}
	if status < http.StatusBadRequest || header.Get("Content-Type") == "application/json" {
		a.ResponseWriter.WriteHeader(status)
		return
	}
	header.Del("Content-Length")
	header.Set("Content-Type", "application/json")
	a.replaced = true
	a.ResponseWriter.WriteHeader(status)
	// Whoever asked may have gone.
	_, _ = a.ResponseWriter.Write(sayFailure(codeOfTus(status), strings.TrimSpace(meaningOfTus(status))))
}

// Write is that of [http.ResponseWriter].
func (a *tusAnswer) Write(p []byte) (int, error) {
	if a.replaced {
		return len(p), nil
	}
	return a.ResponseWriter.Write(p)
}

// codeOfTus is the code of a failure that tusd answers by itself.
func codeOfTus(status int) vig.Code {
	switch status {
	case http.StatusNotFound:
		return vig.CodeNotFound
	case http.StatusConflict, http.StatusLocked:
		return vig.CodeConflict
	case http.StatusRequestEntityTooLarge:
		return codeTooLarge
	case http.StatusMethodNotAllowed:
		return codeMethod
	}
	if status >= http.StatusInternalServerError {
		return vig.CodeInternal
	}
	return vig.CodeInvalid
}

// meaningOfTus says the same to people.
func meaningOfTus(status int) string {
	switch status {
	case http.StatusConflict, http.StatusLocked:
		return "The upload is at another place. Ask by HEAD how far it is, and go on from there."
	case http.StatusRequestEntityTooLarge:
		return "The film is longer than can be taken, or than was announced. Send a shorter one."
	case http.StatusPreconditionFailed:
		return "This address speaks tus 1.0.0. Send the header 'Tus-Resumable: 1.0.0'."
	case http.StatusBadRequest:
		return "The request broke off, or is none of tus 1.0.0. Ask by HEAD how far the upload is, and go on from there."
	}
	m := meanings[codeOfTus(status)]
	return m.what + " " + m.next
}
