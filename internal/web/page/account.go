package page

import "time"

// Account is what an account can change about itself.
type Account struct {
	Name        string
	Role        string // "guider", "supervisor", "admin"
	HasPassword bool
	Elsewhere   bool   // it is signed in to with an account elsewhere
	Provider    string // of accounts elsewhere; "" where there is none
	Sessions    int    // browsers that are signed in, this one too
	Tokens      []AccountToken
	Pages       Pages  // of the tokens
	Place       string // where among them this is, as the query of an address: "?page=2"

	Problem string // "wrong", "wait" and those of Welcome; "" for none
	Minutes int    // to wait

	TokenProblem string // why no token was made: "wrong", "wait"; "" for none
	Label        string // of that token, as it was typed

	Done  string // "password", "token_deleted"; "" for nothing
	Token string // the secret of one that was made just now
}

// AccountToken lets a program act for the account.
type AccountToken struct {
	ID      string
	Label   string // in the words of its owner
	Created time.Time
}

func (Account) template() string { return "account" }
