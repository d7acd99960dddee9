package store

import (
	"context"
	"strings"
)

// Standing is how a case stands: as much of it as tells when its turn is, and
// little enough to be read of all cases of a guider.
type Standing struct {
	Case     CaseID
	Code     string // of the client
	Archived bool
	// Cycle is its latest. Its goal is not read, and of its words only the first
	// letter: whether there are any.
	Cycle Cycle
	Films []FilmState // that films of the cycle are in, each once, in no order
}

func scanStanding(row scanner) (Standing, error) {
	var c Standing
	var states string
	err := row.Scan(&c.Case, &c.Code, &c.Archived, &c.Cycle.ID, &c.Cycle.Number, stamp{&c.Cycle.Created}, &c.Cycle.Version,
		stamp{&c.Cycle.FilmedOn}, stamp{&c.Cycle.ReviewOn}, &c.Cycle.Words, stamp{&c.Cycle.Done}, &states)
	c.Cycle.Case = c.Case
	for state := range strings.FieldsSeq(states) {
		c.Films = append(c.Films, FilmState(state))
	}
	return c, err
}

// Standings returns how all cases of a guider stand, the newest first.
func (s *Store) Standings(ctx context.Context, guider AccountID) ([]Standing, error) {
	return rows(ctx, s, "list how cases stand", scanStanding, `
		SELECT c.id, c.code, c.archived <> 0, y.id, y.number, y.created, y.version, y.filmed_on, y.review_on, SUBSTR(y.words, 1, 1), y.done,
			COALESCE((SELECT STRING_AGG(state, ' ') FROM (SELECT DISTINCT f.state FROM films f WHERE f.cycle_id = y.id) AS states), '')
		FROM cases c JOIN cycles y ON y.case_id = c.id
		WHERE c.guider_id = $1 AND y.number = (SELECT MAX(latest.number) FROM cycles latest WHERE latest.case_id = c.id)
		ORDER BY c.id DESC`, guider)
}

// CasesOf returns the cases of these ids that there are, by their ids. They are
// as many as are on one page.
func (s *Store) CasesOf(ctx context.Context, ids []CaseID) (map[CaseID]Case, error) {
	var l listing
	if !among(&l, "c.id", ids) {
		return map[CaseID]Case{}, nil
	}
	found, err := rows(ctx, s, "list cases", scanCase, selectCase+l.conditions(), l.args...)
	cases := make(map[CaseID]Case, len(found))
	for _, c := range found {
		cases[c.ID] = c
	}
	return cases, err
}

// NewestFilms returns, of each of these cycles, the newest film in each state
// that one is in, the newest first. The cycles are as many as are on one page.
func (s *Store) NewestFilms(ctx context.Context, of []CycleID) ([]Film, error) {
	var l listing
	if !among(&l, "cycle_id", of) {
		return nil, nil
	}
	return rows(ctx, s, "list newest films", scanFilm,
		selectFilm+` WHERE f.id IN (SELECT MAX(id) FROM films`+l.conditions()+` GROUP BY cycle_id, state) ORDER BY f.id DESC`, l.args...)
}

// ClipCount is how many clips a film has, deleted ones not counted.
type ClipCount struct {
	All  int
	Kept int
}

// ClipCounts returns how many clips these films have; those without a clip are
// left out. The films are as many as are on one page.
func (s *Store) ClipCounts(ctx context.Context, of []FilmID) (map[FilmID]ClipCount, error) {
	var l listing
	if !among(&l, "film_id", of) {
		return map[FilmID]ClipCount{}, nil
	}
	type count struct {
		film FilmID
		ClipCount
	}
	found, err := rows(ctx, s, "count clips", func(row scanner) (c count, err error) {
		return c, row.Scan(&c.film, &c.All, &c.Kept)
	}, `SELECT film_id, COUNT(*), COUNT(CASE WHEN state = 'kept' THEN 1 END) FROM clips`+
		l.conditions()+` AND deleted = 0 GROUP BY film_id`, l.args...)
	counts := make(map[FilmID]ClipCount, len(found))
	for _, c := range found {
		counts[c.film] = c.ClipCount
	}
	return counts, err
}

// LatestCycles returns the number of the latest cycle of each of these cases.
func (s *Store) LatestCycles(ctx context.Context, of []CaseID) (map[CaseID]int, error) {
	var l listing
	if !among(&l, "case_id", of) {
		return map[CaseID]int{}, nil
	}
	found, err := rows(ctx, s, "count cycles", func(row scanner) (y Cycle, err error) {
		return y, row.Scan(&y.Case, &y.Number)
	}, `SELECT case_id, MAX(number) FROM cycles`+l.conditions()+` GROUP BY case_id`, l.args...)
	numbers := make(map[CaseID]int, len(found))
	for _, y := range found {
		numbers[y.Case] = y.Number
	}
	return numbers, err
}
