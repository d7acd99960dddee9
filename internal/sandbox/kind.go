package sandbox

import "regexp"

// Kind is what a child does with a film.
type Kind string

// The kinds of media work.
const (
	Probe       Kind = "probe"        // say what the film is
	Analyze     Kind = "analyze"      // look for moments; cut the draft reel
	Reel        Kind = "reel"         // cut the named spans
	ViewingCopy Kind = "viewing-copy" // make what a browser can play
)

// check is the kind of the children that [Runner.Status] starts.
const check Kind = "check"

// makes says which files a kind may make: a child cannot choose a name. A film
// of four hours has fewer than a thousand moments.
var makes = map[Kind]*regexp.Regexp{
	Probe:       regexp.MustCompile(`^$`),
	Analyze:     regexp.MustCompile(`^((analysis|signals|frames)\.json|observations\.jsonl|report\.html|reel\.mp4|stills/m[1-9][0-9]{0,2}\.jpg)$`),
	Reel:        regexp.MustCompile(`^reel\.mp4$`),
	ViewingCopy: regexp.MustCompile(`^viewing\.mp4$`),
	check:       regexp.MustCompile(`^$`),
}
