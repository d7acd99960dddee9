package testfilm

import (
	"math"
	"math/rand/v2"
	"sync"
	"time"
)

// looks are the heads by [Look], with their meshes made once.
var looks = [...]struct {
	*look
	mesh func() mesh
}{
	AdultLook:  {&adultLook, sync.OnceValue(func() mesh { return build(&adultLook) })},
	ChildLook:  {&childLook, sync.OnceValue(func() mesh { return build(&childLook) })},
	PasserLook: {&passerLook, sync.OnceValue(func() mesh { return build(&passerLook) })},
}

// studio renders the frames of one film. It may be used by several goroutines
// at once.
type studio struct {
	film   Film
	aspect float64
	room   []byte
	table  *sprite
	light  [256]int16
	noise  []int8

	mu      sync.Mutex
	sprites map[spriteKey]*sprite
}

// spriteKey names a sprite of an actor; a body has no angles.
type spriteKey struct {
	actor                           int
	body                            bool
	yaw, pitch, smile, mouth, other int8
}

// Steps in which heads are rendered: finer than any detector can tell, coarse
// enough that most frames find their heads made already.
const (
	yawStep    = 2.5 // degrees
	pitchStep  = 3.0
	smileSteps = 5
	mouthSteps = 4
)

// spriteLimit bounds the memory of the sprites: some 200 kB each at 720p.
const spriteLimit = 600

func newStudio(f Film) *studio {
	s := &studio{film: f, aspect: float64(f.Width) / float64(f.Height), room: room(f.Width, f.Height), table: table(f.Width, f.Height)}
	s.sprites = make(map[spriteKey]*sprite)
	for v := range s.light {
		// A gain in linear light, and back to the gamma of 2 of tone.
		s.light[v] = int16(math.Round(float64(v) * math.Sqrt(f.Light)))
	}
	r := rand.New(rand.NewPCG(f.Seed, 0x401ce))
	s.noise = make([]int8, 1<<18)
	for i := range s.noise {
		s.noise[i] = int8(clamp(math.Round(r.NormFloat64()*max(0, f.Noise)), -127, 127))
	}
	return s
}

// sprite returns the sprite of k, made by render if it is not there yet.
func (s *studio) sprite(k spriteKey, render func() *sprite) *sprite {
	s.mu.Lock()
	p := s.sprites[k]
	s.mu.Unlock()
	if p != nil {
		return p
	}
	p = render()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sprites) >= spriteLimit {
		clear(s.sprites)
	}
	s.sprites[k] = p
	return p
}

// frame renders the n-th frame, that of time t, into bgr.
func (s *studio) frame(bgr []byte, n int, t time.Duration) {
	copy(bgr, s.room)
	for i := range s.film.Script.Actors {
		s.actor(bgr, i, s.film.Script.Actors[i].at(t, s.aspect))
	}
	s.table.draw(bgr, s.film.Width, s.film.Height, 0, 0)
	s.expose(bgr, n)
	if s.film.Numbered {
		writeNumber(bgr, s.film.Width, s.film.Height, n)
	}
	if s.film.Marked {
		writeFlash(bgr, s.film.Width, s.film.Height, s.film.marked(t))
	}
}

func (s *studio) actor(bgr []byte, i int, p pose) {
	a := &s.film.Script.Actors[i]
	l := looks[a.Look]
	w, h := s.film.Width, s.film.Height
	scale := a.Size / 2 * float64(h)
	px := func(f float64, n int) int { return int(math.Round(f * float64(n))) }

	arms := int8(math.Round(p.arms * armPoses))
	body := s.sprite(spriteKey{actor: i, body: true, other: arms}, func() *sprite {
		return l.body(scale, (1-a.Y)*float64(h)/scale, float64(arms)/armPoses)
	})
	body.draw(bgr, w, h, px(p.bodyX, w), px(a.Y, h))

	k := spriteKey{
		actor: i,
		yaw:   int8(math.Round(p.yaw / yawStep)), pitch: int8(math.Round(p.pitch / pitchStep)),
		smile: int8(math.Round(p.mien.smile * smileSteps)), mouth: int8(math.Round(p.mien.mouth * mouthSteps)),
		other: int8(p.mien.lids),
	}
	head := s.sprite(k, func() *sprite {
		f := mien{smile: float64(k.smile) / smileSteps, mouth: float64(k.mouth) / mouthSteps, lids: float64(k.other)}
		return l.head(l.mesh(), scale, float64(k.yaw)*yawStep, float64(k.pitch)*pitchStep, f)
	})
	head.draw(bgr, w, h, px(p.x, w), px(p.y, h))
}

// expose applies light and noise.
func (s *studio) expose(bgr []byte, n int) {
	if s.film.Light == 1 && s.film.Noise <= 0 {
		return
	}
	mask := len(s.noise) - 1
	o := int(uint32(n)*2654435761>>7) & mask // Knuth's multiplicative hash: each frame begins elsewhere
	for i := 0; i+2 < len(bgr); i += 3 {
		e := int16(s.noise[o&mask])
		o++
		px := bgr[i : i+3 : i+3]
		px[0] = level(s.light[px[0]] + e)
		px[1] = level(s.light[px[1]] + e)
		px[2] = level(s.light[px[2]] + e)
	}
}

func level(v int16) byte { return byte(max(0, min(255, v))) }
