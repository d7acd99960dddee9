// Package jobs does the work that films are waiting for, with asynq: it
// enqueues tasks, runs them, tells how far they are, and sees to it that what
// the records say is due is queued or running.
//
// The records (internal/store) are the truth; Redis is only how work is found.
// A task carries an opaque id and the run of its record, nothing else:
//
//	type               queue         task id               what it does
//	reel:render        reels         reel:ID:RUN           cuts the clips that a guider keeps
//	film:analyze       films         film:ID:RUN           looks for moments, cuts the draft reel
//	film:viewing-copy  films         viewing-copy:ID:RUN   makes a copy that browsers can play
//	film:sweep         housekeeping  sweep:HOUR            deletes what nothing refers to
//
// Reels go strictly before films; housekeeping goes beside them, one at a time,
// whatever waits. Every task may
// run twice, even at once: a task whose run is not the record's any more ends
// without doing anything, each run begins under a new attempt token, writes
// into the vault under keys of its own, and only the attempt that is still the
// record's current one may publish. Who loses deletes what it wrote.
//
// For admins, every worker says through Redis that it is there and what confines
// its work ([Client.Workers]); queues can be paused ([Client.Pause]), which a
// wiped Redis forgets, and tell what failed by its reason ([Client.Queues]).
//
// # What happens when something dies
//
//   - The child process that works on a film: the task is tried again; at the
//     second crash the film is quarantined by its hash, with a reason.
//   - The worker, started again on the same machine: [Worker.Run] gives what was
//     running there back to the records under a new run and enqueues it, at once.
//   - The worker, for good: asynq's lease on its tasks ends after 30 s, another
//     worker's recoverer finds that within 30 s of grace and its minute, and
//     queues the task again without delay: 125 s at the most.
//   - Redis: workers try until it is back. What it lost is enqueued again by the
//     reconciler, which compares the records with the queues at every start and
//     every 30 s.
//   - Nothing, but the worker is told to stop: what runs is stopped and handed
//     back as above, before [Worker.Run] returns.
package jobs
