package gallery

import (
	"fmt"
	"math"
	"net/http"
	"strconv"

	"attune/internal/web/page"
)

var _ = add("review", guider,
	reviewState("to begin with", newReview("begin", 8)),
	reviewState("half done", func() review {
		r := newReview("half", 8)
		r.clips[0]["state"], r.clips[3]["state"], r.clips[1]["state"] = "kept", "kept", "set_aside"
		r.clips[0]["tags"] = []string{"receiving initiatives", "developing attuned interactions"}
		r.clips[0]["note"], r.clips[0]["goal"] = "She waits, and he comes back with the cup.", "I want us to enjoy mealtimes again"
		r.clips = append(r.clips, map[string]any{"id": "gallery-own", "film": "gallery-review-half", "start_s": 300.2, "end_s": 309.8,
			"state": "kept", "by_hand": true, "tags": []string{}, "goal": "", "note": "", "etag": `"1"`})
		r.order = []string{"gallery-half-4", "gallery-half-1", "gallery-own"}
		r.played = [][2]float64{{0, 130}, {290, 320}}
		return r
	}()),
	reviewState("many clips", func() review {
		r := newReview("many", 40)
		for i, c := range r.clips {
			c["state"] = []string{"kept", "suggested", "set_aside"}[i%3]
			if i%3 == 0 {
				r.order = append(r.order, c["id"].(string))
			}
		}
		r.played = [][2]float64{{0, 600}}
		return r
	}()),
	reviewState("long names", func() review {
		r := newReview("long", 3)
		r.model.Code, r.model.Name = longCode, longFile
		r.model.Data.Goals = []string{longGoals, longWord}
		r.clips[0]["note"], r.clips[0]["goal"] = longGoals+" "+longWord, longWord
		r.model.Data.Moments[0].Evidence[0].Text = longGoals
		return r
	}()),
	reviewState("nothing suggested", func() review {
		r := newReview("none", 0)
		r.model.NotSeen = []string{"The child's face was seen in 4 % of the film.", "The adult's face was seen in 31 % of the film."}
		return r
	}()),
	reviewState("no sound", func() review {
		r := newReview("silent", 4)
		r.model.Silent = true
		return r
	}()),
	reviewState("copy is being made", func() review {
		r := newReview("waits", 5)
		r.model.Viewing, r.model.Data.Film.Viewing = "rendering", "rendering"
		return r
	}()),
	reviewState("copy failed", func() review {
		r := newReview("failed", 5)
		r.model.Viewing, r.model.Data.Film.Viewing = "failed", "failed"
		return r
	}()),
	reviewState("confirmed before", func() review {
		r := newReview("confirmed", 4)
		r.model.Confirmed = true
		r.clips[1]["state"] = "kept"
		r.order = []string{"gallery-confirmed-2"}
		return r
	}()),
	func() State {
		r := newReview("shared", 4)
		r.model.MayChange, r.model.Data.MayChange = false, false
		r.clips[0]["state"], r.clips[0]["tags"], r.clips[0]["note"] = "kept", []string{"being attentive"}, "Look how she follows his hand."
		r.order = []string{"gallery-shared-1"}
		s := reviewState("shared with a supervisor", r)
		s.Viewer = supervisor
		return s
	}(),
)

// review is a review with canned data.
type review struct {
	model  page.Review
	clips  []map[string]any // as the API tells them
	order  []string
	played [][2]float64
}

