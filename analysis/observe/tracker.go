package observe

import (
	"cmp"
	"errors"
	"image"
	"math"
	"slices"
	"time"

	"gocv.io/x/gocv"

	"attune/internal/vig"
)

// The reduced mode searches a small picture, one way of looking at a time and
// not on each sample; it glances at each face it knows on each sample, and
// follows it where the glance sees nothing. Of the labelled faces of
// ../shared/media/real of at least 40 pixels this finds 0.70, with no extra
// face in 122 samples (TestRealFilms).
const (
	searchSide       = 384 // longer side of the picture that is searched, in pixels
	searchNeighbours = 2   // windows that agree, for a glance to be worth it
	searchEvery      = 3   // samples from one search to the next
	searchSoon       = 2   // the same while fewer than two people are known
	startWindows     = 12  // of a glance, for a face to be believed
	stayWindows      = 4   // of a glance, for a face to be still seen
	surelyWindows    = 30  // of a glance, at which the confidence is a half
	keepFor          = 3 * time.Second
	fadeBy           = time.Second // the confidence of a followed face is halved
	yawFor           = 500 * time.Millisecond
	sameHead         = 0.3 // IoU from which two boxes are one head
)

var searchSizes = sizes{least: 20, step: 1.2}

// tracked is one face that the tracker knows.
type tracked struct {
	head       head
	yaw        vig.Reading
	confidence float64
	seen       time.Duration // of the last sample on which a glance saw it
}

// tracker finds faces with cascades.
type tracker struct {
	look   *glancer
	small  gocv.Mat
	before gocv.Mat
	faces  []tracked
	sample int // counts
	way    int // of the last search
}

// newTracker returns a tracker with the cascades of dir; the caller closes it.
func newTracker(dir string) (*tracker, error) {
	look, err := newGlancer(dir)
	if err != nil {
		return nil, err
	}
	return &tracker{look: look, small: gocv.NewMat(), before: gocv.NewMat()}, nil
}

func (t *tracker) close() error {
	return errors.Join(t.look.close(), t.small.Close(), t.before.Close())
}

func (t *tracker) find(f frame) ([]found, error) {
	known := t.faces
	t.faces = nil
	for _, k := range known {
		if err := t.keep(f, k); err != nil {
			return nil, err
		}
	}
	if err := t.search(f); err != nil {
		return nil, err
	}
	t.sample++
	t.faces = suppress(t.faces)
	if err := f.gray.CopyTo(&t.before); err != nil {
		return nil, err
	}

	var faces []found
	for _, k := range t.faces {
		face := vig.Face{Box: k.head.box(f), Confidence: k.confidence, Yaw: k.yaw}
		if since := f.time - k.seen; since > 0 {
			face.Tracked = true
			face.Confidence *= math.Exp2(-since.Seconds() / fadeBy.Seconds())
			if since > yawFor {
				face.Yaw = vig.Reading{}
			}
		}
		faces = append(faces, found{face, mouthOf(k.head)})
	}
	return faces, nil
}

// keep looks for a known face in f and drops it if it is not there.
func (t *tracker) keep(f frame, k tracked) error {
	moved, there, err := follow(t.before, f.gray, k.head)
	if err != nil {
		return err
	}
	g, err := t.look.look(f.gray, moved)
	if err != nil {
		return err
	}
	if g.total() >= stayWindows {
		t.faces = append(t.faces, t.seen(f, g))
		return nil
	}
	if there && f.time-k.seen <= keepFor {
		k.head = moved
		t.faces = append(t.faces, k)
	}
	return nil
}

func (t *tracker) seen(f frame, g glance) tracked {
	n := float64(g.total())
	return tracked{head: g.head, yaw: g.yaw(), confidence: n / (n + surelyWindows), seen: f.time}
}

// search looks for new faces, on the first sample in all ways, then in one
// after another.
func (t *tracker) search(f frame) error {
	every := searchEvery
	if len(t.faces) < 2 {
		every = searchSoon
	}
	ways := []int{frontal, leftward, rightward}
	if t.sample > 0 {
		if t.sample%every != 0 {
			return nil
		}
		t.way = (t.way + 1) % len(ways)
		ways = []int{t.way}
	}
	scale := min(1, searchSide/float64(max(f.width, f.height)))
	size := image.Pt(int(math.Round(float64(f.width)*scale)), int(math.Round(float64(f.height)*scale)))
	if err := gocv.Resize(f.gray, &t.small, size, 0, 0, gocv.InterpolationArea); err != nil {
		return err
	}
	for _, way := range ways {
		squares, err := t.look.search(way, t.small, searchSizes, searchNeighbours)
		if err != nil {
			return err
		}
		for _, r := range squares {
			h := head{float64(r.Min.X+r.Max.X) / 2 / scale, float64(r.Min.Y+r.Max.Y) / 2 / scale, float64(r.Dx()) / scale / windowSide[way]}
			if slices.ContainsFunc(t.faces, func(k tracked) bool { return k.head.box(f).IoU(h.box(f)) >= sameHead }) {
				continue
			}
			g, err := t.look.look(f.gray, h)
			if err != nil {
				return err
			}
			if g.total() >= startWindows {
				t.faces = append(t.faces, t.seen(f, g))
			}
		}
	}
	return nil
}

// box returns the box of h in fractions of f.
func (h head) box(f frame) vig.Box {
	w, ht := headAspect*h.height, h.height
	return vig.Box{
		X: (h.x - w/2) / float64(f.width), Y: (h.y - ht/2) / float64(f.height),
		W: w / float64(f.width), H: ht / float64(f.height),
	}
}

// suppress keeps of those that are one head the most recently seen and surest
// (non-maximum suppression), and orders the rest from left to right.
func suppress(all []tracked) []tracked {
	unit := frame{width: 1, height: 1}
	slices.SortStableFunc(all, func(a, b tracked) int {
		return cmp.Or(cmp.Compare(b.seen, a.seen), cmp.Compare(b.confidence, a.confidence))
	})
	var kept []tracked
	for _, k := range all {
		if !slices.ContainsFunc(kept, func(o tracked) bool { return o.head.box(unit).IoU(k.head.box(unit)) >= sameHead }) {
			kept = append(kept, k)
		}
	}
	slices.SortFunc(kept, func(a, b tracked) int {
		return cmp.Or(cmp.Compare(a.head.x, b.head.x), cmp.Compare(a.head.y, b.head.y))
	})
	return kept
}
