package web

import (
	"net/http"
	"time"
)

type workerJSON struct {
	ID          string            `json:"id"`
	Version     string            `json:"version"`
	Reduced     bool              `json:"reduced"`
	Confined    []confinementJSON `json:"confined"`
	Concurrency int               `json:"concurrency"`
	Running     int               `json:"running"`
	Started     time.Time         `json:"started"`
	Seen        time.Time         `json:"seen"`
	Silent      bool              `json:"silent"`
}

type confinementJSON struct {
	Name    string `json:"name"`
	InForce bool   `json:"in_force"`
}

// listWorkers is who works on films, for admins.
func (h *Web) listWorkers(w http.ResponseWriter, r *http.Request) error {
	workers, err := h.Queue.Workers(r.Context())
	if err != nil {
		return err
	}
	shown := make([]workerJSON, len(workers))
	for i, p := range workers {
		shown[i] = workerJSON{
			ID: p.ID, Version: p.Version, Reduced: p.Reduced, Confined: make([]confinementJSON, len(p.Confined)),
			Concurrency: p.Concurrency, Running: p.Running, Started: p.Started, Seen: p.Seen, Silent: p.Silent,
		}
		for j, c := range p.Confined {
			shown[i].Confined[j] = confinementJSON(c)
		}
	}
	h.answer(w, r, http.StatusOK, map[string][]workerJSON{"workers": shown})
	return nil
}
