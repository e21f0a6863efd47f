package webchat_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"recado/collections"
	"recado/config"
	"recado/hooks/recadotest"
)

// senderEnv makes the test binary a process that only sends, so that its CPU is
// not counted as the server's: "<address> <messages> <token> <token> …".
const senderEnv = "RECADO_WEBCHAT_SENDER"

const (
	benchConns    = 4
	perToken      = 200 // stays within a visitor's allowance
	benchText     = "Hello! How much is a haircut, and have you got time tomorrow at three?"
	benchMessages = 2000
)

func TestMain(m *testing.M) {
	if order := os.Getenv(senderEnv); order != "" {
		sendElsewhere(strings.Fields(order))

		return
	}
	os.Exit(m.Run())
}

// BenchmarkMessage compares the CPU of the whole process for one message of the
// widget over HTTP (identity, conversation, message, counters, triage, live
// event; every commit on disk) with that of a prepared insert of the same row.
func BenchmarkMessage(b *testing.B) {
	var raw float64
	b.Run("raw", func(b *testing.B) { raw = benchRaw(b) })
	b.Run("http", func(b *testing.B) {
		cpu := benchHTTP(b)
		if raw > 0 {
			b.ReportMetric(cpu/raw, "x-raw")
		}
	})
}

// benchRaw is the denominator: one prepared row a transaction, synchronous=FULL,
// in a table with the same columns and indexes.
func benchRaw(b *testing.B) float64 {
	app := recadotest.New(b, nil)
	columns := []string{"id"}
	for _, field := range must1(app.FindCachedCollectionByNameOrId(collections.Messages))(b).Fields {
		if name := field.GetName(); name != "id" {
			columns = append(columns, name)
		}
	}
	db := must1(config.DBConnect(filepath.Join(app.DataDir(), "data.db")))(b)
	defer db.Close()
	db.DB().SetMaxOpenConns(1)
	statement := must1(db.DB().Prepare("INSERT INTO messages (" + strings.Join(columns, ",") + ") VALUES (?" + strings.Repeat(",?", len(columns)-1) + ")"))(b)
	values := make([]any, len(columns))
	ids := collections.NewIDs(time.Now)
	n := 0
	insert := func() {
		for i, column := range columns {
			switch column {
			case "id", "external_id", "client_id":
				values[i] = ids.Next()
			case "text":
				values[i] = benchText
			case "attachments", "options", "data":
				values[i] = "[]"
			case "attempts":
				values[i] = 0
			case "direction":
				values[i] = "in"
			case "kind":
				values[i] = "text"
			case "status":
				values[i] = "received"
			case "company", "conversation", "contact", "channel":
				values[i] = "abcdefghijklmno"
			case "at", "created", "updated":
				values[i] = "2026-11-21 10:00:00.000Z"
			default:
				values[i] = ""
			}
		}
		if _, err := statement.Exec(values...); err != nil {
			b.Fatal(err)
		}
		n++
	}

	for b.Loop() {
		start := cpuTime()
		for range benchMessages {
			insert()
		}
		b.ReportMetric(perMessage(start, benchMessages), "µs-cpu/message")
	}
	start := cpuTime()
	for range benchMessages {
		insert()
	}

	return perMessage(start, benchMessages)
}

func benchHTTP(b *testing.B) (cpu float64) {
	// A second passes with every look at the clock, so that no allowance is used up.
	var looks atomic.Int64
	start := time.Now()
	app := recadotest.New(b, func() time.Time { return start.Add(time.Duration(looks.Add(1)) * time.Second) })
	url := app.Listen()
	channel := app.Company().Webchat()
	channel = app.Reload(channel)
	channel.Set("answerer", "none")
	must(b, app.Save(channel))

	order := []string{strings.TrimPrefix(url, "http://"), strconv.Itoa(benchMessages)}
	for range benchMessages / perToken {
		token, _ := app.Do("POST", "/api/recado/webchat/"+channel.GetString("public_key")+"/sessions", "", map[string]any{}).
			Must(b, http.StatusOK).JSON["token"].(string)
		order = append(order, token)
	}

	for b.Loop() {
		before := cpuTime()
		sender := exec.Command(os.Args[0])
		sender.Env = append(os.Environ(), senderEnv+"="+strings.Join(order, " "))
		sender.Stderr = os.Stderr
		must(b, sender.Run())
		cpu = perMessage(before, benchMessages)
		b.ReportMetric(cpu, "µs-cpu/message")
	}

	return cpu
}

// sendElsewhere posts the messages over a few connections, each visitor's in order.
func sendElsewhere(order []string) {
	address, tokens := order[0], order[2:]
	total, _ := strconv.Atoi(order[1])
	queue := make(chan string, len(tokens))
	for _, token := range tokens {
		queue <- token
	}
	close(queue)

	var wait sync.WaitGroup
	for range benchConns {
		wait.Go(func() {
			conn, err := net.Dial("tcp", address)
			if err != nil {
				panic(err)
			}
			defer conn.Close()
			answers := bufio.NewReader(conn)
			for token := range queue {
				for range total / len(tokens) {
					body := fmt.Sprintf(`{"clientId":"%d","text":%q}`, time.Now().UnixNano(), benchText)
					fmt.Fprintf(conn, "POST /api/recado/webchat/messages HTTP/1.1\r\nHost: desk\r\nAuthorization: Bearer %s\r\n"+
						"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", token, len(body), body)
					response, err := http.ReadResponse(answers, nil)
					if err != nil || response.StatusCode != http.StatusCreated {
						panic(fmt.Sprint(response, err))
					}
					if _, err := bufio.NewReader(response.Body).Discard(int(response.ContentLength)); err != nil {
						panic(err)
					}
				}
			}
		})
	}
	wait.Wait()
}

func cpuTime() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)

	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func perMessage(since time.Duration, messages int) float64 {
	return float64((cpuTime() - since).Microseconds()) / float64(messages)
}

// must1 returns the value of a call that may not fail.
func must1[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		must(t, err)

		return value
	}
}
