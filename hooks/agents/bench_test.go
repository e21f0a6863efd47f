package agents_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"recado/collections"
	"recado/hooks/channels"
	"recado/hooks/recadotest/modeltest"
)

// modelEnv makes the test binary the model of a benchmark, so that its work is not
// counted as Recado's.
const modelEnv = "RECADO_BENCH_MODEL"

func TestMain(m *testing.M) {
	if os.Getenv(modelEnv) != "" {
		modeltest.Alone(diligent, os.Stdin, os.Stdout)

		return
	}
	os.Exit(m.Run())
}

var (
	task      = regexp.MustCompile(`(\d) tools, (\d) s each`)
	label     = regexp.MustCompile(`"label":"([^"]+)"`)
	serviceID = regexp.MustCompile(`"service_id":"(\w+)"`)
)

// diligent does as the customer's last message says: "2 tools, 1 s each".
func diligent(r modeltest.Request) modeltest.Answer {
	order, used := task.FindAllStringSubmatch(r.Last("user").Content, -1), 0
	for i := len(r.Messages) - 1; r.Messages[i].Role != "user"; i-- {
		if r.Messages[i].Role == "tool" {
			used++
		}
	}
	last := order[len(order)-1]
	answer := modeltest.Say("Claro, como posso ajudar?")
	if when := label.FindStringSubmatch(r.Last("tool").Content); when != nil { // what is named has to be looked for
		answer = modeltest.Say("Tenho, por exemplo, " + when[1] + ". Serve?")
	}
	if used < int(last[1][0]-'0') {
		switch used {
		case 0:
			answer = modeltest.Use("my_appointments", `{}`)
		case 1:
			answer = modeltest.Use("list_services", `{}`)
		default:
			id := serviceID.FindStringSubmatch(r.Last("tool").Content)
			answer = modeltest.Use("find_slots", fmt.Sprintf(`{"service_id":%q,"from_date":"2027-03-11","to_date":"2027-03-18"}`, id[1]))
		}
	}
	answer.Delay = time.Duration(last[2][0]-'0') * time.Second

	return answer
}

// hall is a shop whose model works elsewhere, with a page of instructions.
type hall struct {
	*shop
	b     *testing.B
	quiet string // a channel on which nobody answers
	count int
}

func newHall(b *testing.B) *hall {
	b.Helper()
	process := exec.Command(os.Args[0])
	process.Env = append(os.Environ(), modelEnv+"=yes")
	process.Stderr = os.Stderr
	stdin, err := process.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := process.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := process.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = stdin.Close()
		_ = process.Wait()
	})
	url, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}

	h := &hall{shop: newShop(b), b: b}
	h.change(h.key, map[string]any{"base_url": strings.TrimSpace(url), "key": "sk-test-0123456789abcd"})
	version := h.company.Create(collections.AgentPromptVersions, map[string]any{
		"prompt": h.prompt.Id, "text": strings.Repeat("Be kind to {{contact.first_name}}, and say what there is to say in a few words. ", 40), "state": "live", "weight": 100,
	})
	h.change(h.agent, map[string]any{"instructions": version.Id, "limits": map[string]any{"replies": 1000}})
	h.quiet = h.company.Create(collections.Channels, map[string]any{"kind": "whatsapp", "name": "Quiet", "answerer": "none", "active": true}).Id

	return h
}

// says lets a customer's message in.
func (h *hall) says(channel, who, text string) {
	h.count++
	_, err := h.Inbox.Ingest(context.Background(), channels.Inbound{
		Company: h.company.Id, Channel: channel, IdentityKind: "visitor", IdentityValue: "customer " + who, Name: who, Locale: "pt-BR",
		ExternalID: fmt.Sprint("m", h.count), Kind: "text", Text: text,
	})
	if err != nil {
		h.b.Fatal(err)
	}
}

// asks lets n customers ask for work at the same time; nobody has answered yet.
func (h *hall) asks(n int, what string) {
	for i := range n {
		h.says(h.channel.Id, fmt.Sprintf("Maria %d", i), what)
	}
	h.settle()
	h.clock.Advance(4 * time.Second)
}