// newReview makes a review of a film of ten minutes, with so many moments.
func newReview(name string, moments int) review {
	const length = 600.0
	film := "gallery-review-" + name
	at := "/api/v1/films/" + film
	r := review{
		model: page.Review{
			CaseID: "gallery-1", Code: "V-17", CycleID: "gallery-1", CycleNumber: 2, FilmID: film, Name: "VID_20261121.mp4", MayChange: true,
			Data: page.ReviewData{
				Film:      page.ReviewFilm{ID: film, Duration: length, Source: at + "/viewing", Frames: at + "/frames.json", Signals: at + "/signals.json"},
				MayChange: true, Moments: []page.ReviewMoment{}, Keys: page.KeyCommands(),
				Goals: []string{"I want us to enjoy mealtimes again", "To notice when she looks at me"},
				Principles: []string{"being attentive", "encouraging initiatives", "receiving initiatives",
					"developing attuned interactions", "guiding", "deepening discussion"},
			},
		},
		order: []string{}, played: [][2]float64{},
	}
	for i := range moments {
		id := "m" + strconv.Itoa(i+1)
		start := 14 + math.Mod(float64(i)*173.3, length-40)
		r.model.Data.Moments = append(r.model.Data.Moments, page.ReviewMoment{
			ID: id, Rank: i + 1, Start: start, End: start + 12.6, Coverage: 0.93,
			Principles: []string{"receiving initiatives", "developing attuned interactions"},
			Evidence: []page.ReviewEvidence{
				{Cue: "mutual_facing", Start: start + 1.2, End: start + 6, Text: "adult turned to child 0.8 s after the child's sound"},
				{Cue: "turns", Start: start + 2.4, End: start + 11.4, Text: "5 short turns in 9 s"},
				{Cue: "shared_smile", Start: start + 8.1, End: start + 10.9, Text: "both smile"},
			},
			Still: at + "/stills/" + id + ".jpg",
		})
		r.clips = append(r.clips, map[string]any{"id": fmt.Sprintf("gallery-%s-%d", name, i+1), "film": film, "moment": id, "rank": i + 1,
			"start_s": start, "end_s": start + 12.6, "state": "suggested", "by_hand": false, "tags": []string{}, "goal": "", "note": "", "etag": `"1"`})
	}
	return r
}

// reviewState is the page of a review, with what its script asks for.
func reviewState(name string, r review) State {
	clips := r.clips
	if clips == nil {
		clips = []map[string]any{}
	}
	for i, id := range r.order {
		for _, c := range clips {
			if c["id"] == id {
				c["position"] = i + 1
			}
		}
	}
	told := map[string]any{"clips": clips, "order": map[string]any{"clips": r.order, "etag": `"1"`}, "played": r.played}
	r.model.Data.Review = told
	at := "/api/v1/films/" + r.model.FilmID
	answers := Answers{
		"GET " + at: {JSON: map[string]any{"viewing_copy": r.model.Viewing}},
		// No film: the pages look as they do before it comes.
		"GET " + at + "/viewing":      {Hold: true},
		"GET " + at + "/frames.json":  {JSON: frames()},
		"GET " + at + "/signals.json": {JSON: signals()},
		"GET " + at + "/clips":        {JSON: told},
		"POST " + at + "/played":      {JSON: map[string]any{"played": r.played}},
	}
	for i, m := range r.model.Data.Moments {
		if m.Still != "" {
			answers["GET "+m.Still] = Answer{Status: http.StatusOK, Kind: "image/jpeg", Body: still(i)}
		}
	}
	return State{Name: name, Model: r.model, Answers: answers}
}

// frames is a frames.json of ten minutes at 25 a second.
func frames() map[string]any {
	return map[string]any{
		"format": "attune.frames/1", "frames": 15000, "time_base": []int{1, 25}, "runs": [][2]int{{14999, 1}},
		"start_s": map[string]float64{"original": 0, "viewing_copy": 0},
	}
}

// signals is a signals.json of ten minutes: slow waves, with gaps where nothing
// was seen.
func signals() map[string]any {
	lane := func(name, label string, people []string, pace float64) map[string]any {
		points := [][2]any{}
		for i := range 300 {
			var value any = math.Round(50+50*math.Sin(float64(i)*pace)) / 100
			if i%60 > 52 {
				value = nil
			}
			points = append(points, [2]any{i * 2, value})
		}
		return map[string]any{"name": name, "label": label, "people": people, "coverage": 0.88, "points": points}
	}
	return map[string]any{
		"format": "attune.signals/1", "duration_s": 600.0,
		"people": []map[string]any{
			{"id": "p1", "role": "adult", "coverage": 0.91, "label": "adult"},
			{"id": "p2", "role": "child", "coverage": 0.84, "label": "child"},
		},
		"lanes": []map[string]any{
			lane("facing", "Adult turned to child", []string{"p1"}, 0.11), lane("facing", "Child turned to adult", []string{"p2"}, 0.17),
			lane("mutual facing", "Turned to each other", []string{"p1", "p2"}, 0.07), lane("smile", "Adult smiles", []string{"p1"}, 0.05),
			lane("smile", "Child smiles", []string{"p2"}, 0.09), lane("voice", "Voice", []string{}, 0.31),
			lane("movement", "Adult moves", []string{"p1"}, 0.21), lane("movement", "Child moves", []string{"p2"}, 0.27),
		},
	}
}
