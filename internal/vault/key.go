package vault

import (
	"strings"

	"attune/internal/vig"
)

// OriginalKey is where a film lies as it was uploaded.
func OriginalKey[ID ~string](film ID) string { return FilmPrefix(film) + "original" }

// FilmPrefix begins every key of what belongs to a film, but for its reels.
func FilmPrefix[ID ~string](film ID) string { return "films/" + string(film) + "/" }

// ResultKey is where a file lies that an attempt made of a film: one of
// analysis.json, signals.json, frames.json, observations.jsonl, report.html,
// reel.mp4, stills/m1.jpg.
func ResultKey[ID ~string](film ID, attempt, file string) string {
	return FilmPrefix(film) + attempt + "/" + file
}

// ViewingCopyKey is where the copy lies that an attempt made of a film that
// browsers do not play.
func ViewingCopyKey[ID ~string](film ID, attempt string) string {
	return ResultKey(film, attempt, "viewing.mp4")
}

// ReelKey is where a reel lies that an attempt rendered.
func ReelKey[ID ~string](reel ID, attempt string) string {
	return ReelPrefix(reel) + attempt + ".mp4"
}

// ReelPrefix begins every key of what belongs to a reel.
func ReelPrefix[ID ~string](reel ID) string { return "reels/" + string(reel) + "/" }

// maxKey is what every kind of bucket takes: S3 and Google 1,024 bytes, Azure
// as many characters.
const maxKey = 1024

// maxSegment is what file systems of Linux take as a name.
const maxSegment = 255

// checkKey takes keys that mean the same in a folder and in every kind of
// bucket: segments of letters, digits and "._-" with "/" between, none of which
// begins with a dot. So no key leads out of the folder, and none is a file that
// is still being written.
func checkKey(op, key string) error {
	if len(key) > maxKey {
		return vig.Errorf(vig.CodeInvalid, op, "a key of %d characters is longer than %d", len(key), maxKey)
	}
	for segment := range strings.SplitSeq(key, "/") {
		if segment == "" || segment[0] == '.' || len(segment) > maxSegment || strings.ContainsFunc(segment, strange) {
			return vig.Errorf(vig.CodeInvalid, op, "%q is no key", key)
		}
	}
	return nil
}

// checkPrefix takes what a key may begin with.
func checkPrefix(op, prefix string) error {
	if prefix == "" {
		return nil
	}
	return checkKey(op, strings.TrimSuffix(prefix, "/"))
}

// strange says whether a key may not have the letter r.
func strange(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '.', r == '_', r == '-':
		return false
	}
	return true
}
