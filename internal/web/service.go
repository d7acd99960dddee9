package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"attune/internal/vig"
	"attune/internal/web/page"
)

// servicePath is the page on which admins see how the service does.
const servicePath = "/admin"

// What an admin did, as the page says it.
const (
	donePaused  = "paused"
	doneResumed = "resumed"
	doneStopped = "stopped"
	doneRetried = "retried"
	doneChanged = "changed" // nothing: it had changed meanwhile
)

var dones = []string{donePaused, doneResumed, doneStopped, doneRetried, doneChanged}

// showService is the page on which admins see how the service does: numbers and
// ids, as what it is about is none of their business.
func (h *Web) showService(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	shown := page.Service{Live: servicePath + "/state", Monitor: h.Monitor != nil}
	if done := r.URL.Query().Get("done"); slices.Contains(dones, done) {
		shown.Done = done
	}
	if err := h.fillQueues(ctx, &shown); err != nil {
		// The records tell the rest, and that it is away is worth saying.
		h.log.WarnContext(ctx, "queue cannot be looked at", "error", err)
		shown.Away, shown.Queues, shown.Workers = true, nil, nil
	}
	if err := h.fillWork(ctx, &shown); err != nil {
		return err
	}
	used, err := h.storage(ctx)
	if err != nil && vig.CodeOf(err) != codeUnavailable {
		return err
	}
	if err == nil {
		shown.Storage = &page.ServiceStorage{
			Originals: page.ServiceAmount(used.Originals), ViewingCopies: page.ServiceAmount(used.ViewingCopies),
			Results: page.ServiceAmount(used.Results), Reels: page.ServiceAmount(used.Reels), Uploads: page.ServiceAmount(used.Uploads),
			Free: used.Free, Reserve: used.Reserve, Measured: used.Measured,
		}
	}
	return h.page(w, r, http.StatusOK, shown)
}

// fillQueues shows what Redis knows.
func (h *Web) fillQueues(ctx context.Context, shown *page.Service) error {
	queues, err := h.Queue.Queues(ctx)
	if err != nil {
		return err
	}
	for _, q := range queues {
		one := page.ServiceQueue{
			Name: q.Name, Waiting: q.Waiting, Retrying: q.Retrying, Running: q.Running, Archived: q.Archived,
			Oldest: q.Latency, Paused: q.Paused, Used: q.Used,
		}
		for _, f := range q.Failures {
			one.Failures = append(one.Failures, page.ServiceFailures(f))
		}
		shown.Queues = append(shown.Queues, one)
	}
	workers, err := h.Queue.Workers(ctx)
	if err != nil {
		return err
	}
	for _, p := range workers {
		one := page.ServiceWorker{
			ID: p.ID, Version: p.Version, Reduced: p.Reduced, Concurrency: p.Concurrency, Running: p.Running,
			Started: p.Started, Seen: p.Seen, Silent: p.Silent,
		}
		for _, c := range p.Confined {
			if c.InForce {
				one.Kept = append(one.Kept, c.Name)
			} else {
				one.NotKept = append(one.NotKept, c.Name)
			}
		}
		shown.Workers = append(shown.Workers, one)
	}
	return nil
}

// fillWork shows what the records know.
func (h *Web) fillWork(ctx context.Context, shown *page.Service) error {
	working, err := h.Store.Working(ctx)
	if err != nil {
		return err
	}
	for _, at := range working {
		one := page.ServiceWork{Kind: at.Kind, ID: at.ID, Worker: at.Worker, Since: at.Since}
		if p := h.progress(ctx, at.ID); p != nil {
			one.Stage, one.Share = p.Stage, p.Share
		}
		i := slices.IndexFunc(shown.Workers, func(w page.ServiceWorker) bool { return w.ID == at.Worker })
		one.Silent = !shown.Away && (i < 0 || shown.Workers[i].Silent)
		shown.Working = append(shown.Working, one)
	}
	reasons, err := h.Store.FailedByReason(ctx, mostFailed)
	if err != nil {
		return err
	}
	for _, f := range reasons {
		shown.Reasons = append(shown.Reasons, page.ServiceReason{Kind: f.Kind, Refused: f.Refused, Reason: told(f.Reason), Count: f.Count, Last: f.Last})
	}
	failed, err := h.Store.Failed(ctx, mostFailed)
	if err != nil {
		return err
	}
	for _, f := range failed {
		shown.Failed = append(shown.Failed, page.ServiceFailed{Kind: f.Kind, ID: f.ID, Refused: f.Refused, Reason: told(f.Reason), At: f.At})
	}
	return nil
}

func (h *Web) pauseFromPage(w http.ResponseWriter, r *http.Request) error {
	done, paused := doneResumed, r.PostFormValue("paused") == "true"
	if paused {
		done = donePaused
	}
	return h.backToService(w, r, done, h.pause(r.Context(), r.PostFormValue("queue"), paused))
}

func (h *Web) cancelFromPage(w http.ResponseWriter, r *http.Request) error {
	return h.backToService(w, r, doneStopped, h.stopWork(r.Context(), r.PostFormValue("kind"), formID(r)))
}

func (h *Web) retryFromPage(w http.ResponseWriter, r *http.Request) error {
	return h.backToService(w, r, doneRetried, h.redoWork(r.Context(), r.PostFormValue("kind"), formID(r)))
}

// formID is the id in a form of the page: that of a film or a reel.
func formID(r *http.Request) string {
	id := r.PostFormValue("id")
	if len(id) > maxID {
		return ""
	}
	return id
}

// backToService leads back to the page, which says what was done. What changed
// meanwhile is no failure there: the page shows how it stands.
func (h *Web) backToService(w http.ResponseWriter, r *http.Request, done string, err error) error {
	switch vig.CodeOf(err) {
	case "":
	case vig.CodeConflict, vig.CodeNotFound:
		done = doneChanged
	default:
		return err
	}
	http.Redirect(w, r, servicePath+"?"+url.Values{"done": {done}}.Encode(), http.StatusSeeOther)
	return nil
}
