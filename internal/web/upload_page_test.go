package web

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"attune/internal/tusclient"
)

// page asks for a page, or sends a form without a field, and follows nowhere.
func (b *taker) page(t *testing.T, as asker, method, path string) (status int, to, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, b.server.URL+path, nil)
	ok(t, err)
	r.Header.Set("Authorization", "Bearer "+as.token)
	got, err := b.client.Transport.RoundTrip(r)
	ok(t, err)
	text, err := io.ReadAll(got.Body)
	ok(t, err)
	ok(t, got.Body.Close())
	return got.StatusCode, got.Header.Get("Location"), string(text)
}

// The page lists what has begun, where it can be given up, and what has arrived.
func TestUploadPage(t *testing.T) {
	t.Parallel()
	b := take(t)
	cycles, err := b.Store.Cycles(t.Context(), b.kase.ID)
	ok(t, err)
	at := "/cycles/" + string(cycles[0].ID) + "/upload"
	shows := func(texts ...string) {
		t.Helper()
		status, _, body := b.page(t, b.guider, http.MethodGet, at)
		for _, text := range texts {
			if status != http.StatusOK || !strings.Contains(strings.ReplaceAll(body, "\u00a0", " "), text) {
				t.Errorf("the page, with status %d, has no %q: %s", status, text, body)
			}
		}
	}
	shows(`endpoint="/api/v1/uploads/"`, "may have up to 67.1 MB")
	film := filmOf(1, 1<<20)
	begin := func() string {
		t.Helper()
		address, err := b.sender(b.guider).Create(t.Context(), int64(len(film)), map[string]string{"filename": "visit.mp4", "cycle": string(cycles[0].ID)})
		ok(t, err)
		id := tusclient.ID(address)
		if got := b.tus(t, b.guider, http.MethodPatch, uploadsPath+id, map[string]string{"Upload-Offset": "0"}, string(film[:1<<19])); got.status != http.StatusNoContent {
			t.Fatalf("status %d", got.status)
		}
		return id
	}
	id := begin()
	shows("<strong>visit.mp4</strong>: 524 kB of 1.0 MB has arrived.", `data-begun="/api/v1/uploads/`+id+`"`)
	giveUp := func(as asker, id string, status int, to string) {
		t.Helper()
		if got, led, body := b.page(t, as, http.MethodPost, "/films/"+id+"/give-up"); got != status || led != to {
			t.Errorf("giving up: status %d, to %q: %s", got, led, body)
		}
	}
	giveUp(b.other, id, http.StatusNotFound, "")
	giveUp(b.guider, id, http.StatusSeeOther, at)
	giveUp(b.guider, id, http.StatusNotFound, "")
	arrived, err := b.send(t, film)
	ok(t, err)
	settled(t, b.Store, b.staging, arrived)
	shows(`data-film="`+string(arrived)+`"`, "It is the next to be looked at.")
	giveUp(b.guider, string(arrived), http.StatusSeeOther, at) // too late: it is there
	shows(`data-film="` + string(arrived) + `"`)
}
