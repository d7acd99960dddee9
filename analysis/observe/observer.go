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
	FaceModel  string // path of the YuNet model of the manifest; "" is the reduced mode
	CascadeDir string // folder of OpenCV's Haar cascades; "" is where packages put them. YuNet works without, then no smile is seen
}

// Observer measures the samples of one film, in order. It remembers the sample
// before, so use one for each film, from one goroutine at a time.
type Observer struct {
	finder finder
	smiles *smiles // nil where the cascades are not installed, which YuNet works without
	motion motion
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

// found is a face with where its mouth is.
type found struct {
	vig.Face
	mouth mouth
}

// threads is how many OpenCV uses, in the whole process. With more, the windows
// of a cascade come back in the order in which threads find them, and the same
// film no longer gives the same bytes; decoding takes the other cores anyway.
const threads = 1

// New returns an Observer; the caller closes it. A FaceModel that is missing
// or not the manifest's is an error, never silently the reduced mode.
func New(cfg Config) (*Observer, error) {
	gocv.SetNumThreads(threads)
	o := &Observer{mode: ModeCascade}
	dir, missing := CascadeDir(cfg.CascadeDir)
	var err error
	if cfg.FaceModel != "" {
		o.mode = ModeYuNet
		o.finder, err = newYuNet(cfg.FaceModel)
	} else if err = missing; err == nil {
		o.finder, err = newTracker(dir)
	}
	if err != nil {
		return nil, err
	}
	if missing == nil {
		if o.smiles, err = newSmiles(dir); err != nil {
			o.finder.close()
			return nil, err
		}
	}
	o.motion = newMotion()
	return o, nil
}

// Mode returns what finds the faces.
func (o *Observer) Mode() Mode { return o.mode }

// Close frees what OpenCV holds. The Observer is of no use afterwards.
func (o *Observer) Close() error {
	err := errors.Join(o.finder.close(), o.motion.close())
	if o.smiles != nil {
		err = errors.Join(err, o.smiles.close())
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
		if o.smiles != nil && !face.Tracked {
			if face.Smile, err = o.smiles.measure(f.gray, face.mouth, face.Yaw); err != nil {
				return vig.Observation{}, vig.Errorf(vig.CodeInternal, op, "measure smile: %w", err)
			}
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
