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
	Both    Counts    // the same over the pairs of which both faces were found
	Mutual  Counts    // over pairs of which both could be told
	Smiles  Smiles    // of all faces
	Turned  Smiles    // of those turned by more than SmileBeyond
	Nearest Baseline  // what the plain rule finds, of several people the nearest
	Any     Baseline  // and where all on the side count
}

// Baseline is what a plain rule finds with the same faces: a face that is turned
// by more than 25° is turned to the people on that side of the picture.
type Baseline struct {
	Facing, Both, Mutual Counts // as those of Real
}

// Smiles are the readings of faces that smile and of faces that do not.
type Smiles struct {
	Smiling, Still []float64
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

	// SmileBeyond is the turn, in degrees, from which a mouth no longer looks as
	// it does from the front.
	SmileBeyond = 25

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
			p := pair{
				truth: slices.Contains(a.Facing, b.Person), both: at[i] >= 0 && at[j] >= 0,
				back: slices.Contains(b.Facing, a.Person), mutual: i < j && b.Seen && b.Told,
			}
			p.count(&r.Facing, &r.Both, &r.Mutual, faces(s, at[i], at[j]), faces(s, at[j], at[i]))
			n, y := &r.Nearest, &r.Any
			p.count(&n.Facing, &n.Both, &n.Mutual, plainNearest(o, at[i], at[j]), plainNearest(o, at[j], at[i]))
			p.count(&y.Facing, &y.Both, &y.Mutual, plainAny(o, at[i], at[j]), plainAny(o, at[j], at[i]))
		}
	}
}

// pair is one labelled person whose turn could be told, and another.
type pair struct {
	truth bool // the one is turned to the other
	back  bool // the other is turned to the one
	both  bool // both faces were found

	mutual bool // both could be told, and the pair comes the first time
}

// count adds what was found of p, and of the way back.
func (p pair) count(facing, both, mutual *Counts, found, foundBack bool) {
	facing.Add(found, p.truth)
	if p.both {
		both.Add(found, p.truth)
	}
	if p.mutual {
		mutual.Add(found && foundBack, p.truth && p.back)
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
		r.Smiles.add(l.Smile.Value > 0, f.Smile.Value)
		if f.Yaw.Seen && math.Abs(f.Yaw.Value) > SmileBeyond {
			r.Turned.add(l.Smile.Value > 0, f.Smile.Value)
		}
	}
}

// Plus returns r and o together.
func (r Real) Plus(o Real) Real {
	return Real{
		Faces: r.Faces.Plus(o.Faces), Times: r.Times + o.Times,
		YawOff: slices.Concat(r.YawOff, o.YawOff), Side: r.Side.Plus(o.Side),
		Facing: r.Facing.Plus(o.Facing), Both: r.Both.Plus(o.Both), Mutual: r.Mutual.Plus(o.Mutual),
		Smiles: r.Smiles.plus(o.Smiles), Turned: r.Turned.plus(o.Turned),
		Nearest: r.Nearest.plus(o.Nearest), Any: r.Any.plus(o.Any),
	}
}

func (b Baseline) plus(o Baseline) Baseline {
	return Baseline{Facing: b.Facing.Plus(o.Facing), Both: b.Both.Plus(o.Both), Mutual: b.Mutual.Plus(o.Mutual)}
}

func (s *Smiles) add(smiles bool, reading float64) {
	if smiles {
		s.Smiling = append(s.Smiling, reading)
	} else {
		s.Still = append(s.Still, reading)
	}
}

func (s Smiles) plus(o Smiles) Smiles {
	return Smiles{Smiling: slices.Concat(s.Smiling, o.Smiling), Still: slices.Concat(s.Still, o.Still)}
}

// YawError returns the mean absolute error of yaw in degrees, NaN without any.
func (r Real) YawError() float64 { return stat.Mean(r.YawOff, nil) }

// Spurious returns the boxes where nobody is, for each labelled time.
func (r Real) Spurious() float64 { return float64(r.Faces.FalsePositive) / float64(max(1, r.Times)) }

// AUC returns the area under the ROC curve of the smile reading: how often a
// face that smiles reads higher than one that does not. NaN without both.
func (s Smiles) AUC() float64 {
	if len(s.Smiling) == 0 || len(s.Still) == 0 {
		return math.NaN()
	}
	scores := slices.Concat(s.Smiling, s.Still)
	smiles := make([]bool, len(scores))
	for i := range s.Smiling {
		smiles[i] = true
	}
	stat.SortWeightedLabeled(scores, smiles, nil)
	tpr, fpr, _ := stat.ROC(nil, scores, smiles, nil)
	return integrate.Trapezoidal(fpr, tpr)
}
