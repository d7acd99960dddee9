package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"attune/internal/vig"
)

// Service is one service, and for whom it is asked.
type Service struct {
	Address string       // as http://127.0.0.1:8080
	Token   string       // of an account
	HTTP    *http.Client // nil is http.DefaultClient; it must not have a timeout: films are long
}

// Case is the work with one client.
type Case struct {
	ID   string `json:"id"`
	Code string `json:"code"`
}

// Film is a film and how far the work on it is.
type Film struct {
	ID     string `json:"id"`
	SHA256 string `json:"sha256"`
	State  string `json:"state"`
	Reason string `json:"reason"`
	Place  int    `json:"place"` // in the queue; 1 is next, 0 is not in it
}

// The states of a film after which nothing happens by itself.
const (
	Ready     = "ready"
	Confirmed = "confirmed"
	Refused   = "refused"
	Failed    = "failed"
	Forgotten = "forgotten"
)

// Uploads returns the address to which films are sent.
func (s *Service) Uploads() string { return s.at("/api/v1/uploads/") }

// FilmAddress returns the address of a film, or of what belongs to it, as
// "reel.mp4".
func (s *Service) FilmAddress(id, part string) string {
	return s.at("/api/v1/films/" + url.PathEscape(id) + strings.TrimSuffix("/"+part, "/"))
}

// FilmPage returns the address of the page on which people find a film: its
// state, and from there its review, once they are signed in.
func (s *Service) FilmPage(id string) string { return s.at("/films/" + url.PathEscape(id)) }

func (s *Service) at(path string) string { return strings.TrimSuffix(s.Address, "/") + path }

// CaseByCode returns the account's case with that code, notfound if there is
// none.
func (s *Service) CaseByCode(ctx context.Context, code string) (Case, error) {
	var found struct{ Cases []Case }
	if err := s.get(ctx, s.at("/api/v1/cases?code="+url.QueryEscape(code)), &found); err != nil {
		return Case{}, err
	}
	if len(found.Cases) == 0 {
		return Case{}, vig.Errorf(vig.CodeNotFound, "find case", "there is none with this code")
	}
	return found.Cases[0], nil
}

// CreateCase makes a case.
func (s *Service) CreateCase(ctx context.Context, code string) (Case, error) {
	var made Case
	text, err := json.Marshal(map[string]string{"code": code})
	if err != nil {
		return made, err
	}
	return made, s.ask(ctx, http.MethodPost, s.at("/api/v1/cases"), bytes.NewReader(text), &made)
}

// SameFilm returns a film of the case with the same bytes, if there is one.
func (s *Service) SameFilm(ctx context.Context, of Case, sha256 string) (Film, bool, error) {
	after := ""
	for {
		var page struct {
			Films []Film
			Next  string
		}
		err := s.get(ctx, s.at("/api/v1/cases/"+url.PathEscape(of.ID)+"/films?limit=1000&after="+url.QueryEscape(after)), &page)
		if err != nil {
			return Film{}, false, err
		}
		for _, f := range page.Films {
			if f.SHA256 == sha256 && f.State != Refused && f.State != Forgotten {
				return f, true, nil
			}
		}
		if page.Next == "" {
			return Film{}, false, nil
		}
		after = page.Next
	}
}

// Retry queues a film again that failed.
func (s *Service) Retry(ctx context.Context, id string) error {
	return s.ask(ctx, http.MethodPost, s.FilmAddress(id, "retry"), nil, &Film{})
}

// Fetch writes what lies at an address of the service to w.
func (s *Service) Fetch(ctx context.Context, address string, w io.Writer) error {
	resp, err := s.send(ctx, http.MethodGet, address, nil, nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(w, resp.Body)
	return err
}

func (s *Service) get(ctx context.Context, address string, into any) error {
	return s.ask(ctx, http.MethodGet, address, nil, into)
}

// answerTime is how long the answer to a short question may take.
const answerTime = time.Minute

func (s *Service) ask(ctx context.Context, method, address string, body io.Reader, into any) error {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	resp, err := s.send(ctx, method, address, body, nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return json.NewDecoder(resp.Body).Decode(into)
}

// send sends a request. An answer that is a failure is one; else the caller
// closes its body.
func (s *Service) send(ctx context.Context, method, address string, body io.Reader, header http.Header) (*http.Response, error) {
	const op = "ask the service"
	r, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return nil, vig.Errorf(vig.CodeInvalid, op, "%w", err)
	}
	for name, values := range header {
		r.Header[name] = values
	}
	r.Header.Set("Authorization", "Bearer "+s.Token)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	client := s.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(r)
	if err != nil {
		if failed, ok := errors.AsType[*url.Error](err); ok {
			err = failed.Err // without the address, which the reader knows
		}
		return nil, fmt.Errorf("%s at %s: %w", op, s.Address, err)
	}
	if resp.StatusCode < http.StatusBadRequest {
		return resp, nil
	}
	defer resp.Body.Close()
	var said struct {
		Error struct {
			Code    vig.Code
			Message string
		}
	}
	if json.NewDecoder(io.LimitReader(resp.Body, 64<<10)).Decode(&said) != nil || said.Error.Message == "" {
		return nil, vig.Errorf(vig.CodeInternal, op, "it answered %s", resp.Status)
	}
	return nil, vig.Errorf(said.Error.Code, op, "%s", said.Error.Message)
}
