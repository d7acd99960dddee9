package page

import "time"

// Accounts is where accounts are looked after.
type Accounts struct {
	All   []AccountsRow
	Pages Pages
	Find  *Find  // nil where all can be seen at a glance
	Place string // where in the list this is, as the query of an address: "?page=2"

	Problem string // "taken", "empty"; "" for none
	Name    string // as it was typed
	Done    string // "disable", "enable"; "" for nothing
	Of      string // name of the account that something was done with
	Link    string // one that was made just now, for that account
	Expires time.Time
}

// AccountsRow is one account.
type AccountsRow struct {
	ID      string
	Name    string
	Role    string // "guider", "supervisor", "admin"
	State   string // "invited", "active", "elsewhere", "disabled", "tokens"
	Created time.Time
	Self    bool // it is the viewer's
}

// Disabled says whether the account is shut out.
func (a AccountsRow) Disabled() bool { return a.State == "disabled" }

func (Accounts) template() string { return "accounts" }
