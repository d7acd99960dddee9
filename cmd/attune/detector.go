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
	model  *models.Model // nil in the reduced mode
	why    string        // why the mode is reduced, and what to do
}

func (d detector) reduced() bool { return d.model == nil }

// settings says how the analysis was made, for the report.
func (d detector) settings(hz float64) report.Settings {
	s := report.Settings{Detector: string(observe.ModeCascade), SampleHz: hz, Version: version}
	if d.model != nil {
		s.Detector = string(observe.ModeYuNet)
		s.Models = []report.Model{{File: d.model.File, SHA256: d.model.SHA256}}
	}
	return s
}

// chooseDetector takes the face model where its file is found, and otherwise
// the reduced mode. A file that is there and wrong is an error, and so is a
// folder dir without one: somebody meant to use it.
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
		return detector{config: observe.Config{FaceModel: path}, model: &models.YuNet}, nil
	case vig.CodeNotFound:
		if dir != "" {
			return detector{}, usageError{fmt.Errorf("--models names %s, where %s is not", dir, models.YuNet.File)}
		}
		return detector{why: "the face model is not installed, so turned heads are often missed; 'attune models fetch' gets it"}, nil
	default:
		return detector{}, vig.Errorf(vig.CodeInternal, "choose detector", "%w", err)
	}
}
