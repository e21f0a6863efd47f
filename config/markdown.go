package config

import (
	"fmt"
	"io"
)

// Markdown writes docs/configuration.md, made from the same table the program reads.
func Markdown(w io.Writer) error {
	if _, err := fmt.Fprint(w, `# Configuration

Recado needs no configuration. Each setting is an environment variable or the
flag beside it; a flag wins over its variable. A wrong value stops the start
and says what is allowed. `+"`recado config`"+` prints the settings in effect and
where each comes from, with secrets masked.

This page is made from the program's own table by `+"`recado config --markdown`"+`.

`); err != nil {
		return err
	}

	for _, o := range options {
		def := "empty"
		if o.def != "" {
			def = "`" + o.def + "`"
		}
		if _, err := fmt.Fprintf(w, "## %s\n\n%s\n\n- Flag: `--%s`\n- Default: %s\n- Allowed: %s\n",
			Prefix+o.name, o.help, o.flag(), def, o.allowed); err != nil {
			return err
		}
		if o.secret {
			fmt.Fprintln(w, "- Secret: prefer the variable, because other users of the machine can see command lines")
		}
		fmt.Fprintln(w)
	}

	if _, err := fmt.Fprint(w, `## PocketBase's own flags

`+"`recado serve example.com`"+` takes a domain and then serves HTTPS with a
certificate it gets by itself (ports 80 and 443); `+"`--https`"+` sets that
address. `+"`--encryptionEnv`"+` names a variable of 32 characters that encrypts
PocketBase's settings row (mail and storage passwords). `+"`--dev`"+` prints SQL
statements with their values, customers' words included: never use it on real data.

## Coming from another system

Where the variables of the systems went that Recado takes the place of
([parity.md](parity.md)):

| there | in Recado |
|---|---|
`); err != nil {
		return err
	}
	for _, line := range elsewhere {
		if _, err := fmt.Fprintf(w, "| %s | %s |\n", line.names, line.now); err != nil {
			return err
		}
	}

	return nil
}
