package report

import (
	"bufio"
	"encoding/json"
	"errors"
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
	Sound  [][]num              `json:"sound,omitempty"` // dB and Hz of each vig.SoundFrame since the sample before, and Hz of a second voice
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
	Gaze       vig.Reading    `json:"gaze,omitzero"`     // only where the eyes were seen
	Colours    []byte         `json:"colours,omitempty"` // vig.Colours, base64; older files have none
}

// colours returns c as it is written: nothing where nothing was seen.
func colours(c vig.Colours) []byte {
	if c == (vig.Colours{}) {
		return nil
	}
	return c[:]
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
				Confidence: num(f.Confidence), Tracked: f.Tracked, Yaw: f.Yaw, Pitch: f.Pitch, Smile: f.Smile, Gaze: f.Gaze,
				Colours: colours(f.Colours),
			})
		}
		until := min(len(sound), int(o.Time/vig.SoundStep))
		if i == len(rec.Observations)-1 {
			until = len(sound)
		}
		for ; heard < until; heard++ {
			f := sound[heard]
			frame := []num{num(f.Level), num(f.Pitch)}
			if f.Other > 0 {
				frame = append(frame, num(f.Other))
			}
			line.Sound = append(line.Sound, frame)
		}
		if err := enc.Encode(line); err != nil {
			return err
		}
	}
	return buf.Flush()
}

// ReadObservations reads an observations.jsonl: the measurements, and how they
// were understood. What the file does not hold, the film's duration and aspect,
// stays zero in the recording; analysis.json has both. It fails with
// vig.CodeInvalid, naming the line, where the text is not one.
func ReadObservations(r io.Reader) (vig.Recording, []vig.Scene, error) {
	var rec vig.Recording
	var scenes []vig.Scene
	dec := json.NewDecoder(r)
	for n := 1; ; n++ {
		var line observationJSON
		err := dec.Decode(&line)
		if errors.Is(err, io.EOF) {
			return rec, scenes, nil
		}
		if err != nil {
			return rec, nil, vig.Errorf(vig.CodeInvalid, "read observations", "line %d: %w", n, err)
		}
		o := vig.Observation{Time: duration(line.Time), Motion: line.Grid}
		s := vig.Scene{Time: o.Time, Voice: float64(line.Voice), Motion: map[vig.PersonID]float64{}}
		for id, v := range line.Motion {
			s.Motion[id] = float64(v)
		}
		for _, f := range line.Faces {
			b := f.Box
			face := vig.Face{
				Box:        vig.Box{X: float64(b[0]), Y: float64(b[1]), W: float64(b[2]), H: float64(b[3])},
				Confidence: float64(f.Confidence), Tracked: f.Tracked, Yaw: f.Yaw, Pitch: f.Pitch, Smile: f.Smile, Gaze: f.Gaze,
			}
			copy(face.Colours[:], f.Colours)
			o.Faces = append(o.Faces, face)
			s.Faces = append(s.Faces, vig.FaceOf{Person: f.Person, Facing: f.Facing})
		}
		for _, f := range line.Sound {
			if len(f) < 2 {
				return rec, nil, vig.Errorf(vig.CodeInvalid, "read observations", "line %d: %d numbers of a frame of sound", n, len(f))
			}
			frame := vig.SoundFrame{Level: float64(f[0]), Pitch: float64(f[1])}
			if len(f) > 2 {
				frame.Other = float64(f[2])
			}
			rec.Sound = append(rec.Sound, frame)
		}
		rec.Observations = append(rec.Observations, o)
		scenes = append(scenes, s)
	}
}
