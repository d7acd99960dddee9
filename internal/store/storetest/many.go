package storetest

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"attune/internal/store"
)

// Many says how many cases are made at once, and what is in each.
type Many struct {
	Prefix string // of the ids, and of the codes: "many" makes many-000001 first
	Cases  int
	Goals  string
	Films  int // of the one cycle of each, all ready
	Clips  int // of each film; the first is kept
}

// MakeMany makes cases of a guider's in the database at url, faster than one by
// one.
func MakeMany(t testing.TB, url string, guider store.AccountID, many Many) {
	t.Helper()
	driver, at := "pgx", url
	if path, is := strings.CutPrefix(url, "sqlite:"); is {
		driver, at = "sqlite", path
	}
	db := must[*sql.DB](t)(sql.Open(driver, at))
	defer db.Close()
	count := func(name string, n int) string {
		return fmt.Sprintf(`%[1]s (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM %[1]s WHERE i < %[2]d)`, name, n)
	}
	// One text for both databases, in which every number has as many digits as the next.
	const c, f, k = `$1 || '-' || SUBSTR(CAST(1000000 + c.i AS TEXT), 2)`, `CAST(100 + f.i AS TEXT)`, `CAST(1000 + k.i AS TEXT)`
	run := func(statement string, args ...any) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), statement, append([]any{many.Prefix}, args...)...); err != nil {
			t.Fatal(err)
		}
	}
	run(`INSERT INTO cases (id, guider_id, code, goals, created) WITH RECURSIVE `+count("c", many.Cases)+`
		SELECT `+c+`, $2, `+c+`, $3, c.i FROM c`, guider, many.Goals)
	run(`INSERT INTO cycles (id, case_id, number, created) WITH RECURSIVE ` + count("c", many.Cases) + `
		SELECT ` + c + `, ` + c + `, 1, c.i FROM c`)
	if many.Films == 0 {
		return
	}
	run(`INSERT INTO films (id, cycle_id, name, size, state, run, duration, created, changed) WITH RECURSIVE ` +
		count("c", many.Cases) + `, ` + count("f", many.Films) + `
		SELECT ` + c + ` || '-' || ` + f + `, ` + c + `, 'visit.mp4', 1, 'ready', 1, 600000000000, c.i, c.i FROM c, f`)
	if many.Clips == 0 {
		return
	}
	run(`INSERT INTO clips (id, film_id, moment, rank, starts, ends, state) WITH RECURSIVE ` +
		count("c", many.Cases) + `, ` + count("f", many.Films) + `, ` + count("k", many.Clips) + `
		SELECT ` + c + ` || '-' || ` + f + ` || '-' || ` + k + `, ` + c + ` || '-' || ` + f + `, 'm' || k.i, k.i, 1, 2,
			CASE WHEN k.i = 1 THEN 'kept' ELSE 'suggested' END FROM c, f, k`)
}
