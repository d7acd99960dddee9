package page

// Pages leads through a list that is too long for one page.
type Pages struct {
	From, To int // which of its rows are shown, from 1
	Of       int // how many there are
	Number   int // of the page, from 1
	Last     int // number of the last one
	// Previous and Next are the addresses of the pages beside it, "" where there is
	// none.
	Previous, Next string
}

// Several says whether there is more than one page.
func (p Pages) Several() bool { return p.Last > 1 }
