package page

// Review is where a guider goes from suggested moments to kept clips.
type Review struct {
	CaseID      string
	Code        string // of the client
	CycleID     string
	CycleNumber int
	FilmID      string
	Name        string // of the film's file
	MayChange   bool   // false for who may only look
	Confirmed   bool   // the guider is done with the film
	Viewing     string // state of the viewing copy; "" where browsers play the film itself
	Silent      bool   // the film has no sound
	NotSeen     []string
	Data        ReviewData
}

func (Review) template() string { return "review" }

// Groups are all commands with keys.
func (Review) Groups() []KeyGroup { return ReviewKeys }

// Playable says whether the film can be played yet.
func (r Review) Playable() bool { return r.Viewing == "" || r.Viewing == "ready" }

// ReviewData is what the page's script works with. Times are seconds from the
// first frame.
type ReviewData struct {
	Film       ReviewFilm        `json:"film"`
	MayChange  bool              `json:"may_change"`
	Moments    []ReviewMoment    `json:"moments"`
	Goals      []string          `json:"goals"`      // the client's, in their words
	Principles []string          `json:"principles"` // that a clip can be tagged with
	Keys       map[string]string `json:"keys"`       // key → command
	Review     any               `json:"review"`     // as the API tells it
}

// ReviewFilm says where the film is.
type ReviewFilm struct {
	ID       string  `json:"id"`
	Duration float64 `json:"duration_s"`
	Source   string  `json:"src"`
	Frames   string  `json:"frames"`
	Signals  string  `json:"signals"`
	Viewing  string  `json:"viewing"`
}

// ReviewMoment is a suggested moment with its evidence.
type ReviewMoment struct {
	ID         string           `json:"id"`
	Rank       int              `json:"rank"`
	Start      float64          `json:"start_s"`
	End        float64          `json:"end_s"`
	Coverage   float64          `json:"coverage"`
	Principles []string         `json:"principles"`
	Evidence   []ReviewEvidence `json:"evidence"`
	Still      string           `json:"still,omitempty"` // address of its picture
}

// ReviewEvidence is one thing that was seen or heard.
type ReviewEvidence struct {
	Cue   string  `json:"cue"`
	Start float64 `json:"start_s"`
	End   float64 `json:"end_s"`
	Text  string  `json:"text"`
}

// KeyCommands says which key gives which command.
func KeyCommands() map[string]string {
	commands := map[string]string{}
	for _, group := range ReviewKeys {
		for _, key := range group.Keys {
			for _, one := range key.Keys {
				commands[one] = key.Command
			}
		}
	}
	return commands
}
