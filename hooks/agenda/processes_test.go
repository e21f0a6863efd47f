package agenda_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"recado/collections"
)

// process is a real `recado serve`.
type process struct {
	*exec.Cmd
	base string
	log  *bytes.Buffer
	gone chan struct{}
}

// binary builds Recado.
func binary(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "recado")
	build := exec.Command("go", "build", "-o", path, "recado")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}

	return path
}

// serve starts the binary on a data folder and returns when it answers.
func serve(t *testing.T, binary, dir string) *process {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()

	p := &process{
		Cmd:  exec.Command(binary, "serve", "--dir", dir, "--http", address),
		base: "http://" + address, log: &bytes.Buffer{}, gone: make(chan struct{}),
	}
	p.Stdout, p.Stderr = p.log, p.log
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.gone)
		_ = p.Wait()
	}()
	t.Cleanup(p.kill)

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		if response, err := http.Get(p.base + "/api/health"); err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return p
			}
		}
		select {
		case <-p.gone:
			t.Fatalf("the server ended:\n%s", p.log)
		case <-ctx.Done():
			t.Fatal("the server never answered")
		case <-ticker.C:
		}
	}
}

// kill is kill -9: no handler, no clean-up.
func (p *process) kill() {
	_ = p.Process.Kill()
	<-p.gone
}

// post books over the network; status 0 is a connection that broke.
func (p *process) post(d *desk, start time.Time) (status int, answer map[string]any) {
	body, _ := json.Marshal(map[string]any{"service": d.service.Id, "start": stamp(start), "contact": d.contact.Id})
	request, _ := http.NewRequest(http.MethodPost, p.base+d.agendaURL("/book"), bytes.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", d.owner.Token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil || json.Unmarshal(raw, &answer) != nil {
		return 0, nil
	}

	return response.StatusCode, answer
}

// TestTwoProcessesOneFolder: two servers share a data folder, as they do for a
// moment in an upgrade. Each slot has one winner over both; a kill -9 loses no
// booking that was acknowledged, and breaks no rule.
//
// Parity: LS-appointments.
func TestTwoProcessesOneFolder(t *testing.T) {
	d := newDesk(t)
	path := binary(t)
	servers := []*process{serve(t, path, d.DataDir()), serve(t, path, d.DataDir())}

	// The servers live in the present.
	first := time.Now().UTC().Truncate(time.Hour).Add(48 * time.Hour)
	const rounds, callers = 20, 64
	for round := range rounds {
		start := first.Add(time.Duration(round) * time.Hour)
		var mu sync.Mutex
		answers := map[string]int{}
		together(callers, func(i int) {
			status, answer := servers[i%2].post(d, start)
			what := fmt.Sprint(status)
			if status == http.StatusConflict {
				data, _ := answer["data"].(map[string]any)
				alternatives, _ := data["alternatives"].([]any)
				what = fmt.Sprint(status, data["code"], len(alternatives))
			}
			mu.Lock()
			defer mu.Unlock()
			answers[what]++
		})
		if answers["200"] != 1 || answers["409slot_taken3"] != callers-1 {
			t.Fatalf("round %d: %v\n%s", round, answers, servers[0].log)
		}
	}

	// Eight callers fill the next days through the first server, which is killed
	// when it has acknowledged its thirtieth booking.
	var mu sync.Mutex
	var acknowledged []string
	enough := make(chan struct{})
	go func() {
		<-enough
		_ = servers[0].Process.Kill()
	}()
	together(8, func(worker int) {
		for i := range 60 {
			status, answer := servers[0].post(d, first.Add(time.Duration(100+i*8+worker)*time.Hour))
			if status == 0 {
				return
			}
			mu.Lock()
			if id, ok := answer["id"].(string); ok && status == http.StatusOK {
				if acknowledged = append(acknowledged, id); len(acknowledged) == 30 {
					close(enough)
				}
			}
			mu.Unlock()
		}
	})
	<-servers[0].gone

	if len(acknowledged) < 30 {
		t.Fatalf("only %d bookings were acknowledged", len(acknowledged))
	}
	for _, id := range acknowledged {
		if d.appointment(id).GetString("status") != "confirmed" {
			t.Fatalf("the acknowledged booking %s is lost", id)
		}
	}
	d.sound()

	// The other server goes on, and a new one starts on what was left behind.
	servers[0] = serve(t, path, d.DataDir())
	for i, server := range servers {
		if status, answer := server.post(d, first.Add(time.Duration(900+i)*time.Hour)); status != http.StatusOK {
			t.Fatalf("server %d after the kill: %d %v", i, status, answer)
		}
	}
	if status, _ := servers[0].post(d, first); status != http.StatusConflict {
		t.Fatal("a slot was sold twice after the restart")
	}
	if n := d.count(collections.Appointments); n < rounds+32 {
		t.Fatalf("%d appointments", n)
	}
	d.sound()
}
