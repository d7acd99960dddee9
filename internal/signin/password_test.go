package signin

import (
	"context"
	"strings"
	"testing"

	"github.com/alexedwards/argon2id"

	"attune/internal/vig"
)

func TestWeakness(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ password, name, want string }{
		{"three calm meals", "anna", ""}, {"Zwölf Bäume grün", "", ""}, {"日本語のとても長い合言葉です", "", ""},
		{"", "", "short"}, {"elevenchars", "", "short"}, {"ééééééééééé", "", "short"},
		{"aaaaaaaaaaaaaaaa", "", "simple"}, {"abababababababab", "", "simple"}, {"abcdefghijklmnop", "", "simple"},
		{"1234567890123", "", "simple"}, {"secretsecretsecret", "", "simple"}, {"zyxwvutsrqponm", "", "simple"},
		{"anna likes tea!!", "Anna", "name"}, {"my attune password", "", "name"}, {"to be or not to be", "to", ""},
		{strings.Repeat("abcdefg ", 129), "", "long"}, {"not \xff text at all", "", "long"},
	} {
		if got := Weakness(test.password, test.name); got != test.want {
			t.Errorf("%.40q of %q: %q, want %q", test.password, test.name, got, test.want)
		}
	}
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	p := NewPasswords(0)
	ctx := t.Context()
	hash, err := p.Hash(ctx, "Zwölf Bäume grün")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=65536,t=2,p=1$") {
		t.Fatalf("%s, %v", hash, err)
	}
	again, err := p.Hash(ctx, "Zwölf Bäume grün")
	if err != nil || again == hash {
		t.Errorf("twice the same hash: %v", err)
	}
	cheap, err := argon2id.CreateHash("Zwölf Bäume grün", &argon2id.Params{Memory: 8, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, password, hash string
		right, stale         bool
	}{
		{"right", "Zwölf Bäume grün", hash, true, false},
		{"as another keyboard writes it", "Zwo\u0308lf Ba\u0308ume gru\u0308n", hash, true, false},
		{"wrong", "Zwölf Bäume gelb", hash, false, false},
		{"empty", "", hash, false, false},
		{"no hash", "Zwölf Bäume grün", "", false, false},
		{"no hash, and what nobody has", strings.Repeat("\x00", longest), "", false, false},
		{"far too long", strings.Repeat("x", 1<<20), hash, false, false},
		{"an earlier cost", "Zwölf Bäume grün", cheap, true, true},
	} {
		right, stale, err := p.Check(ctx, test.password, test.hash)
		if err != nil || right != test.right || right && stale != test.stale {
			t.Errorf("%s: %v, %v, %v", test.name, right, stale, err)
		}
	}
	if _, _, err := p.Check(ctx, "x", "no hash"); vig.CodeOf(err) != vig.CodeInternal {
		t.Errorf("a hash that is none: %v", err)
	}
	// Nobody waits for longer than they want to.
	for range atOnce {
		p.turns <- struct{}{}
	}
	over, cancel := context.WithCancel(ctx)
	cancel()
	if _, _, err := p.Check(over, "x", hash); err == nil {
		t.Error("more were tried at once")
	}
}
