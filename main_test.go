package main

import (
	"bufio"
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"recado/hooks/web"
)

// binary is Recado as `make build` makes it, built once for all tests.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "recado-binary-")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "recado")
	build := exec.Command("go", "build", "-ldflags", "-X main.version=v0.0.1-test", "-o", binary, ".")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building: %v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// process is a running `recado serve`.
type process struct {
	address string
	data    string // the data folder
	command *exec.Cmd
	ended   chan error

	mu     sync.Mutex
	stdout []string
	stderr bytes.Buffer
}

// environment is ours without settings of whoever runs the tests.
func environment(extra ...string) []string {
	env := slices.DeleteFunc(os.Environ(), func(pair string) bool { return strings.HasPrefix(pair, "RECADO_") })

	return append(env, extra...)
}

// serve starts Recado on a free port and waits until it tells its address.
func serve(t *testing.T, data string, env ...string) *process {
	t.Helper()
	p := &process{data: data, ended: make(chan error, 1)}
	p.command = exec.Command(binary, "serve", "--http", "127.0.0.1:0", "--dir", data)
	p.command.Env = environment(env...)
	p.command.Stderr = &p.stderr
	out, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if p.command.ProcessState == nil {
			_ = p.command.Process.Kill()
		}
	})

	ready := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			p.mu.Lock()
			p.stdout = append(p.stdout, lines.Text())
			p.mu.Unlock()
			if strings.HasPrefix(lines.Text(), "http://") {
				ready <- lines.Text()
			}
		}
		p.ended <- p.command.Wait()
	}()
	select {
	case p.address = <-ready:
	case err := <-p.ended:
		t.Fatalf("ended at once: %v\n%s", err, &p.stderr)
	case <-time.After(time.Minute):
		t.Fatal("did not start")
	}

	return p
}

// stop sends SIGTERM and returns how long the end took.
func (p *process) stop(t *testing.T) time.Duration {
	t.Helper()
	started := time.Now()
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-p.ended:
		if err != nil {
			t.Fatalf("ended by %v\n%s", err, &p.stderr)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("did not end")
	}

	return time.Since(started)
}

// recado runs a command to its end.
func recado(t *testing.T, env []string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	command := exec.Command(binary, args...)
	command.Env = environment(env...)
	command.Dir = t.TempDir()
	command.Stdout, command.Stderr = &out, &errs
	_ = command.Run()
	if left, _ := os.ReadDir(command.Dir); len(left) > 0 {
		t.Errorf("%v left %v behind", args, left)
	}

	return out.String(), errs.String(), command.ProcessState.ExitCode()
}

func get(t *testing.T, url string) (*http.Response, string) {
	t.Helper()
	client := http.Client{
		Timeout:       30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}

	return response, string(body)
}

// Parity: DC-health.
func TestServe(t *testing.T) {
	p := serve(t, filepath.Join(t.TempDir(), "pb_data"))

	for path, want := range map[string]struct {
		status int
		body   string
	}{
		"/":                                   {200, "Recado"},
		"/c/x/inbox":                          {200, "Recado"},
		"/_/":                                 {200, "PocketBase"},
		"/status":                             {200, `{"status":"ok"}`},
		"/api/health":                         {200, "healthy"},
		"/api/recado/health":                  {200, `"version":"v0.0.1-test"`},
		"/api/recado/typo":                    {404, `"code":"not_found"`},
		"/assets/gone.js":                     {404, `"code":"not_found"`},
		"/a//b":                               {307, ""},
		"/api/collections/contacts/records/x": {404, ""},
	} {
		response, body := get(t, p.address+path)
		if response.StatusCode != want.status || !strings.Contains(body, want.body) {
			t.Errorf("%s: %d %.200s", path, response.StatusCode, body)
		}
		if response.Header.Get(web.VersionHeader) != "v0.0.1-test" {
			t.Errorf("%s lacks the version", path)
		}
	}
	if response, _ := get(t, p.address+"/_/"); !strings.Contains(response.Header.Get("Content-Security-Policy"), "default-src 'self'") {
		t.Error("the dashboard lost its policy")
	}

	var health struct {
		Status   string
		Database struct{ OK bool }
		Disk     struct{ OK bool }
		Channels map[string]int
		Jobs     []struct{ Name, LastRun, NextRun, Error string }
	}
	_, body := get(t, p.address+"/api/recado/health")
	if err := json.Unmarshal([]byte(body), &health); err != nil {
		t.Fatal(err)
	}
	if !health.Database.OK || health.Channels == nil || len(health.Jobs) == 0 || health.Jobs[0].NextRun == "" || strings.Contains(body, p.data) {
		t.Errorf("health: %s", body)
	}

	if out, errs, code := recado(t, nil, "health", "--http", strings.TrimPrefix(p.address, "http://")); code != 0 || !strings.Contains(out, "v0.0.1-test") {
		t.Errorf("recado health: %d %s%s", code, out, errs)
	}
	p.stop(t)
	if last := p.stdout[len(p.stdout)-1]; last != p.address {
		t.Errorf("the last line is %q", last)
	}
	if _, errs, code := recado(t, nil, "health", "--http", strings.TrimPrefix(p.address, "http://")); code == 0 || !strings.Contains(errs, "nobody answers") {
		t.Errorf("recado health of a dead one: %d %s", code, errs)
	}
}

