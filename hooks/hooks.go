// Package hooks opens the rooms that hold the business rules. It is the only
// package that knows all of them.
package hooks

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"go.mau.fi/whatsmeow"

	"recado/collections"
	"recado/config"
	"recado/hooks/access"
	"recado/hooks/agenda"
	"recado/hooks/agents"
	"recado/hooks/backup"
	"recado/hooks/book"
	"recado/hooks/channels"
	"recado/hooks/channels/webchat"
	"recado/hooks/channels/whatsapp"
	"recado/hooks/channels/whatsapp/wasim"
	"recado/hooks/contacts"
	"recado/hooks/contacts/table"
	"recado/hooks/demo"
	"recado/hooks/dialogue"
	"recado/hooks/domains"
	"recado/hooks/inbox"
	"recado/hooks/jobs"
	"recado/hooks/knowledge"
	"recado/hooks/knowledge/extract"
	"recado/hooks/live"
	"recado/hooks/mail"
	"recado/hooks/notify"
	"recado/hooks/openapi"
	"recado/hooks/outgoing"
	"recado/hooks/preferences"
	"recado/hooks/rehearsal"
	"recado/hooks/reports"
	"recado/hooks/search"
	"recado/hooks/takeout"
	_ "recado/migrations"
)

// Prepare brings a database to the state the rooms rely on: migrations, the
// declared collections, the index of the search, the triggers against double
// booking. It writes nothing where nothing changed. Every command, OnServe and the
// tests call it.
func Prepare(app core.App) error {
	if err := app.RunAllMigrations(); err != nil {
		return err
	}

	if err := collections.Ensure(app); err != nil {
		return err
	}

	if err := search.Prepare(app); err != nil {
		return err
	}
	if err := knowledge.Prepare(app); err != nil {
		return err
	}
	if err := agenda.Triggers(app); err != nil {
		return err
	}

	return collections.RememberShape(app, versionOf(app))
}

// VersionKey is where the app's store has the version of the program, by which
// data remembers who wrote it.
const VersionKey = "recadoVersion"

func versionOf(app core.App) string {
	version, _ := app.Store().Get(VersionKey).(string)

	return version
}

