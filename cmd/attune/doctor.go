package main

import (
	"fmt"
	"os/exec"
	"runtime"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"attune/analysis/observe"
	"attune/internal/models"
	"attune/internal/vig"
	"attune/pipeline"
)

func newDoctor() *cobra.Command {
	var dir string
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Say what is installed, which mode, which versions",
		Long: `Doctor looks at what Attune needs and says what is there. Exit code 1 means that
something is missing without which no film can be analysed.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			checks := examineHost(dir)
			t := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
			missing := 0
			for _, check := range checks {
				fmt.Fprintf(t, "%s\t%s\t%s\n", check.state, check.what, check.found)
				if check.state == stateMissing {
					missing++
				}
			}
			if err := t.Flush(); err != nil {
				return err
			}
			if missing > 0 {
				return vig.Errorf(vig.CodeInternal, "doctor", "%d of %d things are missing; 'scripts/setup' installs them", missing, len(checks))
			}
			return nil
		},
	}
	c.Flags().StringVar(&dir, "models", "", "folder of the face model")
	return c
}

// state is how much a finding matters.
type state string

const (
	stateGood    state = "ok"
	stateReduced state = "reduced" // works, less well
	stateMissing state = "MISSING" // does not work
)

// check is one finding of the doctor.
type check struct {
	state       state
	what, found string
}

func examineHost(modelsDir string) []check {
	return []check{
		{stateGood, "attune", fmt.Sprintf("%s, %s, %s/%s, %d cores", version, runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())},
		{stateGood, "libav", pipeline.Version()},
		checkCoders(),
		{stateGood, "opencv", observe.Version()},
		checkModel(modelsDir),
		checkCascades(),
		checkProgram("ffmpeg", "makes sample films ('attune sample') and films for tests"),
		checkProgram("ffprobe", "checks films in tests"),
	}
}

// checkCoders says which of the decoders and encoders that pipeline uses this
// build of libav lacks.
func checkCoders() check {
	required, optional := pipeline.MissingCoders()
	switch {
	case len(required) > 0:
		return check{stateMissing, "coders", "without " + strings.Join(required, ", ") + " no reel can be written"}
	case len(optional) > 0:
		return check{stateReduced, "coders", "films in " + strings.Join(optional, ", ") + " cannot be read"}
	default:
		return check{stateGood, "coders", "every kind of film that is taken can be read, and reels written"}
	}
}

func checkModel(dir string) check {
	d, err := chooseDetector(dir, false)
	switch {
	case err != nil:
		return check{stateMissing, "face model", err.Error()}
	case d.reduced():
		return check{stateReduced, "face model", d.why}
	default:
		return check{stateGood, "face model", models.YuNet.File + ", " + d.config.FaceModel}
	}
}

func checkCascades() check {
	observer, err := observe.New(observe.Config{})
	if err != nil {
		return check{stateMissing, "cascades", err.Error()}
	}
	if err := observer.Close(); err != nil {
		return check{stateMissing, "cascades", err.Error()}
	}
	return check{stateGood, "cascades", "the reduced mode works"}
}

func checkProgram(name, purpose string) check {
	path, err := exec.LookPath(name)
	if err != nil {
		return check{stateReduced, name, "not found; it " + purpose}
	}
	return check{stateGood, name, path}
}
