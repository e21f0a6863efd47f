package collections_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"recado/collections"
	"recado/hooks/recadotest"
)

// p95Of runs the body and reports the time that 19 of 20 runs stay within.
func p95Of(b *testing.B, body func()) {
	b.Helper()

	var times []time.Duration
	for b.Loop() {
		began := time.Now()
		body()
		times = append(times, time.Since(began))
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)*95/100].Nanoseconds()), "p95-ns")
}

// contactsPage asks for a page of the list as the screen does: from the middle
// of the company, in the order of names.
func contactsPage(company *recadotest.Company, filter, sort string) string {
	return company.Records(collections.Contacts) + "&perPage=30&skipTotal=1&sort=" + url.QueryEscape(sort) +
		"&filter=" + url.QueryEscape("deleted = ''"+filter)
}

// BenchmarkContactsPage pages through a company's contacts by name: one of 20,000
// among 1,000,000 of 50 companies, and one of 1,000 alone.
func BenchmarkContactsPage(b *testing.B) {
	for name, open := range map[string]func(*testing.B) (*recadotest.App, *recadotest.Company){
		"million": func(b *testing.B) (*recadotest.App, *recadotest.Company) {
			app := million(b)

			return app, app.First()
		},
		"thousand": func(b *testing.B) (*recadotest.App, *recadotest.Company) {
			app := recadotest.New(b, nil)
			company := app.Company()
			contactsOf(b, app, company, 1_000)
			analyze(b, app)

			return app, company
		},
	} {
		b.Run(name, func(b *testing.B) {
			app, company := open(b)
			member := company.Member("agent")
			address := contactsPage(company, " && search >= 'contact 5' && (search > 'contact 5' || id > '')", "search,id")
			p95Of(b, func() {
				if got := app.Do(http.MethodGet, address, member.Token, nil).Must(b, http.StatusOK); len(got.Items()) != 30 {
					b.Fatalf("%d rows", len(got.Items()))
				}
			})
		})
	}
}

// BenchmarkContactsSearch searches 20,000 contacts: for a word nobody has and for
// one that one of them has, beside the first thirty of the list.
func BenchmarkContactsSearch(b *testing.B) {
	app := recadotest.New(b, nil)
	company := app.Company()
	contactsOf(b, app, company, 20_000)
	analyze(b, app)
	member := company.Member("agent")

	for _, c := range []struct {
		name, filter string
		rows         int
	}{
		{"list", "", 30},
		{"missing", " && search ~ 'nobodyhasthis'", 0},
		{"rare", " && search ~ 'c12345@'", 1},
	} {
		b.Run(c.name, func(b *testing.B) {
			address := contactsPage(company, c.filter, "-created,-id")
			recadotest.CPU(b, func() {
				if got := app.Do(http.MethodGet, address, member.Token, nil).Must(b, http.StatusOK); len(got.Items()) != c.rows {
					b.Fatalf("%d rows", len(got.Items()))
				}
			})
		})
	}
}
