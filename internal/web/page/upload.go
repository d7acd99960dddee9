package page

// Upload is where films are sent to a cycle.
type Upload struct {
	CaseID   string
	CaseCode string // of the client
	CycleID  string
	Cycle    int    // its number
	Endpoint string // where films are sent by tus; "" where this machine takes none
	Most     int64  // bytes that one film may have

	Begun []FilmRow // those that began and are not all there, the newest first
	Films []FilmRow // those that arrived, the newest first
	More  int       // that arrived and are not in Films
}

// FilmRow is one film in a list.
type FilmRow struct {
	FilmState
	Name    string // of the file, as it was sent
	Address string // of its upload
}

func (Upload) template() string { return "upload" }
