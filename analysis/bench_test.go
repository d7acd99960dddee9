package analysis

import (
	"fmt"
	"testing"
	"time"
)

// session is a whole meeting: exchanges every half minute, movement and smiles.
func session(length time.Duration) script {
	s := script{length: length, hz: 6, seed: 11, noise: 1, missed: 0.1, people: []actor{theAdult(), theChild()}}
	for at := 5.0; at+25 < length.Seconds(); at += 27 {
		s.exchange(at, int(at)%2, 3+int(at)%9, 1.1, 0.6)
		k := int(at) % 2
		s.people[k].moving = append(s.people[k].moving, from(at+15, at+17))
		s.people[k].smiling = append(s.people[k].smiling, from(at+3, at+9))
	}
	return s
}

func BenchmarkAnalyze(b *testing.B) {
	for _, length := range []time.Duration{10 * time.Minute, time.Hour} {
		b.Run(fmt.Sprint(length), func(b *testing.B) {
			rec := session(length).recording()
			b.ReportAllocs()
			for b.Loop() {
				Analyze(rec, Config{})
			}
		})
	}
}
