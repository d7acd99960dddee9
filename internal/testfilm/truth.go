package testfilm

import (
	"encoding/json"
	"os"
	"time"

	"attune/internal/vig"
)

// FacingYaw is the rule for facing: of the two people of the session, one
// faces the other while the head is turned to the side of the picture on which
// the other is by at least so many degrees. Both doing so is mutual facing. A
// passer-by neither faces nor is faced.
const FacingYaw = 30

// SharedSmile is a span in which both people of the session smile at half
// strength or more for at least sharedSmileLength. Waiting is a span of at
// least waitLength in which the adult faces the child and the child does not
// look back, and neither speaks.
const (
	smiling           = 0.5
	sharedSmileLength = 400 * time.Millisecond
	waitLength        = 2 * time.Second
)

// Truth is what is to be seen and heard in a film. In JSON, times are
// nanoseconds.
type Truth struct {
	Width, Height int // as displayed
	Rotation      int
	Duration      time.Duration   // of the script; the last frame ends about there
	Frames        []time.Duration // time of every frame from the first
	Marks         []time.Duration // when flashes and beeps begin

	Step   time.Duration // from one State to the next
	People []Person

	Chains       []Chain // those that lie in the film from end to end
	MutualFacing []vig.Span
	SharedSmiles []vig.Span
	Waits        []vig.Span
}

// Person is one person of a film.
type Person struct {
	Name   string
	Role   vig.Role
	States []State // the i-th is at i × Step
	Voices []vig.Span
}

// State is what one person does at one time. The heads in the picture are
// turned in steps, by which they may be off: half of yawStep and pitchStep.
type State struct {
	Box        vig.Box // of the face: from brow to chin, from ear to ear or the nose's tip
	InView     bool    // the middle of Box is in the picture
	Yaw, Pitch float64 // degrees
	Smile      float64 // 0–1
	Moving     float64 // 0–1
	Speaking   bool
	Facing     string // the name of who is faced, or ""
}

// Chain is a scripted chain of turns.
type Chain struct {
	Span      vig.Span // from the start of the initiative to the end of the last turn
	Initiator string
	Steps     []Step // in order of their starts
}

// Step is one link of a chain.
type Step struct {
	Kind StepKind
	Who  string
	Span vig.Span
}

// StepKind says what a step is in its chain.
type StepKind string

// The steps, in the order in which they come first.
const (
	Initiative StepKind = "initiative"  // a sound, with a turn of the head to the other
	Reception  StepKind = "reception"   // the other turns to the initiator
	Response   StepKind = "response"    // and answers
	SecondTurn StepKind = "second turn" // the initiator answers in turn
	Further    StepKind = "turn"        // and so on
)

// stateStep is the grid of [Truth]: one frame at 25 a second.
const stateStep = 40 * time.Millisecond

// Truth returns what is to be seen and heard in f, without making it.
func (f Film) Truth() *Truth { return f.whole().truth() }

// truth derives what can be seen in f, whose defaults are filled in.
func (f Film) truth() *Truth {
	t := &Truth{
		Width: f.Width, Height: f.Height, Rotation: f.Rotation,
		Duration: f.Duration, Frames: f.frames(), Marks: f.marks(),
		Step: stateStep,
	}
	whole := vig.Span{End: f.Duration} // the script may be longer
	for _, c := range f.Script.Chains {
		if c.Span.Clamp(whole) == c.Span {
			t.Chains = append(t.Chains, c)
		}
	}
	for i := range f.Script.Actors {
		a := &f.Script.Actors[i]
		p := Person{Name: a.Name, Role: a.Role}
		for _, v := range a.Voices {
			if span := v.Span.Clamp(whole); span.Length() > 0 {
				p.Voices = append(p.Voices, span)
			}
		}
		aspect := float64(f.Width) / float64(f.Height)
		for at := time.Duration(0); at < f.Duration; at += stateStep {
			q := a.at(at, aspect)
			box := faceBox(a, q, aspect)
			x, y := box.Center()
			p.States = append(p.States, State{
				Box:    vig.Box{X: vig.Round3(box.X), Y: vig.Round3(box.Y), W: vig.Round3(box.W), H: vig.Round3(box.H)},
				InView: x > 0 && x < 1 && y > 0 && y < 1,
				Yaw:    vig.Round3(q.yaw), Pitch: vig.Round3(q.pitch),
				Smile: vig.Round3(q.mien.smile), Moving: vig.Round3(q.move), Speaking: q.speaking,
			})
		}
		t.People = append(t.People, p)
	}
	adult, child := t.Role(vig.RoleAdult), t.Role(vig.RoleChild)
	if adult == nil || child == nil {
		return t
	}
	face(adult, child)
	t.MutualFacing = t.spans(stateStep, func(i int) bool {
		return adult.States[i].Facing != "" && child.States[i].Facing != ""
	})
	t.SharedSmiles = t.spans(sharedSmileLength, func(i int) bool {
		return adult.States[i].Smile >= smiling && child.States[i].Smile >= smiling
	})
	t.Waits = t.spans(waitLength, func(i int) bool {
		a, c := adult.States[i], child.States[i]
		return a.Facing != "" && c.Facing == "" && !a.Speaking && !c.Speaking
	})
	return t
}

// face fills in who of the two faces whom.
func face(a, b *Person) {
	for i := range a.States {
		s, o := &a.States[i], &b.States[i]
		side := 1.0 // of b, as seen from a
		if o.Box.X < s.Box.X {
			side = -1
		}
		if s.Yaw*side >= FacingYaw {
			s.Facing = b.Name
		}
		if -o.Yaw*side >= FacingYaw {
			o.Facing = a.Name
		}
	}
}

// spans returns the spans of at least so long in which is holds.
func (t *Truth) spans(least time.Duration, is func(i int) bool) []vig.Span {
	var spans []vig.Span
	n := len(t.People[0].States)
	for i := 0; i < n; i++ {
		from := i
		for i < n && is(i) {
			i++
		}
		s := vig.Span{Start: time.Duration(from) * t.Step, End: min(time.Duration(i)*t.Step, t.Duration)}
		if i > from && s.Length() >= least {
			spans = append(spans, s)
		}
	}
	return spans
}

// Role returns the first person with role r, or nil.
func (t *Truth) Role(r vig.Role) *Person {
	for i := range t.People {
		if t.People[i].Role == r {
			return &t.People[i]
		}
	}
	return nil
}

// At returns what p does at the time nearest to at; p must have states.
func (t *Truth) At(p *Person, at time.Duration) State {
	i := int((at + t.Step/2) / t.Step)
	return p.States[max(0, min(i, len(p.States)-1))]
}

// Save writes t as JSON to the file at path.
func (t *Truth) Save(path string) error {
	b, err := json.Marshal(t)
	if err != nil {
		return vig.Errorf(vig.CodeInternal, "save truth", "%w", err)
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		return vig.Errorf(vig.CodeInternal, "save truth", "%w", err)
	}
	return nil
}

// Load reads what [Truth.Save] wrote.
func Load(path string) (*Truth, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, vig.Errorf(vig.CodeNotFound, "load truth", "%w", err)
	}
	var t Truth
	if err := json.Unmarshal(b, &t); err != nil {
		return nil, vig.Errorf(vig.CodeInvalid, "load truth", "%w", err)
	}
	return &t, nil
}
