package page

// Home is the list of a guider's cases.
type Home struct {
	Cases []HomeCase
}

// HomeCase is one case in the list.
type HomeCase struct {
	ID   string
	Code string // of the client
}

func (Home) template() string { return "home" }
