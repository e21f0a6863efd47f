package backup

import (
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"recado/config"
)

// CommandDeps are what the commands need from outside.
type CommandDeps struct {
	Dir     string
	Version string
	Now     func() time.Time

	// Key returns the sealing key of this place, without making one.
	Key func() (config.Key, error)

	// Try starts the program on the data in dir, as a restore test.
	Try func(dir string) error
}

// interesting are the tables a person wants to see counted.
var interesting = []string{"companies", "members", "contacts", "conversations", "messages", "files", "appointments"}

// Command is `recado backup`, with `recado backup verify` below it.
func Command(deps CommandDeps) *cobra.Command {
	command := &cobra.Command{
		Use: "backup", Short: "Make a backup, also while Recado runs", Args: cobra.NoArgs, SilenceUsage: true,
		Long: "Make a backup of the data folder: the databases, the files people sent, a list with checksums.\n" +
			"Recado may be running and in use meanwhile. The sealing key is left out unless --with-key is given.",
	}
	to := command.Flags().String("to", "", "the file to write, or a folder for it; by default the data folder's "+Folder)
	withKey := command.Flags().Bool("with-key", false, "put the sealing key into the backup: whoever finds it can then open the secrets in it")
	command.RunE = func(command *cobra.Command, _ []string) error {
		ctx, stop := signal.NotifyContext(command.Context(), os.Interrupt)
		defer stop()
		now := deps.Now()
		target := TargetName(deps.Dir, *to, now)
		if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
			return err
		}
		manifest, err := Create(ctx, deps.Dir, target, Options{Version: deps.Version, Now: now, WithKey: *withKey})
		if err != nil {
			return err
		}
		out := command.OutOrStdout()
		printRows(out, manifest.Rows)
		fmt.Fprintf(out, "Backup: %s\n", target)
		if !*withKey {
			fmt.Fprintf(out, "The sealing key is not in it: keep %s somewhere else, or the value of %sSECRET_KEY if you set it.\n", filepath.Join(deps.Dir, config.KeyFile), config.Prefix)
		}

		return nil
	}
	command.AddCommand(verifyCommand(deps))

	return command
}

func verifyCommand(deps CommandDeps) *cobra.Command {
	return &cobra.Command{
		Use: "verify FILE", Short: "Test a backup: unpack it elsewhere, check every byte, start on it, count", Args: cobra.ExactArgs(1), SilenceUsage: true,
		Long: "Test a backup by restoring it into a folder for temporary files (TMPDIR names another place), which is removed again.",
		RunE: func(command *cobra.Command, args []string) error {
			ctx, stop := signal.NotifyContext(command.Context(), os.Interrupt)
			defer stop()
			dir, err := os.MkdirTemp("", "recado-verify-")
			if err != nil {
				return err
			}
			defer os.RemoveAll(dir)

			manifest, err := Extract(ctx, args[0], dir)
			if err != nil {
				return err
			}
			rows, err := Check(ctx, dir, manifest, deps.Version)
			if err != nil {
				return err
			}
			if err := deps.Try(dir); err != nil {
				return fmt.Errorf("this version does not start on the restored data: %w", err)
			}
			out := command.OutOrStdout()
			printRows(out, rows)
			if manifest.Format == 0 {
				fmt.Fprintln(out, "The backup is sound. The dashboard made it, so it has no list of its contents to compare with.")

				return nil
			}
			fmt.Fprintf(out, "The backup is sound: %s made by Recado %s at %s; key included: %t.\n", manifest.Contents, manifest.Version, manifest.Made.Format(time.RFC3339), manifest.Key)

			return nil
		},
	}
}

// RestoreCommand is `recado restore`.
func RestoreCommand(deps CommandDeps) *cobra.Command {
	return &cobra.Command{
		Use: "restore FILE", Short: "Bring a backup back; the current data is put aside", Args: cobra.ExactArgs(1), SilenceUsage: true,
		Long: "Bring a backup back into the data folder. Recado must be stopped. The current data is kept in a folder beside it,\n" +
			"and nothing is touched before the backup has been unpacked and found sound.",
		RunE: func(command *cobra.Command, args []string) error {
			ctx, stop := signal.NotifyContext(command.Context(), os.Interrupt)
			defer stop()
			done, err := Restore(ctx, deps.Dir, args[0], deps.Version, deps.Now(), deps.Key)
			if err != nil {
				return err
			}
			out := command.OutOrStdout()
			printRows(out, done.Rows)
			fmt.Fprintf(out, "Restored into %s.\n", deps.Dir)
			if done.Aside != "" {
				fmt.Fprintf(out, "The data there was before is in %s; remove it when you no longer need it.\n", filepath.Join(deps.Dir, done.Aside))
			}
			if len(done.Locked) > 0 {
				fmt.Fprintf(out, "The sealing key of this place does not open these secrets. Put the former %s (or %sSECRET_KEY) back, or enter them again:\n- %s\n",
					config.KeyFile, config.Prefix, strings.Join(done.Locked, "\n- "))
			}

			return nil
		},
	}
}

func printRows(out io.Writer, rows map[string]int64) {
	for _, table := range slices.Sorted(maps.Keys(rows)) {
		if slices.Contains(interesting, table) {
			fmt.Fprintf(out, "%8d %s\n", rows[table], table)
		}
	}
}
