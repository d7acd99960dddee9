package page

// Show is the shared review: the clips of a reel, full screen, with nothing
// beside them that was not asked for.
type Show struct {
	FilmID string
	Clips  int
	Review ShowReview
}

// ShowReview is what the script of a shared review gets. It holds addresses and
// times; what may be asked for is fetched when it is.
type ShowReview struct {
	Film     ShowFilm   `json:"film"`
	Clips    []ShowClip `json:"clips"`
	Evidence string     `json:"evidence"` // address of the moments
	Cycle    string     `json:"cycle"`    // address of the cycle; "" where its words are not the viewer's to write
}

// ShowFilm is the film that the clips are of.
type ShowFilm struct {
	Source   string  `json:"src"`
	Copy     bool    `json:"copy"`
	Frames   string  `json:"frames"`
	Duration float64 `json:"duration"` // seconds
}

// ShowClip is one clip.
type ShowClip struct {
	Start float64 `json:"start"` // seconds
	End   float64 `json:"end"`
}

func (Show) template() string { return "show" }
