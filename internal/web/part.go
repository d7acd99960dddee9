package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"attune/internal/web/page"
)

// partRows is how many rows of a long list a page shows: all that most people
// have, and little enough for a page of 300 kB of the longest that there can be.
const partRows = 50

// part is which part of a long list an address asks for.
type part struct {
	find   string // what is looked for; "" is everything
	number int    // of the page, from 1
}

// partOf reads which part of a list is asked for. What cannot be meant is the
// first.
func partOf(r *http.Request) part {
	q := r.URL.Query()
	asked := part{find: strings.TrimSpace(q.Get("find")), number: 1}
	if len(asked.find) > maxTyped {
		asked.find = strings.ToValidUTF8(asked.find[:maxTyped], "")
	}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 1 {
		asked.number = n
	}
	return asked
}

// finds says whether a name has in it what is looked for, in capitals or not.
func (p part) finds(name string) bool {
	return strings.Contains(strings.ToLower(name), strings.ToLower(p.find))
}

// address returns where the part is of the list at path, of which more is asked
// for besides.
func (p part) address(path string, more url.Values) string {
	q := url.Values{}
	for name, values := range more {
		q[name] = values
	}
	if p.find != "" {
		q.Set("find", p.find)
	}
	if p.number > 1 {
		q.Set("page", strconv.Itoa(p.number))
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// glance is how many rows of a list are taken in without looking for one: about as
// many as there are on a screen.
const glance = 10

// find returns the form that looks for some of so many, of that kind (what), in
// the list at path, of which more is asked for besides; nil where all are taken in
// at a glance.
func find(of int, asked part, what, path string, more url.Values) *page.Find {
	if of <= glance && asked.find == "" {
		return nil
	}
	return &page.Find{Path: path, What: what, Text: asked.find, All: part{}.address(path, more)}
}

// cut returns the rows that are asked for, the last ones where the list has
// become shorter, and how one gets to the others.
func cut[T any](rows []T, asked part, path string, more url.Values) ([]T, page.Pages) {
	last := max(1, (len(rows)+partRows-1)/partRows)
	asked.number = min(asked.number, last)
	from := (asked.number - 1) * partRows
	to := min(from+partRows, len(rows))
	shown := page.Pages{From: from + 1, To: to, Of: len(rows), Number: asked.number, Last: last}
	at := func(number int) string { return part{asked.find, number}.address(path, more) }
	if asked.number > 1 {
		shown.Previous = at(asked.number - 1)
	}
	if asked.number < last {
		shown.Next = at(asked.number + 1)
	}
	return rows[from:to], shown
}
