package web

import (
	"net/http"

	"attune/internal/vig"
)

type queueJSON struct {
	Name     string         `json:"name"`
	Waiting  int            `json:"waiting"`
	Retrying int            `json:"retrying"`
	Running  int            `json:"running"`
	Archived int            `json:"archived"`
	Latency  float64        `json:"latency_s"`
	Paused   bool           `json:"paused"`
	Failures []failuresJSON `json:"failures"`
}

type failuresJSON struct {
	Why      string `json:"why"`
	Retrying int    `json:"retrying"`
	Archived int    `json:"archived"`
}

func showQueue(q QueueSize) queueJSON {
	shown := queueJSON{
		Name: q.Name, Waiting: q.Waiting, Retrying: q.Retrying, Running: q.Running, Archived: q.Archived,
		Latency: seconds(q.Latency), Paused: q.Paused, Failures: make([]failuresJSON, len(q.Failures)),
	}
	for i, f := range q.Failures {
		shown.Failures[i] = failuresJSON(f)
	}
	return shown
}

// listQueues is what admins see: numbers.
func (h *Web) listQueues(w http.ResponseWriter, r *http.Request) error {
	queues, err := h.Queue.Queues(r.Context())
	if err != nil {
		return err
	}
	shown := make([]queueJSON, len(queues))
	for i, q := range queues {
		shown[i] = showQueue(q)
	}
	h.answer(w, r, http.StatusOK, map[string][]queueJSON{"queues": shown})
	return nil
}

func (h *Web) pauseQueue(w http.ResponseWriter, r *http.Request) error {
	return h.setPaused(w, r, true)
}

func (h *Web) resumeQueue(w http.ResponseWriter, r *http.Request) error {
	return h.setPaused(w, r, false)
}

// setPaused answers with the queue as it is then.
func (h *Web) setPaused(w http.ResponseWriter, r *http.Request, paused bool) error {
	name := idOf(r, "queue")
	if err := h.pause(r.Context(), name, paused); err != nil {
		return err
	}
	queues, err := h.Queue.Queues(r.Context())
	if err != nil {
		return err
	}
	for _, q := range queues {
		if q.Name == name {
			h.answer(w, r, http.StatusOK, showQueue(q))
			return nil
		}
	}
	return &vig.Error{Code: vig.CodeNotFound, Op: "find queue"}
}
