package agenda_test

import (
	"fmt"
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/agenda"
)

// BenchmarkSlots is what one look at a month costs: 31 days of one agenda with
// 400 appointments, beside the bare prepared count of the same rows. The ratio
// of the two cpu-ns figures is the one docs/benchmarks.md speaks of.
func BenchmarkSlots(b *testing.B) {
	d := newDesk(b)
	from := time.Date(2040, 3, 6, 3, 0, 0, 0, time.UTC)
	to := from.AddDate(0, 0, 31)
	d.fill(from, 400)

	b.Run("bare-count", func(b *testing.B) {
		statement := d.ConcurrentDB().(*dbx.DB).DB()
		count, err := statement.Prepare("SELECT count(*) FROM occupancies WHERE resource = ? AND blocked_start < ? AND blocked_end > ?")
		if err != nil {
			b.Fatal(err)
		}
		defer count.Close()
		cpu(b, func() {
			var n int
			if err := count.QueryRow(d.agenda.Id, to.Unix(), from.Unix()).Scan(&n); err != nil || n != 400 {
				b.Fatal(n, err)
			}
		})
	})
	b.Run("in-process", func(b *testing.B) {
		q := agenda.Query{Company: d.company.Id, Agenda: d.agenda.Id, Service: d.service.Id, From: from, To: to}
		cpu(b, func() {
			if list, err := d.Agenda.Slots(d, q); err != nil || len(list.Slots) == 0 {
				b.Fatal(len(list.Slots), err)
			}
		})
	})
	b.Run("http", func(b *testing.B) {
		url := d.agendaURL(fmt.Sprintf("/slots?service=%s&from=%s&to=%s", d.service.Id, stamp(from), stamp(to)))
		cpu(b, func() { d.Do("GET", url, d.owner.Token, nil).Must(b, http.StatusOK) })
	})
}

// BenchmarkBook is one booking through every hook, validation and trigger.
func BenchmarkBook(b *testing.B) {
	d := newDesk(b)
	d.set(d.service, map[string]any{"duration": 1, "step": 1, "horizon_days": 0})
	start := at(0, 0)
	cpu(b, func() {
		start = start.Add(time.Minute)
		_, err := d.Agenda.Book(d, agenda.Booking{
			Company: d.company.Id, Agenda: d.agenda.Id, Service: d.service.Id, Contact: d.contact.Id, Start: start, Source: "member",
		})
		if err != nil {
			b.Fatal(err)
		}
	})
}

// fill books n hours, as evenly as a month allows, by rows of occupancies alone.
func (d *desk) fill(from time.Time, n int) {
	d.t.Helper()
	collection, err := d.FindCollectionByNameOrId(collections.Occupancies)
	if err != nil {
		d.t.Fatal(err)
	}
	err = d.RunInTransaction(func(txApp core.App) error {
		for i := range n {
			start := from.AddDate(0, 0, i%31).Add(time.Duration(i/31) * 90 * time.Minute).Unix()
			row := core.NewRecord(collection)
			row.Load(map[string]any{
				"company": d.company.Id, "kind": "external", "status": "confirmed", "resource": d.agenda.Id,
				"blocked_start": start, "blocked_end": start + 3600,
			})
			if err := txApp.SaveNoValidate(row); err != nil {
				return err
			}
		}

		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

// cpu runs fn b.N times and reports the processor time of one, which a busy
// machine disturbs less than the wall clock.
func cpu(b *testing.B, fn func()) {
	used := func() time.Duration {
		var usage syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
			b.Fatal(err)
		}

		return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	}
	b.ReportAllocs()
	b.ResetTimer()
	before, runs := used(), 0
	for b.Loop() {
		fn()
		runs++
	}
	b.ReportMetric(float64(used()-before)/float64(runs), "cpu-ns/op")
}
