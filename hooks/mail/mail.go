// Package mail sends e-mails.
//
// In: mails that other rooms write in their own transaction ([Room.Write]), and
// what an administrator asks of them: how one looks, sending it again, a test.
// Out: SMTP, through PocketBase's mailer. A mail is a row and a job: it is
// claimed by a guarded update, tried again with growing pauses under the same
// Message-ID, and where there is no mail server it is kept and shown instead.
package mail

import (
	"net/mail"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/mailer"

	"recado/collections"
	"recado/config"
)

// Deps is what the room needs from outside.
type Deps struct {
	Now func() time.Time

	// SMTP is the mail server of the environment; with a Host it wins over the
	// dashboard's. Off keeps every mail.
	SMTP config.SMTP
	Off  bool

	// Patience bounds one attempt; 0 is half a minute.
	Patience time.Duration

	// Require returns the caller's membership in the company if it holds the permission.
	Require func(e *core.RequestEvent, company, permission string) (*core.Record, error)

	// Base is the address links in mails start with.
	Base func() string
}

// Room is the mail room.
type Room struct {
	app  core.App
	deps Deps
	post post
}

// Open binds the mail server of the environment and, when the app serves, the routes.
func Open(app core.App, deps Deps) *Room {
	if deps.Patience == 0 {
		deps.Patience = 30 * time.Second
	}
	r := &Room{app: app, deps: deps}

	// Before anybody else's, so that PocketBase's own mails (passwords, changes of
	// address) take the same way out.
	app.OnMailerSend().Bind(&hook.Handler[*core.MailerEvent]{
		Id:       "recadoMailServer",
		Priority: -100,
		Func: func(e *core.MailerEvent) error {
			if deps.SMTP.Host == "" {
				return e.Next()
			}
			if e.Message.From.Address == e.App.Settings().Meta.SenderAddress {
				e.Message.From.Address = deps.SMTP.From()
			}

			return r.server().Send(e.Message)
		},
	})

	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.GET("/api/recado/mail/settings", r.settings).Bind(apis.RequireAuth())
		e.Router.POST("/api/recado/mail/test", r.test).Bind(apis.RequireAuth())
		e.Router.GET("/api/recado/mails/{id}/preview", r.preview).Bind(apis.RequireAuth())
		e.Router.POST("/api/recado/mails/{id}/resend", r.resend).Bind(apis.RequireAuth())

		return e.Next()
	})

	return r
}

// server is the client for the mail server of the environment.
func (r *Room) server() *mailer.SMTPClient {
	s := r.deps.SMTP

	return &mailer.SMTPClient{Host: s.Host, Port: s.Port, Username: s.User, Password: s.Password, TLS: s.TLS}
}

// Why mails are kept instead of sent.
const (
	keptOff      = "off"
	keptNoServer = "no_server"

	// Superseded is a mail that a newer one about the same appointment made wrong.
	Superseded = "superseded"
)

// Kept says why mails are kept instead of sent: off, no_server, or "" where
// they are sent.
func (r *Room) Kept() string {
	switch {
	case r.deps.Off:
		return keptOff
	case r.deps.SMTP.Host == "" && !r.app.Settings().SMTP.Enabled:
		return keptNoServer
	default:
		return ""
	}
}

// Sender is the address mails come from.
func (r *Room) Sender() string {
	if r.deps.SMTP.Host != "" {
		return r.deps.SMTP.From()
	}

	return r.app.Settings().Meta.SenderAddress
}

// Mail is an e-mail to one person. Kind is one of the collection's; HTML and
// Text say the same; ICS, where set, is attached as invite.ics.
type Mail struct {
	Company, Contact, Appointment string
	To, ToName                    string
	Kind, Locale, Subject         string
	HTML, Text, ICS               string
}

// body is what a row keeps of a mail until nobody needs it any more.
type body struct {
	HTML string `json:"html"`
	Text string `json:"text"`
	ICS  string `json:"ics,omitempty"`
}

// Write makes the mail a row, in the caller's transaction, so that it leaves if
// and only if what it tells of happened. Mails about the same appointment that
// have not left yet are superseded, unless this one only reminds of it.
func (r *Room) Write(txApp core.App, m Mail) (*core.Record, error) {
	if _, err := mail.ParseAddress(m.To); err != nil {
		return nil, err
	}
	if m.Appointment != "" && m.Kind != "reminder" {
		if err := r.Supersede(txApp, m.Appointment); err != nil {
			return nil, err
		}
	}

	collection, err := txApp.FindCachedCollectionByNameOrId(collections.Mails)
	if err != nil {
		return nil, err
	}
	row := core.NewRecord(collection)
	row.Load(map[string]any{
		"company": m.Company, "contact": m.Contact, "appointment": m.Appointment,
		"to": m.To, "to_name": m.ToName, "kind": m.Kind, "locale": m.Locale, "subject": cut(m.Subject, 300),
		"status": "queued", "due": r.deps.Now().UTC(), "body": body{HTML: m.HTML, Text: m.Text, ICS: m.ICS},
	})
	if kept := r.Kept(); kept != "" {
		row.Set("status", "skipped")
		row.Set("error", kept)
	}

	return row, txApp.SaveNoValidate(row)
}

// Supersede keeps the mails about an appointment that have not left yet from leaving.
func (r *Room) Supersede(txApp core.App, appointment string) error {
	waiting, err := txApp.FindAllRecords(collections.Mails, queuedOf(appointment))
	if err != nil {
		return err
	}
	for _, row := range waiting {
		row.Load(map[string]any{"status": "skipped", "error": Superseded})
		if err := save(txApp, row); err != nil {
			return err
		}
	}

	return nil
}

func save(app core.App, row *core.Record) error {
	row.IgnoreUnchangedFields(true)

	return app.SaveNoValidate(row)
}

func cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}

	return text
}
