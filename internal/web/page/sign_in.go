package page

// SignIn asks who somebody is.
type SignIn struct {
	Name     string // as it was typed
	Next     string // where they wanted to go
	Problem  string // "wrong", "wait", "elsewhere", "unknown"; "" for none
	Minutes  int    // to wait
	Provider string // of accounts elsewhere; "" where there is none
}

func (SignIn) template() string { return "sign_in" }
