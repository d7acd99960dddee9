package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"attune/internal/vig"
)

var (
	//go:embed page.html
	pageHTML string
	//go:embed page.css
	pageCSS string
	//go:embed page.js
	pageJS string

	pageTemplate = template.Must(template.New("page").Parse(pageHTML))

	// pageScript allows the page its own script and no other: CSP wants the hash
	// of what stands between the tags.
	pageScript = func() string {
		sum := sha256.Sum256([]byte(pageJS))
		return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
	}()
)

// PageHead returns what every report.html of this version begins with. It holds
// the policy by which a browser runs no script in the page but ours, whatever
// follows.
func PageHead() ([]byte, error) {
	var page bytes.Buffer
	if err := (Page{}).Write(&page); err != nil {
		return nil, err
	}
	head, _, _ := bytes.Cut(page.Bytes(), []byte("<title>"))
	return head, nil
}

// Page is what report.html shows.
type Page struct {
	Analysis Analysis
	Signals  []vig.Signal
	Frames   vig.FrameIndex    // not shown, but written beside the page; empty where the film was not read
	Stills   map[string][]byte // JPEG by id of moment; a moment without one shows none
	Reel     string            // address of the reel relative to the page; "" where there is none
	Clips    []time.Duration   // where in the reel each moment of the draft reel begins
}

// Write writes the page. It is self-contained but for the reel, which it
// plays from the file beside it, and loads nothing from anywhere else.
func (p Page) Write(w io.Writer) error {
	return pageTemplate.Execute(w, p.view())
}

// pageView is the page in the words of its template.
type pageView struct {
	CSS      template.CSS
	JS       template.JS
	Script   string // the one script that the page allows, in the words of CSP
	Film     string
	Duration float64
	Reduced  bool
	Reel     string
	Poster   template.URL // what the player shows before it plays
	Clips    []clipView
	People   []personView
	Moments  []momentView
	Lanes    []lane
	Ticks    []tick
	Notes    []string
	Settings Settings
	SHA256   string
	Corrupt  int
}

// clipView is one clip of the reel: the span of the film it shows, and where
// in the reel it plays, in seconds.
type clipView struct {
	Start, End, At float64
}

type personView struct {
	Name     string
	Coverage int // percent
}

type momentView struct {
	ID          string
	Rank        int
	Start, End  float64
	Left, Width float64 // percent of the film
	From, To    string
	Length      string
	Coverage    int // percent
	InReel      bool
	Still       template.URL
	Principles  []vig.Principle
	Evidence    []evidenceView
}

type evidenceView struct {
	Start float64
	At    string
	Text  string
}

type tick struct {
	Left  float64 // percent
	Label string
}

func (p Page) view() pageView {
	a := p.Analysis
	names := peopleNames(a.People)
	v := pageView{
		CSS: template.CSS(pageCSS), JS: template.JS(pageJS), Script: pageScript, //nolint:gosec // our own files, embedded
		Film: filmSentence(a.Film), Duration: seconds(a.Film.Duration),
		Reduced: a.Settings.Reduced(), Reel: p.Reel, Notes: slices.Concat(a.Film.Notes, a.Notes),
		Settings: a.Settings, SHA256: a.Film.SHA256, Corrupt: a.Film.CorruptPackets,
		Ticks: ticks(a.Film.Duration), Lanes: lanes(p.Signals, names, a.Film.Duration),
	}
	for _, person := range a.People {
		v.People = append(v.People, personView{Name: names[person.ID], Coverage: percent(person.Coverage)})
	}
	byID := map[string]vig.Moment{}
	inReel := map[string]bool{}
	for _, m := range a.Moments {
		byID[m.ID] = m
	}
	for i, at := range p.Clips {
		m := byID[a.DraftReel[i]]
		inReel[m.ID] = true
		v.Clips = append(v.Clips, clipView{Start: seconds(m.Span.Start), End: seconds(m.Span.End), At: seconds(at)})
	}
	for _, m := range a.Moments {
		mv := momentView{
			ID: m.ID, Rank: m.Rank, Start: seconds(m.Span.Start), End: seconds(m.Span.End),
			Left: share(m.Span.Start, a.Film.Duration), Width: share(m.Span.Length(), a.Film.Duration),
			From: Clock(m.Span.Start), To: Clock(m.Span.End), Length: fmt.Sprintf("%.0f s", m.Span.Length().Seconds()),
			Coverage: percent(m.Coverage), InReel: inReel[m.ID], Principles: m.Principles,
		}
		if still := p.Stills[m.ID]; still != nil {
			mv.Still = picture(still)
		}
		for _, e := range m.Evidence {
			mv.Evidence = append(mv.Evidence, evidenceView{Start: seconds(e.Span.Start), At: Clock(e.Span.Start), Text: e.Text})
		}
		v.Moments = append(v.Moments, mv)
	}
	if len(a.DraftReel) > 0 {
		v.Poster = picture(p.Stills[a.DraftReel[0]])
	}
	return v
}

// picture returns a JPEG as an address that holds it.
func picture(jpeg []byte) template.URL {
	if jpeg == nil {
		return ""
	}
	return template.URL("data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(jpeg)) //nolint:gosec // our own bytes
}

func filmSentence(f Film) string {
	sound := "no sound"
	if f.AudioCodec != "" {
		sound = "sound " + f.AudioCodec
	}
	return fmt.Sprintf("%s long, %d × %d, %s, %s", Clock(f.Duration), f.Width, f.Height, f.VideoCodec, sound)
}

// peopleNames returns what people are called on the page, as in the evidence:
// by role where that is known and not shared; of the two who meet, who come
// first, otherwise by where they are; and by number.
func peopleNames(people []vig.Person) map[vig.PersonID]string {
	roles := map[vig.Role]int{}
	for _, p := range people {
		roles[p.Role]++
	}
	sides := []string{"person at left", "person at right"}
	names := map[vig.PersonID]string{}
	for i, p := range people {
		number := strings.TrimPrefix(string(p.ID), "p")
		switch {
		case p.Role == vig.RoleUnknown && i < len(sides) && len(people) >= len(sides):
			names[p.ID] = sides[i]
		case p.Role == vig.RoleUnknown:
			names[p.ID] = "person " + number
		case roles[p.Role] > 1:
			names[p.ID] = string(p.Role) + " " + number
		default:
			names[p.ID] = string(p.Role)
		}
	}
	return names
}

// tickSteps are the distances between the marks of the time axis that people
// are used to from players; the smallest that gives maxTicks at most is used.
var tickSteps = []time.Duration{
	5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute,
	2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour,
}

// maxTicks labels of 1:02:05 fit side by side on a phone's 360 pixels.
const maxTicks = 8

func ticks(film time.Duration) []tick {
	step := tickSteps[len(tickSteps)-1]
	for _, s := range tickSteps {
		if film/s <= maxTicks {
			step = s
			break
		}
	}
	var marks []tick
	for t := time.Duration(0); t < film; t += step {
		marks = append(marks, tick{Left: share(t, film), Label: Clock(t)})
	}
	return marks
}

func percent(v float64) int { return int(v*100 + 0.5) }

// share returns part of whole in percent.
func share(part, whole time.Duration) float64 {
	if whole <= 0 {
		return 0
	}
	return vig.Round3(100 * part.Seconds() / whole.Seconds())
}
