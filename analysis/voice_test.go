package analysis

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"attune/internal/vig"
)

// vowel returns a voice at a pitch: the harmonics of a glottal pulse (falling
// by 12 dB an octave) through two formants, at a level in dB, with white noise
// so many dB below.
func vowel(d time.Duration, pitch, level, snr float64, seed uint64) []float32 {
	rng := rand.New(rand.NewPCG(seed, 1))
	n := int(d.Seconds() * voiceRate)
	x := make([]float64, n)
	for h := 1; float64(h)*pitch < voiceRate/2; h++ {
		f := float64(h) * pitch
		gain := 1 / float64(h*h)
		for _, formant := range []float64{700, 1200} {
			off := (f - formant) / 120
			gain *= 1 + 4/(1+off*off)
		}
		phase := rng.Float64() * 2 * math.Pi
		for i := range x {
			x[i] += gain * math.Sin(2*math.Pi*f*float64(i)/voiceRate+phase)
		}
	}
	var power float64
	for _, v := range x {
		power += v * v
	}
	scale := math.Pow(10, level/20) / math.Sqrt(power/float64(n))
	noise := math.Pow(10, (level-snr)/20)
	out := make([]float32, n)
	for i, v := range x {
		out[i] = float32(v*scale + noise*rng.NormFloat64())
	}
	return out
}

func noise(d time.Duration, level float64, seed uint64) []float32 {
	rng := rand.New(rand.NewPCG(seed, 2))
	out := make([]float32, int(d.Seconds()*voiceRate))
	for i := range out {
		out[i] = float32(math.Pow(10, level/20) * rng.NormFloat64())
	}
	return out
}

func TestVoiceFindsPitchAndLevel(t *testing.T) {
	t.Parallel()
	for _, pitch := range []float64{80, 110, 180, 230, 300, 350, 450, 580} {
		for _, snr := range []float64{40, 20, 10} {
			t.Run(fmt.Sprintf("%v Hz %v dB", pitch, snr), func(t *testing.T) {
				t.Parallel()
				v := NewVoice()
				v.Write(vowel(4*time.Second, pitch, -25, snr, uint64(pitch)))
				fs := v.Frames()
				if len(fs) != 100 {
					t.Fatalf("%d frames of 4 s, want 100", len(fs))
				}
				right := 0
				for _, f := range fs {
					if math.Abs(f.Level+25) > 1.5 {
						t.Fatalf("level %.1f dB, want −25", f.Level)
					}
					if math.Abs(f.Pitch-pitch) <= 0.03*pitch {
						right++
					}
				}
				if want := 95; right < want && snr >= 20 || right < 80 {
					t.Errorf("pitch within 3 %% in %d of 100 frames: %.0f", right, fs[50].Pitch)
				}
			})
		}
	}
}

func TestVoiceOfNoiseHasNoPitch(t *testing.T) {
	t.Parallel()
	v := NewVoice()
	v.Write(noise(20*time.Second, -30, 1))
	voiced := 0
	for _, f := range v.Frames() {
		if f.Pitch > 0 {
			voiced++
		}
	}
	if voiced > 5 {
		t.Errorf("%d of 500 frames of noise have a pitch", voiced)
	}
}

func TestVoiceOfSilence(t *testing.T) {
	t.Parallel()
	v := NewVoice()
	v.Write(make([]float32, voiceRate))
	v.Write([]float32{float32(math.NaN()), float32(math.Inf(1))})
	for _, f := range v.Frames() {
		if f != (vig.SoundFrame{Level: -100}) {
			t.Fatalf("silence gives %+v", f)
		}
	}
}

func TestVoiceTakesPiecesOfAnyLength(t *testing.T) {
	t.Parallel()
	pcm := vowel(2*time.Second, 220, -20, 30, 5)
	whole := NewVoice()
	whole.Write(pcm)
	parts := NewVoice()
	rng := rand.New(rand.NewPCG(9, 9))
	for rest := pcm; len(rest) > 0; {
		n := min(len(rest), rng.IntN(3000))
		parts.Write(rest[:n])
		rest = rest[n:]
	}
	if !slices.Equal(whole.Frames(), parts.Frames()) {
		t.Error("the frames depend on how the sound was cut")
	}
}

// The sound of a short exchange, in a room with noise: who speaks, and when.
func TestBurstsAreFoundInSound(t *testing.T) {
	t.Parallel()
	for _, room := range []float64{-75, -55, -45} {
		t.Run(fmt.Sprintf("noise %v dB", room), func(t *testing.T) {
			t.Parallel()
			pcm := noise(20*time.Second, room, 4)
			want := []struct {
				start, end, pitch float64
				register          register
			}{
				{2, 3.2, 330, childVoice}, {3.9, 5, 190, adultVoice}, {6, 6.6, 340, childVoice},
				{6.64, 7.8, 180, adultVoice}, // without a pause
				{12, 13, 255, anyVoice}, {15, 17, 120, adultVoice},
			}
			for k, w := range want {
				x := vowel(sec(w.end-w.start), w.pitch, -26, 30, uint64(k))
				for i, s := range x {
					pcm[int(w.start*voiceRate)+i] += s
				}
			}
			v := NewVoice()
			v.Write(pcm)
			got := bursts(v.Frames())
			if len(got) != len(want) {
				t.Fatalf("%d bursts, want %d: %v", len(got), len(want), got)
			}
			for k, w := range want {
				// Two steps of the sound: one at each edge, and the pause that was cut.
				near := func(a time.Duration, b float64) bool { return (a - sec(b)).Abs() <= 2*vig.SoundStep }
				if g := got[k]; !near(g.span.Start, w.start) || !near(g.span.End, w.end) || g.register != w.register {
					t.Errorf("burst %d: %v, want %v", k, g, w)
				}
			}
		})
	}
}

