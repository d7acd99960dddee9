package page

// Accessibility says what was done so that everybody can use the pages, and
// what they cannot do yet.
type Accessibility struct{}

func (Accessibility) template() string { return "accessibility" }
