package web

import (
	"errors"
	"os"
	"testing"
	"time"

	"attune/internal/store"
	"attune/internal/tusclient"
	"attune/internal/vig"
)

// A service that was off for longer than an upload may rest takes in what is
// whole, and gives up the rest.
func TestUploadsThatRest(t *testing.T) {
	t.Parallel()
	b := untended(t)
	film := filmOf(1, 1<<20)
	whole, err := b.send(t, film)
	ok(t, err)
	begin := func() store.FilmID {
		at, err := b.sender(b.guider).Create(t.Context(), 1000, map[string]string{"case": b.kase.Code})
		ok(t, err)
		return store.FilmID(tusclient.ID(at))
	}
	part, none, lost := begin(), begin(), begin()
	to, err := b.uploads.staging.add(part)
	ok(t, err)
	_, err = to.Write(film[:500])
	ok(t, errors.Join(err, to.commit(), to.close()))
	ok(t, b.uploads.staging.remove(lost)) // as if killed between the record and the place

	ok(t, b.uploads.expire(t.Context(), time.Now().Add(-uploadAge)))
	for _, id := range []store.FilmID{whole, part, none, lost} {
		if _, err := b.Store.Film(t.Context(), id); err != nil {
			t.Errorf("%s does not rest for long: %v", id, err)
		}
	}
	ok(t, b.uploads.expire(t.Context(), time.Now().Add(time.Hour)))
	for _, id := range []store.FilmID{part, none, lost} {
		if _, err := b.Store.Film(t.Context(), id); vig.CodeOf(err) != vig.CodeNotFound {
			t.Errorf("%s is still there: %v", id, err)
		}
	}
	if left, err := os.ReadDir(b.staging); err != nil || len(left) != 2 {
		t.Errorf("left are %v, %v", left, err)
	}
	b.tend(t)
	if f := settled(t, b.Store, b.staging, whole); f.State != store.FilmQueued || f.SHA256 != sumOf(film) {
		t.Errorf("the film is %+v", f)
	}
}
