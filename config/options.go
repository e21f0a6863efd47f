package config

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// option is one setting: the variable, its default, what is allowed, one
// sentence for the administrator and how the text becomes a typed value.
// The flag's name follows from the variable's (see [option.flag]).
type option struct {
	name    string // without the prefix, e.g. "HTTP"
	def     string
	allowed string
	help    string
	secret  bool
	set     func(c *Config, raw string) error
}

// options is every setting Recado has, with every default. `recado config`,
// the flags' help and docs/configuration.md are all made from this table.
var options = []option{
	{
		name: "HTTP", def: "127.0.0.1:8090", allowed: "host:port, for example 127.0.0.1:8090, or 0.0.0.0:8090 for the whole network",
		help: "The address Recado listens on.",
		set:  func(c *Config, raw string) error { return address(&c.HTTP, raw) },
	},
	{
		name: "DIR", def: "./pb_data", allowed: "a folder Recado may write to; it is created when missing",
		help: "The folder that holds all data: databases, files, backups and the sealing key.",
		set:  func(c *Config, raw string) error { return text(&c.Dir, raw) },
	},
	{
		name: "URL", def: "", allowed: "http:// or https:// and a host, without a path, for example https://desk.example.com; or empty",
		help: "The address people reach Recado at, used in links it hands out; empty means the address of the request.",
		set:  func(c *Config, raw string) error { return origin(&c.URL, raw) },
	},
	{
		name: "DOMAIN", def: "", allowed: "host names separated by commas, for example desk.example.com; or empty",
		help: "The names Recado serves by HTTPS itself, on ports 80 and 443, with certificates it gets and renews from Let's Encrypt; the first one is its URL.",
		set:  func(c *Config, raw string) error { return domains(&c.Domains, raw) },
	},
	{
		name: "DNS", def: "", allowed: "host:port, for example 9.9.9.9:53; or empty",
		help: "The name server that is asked whether a domain is a company's own; empty means the system's.",
		set: func(c *Config, raw string) error {
			if raw == "" {
				return nil
			}

			return address(&c.DNS, raw)
		},
	},
	{
		name: "TRUSTED_PROXY", def: "127.0.0.1,::1", allowed: "addresses or networks separated by commas, for example 127.0.0.1,172.16.0.0/12; or none",
		help: "The reverse proxies whose X-Forwarded-For is believed; limits are per address, and all people behind a proxy that isn't named share one.",
		set:  func(c *Config, raw string) error { return networks(&c.TrustedProxies, raw) },
	},
	{
		name: "ORIGINS", def: "", allowed: "origins separated by commas, for example https://app.example.com,https://intra.example.com; or empty",
		help: "Other websites whose scripts may call the API from a browser; the chat widget has its own list per channel.",
		set:  func(c *Config, raw string) error { return origins(&c.Origins, raw) },
	},
	{
		name: "SIGNUP", def: "closed", allowed: "closed or open",
		help: "Whether a stranger may create an account with a company of their own; people always join an existing company by invite.",
		set: func(c *Config, raw string) error {
			return oneOf(func(v string) { c.SignupOpen = v == "open" }, raw, "closed", "open")
		},
	},
	{
		name: "SESSION_MINUTES", def: "60", allowed: "a whole number from 1 to 1440",
		help: "How long one token of a sign-in is good before it is renewed; a company may want it shorter.",
		set:  func(c *Config, raw string) error { return number(&c.SessionMinutes, raw, 1, 1440) },
	},
	{
		name: "SESSION_DAYS", def: "7", allowed: "a whole number from 1 to 365",
		help: "How long a sign-in lasts that is not used; a company may want it shorter.",
		set:  func(c *Config, raw string) error { return number(&c.SessionDays, raw, 1, 365) },
	},
	{
		name: "SESSION_ADDRESSES", def: "off", allowed: "on or off",
		help: "Whether people see the network addresses their sign-ins were made from; off stores none.",
		set: func(c *Config, raw string) error {
			return oneOf(func(v string) { c.SessionAddresses = v == "on" }, raw, "on", "off")
		},
	},
	{
		name: "SUPERUSER_MFA", def: "auto", allowed: "auto or off",
		help: "Whether superusers enter a code from an e-mail beside their password; auto asks for it where there is a mail server.",
		set: func(c *Config, raw string) error {
			return oneOf(func(v string) { c.SuperuserMFAOff = v == "off" }, raw, "auto", "off")
		},
	},
	{
		name: "MDNS", def: "auto", allowed: "auto, on or off",
		help: "Announce http://recado.local in the local network; auto does so unless Recado listens on this machine only.",
		set: func(c *Config, raw string) error {
			return oneOf(func(v string) { c.MDNS = v }, raw, "auto", "on", "off")
		},
	},
	{
		name: "UPLOAD_MAX_MB", def: "10", allowed: "a whole number from 1 to 100",
		help: "The largest file a visitor or a member may send, in megabytes.",
		set:  func(c *Config, raw string) error { return number(&c.UploadMaxMB, raw, 1, 100) },
	},
	{
		name: "KNOWLEDGE_SOURCES", def: "2000", allowed: "a whole number from 1 to 10000",
		help: "How many pages, files and web addresses a company may give its AI agents to look things up in.",
		set:  func(c *Config, raw string) error { return number(&c.Knowledge.Sources, raw, 1, 10_000) },
	},
	{
		name: "KNOWLEDGE_MB", def: "50", allowed: "a whole number from 1 to 1000",
		help: "How much text a company's knowledge may have altogether, in millions of characters.",
		set:  func(c *Config, raw string) error { return number(&c.Knowledge.Letters, raw, 1, 1000) },
	},
	{
		name: "KNOWLEDGE_FILE_MB", def: "10", allowed: "a whole number from 1 to 100",
		help: "The largest file or web page that is read as knowledge, in megabytes.",
		set:  func(c *Config, raw string) error { return number(&c.Knowledge.FileMB, raw, 1, 100) },
	},
	{
		name: "KNOWLEDGE_REFRESH_HOURS", def: "24", allowed: "a whole number from 1 to 720",
		help: "How often web addresses of the knowledge are read again.",
		set:  func(c *Config, raw string) error { return number(&c.Knowledge.RefreshHours, raw, 1, 720) },
	},
	{
		name: "FETCH_NETWORKS", def: "none", allowed: "addresses or networks separated by commas, for example 192.168.7.0/24; or none",
		help: "Private networks that web addresses typed in by companies may lie in; by default they are read from the internet only.",
		set:  func(c *Config, raw string) error { return networks(&c.FetchNetworks, raw) },
	},
	{
		name: "WHATSAPP_PACE_MS", def: "1000", allowed: "a whole number from 0 to 60000",
		help: "The pause between two messages of a linked WhatsApp number, in milliseconds; it is varied, and numbers that write faster than people do get closed.",
		set: func(c *Config, raw string) error {
			var ms int
			err := number(&ms, raw, 0, 60_000)
			c.WhatsAppPace = time.Duration(ms) * time.Millisecond

			return err
		},
	},
	{
		name: "WHATSAPP_SIMULATOR", def: "", allowed: "a file written by the simulator; or empty",
		help: "Connects numbers to a simulated WhatsApp on this machine instead of the real one; for tests and for trying things out, never in a data folder with a real number.",
		set:  func(c *Config, raw string) error { c.WhatsAppSimulator = raw; return nil },
	},
	{
		name: "REALTIME_MAX_CONNECTIONS", def: "100", allowed: "a whole number from 1 to 100000",
		help: "How many connections to PocketBase's own realtime endpoint may be open at once; Recado's screens do not use it.",
		set:  func(c *Config, raw string) error { return number(&c.RealtimeMaxConnections, raw, 1, 100_000) },
	},
	{
		name: "DB_READERS", def: "12", allowed: "a whole number from 2 to 64",
		help: "How many database connections may read at once; each keeps up to 8 MB of cache.",
		set:  func(c *Config, raw string) error { return number(&c.DBReaders, raw, 2, 64) },
	},
	{
		name: "MAIL", def: "auto", allowed: "auto or off",
		help: "Whether e-mails leave; auto sends them where there is a mail server, off keeps and shows them only (for a copy of real data).",
		set: func(c *Config, raw string) error {
			return oneOf(func(v string) { c.MailOff = v == "off" }, raw, "auto", "off")
		},
	},
	{
		name: "SMTP_HOST", def: "", allowed: "a host name or address, for example smtp.example.com; or empty",
		help: "The mail server. Set, it wins over the dashboard's Mail settings with all of the SMTP settings; empty means the dashboard's.",
		set:  func(c *Config, raw string) error { return host(&c.SMTP.Host, raw) },
	},
	{
		name: "SMTP_PORT", def: "587", allowed: "a whole number from 1 to 65535",
		help: "The mail server's port; 587 and 25 encrypt after the greeting, 465 from the start.",
		set:  func(c *Config, raw string) error { return number(&c.SMTP.Port, raw, 1, 65535) },
	},
	{
		name: "SMTP_USER", def: "", allowed: "any text; or empty for a server that asks for none",
		help: "The name to sign in to the mail server with.",
		set:  func(c *Config, raw string) error { c.SMTP.User = raw; return nil },
	},
	{
		name: "SMTP_PASSWORD", def: "", allowed: "any text; or empty",
		help:   "The password to sign in to the mail server with.",
		secret: true,
		set:    func(c *Config, raw string) error { c.SMTP.Password = raw; return nil },
	},
	{
		name: "SMTP_TLS", def: "auto", allowed: "auto or on",
		help: "Encryption from the first byte; auto does so on port 465, and elsewhere encrypts as soon as the server offers it.",
		set: func(c *Config, raw string) error {
			return oneOf(func(v string) { c.SMTP.TLS = v == "on" }, raw, "auto", "on")
		},
	},
	{
		name: "SMTP_SENDER", def: "", allowed: "an e-mail address, for example desk@example.com; or empty",
		help: "The address e-mails come from; empty means SMTP_USER where that is an address, else the dashboard's.",
		set:  func(c *Config, raw string) error { return sender(&c.SMTP.Sender, raw) },
	},
	{
		name: "LOG_LEVEL", def: "warn", allowed: "debug, info, warn or error",
		help: "The least important log entries that are kept (see Logs in the dashboard); info adds one entry per request.",
		set: func(c *Config, raw string) error {
			return oneOf(func(v string) { _ = c.LogLevel.UnmarshalText([]byte(v)) }, raw, "debug", "info", "warn", "error")
		},
	},
	{
		name: "BACKUP", def: "daily", allowed: "daily, weekly or off",
		help: "How often a backup is made by itself, into the data folder's `backups`, or into the S3 that the dashboard names for backups; weekly is on Sunday.",
		set: func(c *Config, raw string) error {
			return oneOf(func(v string) { c.Backup = v }, raw, "daily", "weekly", "off")
		},
	},
	{
		name: "BACKUP_HOUR", def: "3", allowed: "a whole number from 0 to 23",
		help: "The hour of the day from which on that backup is made, by the server's clock (TZ); one that was missed is made up for.",
		set:  func(c *Config, raw string) error { return number(&c.BackupHour, raw, 0, 23) },
	},
	{
		name: "BACKUP_KEEP", def: "7", allowed: "a whole number from 1 to 365",
		help: "How many of the backups made by itself are kept; those made by hand stay.",
		set:  func(c *Config, raw string) error { return number(&c.BackupKeep, raw, 1, 365) },
	},
	{
		name: "SECRET_KEY", def: "", allowed: "64 hexadecimal digits (32 bytes), for example from `openssl rand -hex 32`; or empty",
		help:   "The key that seals stored secrets such as API keys of providers; empty means the file secret.key in the data folder, made at the first start.",
		secret: true,
		set:    func(c *Config, raw string) error { return hexKey(&c.secretKey, raw) },
	},
	{
		name: "NEXT_SECRET_KEY", def: "", allowed: "64 hexadecimal digits (32 bytes), for example from `openssl rand -hex 32`; or empty",
		help:   "The key that `recado secrets rotate` seals with where the present one is in SECRET_KEY; used by nothing else.",
		secret: true,
		set:    func(c *Config, raw string) error { return hexKey(&c.nextKey, raw) },
	},
	{
		name: "INSTANCE_KEY", def: "", allowed: "at least 32 characters without spaces, for example from `openssl rand -hex 32`; or empty",
		help:   "The key by which programs make companies, keep their limits, suspend them and invite their owners; empty means that none may.",
		secret: true,
		set:    func(c *Config, raw string) error { return instanceKey(&c.InstanceKey, raw) },
	},
	{
		name: "PASSWORD", def: "", allowed: "at least 8 characters; or empty",
		help:   "The owner's password for `recado setup`, so that it does not have to stand on the command line.",
		secret: true,
		set:    func(c *Config, raw string) error { return password(&c.Password, raw) },
	},
}

