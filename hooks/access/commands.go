package access

import (
	"errors"
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"
)

// CommandDeps are what the commands need from outside.
type CommandDeps struct {
	// Prepare brings the database to the declared state.
	Prepare func(app core.App) error

	// Password is the owner's, from --password or RECADO_PASSWORD.
	Password string
}

// SetupCommand is `recado setup`: what the wizard in the browser does, without a
// browser. Run twice it changes nothing.
func SetupCommand(app core.App, deps CommandDeps) *cobra.Command {
	var form Setup
	command := &cobra.Command{
		Use: "setup", Short: "Set Recado up without a browser: owner, company, superuser", Args: cobra.NoArgs, SilenceUsage: true,
	}
	flags := command.Flags()
	flags.StringVar(&form.Owner.Email, "email", "", "the owner's e-mail address")
	flags.StringVar(&form.Owner.Name, "name", "", "the owner's name")
	flags.StringVar(&form.Company.Name, "company", "", "the company's name")
	flags.StringVar(&form.Company.Timezone, "timezone", "UTC", "the company's time zone, such as America/Sao_Paulo")
	flags.StringVar(&form.Company.Locale, "locale", "en", "the company's language: en, pt-BR or es")

	command.RunE = func(command *cobra.Command, _ []string) error {
		if err := deps.Prepare(app); err != nil {
			return err
		}
		out := command.OutOrStdout()
		if needed, err := SetupNeeded(app); err != nil {
			return err
		} else if !needed {
			fmt.Fprintln(out, "Recado has been set up already. Nothing was changed.")

			return nil
		}
		if deps.Password == "" {
			return errors.New("give the owner's password with --password, or in RECADO_PASSWORD")
		}

		form.Owner.Password = deps.Password
		done, err := form.Do(app)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "Set up: %s, owned by %s.\n", done.Company.GetString("name"), done.User.Email())
		fmt.Fprintf(out, "Dashboard (/_/): %s with the password %s, shown only now.\n", done.SuperuserEmail, done.SuperuserPassword)

		return nil
	}

	return command
}
