package recadotest

import (
	"syscall"
	"testing"
)

// CPU runs the body and reports the process's own CPU time for one run.
func CPU(b *testing.B, body func()) {
	b.Helper()

	used := func() int64 {
		var usage syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
			b.Fatal(err)
		}

		return usage.Utime.Nano() + usage.Stime.Nano()
	}
	before, runs := used(), 0
	for b.Loop() {
		body()
		runs++
	}
	b.ReportMetric(float64(used()-before)/float64(runs), "cpu-ns/op")
}