// Register opens the rooms, in the order in which their hooks shall run.
// Tests pass a clock of their own.
func Register(app core.App, cfg *config.Config, now func() time.Time) *Rooms {
	app.OnServe().Bind(&hook.Handler[*core.ServeEvent]{
		Id:       "recadoPrepare",
		Priority: -100, // before any room adds its routes
		Func: func(e *core.ServeEvent) error {
			if err := Prepare(e.App); err != nil {
				return err
			}

			return e.Next()
		},
	})

	ids := collections.NewIDs(now)
	collections.BindIDs(app, ids)

	base := func() string { return baseURL(app, cfg) }
	sealing := sync.OnceValues(func() (config.Key, error) { return cfg.KeyIn(app.DataDir()) })
	letters := mail.Open(app, mail.Deps{Now: now, SMTP: cfg.SMTP, Off: cfg.MailOff, Require: access.Require, Base: base})
	entrance := access.Open(app, access.Deps{
		Key: sealing, InstanceKey: cfg.InstanceKey, SuperuserMFA: !cfg.SuperuserMFAOff, Base: base, Kept: letters.Kept, Post: func(l access.Letter) { letters.Post(mail.Letter(l)) },
		Now: now, SignupOpen: cfg.SignupOpen, URL: cfg.URL, Loopback: cfg.Loopback(), Public: openapi.Public, Addresses: cfg.SessionAddresses, Cell: table.Safe, Phone: contacts.E164, Unindex: search.Remove,
		Lifetimes: access.Lifetimes{Access: time.Duration(cfg.SessionMinutes) * time.Minute, Whole: time.Duration(cfg.SessionDays) * 24 * time.Hour},
	})
	feed := live.Open(app, live.Deps{
		Now: now, Guard: live.GuardLimits{Connections: cfg.RealtimeMaxConnections}, Session: access.SessionOf, Admit: access.AtWork,
	})
	entrance.Feed(feed)

	people := contacts.Open(app, contacts.Deps{
		Now: now, IDs: ids, Require: access.Require, Live: feed, Unindex: search.Remove, Compact: search.Compact, Export: preferences.Export,
	})
	preferences.Open(app, preferences.Deps{Now: now, Require: access.Require})

	rooms := &Rooms{app: app, now: now, Access: entrance, Mail: letters, Contacts: people, Live: feed, Channels: &channels.Registry{}, Answerers: map[string]inbox.Answerer{}}
	rooms.Inbox = inbox.Open(app, inbox.Deps{
		Now:            now,
		IDs:            ids,
		Contacts:       people,
		Channels:       rooms.Channels,
		Answerers:      rooms.Answerers,
		Live:           feed,
		Hears:          agents.Hears,
		UploadMaxBytes: int64(cfg.UploadMaxMB) << 20,
		Phone:          contacts.E164,
	})

	rooms.Search = search.Open(app, search.Deps{Require: access.Require, Fold: contacts.Fold})

	rooms.Demo = demo.Open(app, demo.Deps{
		Now: now, IDs: ids, Require: access.Require, SearchText: contacts.SearchText, Key: contacts.Fold, Unindex: search.Remove,
		Renew: feed.Renew, Unread: knowledge.RemoveLost,
	})
	reports.Open(app, reports.Deps{Require: access.Require})
	rooms.Takeout = takeout.Open(app, takeout.Deps{Now: now, Require: access.Require, Live: feed})

	rooms.Webchat = webchat.Open(app, webchat.Deps{
		Now:            now,
		Inbox:          rooms.Inbox,
		Live:           feed,
		Channels:       rooms.Channels,
		ServeFile:      inbox.ServeFile,
		UploadMaxBytes: cfg.UploadMaxBytes(),
		PublicURL:      cfg.URL,
		Only:           domains.Only,
	})
	rooms.Domains = domains.Open(app, domains.Deps{
		Now: now, Require: access.Require, Resolver: resolver(cfg.DNS),
		Own: func() []string { return ownHosts(app, cfg) },
	})

	rooms.WhatsApp = whatsapp.Open(app, whatsapp.Deps{
		Now: now, IDs: ids, Inbox: rooms.Inbox, Live: feed, Channels: rooms.Channels, Require: access.Require,
		Network: whatsappNetwork(cfg), HTTP: whatsappHTTP(cfg), Pace: cfg.WhatsAppPace, UploadMaxBytes: cfg.UploadMaxBytes(),
	})

	rooms.Backup = backup.Open(app, backup.Deps{
		Now: now, Every: cfg.Backup, Hour: cfg.BackupHour, Keep: cfg.BackupKeep, Version: versionOf(app),
	})
	rooms.Storage = jobs.NewStorage(app, now)
	rooms.Agenda = agenda.Open(app, agenda.Deps{Now: now, Notifier: rooms.Inbox, Phone: contacts.E164})
	guide := dialogue.Open(app, dialogue.Deps{Now: now, Agenda: rooms.Agenda, Buttons: rooms.Channels.Buttons})
	rooms.Answerers["bot"] = guide

	rooms.Knowledge = knowledge.Open(app, knowledge.Deps{
		Now: now, Require: access.Require, Fold: contacts.Fold, Live: feed,
		Limits: knowledge.Limits{
			Sources: cfg.Knowledge.Sources, Letters: cfg.Knowledge.Letters * 1_000_000, Bytes: int64(cfg.Knowledge.FileMB) << 20,
			Refresh: time.Duration(cfg.Knowledge.RefreshHours) * time.Hour,
		},
		Transport: outgoing.Public(cfg.FetchNetworks...).Transport(false),
		Read:      extract.Process(program(), extract.MostTime),
		Embed: func(ctx context.Context, company string, texts []string) (string, [][]float32, error) {
			return rooms.Agents.Embed(ctx, company, texts)
		},
	})
	agentDeps := agents.Deps{
		Now: now, Inbox: rooms.Inbox, Agenda: rooms.Agenda, Dialogue: guide, Require: access.Require, Knowledge: rooms.Knowledge,
		Key:  sealing,
		Page: func(company *core.Record) string { return book.Address(base(), company) },
	}
	rooms.Agents = agents.Open(app, agentDeps)
	rooms.Answerers["agent"] = rooms.Agents
	rooms.Rehearsal = rehearsal.Open(app, rehearsal.Deps{
		Now: now, Require: access.Require,
		Rooms: func(app core.App, clock func() time.Time, madeUp bool) rehearsal.Rooms {
			return stage(app, clock, agentDeps, agents.Ledger{App: rooms.app, Now: now}, madeUp)
		},
	})
	entrance.Post(rooms.Mail)
	rooms.Notify = notify.Open(app, notify.Deps{
		Now: now, Agenda: rooms.Agenda, Mail: rooms.Mail, Inbox: rooms.Inbox, Dialogue: guide,
		Buttons: rooms.Channels.Buttons, Base: base, Wants: preferences.Wants, Zone: preferences.Zone,
		Key: sync.OnceValues(func() ([]byte, error) {
			key, err := sealing()
			if err != nil {
				return nil, err
			}

			return key.Derive("links to appointments")
		}),
	})
	rooms.Inbox.Listen(rooms.Notify)
	entrance.HandsOver("conversations", "inbox.reply", rooms.Inbox)
	entrance.HandsOver("contacts", "contacts.view_own", people)
	entrance.HandsOver("appointments", "agenda.view_own", rooms.Agenda)
	openapi.Open(app, func() string { return versionOf(app) })
	book.Open(app, book.Deps{Now: now, Agenda: rooms.Agenda, Phone: contacts.E164, Links: rooms.Notify, PublicURL: cfg.URL})

	return rooms
}

