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
// ../shared/media/real of at least 40 pixels this finds 0.72, with no extra
// face in 122 samples (TestRealFilms).
const (
	// A face of 35 pixels in a sample of 640 is 21 pixels in the searched
	// picture, the window of the cascades 20. Two windows that agree make a
	// glance worth it: together with the step of 1.2 that costs 0.6 of what
	// OpenCV's defaults do (3 and 1.1), and finds as many.
	searchSide       = 384
	searchNeighbours = 2

	// Samples from one search to the next, of which each third is for the same
	// way of looking: at 6 samples a second somebody new waits for 1.5 s at most,
	// and for 1 s while fewer than two people, a session's least, are known.
	searchEvery = 3
	searchSoon  = 2

	// Windows of a glance: a face of Pointing'04 has 20 to 50 in the mean of each
	// pan. To start at 9 and stay at 3 finds 0.02 more faces on
	// ../shared/media/real, and no fewer that are none. At surelyWindows the
	// confidence is a half.
	startWindows  = 12 // for a face to be believed
	stayWindows   = 4  // for a known face to be still seen
	surelyWindows = 30

	// A followed face is kept for some seconds, so that who looks down at a toy
	// does not vanish, its confidence halved each second: 5 s find 0.013 more of the
	// labelled faces than 3 s, and no more that are none, as long as what is followed
	// looks the same. Its yaw is forgotten sooner: a turn of the head takes about
	// half a second.
	keepFor = 5 * time.Second
	fadeBy  = time.Second
	yawFor  = 500 * time.Millisecond

	sameHead = 0.3 // IoU from which two boxes are one head, OpenCV's default for YuNet
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
	sample int // how many came before
	way    int // of looking, of the last search
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
	lost := len(known) > 0 && len(t.faces) == 0
	if err := t.search(f, t.ways(lost)); err != nil {
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

// seen returns what is known of a face after a glance at it.
func (t *tracker) seen(f frame, g glance) tracked {
	n := float64(g.total())
	return tracked{head: g.head, yaw: g.yaw(), confidence: n / (n + surelyWindows), seen: f.time}
}

// ways returns in which ways the next sample is searched: in all at the start
// and when everybody was lost at once, as at a cut; otherwise in one after
// another.
func (t *tracker) ways(lost bool) []int {
	if t.sample == 0 || lost {
		return []int{frontal, leftward, rightward}
	}
	every := searchEvery
	if len(t.faces) < 2 {
		every = searchSoon
	}
	if t.sample%every != 0 {
		return nil
	}
	t.way = (t.way + 1) % 3
	return []int{t.way}
}

// search looks for new faces in the given ways.
func (t *tracker) search(f frame, ways []int) error {
	if len(ways) == 0 {
		return nil
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
			h := head{
				x: float64(r.Min.X+r.Max.X) / 2 / scale, y: float64(r.Min.Y+r.Max.Y) / 2 / scale,
				height: float64(r.Dx()) / scale / windowSide[way],
			}
			if slices.ContainsFunc(t.faces, func(k tracked) bool { return k.head.iou(h) >= sameHead }) {
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

// suppress keeps of those that are one head the most recently seen and surest
// (non-maximum suppression), and orders the rest from left to right.
func suppress(all []tracked) []tracked {
	slices.SortStableFunc(all, func(a, b tracked) int {
		return cmp.Or(cmp.Compare(b.seen, a.seen), cmp.Compare(b.confidence, a.confidence))
	})
	var kept []tracked
	for _, k := range all {
		if !slices.ContainsFunc(kept, func(o tracked) bool { return o.head.iou(k.head) >= sameHead }) {
			kept = append(kept, k)
		}
	}
	slices.SortFunc(kept, func(a, b tracked) int {
		return cmp.Or(cmp.Compare(a.head.x, b.head.x), cmp.Compare(a.head.y, b.head.y))
	})
	return kept
}
