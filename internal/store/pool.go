package store

import (
	"context"
	"database/sql"
	"sync/atomic"
)

// pool is the connections by which records are read, and counts what is asked of
// them.
type pool struct {
	*sql.DB
	asked atomic.Int64
}

// QueryContext is that of [sql.DB].
func (p *pool) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	p.asked.Add(1)
	return p.DB.QueryContext(ctx, query, args...)
}

// QueryRowContext is that of [sql.DB].
func (p *pool) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	p.asked.Add(1)
	return p.DB.QueryRowContext(ctx, query, args...)
}

// Queries returns how many queries were asked since the store was opened, those
// of transactions that write not among them: what an answer costs is to be
// bounded, however much the records hold.
func (s *Store) Queries() int64 { return s.reading.asked.Load() }
