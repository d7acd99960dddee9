package testfilm

import (
	"bufio"
	"encoding/binary"
	"io"
	"iter"
	"math"
	"math/rand/v2"
	"os"
	"time"
)

// SampleRate is that of the sound before it is encoded, in Hz.
const SampleRate = 48000

// Levels, as peak amplitudes of full scale.
const (
	voiceLevel = 0.30
	beepLevel  = 0.40
	roomLevel  = 0.002
)

// BeepPitch is the pitch of the beeps of a marked film in Hz, above every
// voice's fundamental.
const BeepPitch = 1000

// vowel is the vowel of "father" as frequencies and bandwidths in Hz: mean
// formants of men and women, and of children (Peterson and Barney, JASA 1952).
type vowel [3]struct{ at, width, gain float64 }

var (
	adultVowel = vowel{{790, 90, 1}, {1160, 110, 0.6}, {2600, 170, 0.12}}
	childVowel = vowel{{1030, 110, 1}, {1370, 130, 0.6}, {3170, 200, 0.12}}
)

// period is one period of a voice as a table, with the harmonics of pitch up
// to 5 kHz and a peak of 1.
func period(pitch float64) []float64 {
	v := adultVowel
	if pitch > 250 {
		v = childVowel
	}
	table := make([]float64, 2048)
	peak := 0.0
	for h := 1.0; h*pitch < 5000; h++ {
		gain := 0.10 / h // the source itself
		for _, f := range v {
			gain += f.gain / math.Sqrt(1+sq((h*pitch-f.at)/f.width)) / math.Sqrt(h)
		}
		for i := range table {
			table[i] += gain * math.Sin(2*math.Pi*h*float64(i)/float64(len(table))+0.7*h*h)
		}
	}
	for _, s := range table {
		peak = max(peak, math.Abs(s))
	}
	for i := range table {
		table[i] /= peak
	}
	return table
}

// add mixes v into sound, whose first sample is that of from.
func (v Voice) add(sound []float64, from time.Duration) {
	first := max(0, samples(v.Span.Start-from))
	last := min(len(sound), samples(v.Span.End-from))
	if first >= last {
		return
	}
	table := period(v.Pitch)
	length := v.Span.Length().Seconds()
	for i := first; i < last; i++ {
		s := (from - v.Span.Start).Seconds() + float64(i)/SampleRate
		// The melody rises by a tenth and falls again; this is its integral.
		cycles := v.Pitch * (s + 0.1*length/math.Pi*(1-math.Cos(math.Pi*s/length)))
		_, part := math.Modf(cycles)
		k := int(math.Abs(part)*float64(len(table))) % len(table)
		sound[i] += voiceLevel * v.loudness(v.Span.Start+time.Duration(s*1e9)) * table[k]
	}
}

func samples(d time.Duration) int { return int(math.Round(d.Seconds() * SampleRate)) }

// writeSound writes the sound of f as a WAV file.
func (f Film) writeSound(path string) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() {
		if e := file.Close(); err == nil {
			err = e
		}
	}()
	w := bufio.NewWriter(file)
	total := samples(f.Duration - f.SoundDelay)
	if err := writeWAVHeader(w, total); err != nil {
		return err
	}
	for sound := range f.sound() {
		pcm := make([]byte, 0, 2*len(sound))
		for _, v := range sound {
			pcm = binary.LittleEndian.AppendUint16(pcm, uint16(int16(math.Round(32767*clamp(v, -1, 1)))))
		}
		if _, err := w.Write(pcm); err != nil {
			return err
		}
	}
	return w.Flush()
}

// Sound returns the sound of f as it is heard before it is encoded: mono, at so
// many samples a second, which divide [SampleRate], −1 to 1.
func (f Film) Sound(rate int) []float32 {
	f = f.whole()
	every := SampleRate / rate
	var out []float32
	for block := range f.sound() {
		// The mean of the samples between two: voices have nothing that would fold.
		for ; len(block) >= every; block = block[every:] {
			var sum float64
			for _, v := range block[:every] {
				sum += v
			}
			out = append(out, float32(sum/float64(every)))
		}
	}
	return out
}

// sound yields the sound of f in blocks.
func (f Film) sound() iter.Seq[[]float64] {
	return func(yield func([]float64) bool) {
		r := rand.New(rand.NewPCG(f.Seed, 0x5014d))
		hum := 0.0
		const block = 10 * time.Second
		for from := f.SoundDelay; from < f.Duration; from += block {
			sound := make([]float64, min(samples(block), samples(f.Duration-from)))
			for i := range sound {
				hum += 0.05 * (r.NormFloat64() - hum) // one-pole low-pass at 380 Hz: ventilation
				sound[i] = roomLevel * (3*hum + 0.2*r.NormFloat64())
			}
			for i := range f.Script.Actors {
				for _, v := range f.Script.Actors[i].Voices {
					v.add(sound, from)
				}
			}
			for _, m := range f.marks() {
				for i := max(0, samples(m-from)); i < min(len(sound), samples(m+markLength-from)); i++ {
					s := (from - m).Seconds() + float64(i)/SampleRate
					sound[i] += beepLevel * math.Sin(2*math.Pi*BeepPitch*s)
				}
			}
			if !yield(sound) {
				return
			}
		}
	}
}

// writeWAVHeader writes the header of a mono file of 16 bits.
func writeWAVHeader(w io.Writer, samples int) error {
	bytes := uint32(2 * samples)
	h := append([]byte("RIFF"), binary.LittleEndian.AppendUint32(nil, 36+bytes)...)
	h = append(h, "WAVEfmt "...)
	for _, v := range []uint32{16, 1<<16 | 1, SampleRate, 2 * SampleRate, 16<<16 | 2} {
		h = binary.LittleEndian.AppendUint32(h, v)
	}
	h = append(h, "data"...)
	_, err := w.Write(binary.LittleEndian.AppendUint32(h, bytes))
	return err
}
