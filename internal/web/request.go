package web

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"attune/internal/store"
	"attune/internal/vig"
)

// decode reads the JSON of a request into v.
func decode(r *http.Request, v any) error {
	const op = "read request"
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return vig.Errorf(vig.CodeUnsupported, op, "the request is to have the header 'Content-Type: application/json'")
	}
	body := json.NewDecoder(r.Body)
	body.DisallowUnknownFields()
	if err := body.Decode(v); err != nil {
		return notJSON(err)
	}
	if _, err := body.Token(); !errors.Is(err, io.EOF) {
		return vig.Errorf(vig.CodeInvalid, op, "there is more than one value in the request")
	}
	return nil
}

// notJSON says what is wrong with a request, in the words of encoding/json
// without its prefix.
func notJSON(err error) error {
	const op = "read request"
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return vig.Errorf(vig.CodeInvalid, op, "%q cannot be a %s", wrong.Field, wrong.Value)
	}
	return vig.Errorf(vig.CodeInvalid, op, "the request is no JSON of the form that is wanted (%s)", strings.TrimPrefix(err.Error(), "json: "))
}

// idOf returns the id in the path of a request; "" where it is nothing that an
// id can be, which is found nowhere.
func idOf(r *http.Request, name string) string {
	id := r.PathValue(name)
	if len(id) > maxID || strings.ContainsFunc(id, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return ""
	}
	return id
}

// maxID is more than a UUID has.
const maxID = 64

// pageOf reads which page of a list is asked for.
func pageOf(r *http.Request) (store.Page, error) {
	const op = "read request"
	q := r.URL.Query()
	p := store.Page{After: q.Get("after"), Limit: pageLimit}
	if len(p.After) > maxID {
		return p, vig.Errorf(vig.CodeInvalid, op, "'after' is no id")
	}
	if text := q.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxPageLimit {
			return p, vig.Errorf(vig.CodeInvalid, op, "'limit' is %q, and 1 to %d can be had", text, maxPageLimit)
		}
		p.Limit = n
	}
	return p, nil
}

// The lengths of a page: those of the records.
const (
	pageLimit    = 100
	maxPageLimit = 1000
)

// paged makes the answers of one page of a list, and says where the next
// begins: "" if this is the last.
func paged[T, J any](all []T, page store.Page, id func(T) string, show func(T) J) (shown []J, next string) {
	shown = make([]J, len(all)) // an empty list is one too
	for i, one := range all {
		shown[i] = show(one)
	}
	if len(all) > 0 && len(all) == page.Limit {
		next = id(all[len(all)-1])
	}
	return shown, next
}

// seconds is how times within a film are told, to the millisecond.
func seconds(d time.Duration) float64 { return vig.Round3(d.Seconds()) }

// exact is seconds for what is sent back again: to the microsecond, and never
// beyond the time itself. A clip that begins with a frame of a film of 30/1.001
// frames a second would lose it, or gain one, by less.
func exact(d time.Duration) float64 { return d.Truncate(time.Microsecond).Seconds() }

// duration is the other way round, to the nearest nanosecond: cut off, 1.001 s
// would come back as a nanosecond less, and be told as 1.000999 s the next time.
func duration(s float64) time.Duration { return time.Duration(math.Round(s * float64(time.Second))) }
