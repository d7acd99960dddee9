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
// is still let in, and still sees what it is about: a film takes long over a
// telephone line, and an account can be disabled meanwhile, or a share end.
type leave struct {
	h *Web
	r *http.Request // as it was authenticated

	mu     sync.Mutex
	looked time.Time
	may    func(context.Context) error // nil until the request is about somebody's case
	over   error                       // once it is refused it stays so
}

// leaveKey is where a slow request has its leave, for about.
type leaveKey struct{}

func (h *Web) leaveOf(r *http.Request) *leave { return &leave{h: h, r: r, looked: time.Now()} }

// request is the request, which knows its leave.
func (l *leave) request() *http.Request {
	return l.r.WithContext(context.WithValue(l.r.Context(), leaveKey{}, l))
}

// about remembers what a slow request may see, as it was found out for ctx: that
// is asked again while it goes on.
func about(ctx context.Context, may func(context.Context) error) {
	l, _ := ctx.Value(leaveKey{}).(*leave)
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.may = may
}

// holds fails once the request may no more go on. Records that cannot be read now
// are read the next time. What lasts by itself is no use of a session.
func (l *leave) holds() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over != nil || time.Since(l.looked) < l.h.beat {
		return l.over
	}
	l.looked = time.Now()
	known, err := l.h.authenticate(l.r.WithContext(context.WithValue(l.r.Context(), untouched{}, true)))
	if err == nil && l.may != nil {
		err = l.may(known.Context())
	}
	if code := vig.CodeOf(err); code == codeUnauthenticated || code == vig.CodeNotFound {
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
