package signin

import (
	"context"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"

	"attune/internal/vig"
)

const (
	// memory is what it takes to try one password, in KiB: that of the second choice
	// of RFC 9106, with fewer turns, as one signs in on small machines too; OWASP
	// asks for a third of it at least.
	memory = 64 << 10
	turns  = 2
	// shortest is how many letters a password has at least. Length is what makes it
	// hard to guess; no kinds of letters are asked for (NIST SP 800-63B).
	shortest = 12
	// longest is how many bytes it has at most: a poem, and no work for nothing.
	longest = 1024
	// variety is how many different letters it has at least.
	variety = 5
	// atOnce is how many passwords are tried at once; others wait. It bounds the
	// memory that people who are not signed in can make the service take.
	atOnce = 2
)

// Passwords makes and tries hashes of passwords.
type Passwords struct {
	cost  *argon2id.Params
	turns chan struct{}
	none  func() (string, error) // the hash of a password that nobody has
}

// NewPasswords returns what makes and tries hashes, each of which takes so many
// KiB of memory. 0 means 64 MiB. Whoever signs in with a hash of another cost
// gets a new one.
func NewPasswords(kib uint32) *Passwords {
	if kib == 0 {
		kib = memory
	}
	cost := &argon2id.Params{Memory: kib, Iterations: turns, Parallelism: 1, SaltLength: 16, KeyLength: 32}
	return &Passwords{cost: cost, turns: make(chan struct{}, atOnce), none: sync.OnceValues(func() (string, error) {
		return argon2id.CreateHash(strings.Repeat("\x00", longest), cost)
	})}
}

// Weakness says why a password cannot be chosen by an account of that name: a
// word for the reason, or "" if it can.
func Weakness(password, name string) string {
	password = norm.NFC.String(password)
	name = strings.ToLower(norm.NFC.String(strings.TrimSpace(name)))
	letters := map[rune]bool{}
	for _, c := range password {
		letters[unicode.ToLower(c)] = true
	}
	switch {
	case !utf8.ValidString(password) || len(password) > longest:
		return "long"
	case utf8.RuneCountInString(password) < shortest:
		return "short"
	case len(letters) < variety || inOrder(password):
		return "simple"
	case name != "" && len(name) > 2 && strings.Contains(strings.ToLower(password), name), strings.Contains(strings.ToLower(password), "attune"):
		return "name"
	}
	return ""
}

// inOrder says whether the letters of a password come one after the other, as in
// abcdefghijkl, or it is the same few over and over.
func inOrder(password string) bool {
	steps, last := 0, rune(0)
	for _, c := range strings.ToLower(password) {
		if c == last+1 || c == last-1 || c == '0' && last == '9' {
			steps++
		}
		last = c
	}
	if steps >= utf8.RuneCountInString(password)*3/4 {
		return true
	}
	for n := 1; n <= len(password)/3; n++ {
		if len(password)%n == 0 && strings.Repeat(password[:n], len(password)/n) == password {
			return true
		}
	}
	return false
}

// Hash returns the hash of a password, with how it was made (PHC form).
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	const op = "hash password"
	if err := p.turn(ctx); err != nil {
		return "", err
	}
	defer p.done()
	hash, err := argon2id.CreateHash(norm.NFC.String(password), p.cost)
	if err != nil {
		return "", &vig.Error{Code: vig.CodeInternal, Op: op, Err: err}
	}
	return hash, nil
}

// Check says whether a password is the one of a hash, and whether the hash should
// be made anew. Where there is no hash it takes as long, and is not.
func (p *Passwords) Check(ctx context.Context, password, hash string) (right, stale bool, err error) {
	if err := p.turn(ctx); err != nil {
		return false, false, err
	}
	defer p.done()
	if len(password) > longest {
		password = "" // which nobody has
	}
	none, err := p.none()
	if err != nil {
		return false, false, &vig.Error{Code: vig.CodeInternal, Op: "hash password", Err: err}
	}
	there := hash != ""
	if !there {
		hash = none
	}
	right, made, err := argon2id.CheckHash(norm.NFC.String(password), hash)
	if err != nil {
		return false, false, &vig.Error{Code: vig.CodeInternal, Op: "check password", Err: err}
	}
	return right && there, *made != *p.cost, nil
}

func (p *Passwords) turn(ctx context.Context) error {
	select {
	case p.turns <- struct{}{}:
		return nil
	case <-ctx.Done():
		return &vig.Error{Code: vig.CodeInternal, Op: "wait to check password", Err: ctx.Err()}
	}
}

func (p *Passwords) done() { <-p.turns }
