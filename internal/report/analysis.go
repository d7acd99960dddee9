package report

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"time"

	"attune/internal/vig"
)

// Format names the layout of analysis.json. It changes when a reader of the
// old layout would misread the new one.
const Format = "attune.analysis/1"

// AnalysisFile and ObservationsFile are the names of the files beside the
// reel and the page.
const (
	AnalysisFile     = "analysis.json"
	ObservationsFile = "observations.jsonl"
	SignalsFile      = "signals.json"
	FramesFile       = "frames.json"
	PageFile         = "report.html"
)

// Analysis is what was found in one film: the content of analysis.json.
type Analysis struct {
	Film      Film
	Settings  Settings
	People    []vig.Person
	Moments   []vig.Moment
	DraftReel []string // ids of moments, in the order of the reel
	Notes     []string // plain sentences on what could not be seen or heard; those on the file itself are in Film
}

// Film says what was analysed.
type Film struct {
	SHA256 string // of the file, in hex
	vig.FilmInfo
}

// Settings says how it was analysed.
type Settings struct {
	Detector string  `json:"detector"`  // "yunet", or "cascade" in the reduced mode
	SampleHz float64 `json:"sample_hz"` // samples a second
	Models   []Model `json:"models"`
	Version  string  `json:"version"` // of Attune
}

// Reduced reports whether faces were looked for without a model.
func (s Settings) Reduced() bool { return len(s.Models) == 0 }

// Model is a model file that was used.
type Model struct {
	File   string `json:"file"`
	SHA256 string `json:"sha256"`
}

type analysisJSON struct {
	Format    string       `json:"format"`
	Film      filmJSON     `json:"film"`
	Settings  Settings     `json:"settings"`
	People    []vig.Person `json:"people"`
	Moments   []momentJSON `json:"moments"`
	DraftReel []string     `json:"draft_reel"`
	Notes     []string     `json:"notes,omitempty"`
}

type filmJSON struct {
	SHA256         string  `json:"sha256"`
	Duration       float64 `json:"duration_s"`
	Width          int     `json:"width"`
	Height         int     `json:"height"`
	Rotation       int     `json:"rotation"`
	VideoCodec     string  `json:"video_codec"`
	AudioCodec     string  `json:"audio_codec"`
	CorruptPackets int     `json:"corrupt_packets"`

	Notes []string `json:"notes,omitempty"` // what was left out, guessed or found missing in the file
}

type momentJSON struct {
	ID         string          `json:"id"`
	Rank       int             `json:"rank"`
	Start      float64         `json:"start_s"`
	End        float64         `json:"end_s"`
	Coverage   float64         `json:"coverage"`
	Principles []vig.Principle `json:"principles"`
	Evidence   []evidenceJSON  `json:"evidence"`
}

type evidenceJSON struct {
	Cue    vig.Cue        `json:"cue"`
	People []vig.PersonID `json:"people"`
	Start  float64        `json:"start_s"`
	End    float64        `json:"end_s"`
	Text   string         `json:"text"`
}

// WriteAnalysis writes a as analysis.json.
func WriteAnalysis(w io.Writer, a Analysis) error {
	doc := analysisJSON{
		Format: Format,
		Film: filmJSON{
			SHA256: a.Film.SHA256, Duration: seconds(a.Film.Duration),
			Width: a.Film.Width, Height: a.Film.Height, Rotation: a.Film.Rotation,
			VideoCodec: a.Film.VideoCodec, AudioCodec: a.Film.AudioCodec,
			CorruptPackets: a.Film.CorruptPackets, Notes: a.Film.Notes,
		},
		Settings: a.Settings, People: []vig.Person{}, Moments: []momentJSON{},
		DraftReel: listed(a.DraftReel), Notes: a.Notes,
	}
	doc.Settings.Models = listed(a.Settings.Models)
	for _, p := range a.People {
		p.Coverage = vig.Round3(p.Coverage)
		doc.People = append(doc.People, p)
	}
	for _, m := range a.Moments {
		doc.Moments = append(doc.Moments, toMomentJSON(m))
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(doc)
}

// momentID is what moments are called. Files are named after it, and an
// analysis.json may come from anywhere.
var momentID = regexp.MustCompile(`^m[1-9][0-9]{0,2}$`)

// ReadAnalysis reads an analysis.json. It fails with vig.CodeInvalid where the
// text is not one, or of another format, or names a moment as none is named.
func ReadAnalysis(r io.Reader) (Analysis, error) {
	const op = "read analysis"
	var doc analysisJSON
	if err := json.NewDecoder(r).Decode(&doc); err != nil {
		return Analysis{}, vig.Errorf(vig.CodeInvalid, op, "not an analysis.json: %w", err)
	}
	if doc.Format != Format {
		return Analysis{}, vig.Errorf(vig.CodeInvalid, op, "format is %q, this version reads %q", doc.Format, Format)
	}
	a := Analysis{
		Film: Film{SHA256: doc.Film.SHA256, FilmInfo: vig.FilmInfo{
			Duration: duration(doc.Film.Duration), Width: doc.Film.Width, Height: doc.Film.Height,
			Rotation: doc.Film.Rotation, VideoCodec: doc.Film.VideoCodec, AudioCodec: doc.Film.AudioCodec,
			CorruptPackets: doc.Film.CorruptPackets, Notes: doc.Film.Notes,
		}},
		Settings: doc.Settings, People: doc.People, DraftReel: doc.DraftReel, Notes: doc.Notes,
	}
	for _, id := range doc.DraftReel {
		if !momentID.MatchString(id) {
			return Analysis{}, vig.Errorf(vig.CodeInvalid, op, "no moment is called %q", id)
		}
	}
	for _, m := range doc.Moments {
		if !momentID.MatchString(m.ID) {
			return Analysis{}, vig.Errorf(vig.CodeInvalid, op, "no moment is called %q", m.ID)
		}
		a.Moments = append(a.Moments, m.moment())
	}
	return a, nil
}

func toMomentJSON(m vig.Moment) momentJSON {
	j := momentJSON{
		ID: m.ID, Rank: m.Rank, Start: seconds(m.Span.Start), End: seconds(m.Span.End),
		Coverage: vig.Round3(m.Coverage), Principles: listed(m.Principles), Evidence: []evidenceJSON{},
	}
	for _, e := range m.Evidence {
		j.Evidence = append(j.Evidence, evidenceJSON{
			Cue: e.Cue, People: listed(e.People),
			Start: seconds(e.Span.Start), End: seconds(e.Span.End), Text: e.Text,
		})
	}
	return j
}

func (j momentJSON) moment() vig.Moment {
	m := vig.Moment{
		ID: j.ID, Rank: j.Rank, Span: vig.Span{Start: duration(j.Start), End: duration(j.End)},
		Coverage: j.Coverage, Principles: j.Principles,
	}
	for _, e := range j.Evidence {
		m.Evidence = append(m.Evidence, vig.Evidence{
			Cue: e.Cue, People: e.People, Text: e.Text,
			Span: vig.Span{Start: duration(e.Start), End: duration(e.End)},
		})
	}
	return m
}

// listed turns nil into an empty list, so that JSON readers find [] and not null.
func listed[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

func seconds(d time.Duration) float64 { return vig.Round3(d.Seconds()) }

func duration(s float64) time.Duration {
	return time.Duration(s * float64(time.Second)).Round(time.Millisecond)
}

// Clock writes d as people read it on a player: 1:05 or 1:02:05.
func Clock(d time.Duration) string {
	s := int(d.Seconds())
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