// whatsappHTTP dials a simulator, where one is set.
func whatsappHTTP(cfg *config.Config) *http.Client {
	if cfg.WhatsAppSimulator == "" {
		return nil
	}

	return &http.Client{Transport: simulated(cfg.WhatsAppSimulator)}
}

// simulated finds the simulator by its description anew for each request: it may
// have been started again.
type simulated string

func (path simulated) RoundTrip(r *http.Request) (*http.Response, error) {
	endpoint, err := wasim.ReadEndpoint(string(path))
	if err != nil {
		return nil, err
	}
	client, err := endpoint.HTTP()
	if err != nil {
		return nil, err
	}

	return client.Transport.RoundTrip(r)
}

// program is the path of the running program, which reads a document as a process
// of its own.
func program() string {
	path, err := os.Executable()
	if err != nil {
		return os.Args[0]
	}

	return path
}

// whatsappNetwork points linked numbers at a simulator, where one is set.
func whatsappNetwork(cfg *config.Config) func(*whatsmeow.Client) error {
	if cfg.WhatsAppSimulator == "" {
		return nil
	}

	return func(client *whatsmeow.Client) error {
		endpoint, err := wasim.ReadEndpoint(cfg.WhatsAppSimulator)
		if err != nil {
			return err
		}

		return endpoint.Configure(client)
	}
}

// baseURL is the address links start with that are made without a request: the
// one that is set, else the dashboard's, else where Recado listens.
func baseURL(app core.App, cfg *config.Config) string {
	const untouched = "http://localhost:8090" // what PocketBase begins with

	switch own := strings.TrimSuffix(app.Settings().Meta.AppURL, "/"); {
	case cfg.URL != "":
		return cfg.URL
	case own != "" && own != untouched:
		return own
	default:
		host, port, _ := net.SplitHostPort(cfg.HTTP)
		if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
			host = "localhost"
		}

		return "http://" + net.JoinHostPort(host, port)
	}
}

// ownHosts are the names people reach this Recado itself by.
func ownHosts(app core.App, cfg *config.Config) []string {
	hosts := slices.Clone(cfg.Domains)
	for _, domain := range cfg.Domains {
		hosts = append(hosts, "www."+domain) // PocketBase sends it to the one without
	}
	for _, address := range []string{cfg.URL, app.Settings().Meta.AppURL} {
		if at, err := url.Parse(address); err == nil {
			hosts = append(hosts, at.Hostname())
		}
	}

	return hosts
}

// resolver asks the name server at an address, or "" the system's.
func resolver(server string) *net.Resolver {
	if server == "" {
		return nil
	}

	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, server)
	}}
}

// Rooms are the open rooms, for commands and tests that talk to them directly.
type Rooms struct {
	app core.App
	now func() time.Time

	Access    *access.Room
	Contacts  *contacts.Room
	Live      *live.Room
	Search    *search.Room
	Demo      *demo.Room
	Takeout   *takeout.Room
	Inbox     *inbox.Room
	Webchat   *webchat.Room
	Domains   *domains.Room
	WhatsApp  *whatsapp.Room
	Agenda    *agenda.Room
	Agents    *agents.Room
	Knowledge *knowledge.Room
	Rehearsal *rehearsal.Room
	Mail      *mail.Room
	Notify    *notify.Room
	Backup    *backup.Room
	Storage   *jobs.Storage
	Channels  *channels.Registry
	Answerers map[string]inbox.Answerer
}
