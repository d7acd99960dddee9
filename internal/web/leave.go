package web

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"

	"attune/internal/vig"
)

// leave looks now and then, while a slow request goes on, whether whoever sent it
// is still let in: a film takes long over a telephone line, and an account can be
// disabled meanwhile.
type leave struct {
	h *Web
	r *http.Request // as it was authenticated

	mu     sync.Mutex
	looked time.Time
	over   error // once it is refused it stays so
}

func (h *Web) leaveOf(r *http.Request) *leave { return &leave{h: h, r: r, looked: time.Now()} }

// holds fails once the request may no more go on. Records that cannot be read now
// are read the next time. What lasts by itself is no use of a session.
func (l *leave) holds() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over != nil || time.Since(l.looked) < l.h.beat {
		return l.over
	}
	l.looked = time.Now()
	_, err := l.h.authenticate(l.r.WithContext(context.WithValue(l.r.Context(), untouched{}, true)))
	if vig.CodeOf(err) == codeUnauthenticated {
		l.over = err
	}
	return l.over
}

// leaveBody is what a slow request sends, as long as it may.
type leaveBody struct {
	io.ReadCloser
	leave *leave
}

func (b leaveBody) Read(p []byte) (int, error) {
	if err := b.leave.holds(); err != nil {
		return 0, err
	}
	return b.ReadCloser.Read(p)
}
