package vig

import "time"

// Scene is one sample as it was understood: whose faces these are, who is
// turned to whom, who moves, and whether there was a voice.
type Scene struct {
	Time   time.Duration
	Faces  []FaceOf             // one for each face of the observation, in its order
	Motion map[PersonID]float64 // movement of each followed person, 0–1; none where the person's place is not known
	Voice  float64              // share of the time since the sample before with a voice in it, 0–1
}

// FaceOf says whose face one face of an observation is.
type FaceOf struct {
	Person PersonID   // "" for nobody who was followed
	Facing []PersonID // whom the face is turned to
}
