package live

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

const (
	benchCompanies = 50
	benchClients   = 1000

	// readersEnv makes the test binary a process of readers, so that their CPU
	// is not counted as the server's: "<requests file>".
	readersEnv = "RECADO_LIVE_READERS"
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
	b.Run("clients=1000", func(b *testing.B) {
		benchSaves(b, func(w *world, people []person) *readers {
			lines := make([]string, len(people))
			for i, p := range people {
				lines[i] = w.url + "/api/recado/live?company=" + p.company + " " + p.token
			}
			all := readElsewhere(b, lines)
			for w.connected() < len(people) { // greetings are on their way
			}

			return all
		}, bare)
	})
	b.Run("anonymous=1000", func(b *testing.B) {
		benchSaves(b, func(w *world, _ []person) *readers {
			lines := make([]string, benchClients)
			for i := range lines {
				lines[i] = w.url + "/api/realtime -"
			}

			return readElsewhere(b, lines)
		}, 0)
	})
}

func benchSaves(b *testing.B, connect func(*world, []person) *readers, bare float64) (cpuPerSave float64) {
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
		defer all.stop()
		read = all.events
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

// readElsewhere reads the given streams ("URL TOKEN") in a process of its own.
func readElsewhere(b *testing.B, lines []string) *readers {
	b.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), readersEnv+"="+strconv.Itoa(len(lines)))
	input, err := command.StdinPipe()
	must(b, err)
	pipe, err := command.StdoutPipe()
	must(b, err)
	must(b, command.Start())
	output := bufio.NewReader(pipe)

	// The readers answer with a line when every request has been answered, and
	// with the number of events read so far whenever they are asked.
	ask := func(question string) int {
		_, err := fmt.Fprintln(input, question)
		must(b, err)
		answer, err := output.ReadString('\n')
		must(b, err)
		n, err := strconv.Atoi(strings.TrimSpace(answer))
		must(b, err)

		return n
	}
	ask(strings.Join(lines, "\n"))

	return &readers{
		events: func() int { return ask("events") },
		stop: func() {
			_ = command.Process.Kill()
			_ = command.Wait()
		},
	}
}

// readers are the connections read by the other process.
type readers struct {
	events func() int
	stop   func()
}

// readForever is the process of readers.
func readForever(count string) {
	total, _ := strconv.Atoi(count)
	transport := &http.Transport{MaxIdleConnsPerHost: total}
	input := bufio.NewScanner(os.Stdin)

	var events atomic.Int64
	var answered sync.WaitGroup
	for range total {
		input.Scan()
		url, token, _ := strings.Cut(input.Text(), " ")
		answered.Add(1)
		go func() {
			request, _ := http.NewRequest(http.MethodGet, url, nil)
			request.Header.Set("Authorization", strings.TrimPrefix(token, "-"))
			response, err := transport.RoundTrip(request)
			answered.Done()
			if err != nil {
				return
			}
			defer response.Body.Close()
			lines := bufio.NewReaderSize(response.Body, 1<<16)
			for {
				line, err := lines.ReadSlice('\n')
				if err != nil {
					return
				}
				if bytes.HasPrefix(line, []byte("data: ")) {
					events.Add(1)
				}
			}
		}()
	}
	answered.Wait()
	fmt.Println(0)
	for input.Scan() {
		fmt.Println(events.Load())
	}
	os.Exit(0)
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
