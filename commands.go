package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"recado/collections"
	"recado/config"
)

// configCommand prints the settings in effect.
func configCommand(cfg *config.Config) *cobra.Command {
	command := &cobra.Command{
		Use: "config", Short: "Show the settings in effect and where each comes from", Args: cobra.NoArgs, SilenceUsage: true,
	}
	markdown := command.Flags().Bool("markdown", false, "write docs/configuration.md instead")
	command.RunE = func(command *cobra.Command, _ []string) error {
		if *markdown {
			return config.Markdown(command.OutOrStdout())
		}

		return cfg.Print(command.OutOrStdout())
	}

	return command
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Show the version", Args: cobra.NoArgs,
		Run: func(command *cobra.Command, _ []string) { fmt.Fprintln(command.OutOrStdout(), version) },
	}
}

// typesCommand writes the web app's record types, for developers.
func typesCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "types", Short: "Write the TypeScript types of the records", Args: cobra.NoArgs, Hidden: true, SilenceUsage: true,
	}
	markdown := command.Flags().Bool("markdown", false, "write docs/records.md instead")
	command.RunE = func(command *cobra.Command, _ []string) error {
		if *markdown {
			return collections.Markdown(command.OutOrStdout())
		}

		return collections.TypeScript(command.OutOrStdout())
	}

	return command
}

// healthCommand asks a running Recado how it is, for a container's health
// check: an image without a shell has no other client.
func healthCommand(cfg *config.Config) *cobra.Command {
	return &cobra.Command{
		Use: "health", Short: "Ask the running Recado whether it is well; fails if not", Args: cobra.NoArgs, SilenceUsage: true,
		RunE: func(command *cobra.Command, _ []string) error {
			listening, err := net.ResolveTCPAddr("tcp", cfg.HTTP)
			if err != nil {
				return err
			}
			client := http.Client{Timeout: 5 * time.Second}
			response, err := client.Get("http://" + reachable(listening) + "/api/recado/health")
			if err != nil {
				return fmt.Errorf("nobody answers on %s: %w", cfg.HTTP, err)
			}
			defer response.Body.Close()

			var report struct {
				Status  string `json:"status"`
				Version string `json:"version"`
				Advice  []struct {
					Message string `json:"message"`
				} `json:"advice"`
			}
			if err := json.NewDecoder(response.Body).Decode(&report); err != nil {
				return fmt.Errorf("not well: the answer is %s", response.Status)
			}
			out := command.OutOrStdout()
			fmt.Fprintf(out, "%s (%s)\n", report.Status, report.Version)
			for _, advice := range report.Advice {
				fmt.Fprintln(out, advice.Message)
			}
			if response.StatusCode != http.StatusOK {
				return fmt.Errorf("not well: the answer is %s", response.Status)
			}

			return nil
		},
	}
}
