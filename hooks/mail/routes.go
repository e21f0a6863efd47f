package mail

import (
	"errors"
	"net/http"
	"regexp"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/texts"
)

const manage = "company.manage"

// settings is GET /api/recado/mail/settings: which mail server is in effect and
// who set it. The password is only said to be there.
func (r *Room) settings(e *core.RequestEvent) error {
	if _, err := r.deps.Require(e, e.Request.URL.Query().Get("company"), manage); err != nil {
		return err
	}

	answer := map[string]any{"kept": r.Kept(), "source": "", "sender": r.Sender(), "base": r.deps.Base()}
	dashboard := r.app.Settings().SMTP
	switch {
	case r.deps.SMTP.Host != "":
		s := r.deps.SMTP
		answer["source"] = "environment"
		answer["host"], answer["port"], answer["user"], answer["tls"], answer["password"] = s.Host, s.Port, s.User, s.TLS, s.Password != ""
	case dashboard.Enabled:
		answer["source"] = "dashboard"
		answer["host"], answer["port"], answer["user"], answer["tls"], answer["password"] =
			dashboard.Host, dashboard.Port, dashboard.Username, dashboard.TLS, dashboard.Password != ""
	}

	return e.JSON(http.StatusOK, answer)
}

// test is POST /api/recado/mail/test: sends the caller a mail, now, and answers
// with its row, which says what went wrong.
func (r *Room) test(e *core.RequestEvent) error {
	company := e.Request.URL.Query().Get("company")
	if _, err := r.deps.Require(e, company, manage); err != nil {
		return err
	}
	home, err := e.App.FindRecordById(collections.Companies, company)
	if err != nil {
		return err
	}

	locale := texts.First(e.Auth.GetString("locale"), home.GetString("locale"))
	words := texts.For(locale, nil)
	text := words.Get("mail.test.text", "company", home.GetString("name"))
	row, err := r.Write(e.App, Mail{
		Company: company, To: e.Auth.Email(), ToName: e.Auth.GetString("name"), Kind: "test", Locale: locale,
		Subject: words.Get("mail.test.subject"), Text: text, HTML: Paragraph(text),
	})
	if err != nil {
		return err
	}
	if row.GetString("status") == "queued" {
		if err := r.attempt(row.Id); err != nil {
			return err
		}
		if row, err = e.App.FindRecordById(collections.Mails, row.Id); err != nil {
			return err
		}
	}

	return shown(e, row)
}

// attempt delivers a test mail once: it is for somebody who waits to see whether
// it works, so a failure is final.
func (r *Room) attempt(id string) error {
	if err := r.deliver(id); err != nil && !errors.Is(err, errPatience) {
		return err
	}
	row, err := r.app.FindRecordById(collections.Mails, id)
	if err != nil || row.GetString("status") != "queued" {
		return err
	}
	row.Set("status", "failed")

	return save(r.app, row)
}

func shown(e *core.RequestEvent, row *core.Record) error {
	if err := apis.EnrichRecord(e, row); err != nil {
		return err
	}

	return e.JSON(http.StatusOK, row)
}

// rowFor loads the mail of the path for one who may manage its company.
func (r *Room) rowFor(e *core.RequestEvent) (*core.Record, error) {
	row, err := e.App.FindRecordById(collections.Mails, e.Request.PathValue("id"))
	if err != nil || row.GetString("company") != e.Request.URL.Query().Get("company") {
		return nil, apierr.NotFound("mail")
	}
	_, err = r.deps.Require(e, row.GetString("company"), manage)

	return row, err
}

// preview is GET /api/recado/mails/{id}/preview: the mail as it was written, but for
// what is as good as a password.
func (r *Room) preview(e *core.RequestEvent) error {
	row, err := r.rowFor(e)
	if err != nil {
		return err
	}
	content, err := contentOf(row)
	if err != nil {
		return err
	}

	if row.GetString("kind") == "invite" { // its link makes a member
		content.HTML, content.Text = inviteLink.ReplaceAllString(content.HTML, "/invite/…"), inviteLink.ReplaceAllString(content.Text, "/invite/…")
	}

	return e.JSON(http.StatusOK, content)
}

var inviteLink = regexp.MustCompile(`/invite/[0-9A-Za-z]+`)

func contentOf(row *core.Record) (body, error) {
	var content body
	if err := row.UnmarshalJSONField("body", &content); err != nil || content.HTML == "" {
		return body{}, apierr.New(http.StatusGone, "mail_gone", "The text of this mail is no longer kept.", nil)
	}

	return content, nil
}

// resend is POST /api/recado/mails/{id}/resend.
func (r *Room) resend(e *core.RequestEvent) error {
	asked, err := r.rowFor(e)
	if err != nil {
		return err
	}
	row, err := r.again(e.App, asked)
	if err != nil {
		return err
	}

	return shown(e, row)
}

// Retry makes a mail that was given up due again.
func (r *Room) Retry(app core.App, row *core.Record) error {
	_, err := r.again(app, row)

	return err
}

// again makes a mail due again and returns its row. One that was sent goes out as
// a new mail: under the old Message-ID a mailbox would drop it.
func (r *Room) again(app core.App, asked *core.Record) (*core.Record, error) {
	content, err := contentOf(asked)
	if err != nil {
		return nil, err
	}
	stale, err := r.stale(asked)
	if err != nil {
		return nil, err
	}
	if stale {
		return nil, apierr.New(http.StatusConflict, "mail_stale", "The appointment has changed since: this mail would say something wrong.", nil)
	}
	if asked.GetString("status") == "sent" {
		return r.Write(app, Mail{
			Company: asked.GetString("company"), Contact: asked.GetString("contact"), Appointment: asked.GetString("appointment"),
			To: asked.GetString("to"), ToName: asked.GetString("to_name"), Kind: asked.GetString("kind"),
			Locale: asked.GetString("locale"), Subject: asked.GetString("subject"),
			HTML: content.HTML, Text: content.Text, ICS: content.ICS,
		})
	}
	asked.Load(map[string]any{"status": "queued", "due": r.deps.Now().UTC(), "attempts": 0, "error": "", "claimed_until": ""})
	if kept := r.Kept(); kept != "" {
		asked.Load(map[string]any{"status": "skipped", "error": kept})
	}

	return asked, save(app, asked)
}

// stale: a newer mail tells of another state of the appointment.
func (r *Room) stale(row *core.Record) (bool, error) {
	appointment := row.GetString("appointment")
	if appointment == "" {
		return false, nil
	}
	newer, err := r.app.CountRecords(collections.Mails,
		dbx.HashExp{"appointment": appointment, "kind": []any{"moved", "cancelled"}},
		dbx.NewExp("created > {:created} AND id != {:id}", dbx.Params{"created": row.GetString("created"), "id": row.Id}))

	return newer > 0, err
}
