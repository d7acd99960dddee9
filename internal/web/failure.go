package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"attune/internal/vig"
)

// meaning is what a kind of failure is to whoever asked: the status, a sentence
// that says what is the matter, and one that says what to do. Where the failure
// has words of its own for people, they stand in place of the first.
type meaning struct {
	status int
	told   bool // the failure's own words are for people
	what   string
	next   string
}

// meanings is the one table from codes to answers.
var meanings = map[vig.Code]meaning{
	vig.CodeInvalid:     {http.StatusBadRequest, true, "The request cannot be understood.", "Correct it and send it again."},
	vig.CodeUnsupported: {http.StatusUnsupportedMediaType, true, "This kind of thing is not taken here.", "Send it in another form."},
	vig.CodeNotFound:    {http.StatusNotFound, false, "There is nothing here, or nothing that you may see.", "Check the address, or begin again from your list of cases."},
	vig.CodeConflict:    {http.StatusConflict, true, "This does not go with how things stand now.", "Fetch it again to see how it stands."},
	vig.CodeForbidden:   {http.StatusForbidden, true, "This is not for your account.", "Ask whoever looks after the service, if it should be."},
	vig.CodeInternal:    {http.StatusInternalServerError, false, "Something went wrong here, and it was noted.", "Try again in a little while; nothing of yours is lost."},

	codeUnauthenticated: {http.StatusUnauthorized, false, "The request shows no token that is known here.", "Send the header 'Authorization: Bearer TOKEN'; 'attune account token' makes one."},
	codeTooLarge:        {http.StatusRequestEntityTooLarge, false, "The request is too long.", "Send less at once."},
	codeMethod:          {http.StatusMethodNotAllowed, false, "This address does not take that kind of request.", "See /api/v1/openapi.yaml for what it takes."},
	codeUnconditional:   {http.StatusPreconditionRequired, false, "The request does not say what it changes.", "Send the ETag of what you saw in the header If-Match."},
	codeOutdated:        {http.StatusPreconditionFailed, false, "It was changed meanwhile, perhaps in another window.", "Fetch it again, and change that."},
	codeTooMany:         {http.StatusTooManyRequests, true, "This account asks for more at once than it may.", "End some of it, or try again in a little while."},
	codeUnavailable:     {http.StatusServiceUnavailable, true, "The service is not ready.", "Try again in a little while."},
}

// Codes that only HTTP has.
const (
	codeUnauthenticated vig.Code = "unauthenticated"
	codeTooLarge        vig.Code = "too_large"
	codeMethod          vig.Code = "method"
	codeUnconditional   vig.Code = "unconditional"
	codeOutdated        vig.Code = "outdated"
	codeTooMany         vig.Code = "too_many"
	codeUnavailable     vig.Code = "unavailable"
)

// errorBody is the answer to a request that failed.
type errorBody struct {
	Error struct {
		Code    vig.Code `json:"code"`
		Message string   `json:"message"`
	} `json:"error"`
}

// fail answers a request that failed, and notes what is our own fault.
func (h *Web) fail(w http.ResponseWriter, r *http.Request, err error) {
	code, m := h.explain(w, r, err)
	if code == "" {
		return
	}
	var body errorBody
	body.Error.Code, body.Error.Message = code, m.message(err)
	if code == codeUnauthenticated {
		w.Header().Set("WWW-Authenticate", `Bearer realm="attune"`)
	}
	h.answer(w, r, m.status, body)
}

// explain returns what a failure means, and notes what is our own fault; "" if
// whoever asked has gone.
func (h *Web) explain(w http.ResponseWriter, r *http.Request, err error) (vig.Code, meaning) {
	code := vig.CodeOf(err)
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		code = codeTooLarge
	}
	m, known := meanings[code]
	if !known {
		code = vig.CodeInternal
		m = meanings[code]
	}
	switch code {
	case vig.CodeInternal:
		if r.Context().Err() != nil && errors.Is(err, context.Canceled) {
			return "", meaning{}
		}
		h.log.ErrorContext(r.Context(), "request failed", "route", r.Pattern, "error", err)
	case codeUnavailable, codeTooMany:
		w.Header().Set("Retry-After", "5")
	}
	return code, m
}

// message is what a failure says to people.
func (m meaning) message(err error) string { return m.happened(err) + " " + m.next }

// happened is what of it says what is the matter.
func (m meaning) happened(err error) string {
	if m.told {
		if said := sentence(words(err)); said != "" {
			return said
		}
	}
	return m.what
}

// words returns what the innermost of our errors says of itself, without the
// actions around it.
func words(err error) string {
	said := ""
	for {
		e, ok := errors.AsType[*vig.Error](err)
		if !ok {
			return said
		}
		if e.Err == nil {
			return e.Op
		}
		said, err = e.Err.Error(), e.Err
	}
}

// sentence makes a sentence of the words of an error.
func sentence(said string) string {
	said = strings.Join(strings.Fields(said), " ")
	if said == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(said)
	said = string(unicode.ToUpper(first)) + said[size:]
	if strings.ContainsRune(".!?", rune(said[len(said)-1])) {
		return said
	}
	return said + "."
}

// answer sends v as JSON.
func (h *Web) answer(w http.ResponseWriter, r *http.Request, status int, v any) {
	text, err := json.Marshal(v)
	if err != nil {
		h.log.ErrorContext(r.Context(), "request failed", "route", r.Pattern, "error", err)
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n')) // whoever asked may have gone
}
