package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// processLines are the lines of the report that [measureProcess] fills in.
var processLines = []string{
	"binary, stripped",
	"start on existing data, to a bare PocketBase on the same collections",
	"idle memory (RSS), to the same",
}

// settle is how long an idle process is left alone before its memory is read.
const settle = 4 * time.Second

// measureProcess builds Recado and a bare PocketBase and compares their start
// and memory on copies of the same data folder.
func measureProcess() ([]figure, error) {
	dir, err := os.MkdirTemp("", "recado-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)

	recado, bare := filepath.Join(dir, "recado"), filepath.Join(dir, "bare")
	for binary, pkg := range map[string]string{recado: ".", bare: "./bench/bare"} {
		command := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, pkg)
		command.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := command.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("building %s: %w\n%s", pkg, err, out)
		}
	}

	data := filepath.Join(dir, "data")
	setup := exec.Command(recado, "setup", "--dir", data, "--email", "owner@example.com", "--password", "a long password",
		"--name", "Owner", "--company", "Bench", "--timezone", "America/Sao_Paulo", "--locale", "en")
	if out, err := setup.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("setup: %w\n%s", err, out)
	}
	copied := filepath.Join(dir, "copy")
	if err := os.CopyFS(copied, os.DirFS(data)); err != nil {
		return nil, err
	}

	var starts, bareStarts, memory, bareMemory, startRatios, memoryRatios []float64
	for range rounds {
		start, rss, err := observe(recado, data)
		if err != nil {
			return nil, err
		}
		bareStart, bareRSS, err := observe(bare, copied)
		if err != nil {
			return nil, err
		}
		starts, bareStarts = append(starts, start), append(bareStarts, bareStart)
		memory, bareMemory = append(memory, rss), append(bareMemory, bareRSS)
		startRatios, memoryRatios = append(startRatios, start/bareStart), append(memoryRatios, rss/bareRSS)
	}

	info, err := os.Stat(recado)
	if err != nil {
		return nil, err
	}
	size := float64(info.Size()) / (1 << 20)
	start, rss := median(startRatios), median(memoryRatios)

	return []figure{
		{processLines[0], fmt.Sprintf("%.1f MB", size), "", "", "≤ 45 MB", verdict(size <= 45)},
		{processLines[1], fmt.Sprintf("%.0f ms", median(starts)),
			fmt.Sprintf("%.0f ms", median(bareStarts)), fmt.Sprintf("%.2f ×", start), "≤ 2 ×", verdict(start <= 2)},
		{processLines[2], fmt.Sprintf("%.1f MB", median(memory)), fmt.Sprintf("%.1f MB", median(bareMemory)),
			fmt.Sprintf("%.2f ×", rss), "≤ 2.5 ×", verdict(rss <= 2.5)},
	}, nil
}

// observe starts a server and returns the milliseconds until it answers and its
// resident megabytes when idle.
func observe(binary, data string) (start, rss float64, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, 0, err
	}
	address := listener.Addr().String()
	_ = listener.Close()

	command := exec.Command(binary, "serve", "--http", address, "--dir", data)
	command.Stdout, command.Stderr = io.Discard, os.Stderr
	began := time.Now()
	if err := command.Start(); err != nil {
		return 0, 0, err
	}
	defer func() {
		_ = command.Process.Signal(os.Interrupt)
		_ = command.Wait()
	}()

	for {
		response, err := http.Get("http://" + address + "/api/health")
		if err == nil {
			_ = response.Body.Close()

			break
		}
		if time.Since(began) > 30*time.Second {
			return 0, 0, fmt.Errorf("%s does not answer", binary)
		}
		time.Sleep(time.Millisecond)
	}
	start = float64(time.Since(began).Microseconds()) / 1000

	time.Sleep(settle)
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", command.Process.Pid))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kilobytes, err := strconv.ParseFloat(strings.Fields(value)[0], 64)

			return start, kilobytes / 1024, err
		}
	}

	return 0, 0, fmt.Errorf("no VmRSS of %s", binary)
}
