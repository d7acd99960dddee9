package report

import (
	"bytes"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"attune/internal/vig"
)

func at(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// found is an analysis with everything in it that a page can show.
func found() Analysis {
	moment := func(id string, rank int, start, end float64) vig.Moment {
		return vig.Moment{
			ID: id, Rank: rank, Span: vig.Span{Start: at(start), End: at(end)}, Coverage: 0.9,
			Principles: []vig.Principle{vig.ReceivingInitiatives, vig.AttunedInteractions},
			Evidence: []vig.Evidence{
				{Cue: vig.CueTurns, People: []vig.PersonID{"p1", "p2"}, Span: vig.Span{Start: at(start + 1), End: at(end - 1)}, Text: "5 short turns in 9 s."},
				{Cue: vig.CueFacing, People: []vig.PersonID{"p1", "p2"}, Span: vig.Span{Start: at(start + 2), End: at(end - 1)}, Text: "Adult turned to child 0.8 s after the child's sound."},
			},
		}
	}
	return Analysis{
		Film: Film{SHA256: strings.Repeat("ab", 32), FilmInfo: vig.FilmInfo{
			Duration: at(61.2), Width: 1280, Height: 720, Rotation: 90, VideoCodec: "h264", AudioCodec: "aac",
		}},
		Settings: Settings{Detector: "yunet", SampleHz: 6, Models: []Model{{File: "face.onnx", SHA256: "8f"}}, Version: "test"},
		People: []vig.Person{
			{ID: "p1", Role: vig.RoleAdult, Coverage: 0.93}, {ID: "p2", Role: vig.RoleChild, Coverage: 0.8},
		},
		Moments:   []vig.Moment{moment("m1", 1, 12.4, 24), moment("m2", 2, 40, 52.5)},
		DraftReel: []string{"m1", "m2"},
		Notes:     []string{"The child's face was seen in 80 % of the film."},
	}
}

func signals() []vig.Signal {
	var facing, smile []vig.Point
	for t := 0.0; t < 61; t += 1.0 / 6 {
		p := vig.Point{Time: at(t)}
		if math.Mod(t, 20) < 15 {
			p.Value = vig.Read(math.Round(0.5 + 0.5*math.Sin(t/3)))
		}
		facing = append(facing, p)
		smile = append(smile, vig.Point{Time: at(t), Value: vig.Read(0.5 + 0.4*math.Sin(t))})
	}
	return []vig.Signal{
		{Name: "facing", People: []vig.PersonID{"p1", "p2"}, Points: facing},
		{Name: "smile", People: []vig.PersonID{"p2"}, Points: smile},
		{Name: "voice", Points: smile},
	}
}

func TestAnalysisRoundTrip(t *testing.T) {
	t.Parallel()
	want := found()
	var buf bytes.Buffer
	if err := WriteAnalysis(&buf, want); err != nil {
		t.Fatal(err)
	}
	got, err := ReadAnalysis(&buf)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("after writing and reading (-want +got):\n%s", diff)
	}
}

func TestAnalysisOfNothing(t *testing.T) {
	t.Parallel()
	var buf bytes.Buffer
	if err := WriteAnalysis(&buf, Analysis{}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(buf.String(), "null") {
		t.Errorf("an empty list was written as null:\n%s", buf.String())
	}
}

func TestReadAnalysisRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "not json", `{"format":"attune.analysis/99"}`,
		`{"format":"attune.analysis/1","moments":[{"id":"../../.bashrc"}]}`,
		`{"format":"attune.analysis/1","moments":[{"id":"m1000"}]}`,
		`{"format":"attune.analysis/1","moments":[{}]}`,
		`{"format":"attune.analysis/1","draft_reel":["m1/"]}`,
	} {
		if _, err := ReadAnalysis(strings.NewReader(text)); vig.CodeOf(err) != vig.CodeInvalid {
			t.Errorf("ReadAnalysis(%q): got %v, want an error of code invalid", text, err)
		}
	}
}

