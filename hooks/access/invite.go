package access

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/mail"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/limits"
	recadomail "recado/hooks/mail"
	"recado/hooks/texts"
)

// inviteDays is how long an invite is good.
const inviteDays = 7

// newInvite is what an invite is made of.
type newInvite struct {
	Role    string `json:"role"`
	Email   string `json:"email"`
	Manager string `json:"manager"`
	Days    int    `json:"days"` // 0: inviteDays
	Send    bool   `json:"send"` // by e-mail
}

// invite is POST /api/recado/members/invite: a link to copy, or to send, that makes
// its opener a member. Only the hash of its token is kept.
func (r *Room) invite(e *core.RequestEvent) error {
	me, err := Require(e, companyOf(e), "members.manage")
	if err != nil {
		return err
	}

	var form newInvite
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("", `Send {"role": ID, "email"?: address, "manager"?: ID, "days"?: 1 to 90, "send"?: true}.`)
	}
	if err := form.check(); err != nil {
		return err
	}
	if err := withinOwn(e.App, me, form.Role); err != nil {
		return err
	}

	var record *core.Record
	link := ""
	err = e.App.RunInTransaction(func(txApp core.App) error {
		record, link, err = r.makeInvite(txApp, me.GetString("company"), form, me.Id, me.GetString("name"), r.address(e))

		return err
	})
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, inviteAnswer(record, link))
}

// check tidies the address, and names the first wrong field.
func (n *newInvite) check() error {
	n.Email = strings.ToLower(strings.TrimSpace(n.Email))
	address, err := mail.ParseAddress(n.Email)
	switch {
	case n.Email != "" && (err != nil || address.Address != n.Email):
		return apierr.Invalid("email", "This is not an e-mail address. Leave it empty to let anyone with the link join.")
	case n.Send && n.Email == "":
		return apierr.Invalid("email", "Say to which address the invite is sent.")
	case n.Days < 0 || n.Days > 90:
		return apierr.Invalid("days", "An invite is good for 1 to 90 days.")
	}

	return nil
}

// makeInvite makes the row and its link, which begins with base, and sends it where
// that is asked for. by is the member who invites, empty for whoever runs the
// instance; name is what they are called.
func (r *Room) makeInvite(txApp core.App, company string, form newInvite, by, name, base string) (invite *core.Record, link string, err error) {
	token := security.RandomString(40)
	m := maker{app: txApp, company: company}
	invite = m.make(collections.Invites, map[string]any{
		"role": form.Role, "email": form.Email, "manager": form.Manager, "token_hash": hash(token),
		"expires": r.deps.Now().AddDate(0, 0, cmp.Or(form.Days, inviteDays)), "created_by": by,
	})
	if m.err != nil {
		return nil, "", m.err
	}
	link = base + "/invite/" + token
	if form.Send {
		err = r.mailInvite(txApp, invite, name, link)
	}

	return invite, link, err
}

// inviteAgain is POST /api/recado/invites/{id}/resend: another link for the same
// invite, as long as it is not used or withdrawn; the one before is good for nothing
// from then on. It goes by e-mail where the invite names an address.
func (r *Room) inviteAgain(e *core.RequestEvent) error {
	me, err := Require(e, companyOf(e), "members.manage")
	if err != nil {
		return err
	}
	var record *core.Record
	link := ""
	err = e.App.RunInTransaction(func(txApp core.App) error {
		record, err = txApp.FindRecordById(collections.Invites, e.Request.PathValue("token"))
		if err != nil || record.GetString("company") != me.GetString("company") {
			return apierr.NotFound("invite")
		}
		if err := withinOwn(txApp, me, record.GetString("role")); err != nil {
			return err
		}
		if !record.GetDateTime("used_at").IsZero() || record.GetBool("revoked") {
			return apierr.New(http.StatusConflict, "invite_over", "This invite was used or withdrawn. Make a new one.", nil)
		}
		token := security.RandomString(40)
		link = r.address(e) + "/invite/" + token
		now := r.deps.Now()
		made, until := record.GetDateTime("created").Time(), record.GetDateTime("expires").Time()
		record.Set("token_hash", hash(token))
		record.Set("expires", now.Add(max(until.Sub(made), 24*time.Hour)))
		if record.GetString("email") == "" {
			return txApp.Save(record)
		}

		return r.mailInvite(txApp, record, me.GetString("name"), link)
	})
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, inviteAnswer(record, link))
}

// mailInvite writes the mail in the name of who invites and saves the invite, with when
// it was sent unless mails are kept here.
func (r *Room) mailInvite(txApp core.App, invite *core.Record, by, link string) error {
	company, err := txApp.FindRecordById(collections.Companies, invite.GetString("company"))
	if err != nil {
		return err
	}
	words := texts.For(company.GetString("locale"), nil)
	zone, err := time.LoadLocation(company.GetString("timezone"))
	if err != nil {
		zone = time.UTC
	}
	params := []any{"company", company.GetString("name"), "name", by, "until", words.Date(invite.GetDateTime("expires").Time().In(zone), r.deps.Now().In(zone))}
	text := words.Get("invite.text", params...)
	written, err := r.mails.Write(txApp, recadomail.Mail{
		Company: company.Id, To: invite.GetString("email"), Kind: "invite", Locale: words.Locale(),
		Subject: words.Get("invite.subject", params...), Text: text + "\n\n" + link + "\n",
		HTML: recadomail.Paragraph(text) + recadomail.Link(words.Get("invite.open"), link),
	})
	if err != nil {
		return err
	}
	if written.GetString("status") == "queued" {
		invite.Set("sent_at", r.deps.Now())
	}

	return txApp.Save(invite)
}

