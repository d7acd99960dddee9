package main

import (
	"fmt"

	"attune/analysis/observe"
	"attune/internal/models"
	"attune/internal/report"
	"attune/internal/vig"
)

// detector is how faces are found in one analysis.
type detector struct {
	config observe.Config
	models []models.Model // none in the reduced mode
	why    string         // why the mode is reduced, and what to do
}

func (d detector) reduced() bool { return len(d.models) == 0 }

// settings says how the analysis was made, for the report.
func (d detector) settings(hz float64) report.Settings {
	s := report.Settings{Detector: string(observe.ModeCascade), SampleHz: hz, Version: version}
	if !d.reduced() {
		s.Detector = string(observe.ModeYuNet)
	}
	for _, m := range d.models {
		s.Models = append(s.Models, report.Model{File: m.File, SHA256: m.SHA256})
	}
	return s
}

// chooseDetector takes the face model where its file is found, and otherwise
// the reduced mode. A file that is there and wrong is an error, and so is a
// folder dir without one: somebody meant to use it. The landmark model, and with
// it that of the eyes, is added where it is found too.
func chooseDetector(dir string, cascades bool) (detector, error) {
	if cascades {
		return detector{why: "faces are looked for with the cascades of OpenCV, as asked by --cascades"}, nil
	}
	dirs := models.Dirs("")
	if dir != "" {
		dirs = []string{dir}
	}
	path, err := models.YuNet.Find(dirs...)
	switch vig.CodeOf(err) {
	case "":
		return withLandmarks(detector{config: observe.Config{FaceModel: path}, models: []models.Model{models.YuNet}}, dirs)
	case vig.CodeNotFound:
		if dir != "" {
			return detector{}, usageError{fmt.Errorf("--models names %s, where %s is not", dir, models.YuNet.File)}
		}
		return detector{why: "the face model is not installed, so turned heads are often missed; 'attune models fetch' gets it"}, nil
	default:
		return detector{}, vig.Errorf(vig.CodeInternal, "choose detector", "%w", err)
	}
}

func withLandmarks(d detector, dirs []string) (detector, error) {
	path, err := models.FaceMesh.Find(dirs...)
	switch vig.CodeOf(err) {
	case "":
		d.config.LandmarkModel = path
		d.models = append(d.models, models.FaceMesh)
		return withEyes(d, dirs)
	case vig.CodeNotFound:
		return d, nil
	default:
		return detector{}, vig.Errorf(vig.CodeInternal, "choose detector", "%w", err)
	}
}

func withEyes(d detector, dirs []string) (detector, error) {
	path, err := models.Iris.Find(dirs...)
	switch vig.CodeOf(err) {
	case "":
		d.config.EyeModel = path
		d.models = append(d.models, models.Iris)
		return d, nil
	case vig.CodeNotFound:
		return d, nil
	default:
		return detector{}, vig.Errorf(vig.CodeInternal, "choose detector", "%w", err)
	}
}
