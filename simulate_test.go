package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"recado/hooks/channels/whatsapp/wasim"
)

// The simulator is for this machine, and never beside a real number.
func TestTheSimulatorRefusesWhatIsNotItsOwn(t *testing.T) {
	refused := func(name, file, control, want string) {
		t.Helper()
		stop, err := simulator(file, control)
		if err == nil {
			stop()
			t.Errorf("%s: it started", name)
		} else if !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	file := filepath.Join(t.TempDir(), "simulator.json")
	for _, control := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "example.com:0"} {
		refused(control, file, control, "no loopback address")
	}

	real := t.TempDir()
	if err := os.WriteFile(filepath.Join(real, "whatsapp.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	refused("a folder with a real number", filepath.Join(real, "simulator.json"), "127.0.0.1:0", "has a real number linked")

	stop, err := simulator(file, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	endpoint, err := wasim.ReadEndpoint(file)
	if err != nil {
		t.Fatal(err)
	}
	endpoint.Address = "192.0.2.1:443"
	if err := endpoint.Write(file); err != nil {
		t.Fatal(err)
	}
	if _, err := wasim.ReadEndpoint(file); err == nil || !strings.Contains(err.Error(), "loopback") {
		t.Errorf("a client is sent off this machine: %v", err)
	}
}
