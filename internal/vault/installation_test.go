package vault

import (
	"strings"
	"testing"

	"attune/internal/vig"
)

func TestClaim(t *testing.T) {
	onEach(t, func(t *testing.T, b bundle) {
		for range 2 { // the second time it is known
			if err := b.Claim(b.ctx, "mine"); err != nil {
				t.Fatal(err)
			}
		}
		b.put(t, OriginalKey("f"), []byte("x"))
		if err := b.Claim(b.ctx, "mine"); err != nil {
			t.Error(err)
		}
		if err := b.Claim(b.ctx, "another"); vig.CodeOf(err) != vig.CodeConflict || !strings.Contains(err.Error(), "mine") {
			t.Errorf("of another installation: %v", err)
		}
		if got := string(b.get(t, InstallationKey)); got != "mine\n" {
			t.Errorf("it says %q now", got)
		}
	})
}

func TestClaimOfWhatIsNotEmpty(t *testing.T) {
	onEach(t, func(t *testing.T, b bundle) {
		b.put(t, "photos/holiday.jpg", []byte("x"))
		if err := b.Claim(b.ctx, "mine"); vig.CodeOf(err) != vig.CodeConflict || !strings.Contains(err.Error(), `"installation" there with the text mine`) {
			t.Errorf("it is claimed: %v", err)
		}
		if there, err := b.Exists(b.ctx, InstallationKey); err != nil || there {
			t.Errorf("it is marked: %v, %v", there, err)
		}
		b.put(t, InstallationKey, []byte("mine")) // as the error says
		if err := b.Claim(b.ctx, "mine"); err != nil {
			t.Error(err)
		}
	})
}
