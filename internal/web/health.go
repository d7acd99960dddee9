package web

import (
	"context"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"attune/internal/vig"
)

// healthz says that the process answers, and nothing about what it needs.
func (h *Web) healthz(w http.ResponseWriter, r *http.Request) error {
	h.answer(w, r, http.StatusOK, map[string]string{"status": "ok"})
	return nil
}

// readyWait is how long the parts may take to answer: whoever asks does so
// every few seconds.
const readyWait = 3 * time.Second

// readyz says whether the records, the vault, the queue and the worker answer, so that
// requests are worth sending here.
func (h *Web) readyz(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), readyWait)
	defer cancel()
	needed := map[string]func(context.Context) error{
		"the records": h.Store.Ping,
		"the vault":   h.vaultReady,
		"the queue":   h.Queue.Ready,
	}
	if h.Worker != nil {
		needed["the worker"] = h.Worker
	}
	var parts errgroup.Group
	for name, ready := range needed {
		parts.Go(func() error {
			if err := ready(ctx); err != nil {
				h.log.WarnContext(ctx, "not ready", "part", name, "error", err)
				return vig.Errorf(codeUnavailable, "check "+name, "%s cannot be reached", name)
			}
			return nil
		})
	}
	if err := parts.Wait(); err != nil {
		return err
	}
	h.answer(w, r, http.StatusOK, map[string]string{"status": "ready"})
	return nil
}

// vaultReady looks for a key that there never is.
func (h *Web) vaultReady(ctx context.Context) error {
	_, err := h.Vault.Exists(ctx, "ready")
	return err
}
