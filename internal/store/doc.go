// Package store holds the records: accounts, cases, cycles, films, analyses,
// clips and reels, in SQLite or PostgreSQL. They are the truth of the service;
// Redis is only how work is found.
//
// A film's way:
//
//	             ReceiveFilm          BeginFilm             PublishAnalysis        ConfirmFilm
//	uploading ───────────────▶ queued ───────────▶ analysing ─────────────▶ ready ───────────▶ confirmed
//	    │                       │  ▲ ▲               │ │ │ └─┐ BeginFilm:
//	    │ RefuseFilm            │  │ └───────────────┘ │ └───┘ a new attempt
//	    ├──────────▶ refused ◀──┴──┼─RefuseFilm────────┤
//	    │                          │ RetryFilm         │ FailFilm, CancelFilm
//	    ▼                          └──────── failed ◀──┘ (from queued too)
//	 (gone) ForgetUpload
//
// RetryFilm and RequeueWorker lead from queued or analysing back to queued.
// Every state but uploading may become forgotten, by ForgetFilm; nothing leads
// out of it. Any other move is a conflict.
//
// Two numbers keep work that is run twice, even at once, from counting twice.
// Run counts how often a film was queued: a task names the run it is for, and
// one of another run has nothing to do. Attempt is the token of the last that
// began: only it may publish, so of two attempts at one run the later wins and
// the earlier is told that it lost. Whatever the order, a film has one analysis
// and one draft reel, and they are of the same attempt. Reels and viewing
// copies are made by the same rules.
//
// Errors are [vig.Error]: invalid for what cannot be stored, notfound, conflict
// for a move that the state does not allow or a thing that is there already,
// forbidden for a disabled account. Times are UTC, to the microsecond.
package store
