package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"attune/analysis/observe"
	"attune/internal/sandbox"
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
			g, err := readSettings(c)
			if err != nil {
				return err
			}
			data, err := dataOf(g)
			if err != nil {
				return err
			}
			checks := append(examineHost(c.Context(), dir), checkRedis(g), checkRoom(data))
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
	bindSettings(c, setData, setRedis)
	c.Flags().StringVar(&dir, "models", "", "folder of the face model")
	return c
}

// state is how much a finding matters.
type state string

const (
	stateGood    state = "ok"
	stateReduced state = "reduced" // works, less well
	stateAbsent  state = "absent"  // films are analysed without it
	stateMissing state = "MISSING" // does not work
)

// check is one finding of the doctor.
type check struct {
	state       state
	what, found string
}

func examineHost(ctx context.Context, modelsDir string) []check {
	detector, err := chooseDetector(modelsDir, false)
	checks := []check{
		checkMode(detector, err),
		{stateGood, "attune", fmt.Sprintf("%s, %s, %s/%s, %d cores", version, runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())},
		{stateGood, "libav", pipeline.Version()},
		checkCoders(),
		{stateGood, "opencv", observe.Version()},
		checkModel(detector, err),
		checkLandmarks(detector, err),
		checkEyes(detector, err),
		checkCascades(err != nil || detector.reduced()),
		checkProgram("ffmpeg", "makes sample films ('attune sample') and films for tests"),
		checkProgram("ffprobe", "checks films in tests"),
	}
	for _, c := range sandbox.New(sandbox.Config{}).Status(ctx) {
		checks = append(checks, checkConfinement(c))
	}
	return checks
}

// checkConfinement says what keeps a child that works on a film from the rest
// of the machine. Without it 'attune analyze' works, and the service does not
// unless told to.
func checkConfinement(c sandbox.Confinement) check {
	if c.InForce {
		return check{stateGood, "confined: " + c.Name, c.Why}
	}
	return check{stateReduced, "confined: " + c.Name, "no: " + c.Why}
}

// checkMode says how a film would be looked at now.
func checkMode(d detector, err error) check {
	switch {
	case err != nil:
		return check{stateMissing, "mode", "none: see face model"}
	case d.reduced():
		return check{stateReduced, "mode", "reduced: faces by cascades"}
	default:
		return check{stateGood, "mode", "full: faces by YuNet"}
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

func checkModel(d detector, err error) check {
	switch {
	case err != nil:
		return check{stateMissing, "face model", err.Error()}
	case d.reduced():
		return check{stateReduced, "face model", d.why}
	default:
		return check{stateGood, "face model", d.config.FaceModel}
	}
}

func checkLandmarks(d detector, err error) check {
	switch {
	case err != nil || d.reduced():
		return check{stateReduced, "landmarks", "not used without the face model"}
	case d.config.LandmarkModel == "":
		return check{stateReduced, "landmarks", "not installed: head turns and smiles are seen less well; 'attune models fetch' gets them"}
	default:
		return check{stateGood, "landmarks", d.config.LandmarkModel}
	}
}

func checkEyes(d detector, err error) check {
	switch {
	case err != nil || d.config.LandmarkModel == "":
		return check{stateReduced, "eyes", "not used without the landmarks"}
	case d.config.EyeModel == "":
		return check{stateReduced, "eyes", "not installed: only turns of the head are seen; 'attune models fetch' gets them"}
	default:
		return check{stateGood, "eyes", d.config.EyeModel}
	}
}

// checkCascades looks for the files of the reduced mode, and for smiles.
func checkCascades(needed bool) check {
	observer, err := observe.New(observe.Config{})
	if err == nil {
		err = observer.Close()
	}
	switch {
	case err == nil:
		return check{stateGood, "cascades", "there, for smiles and for work without the face model"}
	case needed:
		return check{stateMissing, "cascades", err.Error()}
	default:
		return check{stateReduced, "cascades", "no smiles are seen: " + err.Error()}
	}
}

func checkProgram(name, purpose string) check {
	out, err := exec.Command(name, "-version").Output() //nolint:noctx // it only prints
	if err != nil {
		return check{stateAbsent, name, "not needed to analyse; it " + purpose}
	}
	version, _, _ := strings.Cut(string(out), " Copyright")
	return check{stateGood, name, version}
}

// checkRedis looks for what the service starts to keep its queue, unless the
// settings name another.
func checkRedis(g given) check {
	const what = "redis-server"
	if g.text(setRedis) != "" {
		return check{stateGood, what, "not needed here: the settings name a Redis"}
	}
	out, err := exec.Command(what, "--version").Output() //nolint:noctx // it only prints
	if err != nil {
		return check{stateAbsent, what, "not needed to analyse; 'attune serve' needs it, unless --redis names another"}
	}
	version, _, _ := strings.Cut(string(out), " sha=")
	return check{stateGood, what, strings.TrimSpace(version)}
}

// checkRoom says how much room the service has for films and results.
func checkRoom(data dataFolder) check {
	const what = "data folder"
	dir := data.dir
	free, err := sandbox.Room(dir)
	for errors.Is(err, fs.ErrNotExist) && filepath.Dir(dir) != dir { // it is made at the first start
		dir = filepath.Dir(dir)
		free, err = sandbox.Room(dir)
	}
	if err != nil {
		return check{stateReduced, what, err.Error()}
	}
	found := fmt.Sprintf("%s, %.1f GiB free", data.dir, float64(free)/(1<<30))
	if free < sandbox.LeastRoom {
		return check{stateReduced, what, found + fmt.Sprintf(": too little to work on films, which takes %d GiB and more", sandbox.LeastRoom>>30)}
	}
	return check{stateGood, what, found}
}
