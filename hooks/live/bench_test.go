package live

import (
	"net/http"
	"syscall"
	"testing"
	"time"

	"recado/hooks/recadotest/readers"
)

const (
	benchCompanies = 50
	benchClients   = 1000
)

// BenchmarkSaves saves messages in one company of fifty: with nobody connected,
// with 1,000 live clients (20 of them in the company), and with 1,000 anonymous
// callers of PocketBase's own realtime. Compare saves/s; µs-cpu/event is the
// server's CPU beyond the save itself, for each delivered event.
func BenchmarkSaves(b *testing.B) {
	var bare float64 // CPU of a save without clients, in µs
	b.Run("clients=0", func(b *testing.B) {
		bare = benchSaves(b, nil, 0)
	})
	b.Run("anonymous=1000", func(b *testing.B) {
		benchSaves(b, func(w *world, _ []person) *readers.Readers {
			lines := make([]string, benchClients)
			for i := range lines {
				lines[i] = w.url + "/api/realtime -"
			}

			return readers.Elsewhere(b, lines)
		}, 0)
	})
	b.Run("clients=1000", func(b *testing.B) {
		benchSaves(b, func(w *world, people []person) *readers.Readers {
			lines := make([]string, len(people))
			for i, p := range people {
				lines[i] = w.url + "/api/recado/live?company=" + p.company + " " + p.token
			}
			all := readers.Elsewhere(b, lines)
			for w.connected() < len(people) { // greetings are on their way
			}

			return all
		}, bare)
	})
}

func benchSaves(b *testing.B, connect func(*world, []person) *readers.Readers, bare float64) (cpuPerSave float64) {
	w := newWorld(b, Deps{})
	var companies []string
	for range benchCompanies {
		companies = append(companies, w.company())
	}
	people := make([]person, benchClients)
	for i := range people {
		if i < benchCompanies*2 {
			people[i] = w.person(companies[i%benchCompanies], "inbox.view_all")
		} else {
			people[i] = people[i%(benchCompanies*2)] // ten windows each
		}
	}
	channel := w.channel(companies[0])
	conversation := w.conversation(companies[0], channel.Id, "")
	read := func() int { return 0 }
	if connect != nil {
		all := connect(w, people)
		defer all.Stop()
		read = all.Events
	}

	before, cpu := read(), cpuTime()
	b.ResetTimer()
	for b.Loop() {
		must(b, w.app.SaveNoValidate(message(b, w.app, conversation, "How much is a haircut, and have you got time tomorrow at three?")))
	}
	w.drained()
	b.StopTimer()

	used := float64((cpuTime() - cpu).Microseconds())
	delivered := read() - before
	cpuPerSave = used / float64(b.N)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "saves/s")
	b.ReportMetric(cpuPerSave, "µs-cpu/save")
	if bare > 0 {
		b.ReportMetric(float64(delivered)/float64(b.N), "events/save")
		b.ReportMetric((used-bare*float64(b.N))/float64(delivered), "µs-cpu/event")
	}

	return cpuPerSave
}

// connected counts the clients that were let in.
func (w *world) connected() int {
	answer := make(chan int)
	w.room.ledger.then(func() {
		n := 0
		for _, co := range w.room.companies {
			n += len(co.clients)
		}
		answer <- n
	})

	return <-answer
}

// drained waits until the dispatcher is through.
func (w *world) drained() {
	done := make(chan struct{})
	w.room.ledger.then(func() { close(done) })
	<-done
}

func cpuTime() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)

	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// TestAnonymousCallersDoNotSlowSavers holds what BenchmarkSaves measures: the
// guard lets no guest reach a rule check, so a save with 1,000 anonymous callers
// at the door does the same work as without.
func TestAnonymousCallersDoNotSlowSavers(t *testing.T) {
	w := newWorld(t, Deps{})
	company := w.company()
	refused := 0
	for range 1000 {
		id, status, _ := w.listen()
		if status == http.StatusTooManyRequests {
			refused++

			continue
		}
		if status, _ := w.subscribe("", id, topic("contacts/*", company), "contacts/*", "*"); status != http.StatusUnauthorized {
			t.Errorf("a guest subscribed: status %d", status)
		}
	}
	if refused < 990 {
		t.Errorf("%d of 1,000 callers from one address were refused", refused)
	}

	subscriptions := 0
	for _, client := range w.app.SubscriptionsBroker().Clients() {
		subscriptions += len(client.Subscriptions())
	}
	if subscriptions != 0 {
		t.Errorf("%d subscriptions of guests", subscriptions)
	}
}
