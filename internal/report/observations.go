package report

import (
	"bufio"
	"encoding/json"
	"io"

	"attune/internal/vig"
)

// observationJSON is one line of observations.jsonl: one sample, what was
// measured on it and how it was understood. Grid and Sound hold the
// measurements that Motion and Voice were made from.
type observationJSON struct {
	Time   float64              `json:"t"`
	Faces  []faceJSON           `json:"faces"`
	Motion map[vig.PersonID]num `json:"motion"`
	Voice  num                  `json:"voice"`
	Grid   []byte               `json:"grid,omitempty"`  // vig.MotionGrid, base64
	Sound  [][2]num             `json:"sound,omitempty"` // dB and Hz of each vig.SoundFrame since the sample before
}

type faceJSON struct {
	Person     vig.PersonID   `json:"person,omitempty"`
	Box        [4]num         `json:"box"`
	Confidence num            `json:"confidence"`
	Tracked    bool           `json:"tracked,omitempty"`
	Yaw        vig.Reading    `json:"yaw"`
	Pitch      vig.Reading    `json:"pitch"`
	Facing     []vig.PersonID `json:"facing"`
	Smile      vig.Reading    `json:"smile"`
}

// num is written with three decimals at most.
type num float64

// MarshalJSON writes n rounded.
func (n num) MarshalJSON() ([]byte, error) { return json.Marshal(vig.Round3(float64(n))) }

// WriteObservations writes rec as observations.jsonl, one line a sample.
// scenes[i] says how rec.Observations[i] was understood.
func WriteObservations(w io.Writer, rec vig.Recording, scenes []vig.Scene) error {
	buf := bufio.NewWriter(w)
	enc := json.NewEncoder(buf)
	sound := rec.Sound
	heard := 0
	for i, o := range rec.Observations {
		line := observationJSON{
			Time: seconds(o.Time), Faces: []faceJSON{}, Grid: o.Motion,
			Motion: map[vig.PersonID]num{}, Voice: num(scenes[i].Voice),
		}
		for id, v := range scenes[i].Motion {
			line.Motion[id] = num(v)
		}
		for j, f := range o.Faces {
			of := scenes[i].Faces[j]
			line.Faces = append(line.Faces, faceJSON{
				Person: of.Person, Facing: listed(of.Facing),
				Box:        [4]num{num(f.Box.X), num(f.Box.Y), num(f.Box.W), num(f.Box.H)},
				Confidence: num(f.Confidence), Tracked: f.Tracked, Yaw: f.Yaw, Pitch: f.Pitch, Smile: f.Smile,
			})
		}
		until := min(len(sound), int(o.Time/vig.SoundStep))
		if i == len(rec.Observations)-1 {
			until = len(sound)
		}
		for ; heard < until; heard++ {
			line.Sound = append(line.Sound, [2]num{num(sound[heard].Level), num(sound[heard].Pitch)})
		}
		if err := enc.Encode(line); err != nil {
			return err
		}
	}
	return buf.Flush()
}