// flag is the command line's name of the option: UPLOAD_MAX_MB → upload-max-mb.
func (o option) flag() string {
	return strings.ReplaceAll(strings.ToLower(o.name), "_", "-")
}

// errNotAllowed is all a parser has to say: the message is made from the table.
var errNotAllowed = errors.New("not allowed")

func text(to *string, raw string) error {
	if raw == "" {
		return errNotAllowed
	}
	*to = raw

	return nil
}

func oneOf(to func(string), raw string, allowed ...string) error {
	if !slices.Contains(allowed, raw) {
		return errNotAllowed
	}
	to(raw)

	return nil
}

func number(to *int, raw string, from, upTo int) error {
	n, err := strconv.Atoi(raw)
	if err != nil || n < from || n > upTo {
		return errNotAllowed
	}
	*to = n

	return nil
}

func address(to *string, raw string) error {
	_, port, err := net.SplitHostPort(raw)
	if err != nil {
		return errNotAllowed
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return errNotAllowed
	}
	*to = raw

	return nil
}

func origin(to *string, raw string) error {
	raw = strings.TrimSuffix(raw, "/")
	if raw != "" {
		u, err := url.Parse(raw)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || raw != u.Scheme+"://"+u.Host {
			return errNotAllowed
		}
	}
	*to = raw

	return nil
}