func TestSteadySoundIsNoVoice(t *testing.T) {
	t.Parallel()
	hum := NewVoice()
	hum.Write(vowel(30*time.Second, 100, -40, 20, 3))
	if b := bursts(hum.Frames()); len(b) > 0 {
		t.Errorf("a hum gives %v", b)
	}
	knocks := noise(30*time.Second, -60, 3)
	for at := 2.0; at < 28; at += 3 {
		copy(knocks[int(at*voiceRate):], noise(60*time.Millisecond, -15, uint64(at)))
	}
	v := NewVoice()
	v.Write(knocks)
	if b := bursts(v.Frames()); len(b) > 0 {
		t.Errorf("knocks give %v", b)
	}
}

func BenchmarkVoice(b *testing.B) {
	pcm := vowel(10*time.Second, 210, -20, 20, 1)
	b.SetBytes(int64(4 * len(pcm)))
	var sound time.Duration
	for b.Loop() {
		v := NewVoice()
		v.Write(pcm)
		sound += 10 * time.Second
	}
	b.ReportMetric(sound.Seconds()/b.Elapsed().Seconds(), "s/s")
}

// roomNoises are the noises of rooms in which a voice must be heard, at a root
// mean square of 1.
var roomNoises = map[string]func(rng *rand.Rand, out []float64){
	"white": func(rng *rand.Rand, out []float64) {
		for i := range out {
			out[i] = rng.NormFloat64()
		}
	},
	"ventilation": func(rng *rand.Rand, out []float64) {
		low := 0.0
		for i := range out {
			low += 0.05 * (rng.NormFloat64() - low) // one-pole low-pass at 130 Hz
			out[i] = low
		}
	},
	"hum of 100 Hz": func(_ *rand.Rand, out []float64) {
		for i := range out {
			for k := 1.0; k <= 6; k++ {
				out[i] += math.Sin(2*math.Pi*100*k*float64(i)/voiceRate+k) / k
			}
		}
	},
	"clatter": func(rng *rand.Rand, out []float64) {
		loud := 0.0
		for i := range out {
			if rng.Float64() < 1.5/voiceRate {
				loud = 1 + 3*rng.Float64()
			}
			loud *= 1 - 1/(0.03*voiceRate)
			out[i] = (loud + 0.02) * rng.NormFloat64()
		}
	},
	"fan on and off": func(rng *rand.Rand, out []float64) {
		for i := range out {
			out[i] = rng.NormFloat64()
			if i/voiceRate/5%2 == 0 {
				out[i] /= 20
			}
		}
	},
	"voices of others": func(rng *rand.Rand, out []float64) {
		for range 5 {
			for at := 0; at < len(out); {
				d := sec(0.15 + 0.25*rng.Float64())
				x := vowel(d, 100+150*rng.Float64(), -20, 60, rng.Uint64())
				for i := range min(len(x), len(out)-at) {
					out[at+i] += float64(x[i]) * math.Sin(math.Pi*float64(i)/float64(len(x)))
				}
				at += len(x) + int(0.1*voiceRate*rng.Float64())
			}
		}
	},
}

// A voice is heard in the noise of a room: 5 dB above it, frame by frame.
func TestVoiceInTheNoiseOfARoom(t *testing.T) {
	t.Parallel()
	const length, level = 20 * time.Second, -26.0
	for name, fill := range roomNoises {
		for _, snr := range []float64{20, 10, 5} {
			t.Run(fmt.Sprintf("%s, %v dB", name, snr), func(t *testing.T) {
				t.Parallel()
				rng := rand.New(rand.NewPCG(3, 3))
				around := make([]float64, int(length.Seconds()*voiceRate))
				fill(rng, around)
				var power float64
				for _, v := range around {
					power += v * v
				}
				gain := math.Pow(10, (level-snr)/20) / math.Sqrt(power/float64(len(around)))
				pcm := make([]float32, len(around))
				for i, v := range around {
					pcm[i] = float32(v * gain)
				}
				var spoken spans
				for k := range 6 {
					s := vig.Span{Start: sec(1.5 + 3*float64(k)), End: sec(2.6 + 3*float64(k) + 0.1*float64(k%3))}
					spoken = append(spoken, s)
					first := int(s.Start.Seconds() * voiceRate)
					for i, v := range vowel(s.Length(), []float64{190, 330}[k%2], level, 80, uint64(k)) {
						pcm[first+i] += v * float32(0.9-0.5*math.Cos(2*math.Pi*4.5*float64(i)/voiceRate))
					}
				}
				v := NewVoice()
				v.Write(pcm)
				all := bursts(v.Frames())
				if name != "voices of others" && slices.ContainsFunc(all, func(b burst) bool { return b.register == bothVoices }) {
					t.Errorf("one voice is heard as two: %v", all)
				}
				heard := voiced(all)
				both := heard.and(spoken).length()
				f1 := 2 * both.Seconds() / (heard.length() + spoken.length()).Seconds()
				t.Logf("F1 %.2f", f1)
				if f1 < 0.85 {
					t.Errorf("F1 %.2f: heard %v", f1, heard)
				}
			})
		}
	}
}
