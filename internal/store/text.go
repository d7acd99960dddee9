package store

import (
	"strings"
	"unicode/utf8"

	"attune/internal/vig"
)

// The longest texts, in bytes.
const (
	maxName   = 255    // of an account, a film, a token or a code: what file systems allow for a name
	maxGoals  = 10_000 // some pages
	maxReason = 1_000  // some sentences
)

// checkText says whether what somebody wrote can be stored: not too long, and
// only what both databases take as text.
func checkText(what, text string, longest int) error {
	switch {
	case len(text) > longest:
		return refuse(vig.CodeInvalid, "%s is longer than %d bytes", what, longest)
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return refuse(vig.CodeInvalid, "%s has bytes that are no text", what)
	}
	return nil
}

// checkName is checkText for what must not be empty.
func checkName(what, text string) error {
	if strings.TrimSpace(text) == "" {
		return refuse(vig.CodeInvalid, "%s is empty", what)
	}
	return checkText(what, text, maxName)
}

// reasonOf makes any reason storable: a film must not stay stuck because of
// the words with which it failed.
func reasonOf(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "�"), "\x00", "�")
	if len(text) > maxReason {
		text = strings.ToValidUTF8(text[:maxReason], "")
	}
	return text
}
