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
	benchConns    = 8   // visitors who write at the same time
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

// BenchmarkRawInsert is what BenchmarkWidgetMessage is compared with: one
// prepared row a transaction, synchronous=FULL, into the same table.
func BenchmarkRawInsert(b *testing.B) {
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
	}

	measure(b, func() {
		for range benchMessages {
			insert()
		}
	})
}

// BenchmarkWidgetMessage posts messages over HTTP and counts the CPU of the
// whole process: identity, conversation, message, counters, triage, live event,
// every commit on disk.
func BenchmarkWidgetMessage(b *testing.B) {
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

	measure(b, func() {
		sender := exec.Command(os.Args[0])
		sender.Env = append(os.Environ(), senderEnv+"="+strings.Join(order, " "))
		sender.Stderr = os.Stderr
		must(b, sender.Run())
	})
}

// measure reports the CPU of one message; a run handles benchMessages of them.
func measure(b *testing.B, run func()) {
	messages, start := 0, cpuTime()
	for b.Loop() {
		run()
		messages += benchMessages
	}
	b.ReportMetric(float64((cpuTime()-start).Nanoseconds())/float64(messages), "cpu-ns/op")
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

// must1 returns the value of a call that may not fail.
func must1[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		must(t, err)

		return value
	}
}
