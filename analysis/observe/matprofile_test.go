//go:build matprofile

package observe

import (
	"bytes"
	"testing"
	"time"

	"gocv.io/x/gocv"

	"attune/internal/vig"
)

// TestMatsClosed counts the Mats that stay open after Close, when all went well
// and when samples were refused.
func TestMatsClosed(t *testing.T) {
	samples, _ := session(t)
	eachMode(t, func(t *testing.T, cfg Config) {
		before := gocv.MatProfile.Count()
		o, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range samples {
			if _, err := o.Observe(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			if _, err := o.Observe(t.Context(), vig.Sample{Time: s.Time + time.Millisecond}); err == nil {
				t.Fatalf("sample %d: nothing was observed without an error", i)
			}
		}
		if err := o.Close(); err != nil {
			t.Error(err)
		}
		if _, err := New(Config{CascadeDir: t.TempDir()}); err == nil {
			t.Error("an Observer without cascades")
		}
		if open := gocv.MatProfile.Count() - before; open != 0 {
			var where bytes.Buffer
			gocv.MatProfile.WriteTo(&where, 1) //nolint:errcheck // a buffer
			t.Errorf("%d Mats left open:\n%s", open, where.String())
		}
	})
}
