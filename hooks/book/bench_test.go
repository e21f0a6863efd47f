package book_test

import (
	"net/http"
	"syscall"
	"testing"
	"time"

	"recado/collections"
)

// BenchmarkPage is the page with a month of free times, beside the slots call of
// the same month: one agenda with 400 appointments. The page's KB are what a
// first visit loads: the page, its style and its script, compressed.
func BenchmarkPage(b *testing.B) {
	p := newPage(b)
	p.set(p.service, map[string]any{"horizon_days": 90})
	from := time.Date(2040, 4, 1, 3, 0, 0, 0, time.UTC)
	for i := range 400 {
		start := from.AddDate(0, 0, i%30).Add(time.Duration(i/30) * 90 * time.Minute).Unix()
		p.company.Create(collections.Occupancies, map[string]any{"kind": "external", "status": "confirmed", "resource": p.agenda.Id,
			"blocked_start": start, "blocked_end": start + 3600})
	}
	owner := p.company.Member("owner")
	page := p.path("/" + p.service.Id + "?month=2040-04")

	b.Run("slots", func(b *testing.B) {
		url := p.company.URL("/api/recado/agendas/" + p.agenda.Id + "/slots?service=" + p.service.Id + "&from=2040-04-01T03:00:00Z&to=2040-05-01T03:00:00Z")
		p.cpu(b, func() { p.Do(http.MethodGet, url, owner.Token, nil).Must(b, http.StatusOK) })
	})
	b.Run("page", func(b *testing.B) {
		size := 0
		for _, path := range []string{page, "/book/page.css", "/book/page.js"} {
			answer := p.get(path, "Accept-Encoding", "gzip").Must(b, http.StatusOK)
			size += len(answer.Raw)
		}
		p.cpu(b, func() { p.get(page, "Accept-Encoding", "gzip").Must(b, http.StatusOK) })
		b.ReportMetric(float64(size)/1024, "KB")
	})
}

// cpu runs fn b.N times and reports the processor time of one. A minute passes
// between two, so that nobody asks too often.
func (p *page) cpu(b *testing.B, fn func()) {
	used := func() time.Duration {
		var usage syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
			b.Fatal(err)
		}

		return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	}
	started := p.Now()
	defer p.Set(started)
	b.ResetTimer()
	before, runs := used(), 0
	for b.Loop() {
		p.Advance(time.Second)
		fn()
		if runs++; runs%1000 == 0 {
			p.Set(started)
		}
	}
	b.ReportMetric(float64(used()-before)/float64(runs), "cpu-ns/op")
}
