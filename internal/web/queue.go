package web

import "net/http"

type queueJSON struct {
	Name     string  `json:"name"`
	Waiting  int     `json:"waiting"`
	Running  int     `json:"running"`
	Archived int     `json:"archived"`
	Latency  float64 `json:"latency_s"`
	Paused   bool    `json:"paused"`
}

// listQueues is what admins see: numbers.
func (h *Web) listQueues(w http.ResponseWriter, r *http.Request) error {
	queues, err := h.Queue.Queues(r.Context())
	if err != nil {
		return err
	}
	shown := make([]queueJSON, len(queues))
	for i, q := range queues {
		shown[i] = queueJSON{q.Name, q.Waiting, q.Running, q.Archived, seconds(q.Latency), q.Paused}
	}
	h.answer(w, r, http.StatusOK, map[string][]queueJSON{"queues": shown})
	return nil
}
