package store

import (
	"context"
	"database/sql"
	"time"

	"attune/internal/vig"
)

// RenderState is where a reel or a viewing copy is on its way:
//
//	queued → rendering → ready
//	   ↑         ↓
//	   └─ failed ┘
type RenderState string

// The states.
const (
	RenderQueued    RenderState = "queued"
	RenderRendering RenderState = "rendering"
	RenderReady     RenderState = "ready"
	RenderFailed    RenderState = "failed"
)

// Render is the making of one file from a film: of a reel or a viewing copy.
// Its run, attempt and worker are as those of a film.
type Render struct {
	State    RenderState
	Reason   string        // why it failed, in plain words
	Key      string        // in the vault; "" until it is ready
	Duration time.Duration // of what is made: expected until it is ready, then as it is
	Run      int
	Attempt  string
	Worker   string
	Created  time.Time
	Changed  time.Time
	Queued   time.Time
}

// renderColumns are those of Render, in the order of its fields.
const renderColumns = `state, reason, vault_key, duration, run, attempt, worker, created, changed, queued`

func (r *Render) fields() []any {
	return []any{&r.State, &r.Reason, &r.Key, &r.Duration, &r.Run, &r.Attempt, &r.Worker,
		stamp{&r.Created}, stamp{&r.Changed}, stamp{&r.Queued}}
}

// newRender is one that waits for its first run.
func newRender(duration time.Duration, now time.Time) Render {
	return Render{State: RenderQueued, Duration: duration, Run: 1, Created: now, Changed: now, Queued: now}
}

func (r *Render) due() bool { return r.State == RenderQueued || r.State == RenderRendering }

func (r *Render) begin(run int, attempt, worker string) error {
	if r.Run != run {
		return refuse(vig.CodeConflict, "run %d was asked for, and it is at run %d", run, r.Run)
	}
	if !r.due() {
		return refuse(vig.CodeConflict, "it is %s", r.State)
	}
	r.State, r.Attempt, r.Worker = RenderRendering, attempt, worker
	return nil
}

func (r *Render) publish(attempt, key string, duration time.Duration) error {
	if r.State == RenderReady && r.Attempt == attempt && r.Key == key {
		return nil // the answer to the first time was lost
	}
	if err := r.current(attempt); err != nil {
		return err
	}
	r.State, r.Key, r.Duration, r.Worker = RenderReady, key, duration, ""
	return nil
}

func (r *Render) fail(attempt, reason string) error {
	if attempt != "" {
		if err := r.current(attempt); err != nil {
			return err
		}
	}
	if !r.due() {
		return refuse(vig.CodeConflict, "it is %s", r.State)
	}
	r.State, r.Attempt, r.Worker, r.Reason = RenderFailed, "", "", reason
	return nil
}

func (r *Render) retry(now time.Time) error {
	if r.State == RenderReady {
		return refuse(vig.CodeConflict, "it is ready")
	}
	if r.State == RenderFailed {
		r.Queued = now
	}
	r.State, r.Attempt, r.Worker, r.Reason = RenderQueued, "", "", ""
	r.Run++
	return nil
}

func (r *Render) current(attempt string) error {
	if r.State != RenderRendering || attempt == "" || r.Attempt != attempt {
		return refuse(vig.CodeConflict, "another attempt took over, or it was stopped (it is %s)", r.State)
	}
	return nil
}

// renderTable is a table that holds renders.
type renderTable struct{ name, id string }

var (
	reelTable        = renderTable{"reels", "id"}
	viewingCopyTable = renderTable{"viewing_copies", "film_id"}
)

// moveRender lets move change a render in one transaction that is alone with
// it, and returns what it became.
func (s *Store) moveRender(ctx context.Context, op string, in renderTable, id string, move func(*Render) error) (Render, error) {
	var moved Render
	err := s.change(ctx, op, func(tx *sql.Tx) error {
		if err := s.lock(ctx, tx, in.name, in.id, id); err != nil {
			return err
		}
		var r Render
		err := tx.QueryRowContext(ctx, `SELECT `+renderColumns+` FROM `+in.name+` WHERE `+in.id+` = $1`, id).Scan(r.fields()...)
		if err != nil {
			return err
		}
		before := r
		if err := move(&r); err != nil {
			return err
		}
		moved = r
		if r == before {
			return nil
		}
		r.Changed = s.moment()
		moved = r
		return one(tx.ExecContext(ctx, `UPDATE `+in.name+` SET state = $2, reason = $3, vault_key = $4, duration = $5,
			run = $6, attempt = $7, worker = $8, changed = $9, queued = $10 WHERE `+in.id+` = $1`,
			id, r.State, r.Reason, r.Key, r.Duration, r.Run, r.Attempt, r.Worker, stamp{&r.Changed}, stamp{&r.Queued}))
	})
	return moved, err
}

func (s *Store) beginRender(ctx context.Context, op string, in renderTable, id string, run int, worker string) (string, error) {
	if err := checkText("the worker's id", worker, maxName); err != nil {
		return "", failure(ctx, op, err)
	}
	r, err := s.moveRender(ctx, op, in, id, func(r *Render) error { return r.begin(run, newID(), worker) })
	if err != nil {
		return "", err
	}
	return r.Attempt, nil
}

func (s *Store) publishRender(ctx context.Context, op string, in renderTable, id, attempt, key string, duration time.Duration) error {
	if err := checkName("the key", key); err != nil {
		return failure(ctx, op, err)
	}
	_, err := s.moveRender(ctx, op, in, id, func(r *Render) error { return r.publish(attempt, key, duration) })
	return err
}

func (s *Store) failRender(ctx context.Context, op string, in renderTable, id, attempt, reason string) error {
	_, err := s.moveRender(ctx, op, in, id, func(r *Render) error { return r.fail(attempt, reasonOf(reason)) })
	return err
}

func (s *Store) retryRender(ctx context.Context, op string, in renderTable, id string) (int, error) {
	r, err := s.moveRender(ctx, op, in, id, func(r *Render) error {
		if r.State != RenderFailed {
			return refuse(vig.CodeConflict, "it is %s, and only what failed can be tried again", r.State)
		}
		return r.retry(s.moment())
	})
	if err != nil {
		return 0, err
	}
	return r.Run, nil
}
