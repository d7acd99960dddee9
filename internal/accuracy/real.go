package accuracy

import (
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/integrate"
	"gonum.org/v1/gonum/stat"

	"attune/internal/vig"
)

// Real compares what was found in a real film with its labels.
type Real struct {
	Faces   Counts    // seen faces of at least LeastFace, and boxes where nobody is
	Times   int       // labelled times
	YawOff  []float64 // error in degrees of each face found with |yaw| ≤ YawWithin
	Side    Counts    // beyond SideBeyond: turned to the right side (positive) or to the wrong one
	Facing  Counts    // over ordered pairs whose first could be told
	Mutual  Counts    // over pairs of which both could be told
	Smiling []float64 // readings of faces that smile
	Still   []float64 // and of faces that do not
}

const (
	// LeastFace is the height from which a face should be found: 40 pixels of
	// a picture 720 pixels high.
	LeastFace = 40.0 / 720

	// YawWithin is the range, in degrees, in which head orientation is judged by
	// its error: beyond it a profile is a profile.
	YawWithin = 60

	// SideBeyond is the turn, in degrees, from which its side is judged.
	SideBeyond = 30

	// boxIoU is the overlap from which a found box is a labelled face; the
	// labels' README says why it is no larger.
	boxIoU = 0.4

	// nearTime is the most by which a sample may be off the labelled time: half
	// the distance of samples at 6 a second, rounded up to whole frames.
	nearTime = 100 * time.Millisecond
)

// CompareReal compares the samples nearest to the labelled times.
func CompareReal(labels []Label, rec vig.Recording, scenes []vig.Scene) Real {
	var r Real
	for len(labels) > 0 {
		n := 1
		for n < len(labels) && labels[n].Time == labels[0].Time {
			n++
		}
		if i, ok := nearest(rec.Observations, labels[0].Time); ok {
			r.compare(labels[:n], rec.Observations[i], scenes[i])
		}
		labels = labels[n:]
	}
	return r
}

func nearest(all []vig.Observation, t time.Duration) (int, bool) {
	best := -1
	for i, o := range all {
		if best < 0 || (o.Time-t).Abs() < (all[best].Time-t).Abs() {
			best = i
		}
	}
	return best, best >= 0 && (all[best].Time-t).Abs() <= nearTime
}

// compare adds one labelled time.
func (r *Real) compare(labels []Label, o vig.Observation, s vig.Scene) {
	r.Times++
	at := make([]int, len(labels)) // the face of o that each label is, or −1
	taken := make([]bool, len(o.Faces))
	for i, l := range labels {
		at[i] = -1
		for j, f := range o.Faces {
			if iou := f.Box.IoU(l.Box); !taken[j] && iou >= boxIoU && (at[i] < 0 || iou > o.Faces[at[i]].Box.IoU(l.Box)) {
				at[i] = j
			}
		}
		if at[i] >= 0 {
			taken[at[i]] = true
			r.compareFace(l, o.Faces[at[i]])
		}
		if l.Seen && l.Box.H >= LeastFace {
			r.Faces.Add(at[i] >= 0, true)
		}
	}
	for _, t := range taken {
		if !t {
			r.Faces.FalsePositive++
		}
	}
	for i, a := range labels {
		if !a.Seen || !a.Told {
			continue
		}
		for j, b := range labels {
			if i == j {
				continue
			}
			found, truth := faces(s, at[i], at[j]), slices.Contains(a.Facing, b.Person)
			r.Facing.Add(found, truth)
			if i < j && b.Seen && b.Told {
				r.Mutual.Add(found && faces(s, at[j], at[i]), truth && slices.Contains(b.Facing, a.Person))
			}
		}
	}
}

// faces reports whether face i of s was found turned to the person of face j.
func faces(s vig.Scene, i, j int) bool {
	return i >= 0 && j >= 0 && s.Faces[j].Person != "" && slices.Contains(s.Faces[i].Facing, s.Faces[j].Person)
}

func (r *Real) compareFace(l Label, f vig.Face) {
	if !l.Seen {
		return
	}
	if l.Yaw.Seen && f.Yaw.Seen {
		if math.Abs(l.Yaw.Value) <= YawWithin {
			r.YawOff = append(r.YawOff, math.Abs(f.Yaw.Value-l.Yaw.Value))
		}
		if math.Abs(l.Yaw.Value) > SideBeyond {
			r.Side.Add(f.Yaw.Value*l.Yaw.Value > 0, true)
		}
	}
	if l.Smile.Seen && f.Smile.Seen {
		if l.Smile.Value > 0 {
			r.Smiling = append(r.Smiling, f.Smile.Value)
		} else {
			r.Still = append(r.Still, f.Smile.Value)
		}
	}
}

// Plus returns r and o together.
func (r Real) Plus(o Real) Real {
	return Real{
		Faces: r.Faces.Plus(o.Faces), Times: r.Times + o.Times,
		YawOff: slices.Concat(r.YawOff, o.YawOff), Side: r.Side.Plus(o.Side),
		Facing: r.Facing.Plus(o.Facing), Mutual: r.Mutual.Plus(o.Mutual),
		Smiling: slices.Concat(r.Smiling, o.Smiling), Still: slices.Concat(r.Still, o.Still),
	}
}

// YawError returns the mean absolute error of yaw in degrees, NaN without any.
func (r Real) YawError() float64 { return stat.Mean(r.YawOff, nil) }

// Spurious returns the boxes where nobody is, for each labelled time.
func (r Real) Spurious() float64 { return float64(r.Faces.FalsePositive) / float64(max(1, r.Times)) }

// SmileAUC returns the area under the ROC curve of the smile reading: how often
// a face that smiles reads higher than one that does not. NaN without both.
func (r Real) SmileAUC() float64 {
	if len(r.Smiling) == 0 || len(r.Still) == 0 {
		return math.NaN()
	}
	scores := slices.Concat(r.Smiling, r.Still)
	smiles := make([]bool, len(scores))
	for i := range r.Smiling {
		smiles[i] = true
	}
	stat.SortWeightedLabeled(scores, smiles, nil)
	tpr, fpr, _ := stat.ROC(nil, scores, smiles, nil)
	return integrate.Trapezoidal(fpr, tpr)
}
