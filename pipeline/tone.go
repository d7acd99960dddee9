package pipeline

import (
	"encoding/binary"
	"math"
	"sync"

	"github.com/asticode/go-astiav"
)

// toneMap brings pictures of high dynamic range down to 8 bits as a television
// of standard range shows them. The steps are those of Rec. ITU-R BT.2100-2
// (the numbers become light, by PQ or HLG), BT.2408-7 (diffuse white lies at
// 203 cd/m²), BT.2087-0 (primaries of BT.2020 to BT.709), the Möbius curve of
// libavfilter's tonemap (linear to 0.3, the rest rolled off so that the peak
// becomes 1) and BT.1886 (the numbers by which a display shows that light).
type toneMap struct {
	light [toneSteps]float32 // of a code value: linear, diffuse white at 1
	hlg   bool               // the light of HLG is the scene's: display light follows from luminance
}

const (
	toneSteps = 4096 // code values are looked up in 12 bits; films have 10
	toneShift = 4

	diffuseWhite = 203.0  // cd/m², BT.2408-7 table 1
	peakLight    = 1000.0 // cd/m²: nominal peak of HLG (BT.2100-2 table 5), and what films in PQ are usually made for
	tonePeak     = peakLight / diffuseWhite
	toneKnee     = 0.3 // libavfilter's default
	gamma1886    = 2.4 // BT.1886 annex 1, for a display whose black is black
)

// Curves over light are tables by its square root, in which the dark parts,
// where the eye and the curves are steep, have enough entries.
const curveSteps = 2048

var (
	// toneScale is, by √(light ÷ tonePeak), the factor that the curve sets on
	// a colour whose largest part is that light.
	toneScale [curveSteps]float32
	// toneCode is, by √light, its number for a display of standard range.
	toneCode [curveSteps]byte
	// hlgScale is, by √(scene luminance), display light ÷ scene light.
	hlgScale [curveSteps]float32

	tonePQ, toneHLG toneMap

	makeTones = sync.OnceFunc(func() {
		for i := range curveSteps {
			x := float64(i) / (curveSteps - 1)
			x *= x
			toneScale[i] = 1
			if in := x * tonePeak; in > 0 {
				toneScale[i] = float32(mobius(in) / in)
			}
			toneCode[i] = byte(math.Round(255 * math.Pow(x, 1/gamma1886)))
			// BT.2100-2 table 5: gamma 1.2 at a peak of 1,000 cd/m². The scale
			// has no end at black, where there is nothing to scale.
			hlgScale[i] = float32(math.Pow(max(x, 1e-6), 0.2) * tonePeak)
		}
		toneHLG.hlg = true
		for i := range toneSteps {
			x := float64(i) / (toneSteps - 1)
			tonePQ.light[i] = float32(eotfPQ(x) / diffuseWhite)
			toneHLG.light[i] = float32(inverseOETFHLG(x))
		}
	})
)

// toneMapOf returns the map for film with the transfer function t, nil for
// standard dynamic range.
func toneMapOf(t astiav.ColorTransferCharacteristic) *toneMap {
	switch t {
	case astiav.ColorTransferCharacteristicSmpte2084:
		makeTones()
		return &tonePQ
	case astiav.ColorTransferCharacteristicAribStdB67:
		makeTones()
		return &toneHLG
	}
	return nil
}

// convert turns one pixel of 16-bit little-endian BGR into 8 bits.
func (m *toneMap) convert(src, dst []byte) {
	b := m.light[binary.LittleEndian.Uint16(src)>>toneShift]
	g := m.light[binary.LittleEndian.Uint16(src[2:])>>toneShift]
	r := m.light[binary.LittleEndian.Uint16(src[4:])>>toneShift]
	if m.hlg {
		s := at(&hlgScale, 0.2627*r+0.6780*g+0.0593*b) // luminance, BT.2100-2 table 5
		r, g, b = r*s, g*s, b*s
	}
	// BT.2087-0 §2.
	r, g, b = 1.6605*r-0.5876*g-0.0728*b, -0.1246*r+1.1329*g-0.0083*b, -0.0182*r-0.1006*g+1.1187*b
	s := at(&toneScale, max(r, g, b)/tonePeak)
	dst[2], dst[1], dst[0] = at(&toneCode, r*s), at(&toneCode, g*s), at(&toneCode, b*s)
}

// at looks x, held to 0–1, up in a table by square root.
func at[T any](table *[curveSteps]T, x float32) T {
	x = min(max(x, 0), 1)
	return table[int(math.Sqrt(float64(x))*(curveSteps-1)+0.5)]
}

// eotfPQ returns the light in cd/m² of the PQ signal e (BT.2100-2 table 4).
func eotfPQ(e float64) float64 {
	const (
		m1 = 2610.0 / 16384
		m2 = 2523.0 / 4096 * 128
		c1 = 3424.0 / 4096
		c2 = 2413.0 / 4096 * 32
		c3 = 2392.0 / 4096 * 32
	)
	p := math.Pow(e, 1/m2)
	return 10000 * math.Pow(max(p-c1, 0)/(c2-c3*p), 1/m1)
}

// inverseOETFHLG returns the scene light, 0–1, of the HLG signal e (BT.2100-2
// table 5).
func inverseOETFHLG(e float64) float64 {
	const (
		a = 0.17883277
		b = 1 - 4*a
	)
	c := 0.5 - a*math.Log(4*a)
	if e <= 0.5 {
		return e * e / 3
	}
	return (math.Exp((e-c)/a) + b) / 12
}

// mobius rolls light off so that tonePeak becomes 1, and leaves what is below
// the knee as it is (libavfilter/vf_tonemap.c).
func mobius(in float64) float64 {
	const (
		j = toneKnee
		p = tonePeak
		a = -j * j * (p - 1) / (j*j - 2*j + p)
		b = (j*j - 2*j*p + p) / (p - 1)
	)
	if in <= j {
		return in
	}
	return (b*b + 2*b*j + j*j) / (b - a) * (in + a) / (in + b)
}
