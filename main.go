// Recado is the front desk of a small team in one binary. This package only
// wires: settings to PocketBase, the rooms to the app, commands to the line.
package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"time"
	_ "time/tzdata" // wall clocks must not depend on the machine

	"github.com/jonboulle/clockwork"
	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/cmd"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"recado/config"
	"recado/hooks"
	"recado/hooks/access"
	"recado/hooks/jobs"
	"recado/hooks/knowledge/extract"
	"recado/hooks/web"
)

// version is set by the build: -ldflags "-X main.version=…".
var version string

func main() {
	extract.Serve()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
}

func run() error {
	debug.SetGCPercent(hurried)
	if version == "" {
		version = "dev"
		if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
			version = info.Main.Version
		}
	}

	cfg, err := config.Load(os.Environ(), os.Args[1:])
	if err != nil {
		return err
	}
	simulated(cfg, os.Args[1:])
	for _, name := range cfg.Unknown() {
		fmt.Fprintf(os.Stderr, "Warning: there is no setting %s; `recado config` lists all of them.\n", name)
	}

	keepFilesPrivate()
	app := pocketbase.NewWithConfig(pocketbase.Config{
		HideStartBanner:  true,
		DefaultDataDir:   cfg.Dir,
		DataMaxOpenConns: cfg.DBReaders,
		DataMaxIdleConns: cfg.DBReaders,
		AuxMaxOpenConns:  4,
		AuxMaxIdleConns:  2,
		DBConnect:        config.DBConnect,
	})

	server := &server{cfg: cfg, out: os.Stdout}
	rooms := open(app, cfg, server)

	return execute(app, cfg, server, rooms)
}

// open opens the rooms and binds what is the process's own business.
func open(app *pocketbase.PocketBase, cfg *config.Config, server *server) *hooks.Rooms {
	config.KeepKeyOutOfBackups(app)
	web.BindLogLevel(app, cfg.LogLevel)
	server.bind(app)
	bindDeadline(app)

	app.Store().Set(hooks.VersionKey, version)
	rooms := hooks.Register(app, cfg, time.Now)
	jobs.Open(app, jobs.Deps{
		Version: version, Jobs: rooms.Schedule(), Queues: rooms.Queues(),
		Backup: rooms.Backup, Storage: rooms.Storage, Clock: clockwork.NewRealClock(),
	})
	web.Open(app, web.Deps{
		Files: publicFiles(), Version: version, Origins: cfg.Origins,
		URL: cfg.URL, Announced: cfg.Announce(), Proxies: cfg.TrustedProxies,
	})

	return rooms
}

// execute runs the command of the line. Those that need no data must not make
// a data folder, so they run without PocketBase's bootstrap.
func execute(app *pocketbase.PocketBase, cfg *config.Config, server *server, rooms *hooks.Rooms) error {
	root := app.RootCmd
	root.Use = "recado"
	root.Short = "The front desk of a small team"
	root.Version = version
	config.AddFlags(root.PersistentFlags())

	root.AddCommand(server.command(app), simulateCommand(app, server), cmd.NewSuperuserCommand(app))
	entrance := access.CommandDeps{Prepare: hooks.Prepare, Password: cfg.Password}
	root.AddCommand(access.SetupCommand(app, entrance), rooms.Demo.Command(hooks.Prepare))
	withoutData := []string{"config", "health", "version", "types", "backup", "verify", "restore", "simulator", "rotate"}
	root.AddCommand(configCommand(cfg), healthCommand(cfg), versionCommand(), typesCommand(), simulatorCommand())
	root.AddCommand(backupCommands(cfg)...)
	root.AddCommand(secretsCommand(cfg))

	command, _, err := root.Find(os.Args[1:])
	if err != nil || command == root {
		return root.Execute()
	}
	for _, name := range withoutData {
		if command.Name() == name {
			return root.Execute()
		}
	}

	if command.Name() == "serve" {
		root.SetArgs(append(os.Args[1:], cfg.Domains...))
	}
	release, err := openData(app.DataDir(), os.Stderr)
	if err != nil {
		return err
	}
	defer release()

	return app.Execute()
}

// bindDeadline ends the process for good if something hangs at the end:
// supervisors kill after ten seconds, and whatever is open is a row.
func bindDeadline(app core.App) {
	app.OnTerminate().Bind(&hook.Handler[*core.TerminateEvent]{
		Id:       "recadoDeadline",
		Priority: -10000,
		Func: func(e *core.TerminateEvent) error {
			deadline := time.AfterFunc(9*time.Second, func() {
				fmt.Fprintln(os.Stderr, "Error: not everything came to its end in time; what is open goes on at the next start")
				os.Exit(1)
			})
			defer deadline.Stop()

			return e.Next()
		},
	})
}
