package tusclient

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"attune/internal/vig"
)

// server speaks as much tus as one upload needs, and now and then says no. The
// real one is in the tests of web.
type server struct {
	got     []byte
	refuse  []int  // the statuses of the next answers
	why     string // with them
	nowhere bool   // it does not say where the upload is
	asked   []string
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.asked = append(s.asked, r.Method+" "+r.Header.Get("Authorization")+r.Header.Get("Upload-Metadata"))
	if len(s.refuse) > 0 {
		w.WriteHeader(s.refuse[0])
		s.refuse = s.refuse[1:]
		_, _ = io.WriteString(w, s.why)
		return
	}
	switch r.Method {
	case http.MethodPost:
		if !s.nowhere {
			w.Header().Set("Location", "/uploads/abc")
		}
		w.WriteHeader(http.StatusCreated)
	case http.MethodHead:
		w.Header().Set("Upload-Offset", strconv.Itoa(len(s.got)))
	case http.MethodPatch:
		if r.Header.Get("Upload-Offset") != strconv.Itoa(len(s.got)) {
			w.WriteHeader(http.StatusConflict)
			return
		}
		body, _ := io.ReadAll(r.Body)
		s.got = append(s.got, body...)
		w.Header().Set("Upload-Offset", strconv.Itoa(len(s.got)))
		w.WriteHeader(http.StatusNoContent)
	}
}

func setup(t *testing.T) (*server, *Client) {
	s := &server{}
	listening := httptest.NewServer(s)
	t.Cleanup(listening.Close)
	return s, &Client{Endpoint: listening.URL + "/uploads/", Token: "secret", HTTP: listening.Client(), Piece: 100_000}
}

func TestSend(t *testing.T) {
	film := bytes.Repeat([]byte("film "), 100_000)
	for name, refuse := range map[string][]int{
		"well": nil, "busy": {503, 500, 429, 423}, "broken off": {400}, "elsewhere": {409}, "bad gateway": {502, 502},
	} {
		t.Run(name, func(t *testing.T) {
			s, c := setup(t)
			s.refuse = refuse
			upload, err := c.Create(t.Context(), int64(len(film)), map[string]string{"filename": "a.mp4", "case": "V-17"})
			if err != nil || ID(upload) != "abc" {
				t.Fatalf("%q, %v", upload, err)
			}
			s.refuse = refuse
			if err := c.Send(t.Context(), upload, bytes.NewReader(film), int64(len(film))); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(s.got, film) {
				t.Errorf("the server got %d other bytes", len(s.got))
			}
			if want := "POST Bearer secretcase Vi0xNw==,filename YS5tcDQ="; s.asked[0] != want {
				t.Errorf("it was asked %q, want %q", s.asked[0], want)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	for status, code := range map[int]vig.Code{
		401: vig.CodeForbidden, 403: vig.CodeForbidden, 404: vig.CodeNotFound, 410: vig.CodeNotFound, 413: vig.CodeUnsupported,
		415: vig.CodeUnsupported, 422: vig.CodeInvalid, 507: vig.CodeInternal,
	} {
		s, c := setup(t)
		s.refuse, s.why = []int{status}, `{"error":{"code":"x","message":"This is not a film."}}`
		_, err := c.Create(t.Context(), 10, nil)
		refused, is := errors.AsType[*Refused](err)
		if !is || refused.Status != status || refused.Why != "This is not a film." || vig.CodeOf(err) != code {
			t.Errorf("%d: %v", status, err)
		}
		if len(s.asked) != 1 {
			t.Errorf("%d: asked %d times", status, len(s.asked))
		}
	}
}

func TestGivesUp(t *testing.T) {
	s, c := setup(t)
	c.Patience = 300 * time.Millisecond
	for range 100 {
		s.refuse = append(s.refuse, http.StatusServiceUnavailable)
	}
	_, err := c.Create(t.Context(), 10, nil)
	if refused, is := errors.AsType[*Refused](err); !is || refused.Status != http.StatusServiceUnavailable || len(s.asked) < 2 {
		t.Errorf("after %d tries: %v", len(s.asked), err)
	}

	c.Patience = 0
	ctx, cancel := context.WithTimeoutCause(t.Context(), 50*time.Millisecond, errors.New("enough"))
	defer cancel()
	if _, err := c.Create(ctx, 10, nil); err == nil || !strings.Contains(err.Error(), "enough") {
		t.Errorf("stopped: %v", err)
	}
}

func TestStrangeServer(t *testing.T) {
	s, c := setup(t)
	s.nowhere = true
	if upload, err := c.Create(t.Context(), 10, nil); err == nil {
		t.Errorf("the upload is at %q", upload)
	}
	s.got = make([]byte, 20)
	if err := c.Send(t.Context(), c.Endpoint+"abc", bytes.NewReader(make([]byte, 10)), 10); err == nil || len(s.asked) != 2 {
		t.Errorf("a server that has more than there is: %v", err)
	}
	if _, err := (&Client{Endpoint: ":"}).Create(t.Context(), 10, nil); err == nil {
		t.Error("an address that is none")
	}
}
