package observe

import (
	"context"
	"errors"
	"time"

	"gocv.io/x/gocv"

	"attune/internal/vig"
)

// Mode names what finds the faces, as written in the settings of an analysis.
type Mode string

// The modes.
const (
	ModeYuNet   Mode = "yunet"
	ModeCascade Mode = "cascade" // the reduced mode
)

// Config says how to observe. Its zero value works.
type Config struct {
	FaceModel     string // path of the YuNet model of the manifest; "" is the reduced mode
	LandmarkModel string // path of the face mesh of the manifest, which needs a FaceModel; "" is without: yaw is coarser, smiles are less sure, no pitch is seen
	EyeModel      string // path of the iris model of the manifest, which needs a LandmarkModel; "" is without: no gaze is seen
	CascadeDir    string // folder of OpenCV's Haar cascades; "" is where packages put them. YuNet works without, then only a LandmarkModel sees smiles
}

// Observer measures the samples of one film, in order. It remembers the sample
// before, so use one for each film, from one goroutine at a time.
type Observer struct {
	finder finder
	reader reader // nil where neither landmarks nor the smile cascade are installed, which YuNet works without
	motion motion
	dye    dye
	mode   Mode
	last   time.Duration
	begun  bool
}

// finder finds the faces of a frame. What it returns is in order of place, so
// that the same frames give the same faces in the same order.
type finder interface {
	find(frame) ([]found, error)
	close() error
}

// reader adds to a face what the finder cannot tell.
type reader interface {
	read(frame, found) (vig.Face, error)
	close() error
}

// found is a face with where its mouth is.
type found struct {
	vig.Face
	mouth mouth
}

// threads is how many OpenCV uses, in the whole process. With more, the windows
// of a cascade come back in the order in which threads find them, and the same
// film no longer gives the same bytes; decoding takes the other cores anyway.
const threads = 1

// New returns an Observer; the caller closes it. A model that is missing or not
// the manifest's is an error, never silently the reduced mode, and so is a
// LandmarkModel without a FaceModel: its angles are those of YuNet's boxes. An
// EyeModel without a LandmarkModel is one too.
func New(cfg Config) (*Observer, error) {
	gocv.SetNumThreads(threads)
	o := &Observer{mode: ModeCascade}
	dir, missing := CascadeDir(cfg.CascadeDir)
	var err error
	switch {
	case cfg.EyeModel != "" && cfg.LandmarkModel == "":
		err = vig.Errorf(vig.CodeInvalid, "observe", "the eye model needs the landmark model")
	case cfg.FaceModel != "":
		o.mode = ModeYuNet
		o.finder, err = newYuNet(cfg.FaceModel)
	case cfg.LandmarkModel != "":
		err = vig.Errorf(vig.CodeInvalid, "observe", "the landmark model needs the face model")
	case missing != nil:
		err = missing
	default:
		o.finder, err = newTracker(dir)
	}
	if err != nil {
		return nil, err
	}
	switch {
	case cfg.LandmarkModel != "":
		o.reader, err = newReader(cfg)
	case missing == nil:
		o.reader, err = newSmiles(dir)
	}
	if err != nil {
		return nil, errors.Join(err, o.finder.close())
	}
	o.motion, o.dye = newMotion(), newDye()
	return o, nil
}

// newReader returns a reader of faces with the models of cfg, of which that of
// the eyes may be absent.
func newReader(cfg Config) (reader, error) {
	l, err := newLandmarks(cfg.LandmarkModel)
	if err != nil || cfg.EyeModel == "" {
		return l, err
	}
	if l.eyes, err = newEyes(cfg.EyeModel); err != nil {
		return nil, errors.Join(err, l.close())
	}
	return l, nil
}

// Mode returns what finds the faces.
func (o *Observer) Mode() Mode { return o.mode }

// Close frees what OpenCV holds. The Observer is of no use afterwards.
func (o *Observer) Close() error {
	err := errors.Join(o.finder.close(), o.motion.close(), o.dye.close())
	if o.reader != nil {
		err = errors.Join(err, o.reader.close())
	}
	return err
}

// Observe measures s, which it keeps no part of. It returns the context's
// error if ctx is done, and [vig.CodeInvalid] for a picture that contradicts
// itself or a sample that is not after the one before.
func (o *Observer) Observe(ctx context.Context, s vig.Sample) (vig.Observation, error) {
	const op = "observe sample"
	if err := ctx.Err(); err != nil {
		return vig.Observation{}, err
	}
	if o.begun && s.Time <= o.last {
		return vig.Observation{}, vig.Errorf(vig.CodeInvalid, op, "at %v, which is not after %v", s.Time, o.last)
	}
	f, err := newFrame(s)
	if err != nil {
		return vig.Observation{}, vig.Errorf(vig.CodeInvalid, op, "%w", err)
	}
	defer f.close()

	all, err := o.finder.find(f)
	if err != nil {
		return vig.Observation{}, vig.Errorf(vig.CodeInternal, op, "find faces: %w", err)
	}
	var faces []vig.Face
	for _, face := range all {
		if o.reader != nil {
			if face.Face, err = o.reader.read(f, face); err != nil {
				return vig.Observation{}, vig.Errorf(vig.CodeInternal, op, "read face: %w", err)
			}
		}
		if face.Colours, err = o.dye.measure(f, face.Box); err != nil {
			return vig.Observation{}, vig.Errorf(vig.CodeInternal, op, "tell colours: %w", err)
		}
		faces = append(faces, face.Face)
	}
	grid, err := o.motion.measure(f)
	if err != nil {
		return vig.Observation{}, vig.Errorf(vig.CodeInternal, op, "measure motion: %w", err)
	}
	o.last, o.begun = s.Time, true
	return vig.Observation{Time: s.Time, Faces: faces, Motion: grid}, nil
}

// Version returns the version of OpenCV that was linked.
func Version() string { return gocv.OpenCVVersion() }
