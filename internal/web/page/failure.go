package page

// Failure is the page in place of one that cannot be shown: what is the
// matter, and what to do about it, as sentences.
type Failure struct {
	Status int    // of HTTP
	What   string // "There is nothing here, or nothing that you may see."
	Next   string // "Check the address, or begin again from your list of cases."
}

func (Failure) template() string { return "failure" }
