package vig

// PersonID names a person inside one film: "p1", "p2", … It means nothing
// outside that film.
type PersonID string

// Role says who somebody is in the session.
type Role string

// The roles. Without evidence it is RoleUnknown.
const (
	RoleAdult   Role = "adult"
	RoleChild   Role = "child"
	RoleUnknown Role = "unknown"
)

// Person is somebody who was followed through the film.
type Person struct {
	ID       PersonID `json:"id"`
	Role     Role     `json:"role"`
	Coverage float64  `json:"coverage"` // share of the film's samples in which the face was seen, 0–1
}

// Cue is the kind of thing a piece of evidence shows.
type Cue string

// The cues.
const (
	CueMutualFacing Cue = "mutual_facing" // both are turned to each other
	CueFacing       Cue = "facing"        // one is turned to the other
	CueSmile        Cue = "smile"
	CueSharedSmile  Cue = "shared_smile"
	CueVoice        Cue = "voice"
	CueTurns        Cue = "turns" // a chain: turns that answer each other
	CueSynchrony    Cue = "synchrony"
	CueWaiting      Cue = "waiting"
)

// Principle is a group of the principles of attuned interaction that a moment
// may illustrate (Kennedy, Landor and Todd, Video Interaction Guidance, 2011).
type Principle string

// The groups. The last two cannot be seen by software: no moment has them, and
// only a guider says them of a clip.
const (
	BeingAttentive         Principle = "being attentive"
	EncouragingInitiatives Principle = "encouraging initiatives"
	ReceivingInitiatives   Principle = "receiving initiatives"
	AttunedInteractions    Principle = "developing attuned interactions"
	Guiding                Principle = "guiding"
	DeepeningDiscussion    Principle = "deepening discussion"
)

// Principles are all groups, in the order in which they build on each other.
var Principles = []Principle{
	BeingAttentive, EncouragingInitiatives, ReceivingInitiatives, AttunedInteractions, Guiding, DeepeningDiscussion,
}

// Evidence is one thing that was seen or heard in a moment, in words that can
// be checked by watching.
type Evidence struct {
	Cue    Cue
	People []PersonID
	Span   Span
	Text   string
}

// Moment is a span that the signals suggest, with the evidence that made it.
type Moment struct {
	ID         string // "m1", … in order of rank
	Rank       int    // from 1, the strongest suggestion
	Span       Span
	Coverage   float64 // share of the span in which both people were seen, 0–1
	Principles []Principle
	Evidence   []Evidence
}
