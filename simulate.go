package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"recado/config"
	"recado/hooks/channels/whatsapp/wasim"
)

// A simulated WhatsApp beside Recado, to try linked numbers without a phone. It
// listens on this machine only and has a data folder of its own.
const (
	simulateName    = "simulate"
	simulateDir     = "./recado-simulated"
	simulateControl = "127.0.0.1:8091"
	simulateFile    = "simulator.json"
)

// simulated changes the settings of `recado simulate` before anything is opened.
func simulated(cfg *config.Config, args []string) {
	if len(args) == 0 || args[0] != simulateName {
		return
	}
	if cfg.Source("DIR") == config.SourceDefault {
		cfg.Dir = simulateDir
	}
	cfg.WhatsAppSimulator = filepath.Join(cfg.Dir, simulateFile)
}

// simulateCommand is serve with a simulated WhatsApp.
func simulateCommand(app core.App, s *server) *cobra.Command {
	command := s.command(app)
	serve := command.RunE
	command.Use = simulateName
	command.Short = "Start Recado with a simulated WhatsApp, to try it without a phone"
	control := command.Flags().String("control", simulateControl, "where the simulated phones are shown; a loopback address")
	command.RunE = func(command *cobra.Command, args []string) error {
		stop, err := simulator(s.cfg.WhatsAppSimulator, *control)
		if err != nil {
			return err
		}
		defer stop()

		return serve(command, args)
	}

	return command
}

// simulatorCommand is the simulated WhatsApp alone, for Recados in other processes.
func simulatorCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "simulator", Short: "Start a simulated WhatsApp alone", Args: cobra.NoArgs, Hidden: true, SilenceUsage: true,
	}
	control := command.Flags().String("control", simulateControl, "where the simulated phones are shown; a loopback address")
	file := command.Flags().String("file", simulateFile, "the file that tells Recado where it is (RECADO_WHATSAPP_SIMULATOR)")
	command.RunE = func(command *cobra.Command, _ []string) error {
		stop, err := simulator(*file, *control)
		if err != nil {
			return err
		}
		defer stop()
		ctx, cancel := signal.NotifyContext(command.Context(), os.Interrupt, syscall.SIGTERM)
		defer cancel()
		<-ctx.Done()

		return nil
	}

	return command
}

// simulator starts the simulated WhatsApp, with a phone for the team and two customers.
func simulator(file, control string) (stop func(), err error) {
	host, _, err := net.SplitHostPort(control)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("the simulator is for this machine alone: %q is no loopback address", control)
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(file), "whatsapp.db")); err == nil {
		return nil, fmt.Errorf("%s has a real number linked; use another folder for the simulator", filepath.Dir(file))
	}
	sim, err := wasim.New(wasim.Options{Seed: uint64(time.Now().UnixNano())})
	if err != nil {
		return nil, err
	}
	sim.NewPhone("5511900000001", "The team’s phone")
	sim.NewPhone("5511911110001", "Maria")
	sim.NewPhone("5511911110002", "João")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, err
	}
	if err := sim.Endpoint().Write(file); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", control)
	if err != nil {
		return nil, err
	}
	page := &http.Server{Handler: sim.Control(), ReadHeaderTimeout: 10 * time.Second}
	go page.Serve(listener)
	fmt.Printf("Simulated phones: http://%s\n", listener.Addr())

	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = page.Shutdown(ctx)
		sim.Close()
		_ = os.Remove(file)
	}, nil
}
