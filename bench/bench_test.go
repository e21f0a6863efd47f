//go:build bench

// Package bench measures Recado against the barest thing that does the same
// work, in one run, and writes docs/benchmarks.md. `make bench` runs it.
//
// A figure is a ratio: both sides are measured in alternating rounds of the same
// process on the same machine, so that a slow or busy machine slows both. CPU
// time is the process's own, user and system; wall time is given beside it.
package bench

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

const rounds = 5

// cost is what one operation took.
type cost struct{ cpu, wall time.Duration }

// measure runs the operation n times.
func measure(n int, op func(i int)) cost {
	runtime.GC()
	cpu, start := cpuTime(), time.Now()
	for i := range n {
		op(i)
	}

	return cost{(cpuTime() - cpu) / time.Duration(n), time.Since(start) / time.Duration(n)}
}

func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}

	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// compare measures both sides in alternating rounds and returns the medians.
func compare(n int, subject, base func(i int)) (s, b cost) {
	var subjects, bases []cost
	for round := range rounds {
		offset := round * n
		bases = append(bases, measure(n, func(i int) { base(offset + i) }))
		subjects = append(subjects, measure(n, func(i int) { subject(offset + i) }))
	}

	return median(subjects), median(bases)
}

func median(costs []cost) cost {
	pick := func(of func(cost) time.Duration) time.Duration {
		values := make([]time.Duration, len(costs))
		for i, c := range costs {
			values[i] = of(c)
		}
		slices.Sort(values)

		return values[len(values)/2]
	}

	return cost{pick(func(c cost) time.Duration { return c.cpu }), pick(func(c cost) time.Duration { return c.wall })}
}

// figure is one line of the report.
type figure struct {
	what, subject, base string
	ratio               float64
	goal                string
	met                 bool
}

var report []figure

// atMost records a ratio that shall not be above the goal.
func atMost(t *testing.T, what string, subject, base, goal float64, unit string) {
	t.Helper()
	add(t, what, subject, base, subject/base, fmt.Sprintf("≤ %g ×", goal), subject/base <= goal, unit)
}

// atLeast records a ratio of rates that shall not be below the goal; the sides
// are given as times for one operation.
func atLeast(t *testing.T, what string, subject, base, goal float64, unit string) {
	t.Helper()
	add(t, what, subject, base, base/subject, fmt.Sprintf("≥ %g ×", goal), base/subject >= goal, unit)
}

func add(t *testing.T, what string, subject, base, ratio float64, goal string, met bool, unit string) {
	t.Helper()
	f := figure{what, number(subject) + " " + unit, number(base) + " " + unit, ratio, goal, met}
	report = append(report, f)
	t.Logf("%s: %s against %s = %.2f (%s) %v", f.what, f.subject, f.base, f.ratio, f.goal, f.met)
}

func number(v float64) string {
	if v >= 100 {
		return fmt.Sprint(math.Round(v))
	}

	return fmt.Sprintf("%.3g", v)
}

func micro(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 {
		if err := write(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

const (
	reportPath = "../docs/benchmarks.md"
	beginMark  = "<!-- make bench writes from here -->"
	endMark    = "<!-- to here -->"
)

// write replaces the generated part of the report.
func write() error {
	page, err := os.ReadFile(reportPath)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(page), beginMark)
	_, after, closed := strings.Cut(rest, endMark)
	if !ok || !closed {
		return fmt.Errorf("%s lacks the marks of the generated part", reportPath)
	}

	var table strings.Builder
	fmt.Fprintf(&table, "\n%s, %d cores of %s, Go %s, `make bench`\n\n", time.Now().UTC().Format(time.DateOnly), runtime.NumCPU(), processor(), strings.TrimPrefix(runtime.Version(), "go"))
	table.WriteString("| what | Recado | measured against | ratio | goal | |\n|---|---|---|---|---|---|\n")
	for _, f := range report {
		mark := "met"
		if !f.met {
			mark = "**missed**"
		}
		fmt.Fprintf(&table, "| %s | %s | %s | %.2f | %s | %s |\n", f.what, f.subject, f.base, f.ratio, f.goal, mark)
	}
	table.WriteString("\n")

	return os.WriteFile(reportPath, []byte(before+beginMark+table.String()+endMark+after), 0o644)
}

func processor() string {
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.TrimSpace(strings.TrimLeft(name, "\t :"))
		}
	}

	return runtime.GOARCH
}
