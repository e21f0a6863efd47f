// Package readers reads event streams in another process, so that a benchmark
// does not count the readers' CPU as the server's. The other process is the test
// binary itself, started again.
package readers

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
	"testing"
)

// env makes the test binary a process of so many readers.
const env = "RECADO_TEST_READERS"

// Elsewhere reads the given streams ("URL TOKEN"; the token - is none) in a
// process of its own, until Stop. It returns when all have been answered.
func Elsewhere(b testing.TB, lines []string) *Readers {
	b.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), env+"="+strconv.Itoa(len(lines)))
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

	return &Readers{
		Events: func() int { return ask("events") },
		Stop: func() {
			_ = command.Process.Kill()
			_ = command.Wait()
		},
	}
}

// Readers are the connections read by the other process.
type Readers struct {
	Events func() int // how many events were read so far
	Stop   func()
}

// Main is the process of readers: call it first in TestMain. It returns at once
// where this process is not one.
func Main() {
	total, _ := strconv.Atoi(os.Getenv(env))
	if total == 0 {
		return
	}
	transport := &http.Transport{MaxIdleConnsPerHost: total, ReadBufferSize: 1 << 16} // spare the machine the server is measured on
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

func must(b testing.TB, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