func TestWriteObservations(t *testing.T) {
	t.Parallel()
	rec := vig.Recording{
		Duration: at(1),
		Observations: []vig.Observation{
			{Time: 0},
			{Time: at(0.16), Motion: vig.MotionGrid{1, 2}, Faces: []vig.Face{{
				Box: vig.Box{X: 0.1, Y: 0.2, W: 0.123456, H: 0.3}, Confidence: 0.97, Yaw: vig.Read(-35),
				Gaze: vig.Read(-41.23456),
			}, {
				Box: vig.Box{X: 0.5, Y: 0.2, W: 0.1, H: 0.3}, Colours: vig.Colours{1: 200, 2: 55, 31: 255},
			}}},
		},
		Sound: []vig.SoundFrame{{Level: -40}, {Level: -30.12345, Pitch: 300}, {Level: -20, Pitch: 190, Other: 330}, {Level: -10}, {Level: -5}},
	}
	scenes := []vig.Scene{
		{}, {
			Faces:  []vig.FaceOf{{Person: "p1", Facing: []vig.PersonID{"p2"}}, {Facing: []vig.PersonID{}}},
			Motion: map[vig.PersonID]float64{"p1": 0.2}, Voice: 0.6,
		},
	}
	var buf bytes.Buffer
	if err := WriteObservations(&buf, rec, scenes); err != nil {
		t.Fatal(err)
	}
	want := `{"t":0,"faces":[],"motion":{},"voice":0}
{"t":0.16,"faces":[{"person":"p1","box":[0.1,0.2,0.123,0.3],"confidence":0.97,"yaw":-35,"pitch":null,"facing":["p2"],"smile":null,"gaze":-41.235},{"box":[0.5,0.2,0.1,0.3],"confidence":0,"yaw":null,"pitch":null,"facing":[],"smile":null,"colours":"AMg3AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAP8="}],"motion":{"p1":0.2},"voice":0.6,"grid":"AQI=","sound":[[-40,0],[-30.123,300],[-20,190,330],[-10,0],[-5,0]]}
`
	if diff := cmp.Diff(want, buf.String()); diff != "" {
		t.Errorf("observations.jsonl (-want +got):\n%s", diff)
	}
	gotRec, gotScenes, err := ReadObservations(&buf)
	if err != nil {
		t.Fatal(err)
	}
	Round(&rec)
	rec.Duration = 0 // is in analysis.json
	if diff := cmp.Diff(rec, gotRec); diff != "" {
		t.Errorf("after writing and reading (-want +got):\n%s", diff)
	}
	scenes[0].Motion = map[vig.PersonID]float64{}
	scenes[1].Time = at(0.16)
	if diff := cmp.Diff(scenes, gotScenes); diff != "" {
		t.Errorf("scenes after writing and reading (-want +got):\n%s", diff)
	}
}

func TestPairs(t *testing.T) {
	t.Parallel()
	moment := func(rank int, start, end float64) vig.Moment {
		return vig.Moment{Rank: rank, Span: vig.Span{Start: at(start), End: at(end)}}
	}
	a := Analysis{Moments: []vig.Moment{moment(1, 30, 40), moment(2, 10, 20), moment(3, 50, 60)}}
	b := Analysis{Moments: []vig.Moment{moment(1, 31, 41), moment(2, 10, 20), moment(3, 80, 90)}}
	var got [][3]any
	for _, p := range Pairs(a, b) {
		got = append(got, [3]any{p.A != nil, p.B != nil, p.Same()})
	}
	want := [][3]any{{true, true, true}, {true, true, false}, {true, false, false}, {false, true, false}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("in A, in B, same (-want +got):\n%s", diff)
	}
}

func TestReadObservationsRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"{\"t\":0}\n{\"t\":", "{\"t\":0}\n{\"t\":1,\"sound\":[[-40]]}"} {
		_, _, err := ReadObservations(strings.NewReader(text))
		if vig.CodeOf(err) != vig.CodeInvalid || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%q: got %v, want an error of code invalid that names line 2", text, err)
		}
	}
}

func TestPageLoadsNothing(t *testing.T) {
	t.Parallel()
	var buf bytes.Buffer
	page := Page{Analysis: found(), Signals: signals(), Stills: map[string][]byte{"m1": []byte("jpeg")}, Reel: "reel.mp4", Clips: []time.Duration{0, at(11.6)}}
	if err := page.Write(&buf); err != nil {
		t.Fatal(err)
	}
	html := buf.String()
	if m := regexp.MustCompile(`(?i)(https?:)?//[a-z0-9.-]+\.[a-z]{2,}|<link|@import|srcset`).FindString(html); m != "" {
		t.Errorf("the page names something elsewhere: %q", m)
	}
	for _, want := range []string{
		"0:12–0:24", "5 short turns in 9 s.", "developing attuned interactions", "Adult to child: facing",
		`src="reel.mp4"`, "data:image/jpeg;base64,anBlZw==", "80 %",
	} {
		if !strings.Contains(html, want) {
			t.Errorf("the page does not hold %q", want)
		}
	}
}

func TestPageSaysNothingFound(t *testing.T) {
	t.Parallel()
	a := found()
	a.Moments, a.DraftReel = nil, nil
	a.Settings.Models = nil
	var buf bytes.Buffer
	if err := (Page{Analysis: a}).Write(&buf); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"No moment is suggested", "Reduced mode"} {
		if !strings.Contains(buf.String(), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestPathsKeepAGlance(t *testing.T) {
	t.Parallel()
	film := time.Hour
	points := []vig.Point{
		{Time: 0, Value: vig.Read(0)},
		{Time: 30 * time.Minute, Value: vig.Read(1)},
		{Time: 30*time.Minute + 300*time.Millisecond, Value: vig.Read(0)},
		{Time: 50 * time.Minute},
	}
	area, unseen := paths(sampled(points, film))
	if area != "M500 1V0H501V1Z" {
		t.Errorf("area = %q, want one column at half", area)
	}
	if unseen != "M834 0H1000V1H834Z" && unseen != "M833 0H1000V1H833Z" {
		t.Errorf("unseen = %q, want the last sixth", unseen)
	}
}

func TestTicks(t *testing.T) {
	t.Parallel()
	for _, film := range []float64{0, 3, 61, 600, 3600, 4 * 3600} {
		if n := len(ticks(at(film))); n > maxTicks+1 {
			t.Errorf("%v s: %d ticks, want at most %d", film, n, maxTicks+1)
		}
	}
}