// answers runs what is due, until it is sent.
func (h *hall) answers() {
	if err := h.Agents.Drain(context.Background()); err != nil {
		h.b.Fatal(err)
	}
	h.settle()
}

// answered checks that every customer was answered.
func (h *hall) answered(n int) {
	h.b.Helper()
	var done int
	err := h.DB().Select("count(*)").From(collections.AgentRuns).Where(dbx.HashExp{"outcome": "answered"}).Row(&done)
	if err != nil || done != n || len(h.line.sent) != n {
		h.b.Fatalf("%d of %d were answered, %d messages sent, error %v: %s", done, n, len(h.line.sent), err, h.lastRun())
	}
}

// BenchmarkRun is Recado's own share of a run for each round in which the model uses
// a tool, beside the ingest of a message that nobody answers.
func BenchmarkRun(b *testing.B) {
	const rounds, customers = 3, 20
	h := newHall(b)
	for i := range customers {
		h.says(h.quiet, fmt.Sprint("João ", i), "Bom dia")
	}
	h.settle()

	b.Run("ingest", func(b *testing.B) {
		ran, before := 0, cpuTime()
		for b.Loop() {
			h.says(h.quiet, fmt.Sprint("João ", ran%customers), "Bom dia, tem horário livre na quinta à tarde?")
			ran++
		}
		b.ReportMetric(float64(cpuTime()-before)/float64(ran), "cpu-ns/op")
	})
	h.settle()
	asked := 0
	b.Run("round", func(b *testing.B) {
		ran, used := 0, time.Duration(0)
		for b.Loop() {
			h.asks(1, fmt.Sprintf("%d tools, 0 s each", rounds))
			before := cpuTime()
			if err := h.Agents.Drain(context.Background()); err != nil {
				b.Fatal(err)
			}
			used += cpuTime() - before
			h.settle() // to send it is the channel's share
			ran++
		}
		asked += ran
		b.ReportMetric(float64(used)/float64(ran*rounds), "cpu-ns/op")
	})
	h.answered(asked)
}

// BenchmarkAtOnce answers a hundred customers at once with a model that takes its
// second for each of two questions, beside the slowest of a few answered alone.
func BenchmarkAtOnce(b *testing.B) {
	const work = "1 tools, 1 s each"
	h := newHall(b)
	asked := 0
	timed := func(n int) time.Duration {
		h.asks(n, work)
		began := time.Now()
		h.answers()
		asked += n
		h.answered(asked)

		return time.Since(began)
	}

	b.Run("one", func(b *testing.B) {
		slowest := time.Duration(0)
		for b.Loop() {
			for range 3 {
				slowest = max(slowest, timed(1))
			}
		}
		b.ReportMetric(float64(slowest), "ns/op")
	})
	b.Run("hundred", func(b *testing.B) {
		slowest := time.Duration(0)
		for b.Loop() {
			slowest = max(slowest, timed(100))
		}
		b.ReportMetric(float64(slowest), "ns/op")
	})
}

// BenchmarkWaiting is the memory of a conversation while its run waits for the model.
func BenchmarkWaiting(b *testing.B) {
	const customers = 100
	h := newHall(b)
	h.asks(customers, "0 tools, 0 s each") // what is kept from then on is there
	h.answers()
	used := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)

		return m.HeapAlloc + m.StackInuse
	}

	most, asked := 0.0, customers
	for b.Loop() {
		h.asks(customers, "0 tools, 5 s each")
		before := used()
		done := make(chan struct{})
		go func() {
			defer close(done)
			h.answers()
		}()
		for waiting := 0; waiting < customers; time.Sleep(50 * time.Millisecond) {
			err := h.DB().Select("count(*)").From(collections.AgentRuns).Where(dbx.NewExp("status = 'running' AND prompt_text != ''")).Row(&waiting)
			if err != nil {
				b.Fatal(err)
			}
		}
		time.Sleep(500 * time.Millisecond) // until the last one has asked
		most = max(most, (float64(used())-float64(before))/1024/customers)
		<-done
		asked += customers
		h.answered(asked)
	}
	b.ReportMetric(most, "KB/run")
}

func cpuTime() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)

	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
