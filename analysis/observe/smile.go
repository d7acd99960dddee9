package observe

import (
	"errors"
	"image"
	"math"

	"gocv.io/x/gocv"

	"attune/internal/vig"
)

// A mouth is looked at upright in a picture of smileWidth × smileHeight, in
// which its head is as high as the picture is wide, and turned heads are
// stretched to their width from the front. The windows of the smile cascade
// that see a smile there are counted: smileHalf of them give 0.5.
//
// On the labelled faces of ../shared/media/real the count tells smiles with an
// AUC of 0.7 (TestRealFilms), and of 0.8 without one bearded man out of focus.
// Within one person it is above 0.85: beards and soft focus raise the count for
// good, so its changes say more than its level. The width of the mouth between
// YuNet's points, in heads and for yaw, reaches 0.6 and adds nothing.
const (
	smileWidth  = 96
	smileHeight = 48
	smileHalf   = 50

	smileYaw    = 60  // degrees: of a face turned further one corner of the mouth is out of sight
	smileLeast  = 40  // pixels of height: of a smaller face the mouth is a few pixels
	mostStretch = 2.0 // that of smileYaw

	mouthDrop = 0.25 // heads from the middle of a head's box to the mouth; the median of YuNet's on ../shared/media/real
)

var smileSizes = sizes{step: 1.1} // from the window of the cascade (36 × 18) to the whole picture

// mouth is where to look for a smile, in pixels of the frame.
type mouth struct {
	at     point
	down   point   // unit vector from the brow to the chin
	height float64 // of the head
}

// mouthOf returns where the mouth of an upright head is.
func mouthOf(h head) mouth {
	return mouth{at: point{h.x, h.y + mouthDrop*h.height}, down: point{0, 1}, height: h.height}
}

// smiles tells smiles with the smile cascade.
type smiles struct {
	cascade cascade
	upright upright
}

func newSmiles(dir string) (*smiles, error) {
	c, err := loadCascade(dir, smileFile)
	if err != nil {
		return nil, err
	}
	return &smiles{cascade: c, upright: newUpright()}, nil
}

func (s *smiles) close() error {
	return errors.Join(s.cascade.close(), s.upright.close())
}

// read reads the smile of face, unless that was followed only.
func (s *smiles) read(f frame, face found) (vig.Face, error) {
	if face.Tracked {
		return face.Face, nil
	}
	var err error
	face.Smile, err = s.measure(f.gray, face.mouth, face.Yaw)
	return face.Face, err
}

// measure returns how much m smiles, unless it is too small or its head is
// turned by too much a yaw to tell.
func (s *smiles) measure(gray gocv.Mat, m mouth, yaw vig.Reading) (vig.Reading, error) {
	if m.height < smileLeast || !yaw.Seen || math.Abs(yaw.Value) > smileYaw {
		return vig.Reading{}, nil
	}
	scale := smileWidth / m.height
	stretch := scale * min(mostStretch, 1/math.Cos(yaw.Value*math.Pi/180))
	if err := s.upright.take(gray, m.at, m.down, stretch, scale, image.Pt(smileWidth, smileHeight)); err != nil {
		return vig.Reading{}, err
	}
	found, err := s.cascade.search(s.upright.picture, smileSizes, 0)
	if err != nil {
		return vig.Reading{}, err
	}
	n := float64(len(found))
	return vig.Read(n / (n + smileHalf)), nil
}
