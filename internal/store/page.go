package store

import (
	"fmt"
	"strings"
)

// Page is a part of a long list. Its zero value is the beginning.
type Page struct {
	After string // the id of the last one of the page before; "" begins
	Limit int    // 0 means 100; 1,000 at most
}

const (
	pageLimit    = 100
	maxPageLimit = 1000
)

func (p Page) limit() int {
	if p.Limit <= 0 {
		return pageLimit
	}
	return min(p.Limit, maxPageLimit)
}

// listing is a query of a list, the newest first.
type listing struct {
	where []string
	args  []any
}

// only keeps the rows whose column has the value, if there is a value.
func (l *listing) only(column, value string) {
	if value != "" {
		l.args = append(l.args, value)
		l.where = append(l.where, fmt.Sprintf("%s = $%d", column, len(l.args)))
	}
}

// among keeps the rows whose column has one of the values; false where there is
// none, and so no row.
func among[T ~string](l *listing, column string, values []T) bool {
	places := make([]string, len(values))
	for i, v := range values {
		l.args = append(l.args, string(v))
		places[i] = fmt.Sprintf("$%d", len(l.args))
	}
	l.where = append(l.where, column+" IN ("+strings.Join(places, ", ")+")")
	return len(values) > 0
}

// conditions returns what the rows are chosen by, as SQL.
func (l *listing) conditions() string {
	if len(l.where) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(l.where, " AND ")
}

// page returns the query of one page, by the column id.
func (l *listing) page(query, id string, p Page) (string, []any) {
	if p.After != "" {
		l.args = append(l.args, p.After)
		l.where = append(l.where, fmt.Sprintf("%s < $%d", id, len(l.args)))
	}
	query += l.conditions()
	return fmt.Sprintf("%s ORDER BY %s DESC LIMIT %d", query, id, p.limit()), l.args
}
