package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"recado/config"
	"recado/hooks"
	"recado/hooks/backup"
)

// openData makes the data folder ready for a command that works on it: nobody
// replaces it meanwhile, no restore is left half done, and the database is copied
// before this version changes its schema, or refused where it is a newer one's.
func openData(dir string, out io.Writer) (release func(), err error) {
	release, err = backup.HoldForUse(dir)
	if err != nil {
		return nil, err
	}
	if err := config.FinishRotation(dir); err != nil {
		release()

		return nil, err
	}
	copied, err := backup.BeforeOpening(context.Background(), dir, version, time.Now())
	if err != nil {
		release()

		return nil, err
	}
	if copied != "" {
		fmt.Fprintf(out, "The database is brought to version %s; it was copied to %s before.\n", version, copied)
	}

	return release, nil
}

// backupCommands work on the data folder as files: they run while the server
// does, or where it can't start.
func backupCommands(cfg *config.Config) []*cobra.Command {
	deps := backup.CommandDeps{Dir: cfg.Dir, Version: version, Now: time.Now, Key: cfg.StoredKey, Try: try}

	return []*cobra.Command{backup.Command(deps), backup.RestoreCommand(deps)}
}

// secretsCommand is `recado secrets rotate`.
func secretsCommand(cfg *config.Config) *cobra.Command {
	rotate := &cobra.Command{
		Use: "rotate", Short: "Seal all stored secrets with a new key; Recado must be stopped", Args: cobra.NoArgs, SilenceUsage: true,
		RunE: func(command *cobra.Command, _ []string) error {
			release, err := backup.HoldAlone(cfg.Dir)
			if err != nil {
				return err
			}
			defer release()
			done, err := cfg.Rotate(command.Context(), cfg.NextKey(), nil)
			if err != nil {
				return err
			}
			out := command.OutOrStdout()
			fmt.Fprintf(out, "Secrets that are sealed with the new key: %d. Keep the old key with the backups made before.\n", done.Sealed)
			if cfg.Source("SECRET_KEY") != config.SourceDefault {
				fmt.Fprintf(out, "Now put the value of %[1]sNEXT_SECRET_KEY into %[1]sSECRET_KEY, and take the former away.\n", config.Prefix)
			}
			for _, locked := range done.Locked {
				fmt.Fprintf(out, "The old key did not open the %s: enter it again.\n", locked)
			}

			return nil
		},
	}
	command := &cobra.Command{Use: "secrets", Short: "The key that seals stored secrets", Args: cobra.NoArgs}
	command.AddCommand(rotate)

	return command
}

// try starts Recado, without its server, on restored data.
func try(dir string) error {
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: dir, DBConnect: config.DBConnect})
	if err := app.Bootstrap(); err != nil {
		return err
	}
	defer func() { _ = app.ClearBootstrap() }()

	return hooks.Prepare(app)
}