func TestDataFilesArePrivate(t *testing.T) {
	p := serve(t, filepath.Join(t.TempDir(), "pb_data"))
	defer p.stop(t)
	for _, path := range []string{p.data, filepath.Join(p.data, "data.db")} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is %s", path, info.Mode())
		}
	}
}

// Parity: WB-scripts.
func TestSecondStartWritesNothing(t *testing.T) {
	data := filepath.Join(t.TempDir(), "pb_data")
	serve(t, data).stop(t)

	db, err := sql.Open("sqlite", filepath.Join(data, "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1) // data_version tells one connection what others have changed
	state := func() (version int, schema string) {
		if err := db.QueryRow("PRAGMA data_version").Scan(&version); err != nil {
			t.Fatal(err)
		}
		if err := db.QueryRow("SELECT group_concat(id || name || fields || indexes || updated) FROM _collections").Scan(&schema); err != nil {
			t.Fatal(err)
		}

		return version, schema
	}

	version, schema := state()
	serve(t, data).stop(t)
	againVersion, againSchema := state()
	if version != againVersion {
		t.Errorf("data_version went from %d to %d", version, againVersion)
	}
	if schema != againSchema {
		t.Error("the collections differ")
	}
}

// Parity: WB-scripts.
func TestCommandsWithoutData(t *testing.T) {
	for _, tc := range []struct {
		args []string
		want string
	}{
		{[]string{"version"}, "v0.0.1-test"},
		{[]string{"--version"}, "v0.0.1-test"},
		{[]string{"config", "--http", "127.0.0.1:1"}, "127.0.0.1:1"},
		{[]string{"config", "--markdown"}, "## RECADO_HTTP"},
		{[]string{"types"}, "export interface MembersRecord"},
		{[]string{"--help"}, "serve"},
		{nil, "serve"},
	} {
		out, errs, code := recado(t, nil, tc.args...)
		if code != 0 || !strings.Contains(out, tc.want) {
			t.Errorf("%v: %d %s%s", tc.args, code, out, errs)
		}
	}
}

func TestWrongSettingsStopTheStart(t *testing.T) {
	for _, tc := range []struct {
		env  string
		args []string
		want []string
	}{
		{"RECADO_SIGNUP=maybe", []string{"serve"}, []string{"RECADO_SIGNUP", `"maybe"`, "closed or open"}},
		{"RECADO_HTTP=8090", []string{"serve"}, []string{"RECADO_HTTP", `"8090"`, "host:port"}},
		{"", []string{"serve", "--upload-max-mb", "0"}, []string{"--upload-max-mb", "RECADO_UPLOAD_MAX_MB", `"0"`, "1 to 100"}},
		{"RECADO_LOG_LEVEL=loud", []string{"config"}, []string{"RECADO_LOG_LEVEL", "loud"}},
	} {
		_, errs, code := recado(t, []string{tc.env}, tc.args...)
		if code != 1 {
			t.Errorf("%s %v: exit %d", tc.env, tc.args, code)
		}
		for _, want := range tc.want {
			if !strings.Contains(errs, want) {
				t.Errorf("%s %v: %q lacks %q", tc.env, tc.args, errs, want)
			}
		}
	}
	if _, errs, _ := recado(t, []string{"RECADO_SINGUP=open"}, "version"); !strings.Contains(errs, "there is no setting RECADO_SINGUP") {
		t.Errorf("a misspelt setting is passed over: %q", errs)
	}
}

func TestTakenAddress(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()

	var errs bytes.Buffer
	command := exec.Command(binary, "serve", "--http", taken.Addr().String(), "--dir", t.TempDir())
	command.Env, command.Stderr = environment(), &errs
	err = command.Run()
	if err == nil || !strings.Contains(errs.String(), "another program already listens on "+taken.Addr().String()) {
		t.Fatalf("%v: %s", err, &errs)
	}
}

// The order to stop comes while visitors write, the dialogue answers and a
// stream is open. What was acknowledged is there afterwards, nothing hangs half-sent.
//
// Parity: DC-ops.
func TestStopUnderLoad(t *testing.T) {
	data := filepath.Join(t.TempDir(), "pb_data")
	env := []string{"RECADO_PASSWORD=a-good-password"}
	if out, errs, code := recado(t, env, "setup", "--dir", data, "--email", "owner@example.com", "--name", "Owner",
		"--company", "Clinic", "--timezone", "America/Sao_Paulo", "--locale", "en"); code != 0 {
		t.Fatalf("%s%s", out, errs)
	}
	p := serve(t, data)
	channel := publicKey(t, data)

	var visitors sync.WaitGroup
	var mu sync.Mutex
	acknowledged := map[string]bool{}
	begun := make(chan bool, 1)
	for v := range 8 {
		c := &client{t: t, address: p.address}
		token := "Bearer " + c.must("POST", "/api/recado/webchat/"+channel+"/sessions", "", map[string]any{})["token"].(string)
		visitors.Go(func() {
			for n := 0; ; n++ {
				id := fmt.Sprintf("%d-%d", v, n)
				request, err := http.NewRequest("POST", p.address+"/api/recado/webchat/messages", strings.NewReader(`{"clientId":"`+id+`","text":"`+id+`"}`))
				if err != nil {
					t.Error(err)
					return
				}
				request.Header.Set("Authorization", token)
				request.Header.Set("Content-Type", "application/json")
				response, err := http.DefaultClient.Do(request)
				if err != nil {
					return // it is gone
				}
				response.Body.Close()
				if response.StatusCode == http.StatusCreated {
					mu.Lock()
					acknowledged[id] = true
					if len(acknowledged) == 50 {
						begun <- true
					}
					mu.Unlock()
				}
			}
		})
	}
	stream, err := http.Get(p.address + "/api/realtime")
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	<-begun

	if took := p.stop(t); took > 10*time.Second {
		t.Errorf("the end took %s", took)
	}
	visitors.Wait()
	if strings.Contains(p.stderr.String(), "panic") {
		t.Errorf("stderr: %s", &p.stderr)
	}

	db, err := sql.Open("sqlite", filepath.Join(data, "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var sending int
	if err := db.QueryRow("SELECT COUNT(*) FROM messages WHERE status = 'sending'").Scan(&sending); err != nil || sending > 0 {
		t.Errorf("%d messages are half-sent (%v)", sending, err)
	}
	for id := range acknowledged {
		var count int
		if err := db.QueryRow("SELECT COUNT(*) FROM messages WHERE text = ?", id).Scan(&count); err != nil || count != 1 {
			t.Errorf("%s is there %d times (%v)", id, count, err)
		}
	}
}

// publicKey is that of the widget the set-up made.
func publicKey(t *testing.T, data string) string {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(data, "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var key string
	if err := db.QueryRow("SELECT public_key FROM channels").Scan(&key); err != nil {
		t.Fatal(err)
	}

	return key
}
