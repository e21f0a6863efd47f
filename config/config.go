// Package config turns the environment and the command line into one typed
// Config, and holds what follows from it alone: how database files are opened
// (db.go) and how stored secrets are sealed (seal.go).
//
// In: RECADO_* variables and flags; a flag wins over its variable, a variable
// over the default. Out: a Config that is valid as a whole, or an error that
// names every wrong setting, its value and what is allowed.
package config

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/pflag"
)

// Prefix starts the name of every variable.
const Prefix = "RECADO_"

// Where a setting's value came from.
const (
	SourceDefault = "default"
	SourceEnv     = "environment"
	SourceFlag    = "flag"
)

// masked stands for the value of a secret that is set.
const masked = "********"

// Config is every setting, checked and typed. See options.go for what each means.
type Config struct {
	HTTP                   string   // host:port
	Dir                    string   // data folder
	URL                    string   // public address without a trailing slash, or ""
	DNS                    string   // host:port of a name server, "" for the system's
	Domains                []string // served by HTTPS with certificates of our own
	TrustedProxies         []netip.Prefix
	Origins                []string   // allowed for CORS, without a trailing slash
	SignupOpen             bool       //
	SessionMinutes         int        // of one token
	SessionDays            int        // of a sign-in that nobody renews
	SessionAddresses       bool       // remembered with a sign-in
	MDNS                   string     // auto, on, off
	UploadMaxMB            int        // megabytes
	RealtimeMaxConnections int        //
	DBReaders              int        //
	LogLevel               slog.Level //
	Password               string     // for `recado setup`
	InstanceKey            string     // of programs that make companies, or ""
	SuperuserMFAOff        bool       // the password of a superuser is enough
	MailOff                bool       // keep e-mails, send none
	SMTP                   SMTP       // zero Host: the dashboard's
	Backup                 string     // off, daily, weekly
	BackupHour             int        // 0..23, the server's local time
	BackupKeep             int        // how many
	Knowledge              Knowledge
	FetchNetworks          []netip.Prefix // private ones, for addresses that companies type in
	WhatsAppPace           time.Duration
	WhatsAppSimulator      string // path of its description, or ""

	secretKey Key
	nextKey   Key // for `recado secrets rotate`
	settings  []Setting
	unknown   []string
}

// Knowledge bounds what a company's AI agents can look things up in.
type Knowledge struct {
	Sources      int // how many
	Letters      int // millions of characters of all of them
	FileMB       int // megabytes of one
	RefreshHours int // how often addresses are read again
}

// SMTP is the mail server of the environment. TLS is encryption from the first
// byte; without it the connection is encrypted as soon as the server offers it.
type SMTP struct {
	Host           string
	Port           int
	User, Password string
	TLS            bool
	Sender         string // address, or ""
}

// From is the address e-mails come from, or "" where none is set.
func (s SMTP) From() string {
	if s.Sender == "" && strings.Contains(s.User, "@") {
		return s.User
	}

	return s.Sender
}

// Setting is one line of `recado config`. Value is masked for secrets.
type Setting struct {
	Name, Value, Source string
}

// Load reads the settings from environ ("NAME=value", as os.Environ) and args
// (as os.Args[1:]). Flags of commands it doesn't know are left to them.
// The error joins one sentence for each wrong value.
func Load(environ, args []string) (*Config, error) {
	env := map[string]string{}
	for _, pair := range environ {
		if name, value, ok := strings.Cut(pair, "="); ok && strings.HasPrefix(name, Prefix) {
			env[strings.TrimPrefix(name, Prefix)] = value
		}
	}

	flags, err := parseFlags(args)
	if err != nil {
		return nil, err
	}

	c := &Config{}
	var wrong []error
	for _, o := range options {
		raw, source := o.def, SourceDefault
		if value, ok := env[o.name]; ok && value != "" {
			raw, source = value, SourceEnv
		}
		if f := flags.Lookup(o.flag()); f.Changed {
			raw, source = f.Value.String(), SourceFlag
		}
		delete(env, o.name)

		if err := o.set(c, raw); err != nil {
			wrong = append(wrong, wrongValue(o, raw, source))
			continue
		}
		if o.secret && raw != "" {
			raw = masked
		}
		c.settings = append(c.settings, Setting{Name: Prefix + o.name, Value: raw, Source: source})
	}
	for name := range env {
		c.unknown = append(c.unknown, Prefix+name)
	}
	slices.Sort(c.unknown)

	if c.SMTP.Host != "" && c.SMTP.From() == "" {
		wrong = append(wrong, errors.New(Prefix+"SMTP_SENDER is empty, but with "+Prefix+"SMTP_HOST e-mails need an address to come from"))
	}
	if c.URL == "" && len(c.Domains) > 0 {
		c.URL = "https://" + c.Domains[0]
	}
	c.SMTP.TLS = c.SMTP.TLS || c.SMTP.Port == 465

	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}

	return c, nil
}

// parseFlags reads only our flags: PocketBase and the commands parse the same
// line again for theirs, so unknown ones are no error here.
func parseFlags(args []string) (*pflag.FlagSet, error) {
	flags := pflag.NewFlagSet("recado", pflag.ContinueOnError)
	flags.ParseErrorsAllowlist.UnknownFlags = true
	flags.SetOutput(io.Discard)
	flags.BoolP("help", "h", false, "")
	AddFlags(flags)
	if err := flags.Parse(args); err != nil {
		return nil, fmt.Errorf("the command line can't be read: %w", err)
	}

	return flags, nil
}

// AddFlags declares the settings' flags on a command's set, for its help and so
// that its parser knows them; their values are read by [Load]. Flags that
// are declared already (PocketBase's --dir) stay as they are.
func AddFlags(flags *pflag.FlagSet) {
	for _, o := range options {
		if flags.Lookup(o.flag()) == nil {
			// pflag takes what stands between backquotes for the value's name
			flags.String(o.flag(), o.def, strings.ReplaceAll(o.help, "`", "'")+" ["+Prefix+o.name+"]")
		}
	}
}

// Settings are the effective values and where each came from, secrets masked.
func (c *Config) Settings() []Setting { return slices.Clone(c.settings) }

// Source tells where the value of a setting came from; name is without the prefix.
func (c *Config) Source(name string) string {
	for _, s := range c.settings {
		if s.Name == Prefix+name {
			return s.Source
		}
	}

	return ""
}

// Unknown are RECADO_ variables that exist but mean nothing: most often a
// misspelt name that would otherwise be ignored in silence.
func (c *Config) Unknown() []string { return slices.Clone(c.unknown) }

// Print writes the effective settings as a table for a person.
func (c *Config) Print(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "SETTING\tVALUE\tFROM")
	for _, s := range c.settings {
		value := s.Value
		if value == "" {
			value = "(empty)"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", s.Name, value, s.Source)
	}

	return table.Flush()
}

// Loopback tells whether only this machine can reach Recado.
func (c *Config) Loopback() bool {
	host, _, _ := net.SplitHostPort(c.HTTP)
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)

	return ip != nil && ip.IsLoopback()
}

// Announce tells whether recado.local is announced in the local network.
// Where nobody else can connect it would only mislead, unless it is asked for
// by name (a proxy on the same machine).
func (c *Config) Announce() bool { return c.MDNS == "on" || c.MDNS == "auto" && !c.Loopback() }

// UploadMaxBytes is the largest file anyone may send.
func (c *Config) UploadMaxBytes() int64 { return int64(c.UploadMaxMB) << 20 }