// inviteAnswer is what whoever invites is told.
func inviteAnswer(invite *core.Record, link string) map[string]any {
	return map[string]any{
		"id": invite.Id, "url": link, "expires": invite.GetDateTime("expires"), "sent": !invite.GetDateTime("sent_at").IsZero(),
	}
}

// address is where people reach this Recado.
func (r *Room) address(e *core.RequestEvent) string {
	if r.deps.URL != "" {
		return r.deps.URL
	}
	scheme := "http"
	if e.IsTLS() || strings.EqualFold(e.Request.Header.Get("X-Forwarded-Proto"), "https") {
		scheme = "https"
	}

	return scheme + "://" + e.Request.Host
}

func hash(token string) string {
	sum := sha256.Sum256([]byte(token))

	return hex.EncodeToString(sum[:])
}

// openInvite finds an invite that can still be accepted.
func (r *Room) openInvite(app core.App, token string) (*core.Record, error) {
	invite, err := app.FindFirstRecordByData(collections.Invites, "token_hash", hash(token))
	if err != nil {
		return nil, apierr.New(http.StatusNotFound, "invite_unknown", "This invite does not exist. Check that you have the whole link.", nil)
	}

	gone := func(code, message string) (*core.Record, error) {
		return nil, apierr.New(http.StatusGone, code, message, nil)
	}
	switch {
	case !invite.GetDateTime("used_at").IsZero():
		return gone("invite_used", "This invite has been used. Ask for a new one.")
	case invite.GetBool("revoked"):
		return gone("invite_revoked", "This invite was withdrawn. Ask for a new one.")
	case !r.deps.Now().Before(invite.GetDateTime("expires").Time()):
		return gone("invite_expired", "This invite has expired. Ask for a new one.")
	}

	company, err := app.FindRecordById(collections.Companies, invite.GetString("company"))
	if err != nil {
		return nil, err
	}
	if !company.GetBool("active") {
		return gone("company_inactive", "This company is not active. Ask its administrator.")
	}

	return invite, nil
}

// inviteView is GET /api/recado/invites/{token}.
func (r *Room) inviteView(e *core.RequestEvent) error {
	if err := r.allow(e, asked{limits.OpenLink, e.RealIP()}); err != nil {
		return err
	}
	invite, err := r.openInvite(e.App, e.Request.PathValue("token"))
	if err != nil {
		return err
	}
	company, err := e.App.FindRecordById(collections.Companies, invite.GetString("company"))
	if err != nil {
		return err
	}
	role, err := e.App.FindRecordById(collections.Roles, invite.GetString("role"))
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, map[string]any{
		"company": map[string]string{"name": company.GetString("name")},
		"role":    map[string]string{"name": role.GetString("name"), "key": role.GetString("key")},
		"email":   invite.GetString("email"),
		"expires": invite.GetDateTime("expires"),
	})
}

// inviteAccept is POST /api/recado/invites/{token}/accept: with a new account,
// or as who is signed in. An invite works once.
func (r *Room) inviteAccept(e *core.RequestEvent) error {
	if err := r.allow(e, asked{limits.OpenLink, e.RealIP()}); err != nil {
		return err
	}
	var form Account
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("", "Send name, email and password, or sign in and send {}.")
	}
	signed, err := joiner(e, &form)
	if err != nil {
		return err
	}

	var user, company *core.Record
	err = e.App.RunInTransaction(func(txApp core.App) error {
		invite, err := r.openInvite(txApp, e.Request.PathValue("token"))
		if err != nil {
			return err
		}
		if company, err = txApp.FindRecordById(collections.Companies, invite.GetString("company")); err != nil {
			return err
		}

		email := form.Email
		if signed != nil {
			email = signed.Email()
		}
		if wanted := invite.GetString("email"); wanted != "" && !strings.EqualFold(wanted, email) {
			return apierr.New(http.StatusForbidden, "invite_other_email", "This invite is for another e-mail address.", map[string]any{"field": "email"})
		}

		user = signed
		if user == nil {
			if user, err = createUser(txApp, form, company.GetString("locale")); err != nil {
				return err
			}
		}

		return r.joinCompany(txApp, invite, user)
	})
	if err != nil {
		return err
	}

	return r.joined(e, user, company)
}

// joinCompany makes the membership and uses the invite up.
func (r *Room) joinCompany(txApp core.App, invite, user *core.Record) error {
	if err := addTo(txApp, invite.GetString("company"), user, invite.GetString("role"), invite.GetString("manager")); err != nil {
		return err
	}
	used, err := types.ParseDateTime(r.deps.Now())
	if err != nil {
		return err
	}
	invite.Set("used_at", used)
	invite.Set("used_by", user.Id)

	return txApp.Save(invite)
}