func host(to *string, raw string) error {
	if strings.ContainsAny(raw, " /@") || strings.Count(raw, ":") == 1 {
		return errNotAllowed
	}
	*to = raw

	return nil
}

func sender(to *string, raw string) error {
	if raw != "" {
		address, err := mail.ParseAddress(raw)
		if err != nil || address.Name != "" {
			return errNotAllowed
		}
	}
	*to = raw

	return nil
}

func origins(to *[]string, raw string) error {
	var list []string
	for one := range strings.SplitSeq(raw, ",") {
		one = strings.TrimSpace(one)
		if one == "" {
			continue
		}
		if err := origin(&one, one); err != nil {
			return err
		}
		list = append(list, one)
	}
	*to = list

	return nil
}

func domains(to *[]string, raw string) error {
	for one := range strings.SplitSeq(raw, ",") {
		one = strings.ToLower(strings.TrimSpace(one))
		if one == "" {
			continue
		}
		if net.ParseIP(one) != nil || !domainName.MatchString(one) {
			return errNotAllowed
		}
		*to = append(*to, one)
	}

	return nil
}

var domainName = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$`)

func networks(to *[]netip.Prefix, raw string) error {
	if raw == "none" {
		return nil
	}
	for one := range strings.SplitSeq(raw, ",") {
		one = strings.TrimSpace(one)
		network, err := netip.ParsePrefix(one)
		if address, bad := netip.ParseAddr(one); bad == nil {
			network, err = address.Prefix(address.BitLen())
		}
		if err != nil {
			return errNotAllowed
		}
		*to = append(*to, network.Masked())
	}

	return nil
}

func hexKey(to *Key, raw string) error {
	if raw == "" {
		return nil
	}
	key, err := parseKey(raw)
	if err != nil {
		return errNotAllowed
	}
	*to = key

	return nil
}

func instanceKey(to *string, raw string) error {
	if raw != "" && (len(raw) < 32 || strings.ContainsFunc(raw, func(c rune) bool { return c <= ' ' || c > '~' })) {
		return errNotAllowed
	}
	*to = raw

	return nil
}

func password(to *string, raw string) error {
	if raw != "" && len(raw) < 8 {
		return errNotAllowed
	}
	*to = raw

	return nil
}

// wrongValue names the setting, its value and what is allowed. A secret's
// value is not repeated, because start-up errors end up in logs.
func wrongValue(o option, raw, source string) error {
	shown := fmt.Sprintf("%q", raw)
	if o.secret {
		shown = masked
	}
	name := Prefix + o.name
	if source == SourceFlag {
		name = "--" + o.flag() + " (" + name + ")"
	}

	return fmt.Errorf("%s is %s, but allowed is: %s", name, shown, o.allowed)
}
