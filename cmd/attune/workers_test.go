package main

import (
	"os/exec"
	"testing"
)

// How many films a second a service gets done from their first byte to their
// reel, by one worker on one core and by two on all cores, on one Redis and
// PostgreSQL. Run it with -benchtime 1x.
func BenchmarkWorkers(b *testing.B) {
	taskset, err := exec.LookPath("taskset")
	if err != nil {
		b.Skip("taskset is not installed")
	}
	const n = 20
	for _, bench := range []struct {
		name    string
		workers []string
		prefix  []string
	}{
		{"one on one core", []string{"serve"}, []string{taskset, "--cpu-list", "0"}},
		{"two on all cores", []string{"serve", "worker"}, nil},
	} {
		b.Run(bench.name, func(b *testing.B) {
			films := shortFilms(b, n)
			for b.Loop() {
				b.StopTimer()
				i := prepare(b, true)
				i.prefix = bench.prefix
				i.only(bench.workers)
				i.run()
				b.StartTimer()
				i.check(i.upload(b.Context(), films), films)
			}
			b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "films/s")
		})
	}
}
