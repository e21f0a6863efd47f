package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"runtime/debug"
	"strconv"
	"syscall"

	"github.com/pocketbase/pocketbase/cmd"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/spf13/cobra"

	"recado/config"
	"recado/hooks/web"
)

// server is what `recado serve` adds to PocketBase's: the address from our
// settings, the announcement in the network, and the greeting.
type server struct {
	cfg *config.Config
	out io.Writer

	secure string // the https address, where PocketBase serves one
}

// calm is Go's usual garbage collection, hurried one for the time of the start:
// it reads much that is of no use afterwards, and no heap is large yet.
const calm, hurried = 100, 400

// command is PocketBase's serve. Given domains it keeps PocketBase's addresses
// (80 and 443) unless one is set.
func (s *server) command(app core.App) *cobra.Command {
	command := cmd.NewServeCommand(app, false)
	command.Short = "Start Recado"
	command.PreRunE = func(command *cobra.Command, domains []string) error {
		flags := command.Flags()
		if https, _ := flags.GetString("https"); https != "" {
			s.secure = "https://" + https
		}
		if len(domains) > 0 {
			s.secure = "https://" + domains[0]
		}
		if flags.Changed("http") || s.secure != "" && s.cfg.Source("HTTP") == config.SourceDefault {
			return nil
		}

		return flags.Set("http", s.cfg.HTTP)
	}

	return command
}

// bind opens the address before anything else is done, so that a taken one is
// said at once and in our words, and tells the address as the last thing of
// all, when everything is ready.
func (s *server) bind(app core.App) {
	app.OnServe().Bind(&hook.Handler[*core.ServeEvent]{
		Id:       "recadoListener",
		Priority: -10000,
		Func: func(e *core.ServeEvent) error {
			listener, err := net.Listen("tcp", e.Server.Addr)
			if errors.Is(err, syscall.EADDRINUSE) {
				return fmt.Errorf("another program already listens on %s; stop it, or choose another address with --http or %sHTTP", e.Server.Addr, config.Prefix)
			}
			if err != nil {
				return fmt.Errorf("listening on %s: %w", e.Server.Addr, err)
			}
			e.Listener = listener
			e.Server.Addr = listener.Addr().String() // port 0 has become a real one
			if err := e.Next(); err != nil {
				listener.Close()

				return err
			}
			debug.SetGCPercent(calm)
			announced := s.announce(e.App, listener.Addr())
			s.greet(e.App.DataDir(), listener.Addr(), announced)

			return nil
		},
	})
}

// announce reports whether others in the network find Recado by its name. That
// they can't is no reason not to start.
func (s *server) announce(app core.App, listening net.Addr) bool {
	if !s.cfg.Announce() {
		return false
	}
	announcement, err := web.Announce(listening)
	if err != nil {
		app.Logger().Warn("Recado is not announced in the local network.", slog.String("error", err.Error()))

		return false
	}
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		_ = announcement.Close()

		return e.Next()
	})

	return true
}

func (s *server) greet(dir string, listening net.Addr, announced bool) {
	fmt.Fprintf(s.out, "Recado %s, data in %s\n", version, dir)

	address := s.secure
	if tcp, ok := listening.(*net.TCPAddr); ok && address == "" {
		if announced {
			fmt.Fprintf(s.out, "In the local network: http://%s:%d\n", web.LocalName, tcp.Port)
		}
		address = "http://" + reachable(tcp)
	}
	fmt.Fprintln(s.out, address)
}

// reachable is an address a browser on this machine can open: "all addresses"
// is none.
func reachable(listening *net.TCPAddr) string {
	host := listening.IP.String()
	if listening.IP == nil || listening.IP.IsUnspecified() {
		host = "127.0.0.1"
	}

	return net.JoinHostPort(host, strconv.Itoa(listening.Port))
}
