package page

// Welcome is where a link leads that works once: somebody chooses how they sign
// in from then on.
type Welcome struct {
	Secret   string // of the link
	Name     string // of the account
	Choose   bool   // the name too
	Problem  string // "short", "simple", "name", "long", "differ", "taken", "empty", "gone"; "" for none
	Provider string // of accounts elsewhere; "" where there is none
}

// Gone says whether there is no such link any more.
func (w Welcome) Gone() bool { return w.Problem == "gone" }

func (Welcome) template() string { return "welcome" }
