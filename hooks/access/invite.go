package access

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/mail"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/limits"
)

// inviteDays is how long an invite is good.
const inviteDays = 7

// invite is POST /api/recado/members/invite: a link to copy that makes its
// opener a member. Only the hash of its token is kept.
func (r *Room) invite(e *core.RequestEvent) error {
	me, err := Require(e, companyOf(e), "members.manage")
	if err != nil {
		return err
	}

	var form struct {
		Role  string `json:"role"`
		Email string `json:"email"`
	}
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("", `Send {"role": ID, "email"?: address}.`)
	}
	form.Email = strings.ToLower(strings.TrimSpace(form.Email))
	if address, err := mail.ParseAddress(form.Email); form.Email != "" && (err != nil || address.Address != form.Email) {
		return apierr.Invalid("email", "This is not an e-mail address. Leave it empty to let anyone with the link join.")
	}
	if err := withinOwn(e.App, me, form.Role); err != nil {
		return err
	}

	token := security.RandomString(40)
	m := maker{app: e.App, company: me.GetString("company")}
	record := m.make(collections.Invites, map[string]any{
		"role": form.Role, "email": form.Email, "token_hash": hash(token),
		"expires": r.deps.Now().Add(inviteDays * 24 * time.Hour), "created_by": me.Id,
	})
	if m.err != nil {
		return m.err
	}

	return e.JSON(http.StatusOK, map[string]any{
		"id": record.Id, "url": r.address(e) + "/invite/" + token, "expires": record.GetDateTime("expires"),
	})
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
	form.Email = strings.TrimSpace(form.Email)

	signed := e.Auth
	if signed != nil && signed.Collection().Name != collections.Users {
		return apierr.New(http.StatusForbidden, "not_a_person", "A superuser can't be a member. Sign out and make an account.", nil)
	}
	if signed == nil {
		if err := form.check(""); err != nil {
			return err
		}
	}

	var user, company *core.Record
	err := e.App.RunInTransaction(func(txApp core.App) error {
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

	return r.signedIn(e, user, "invite", map[string]any{"company": company})
}

// joinCompany makes the membership and uses the invite up. Someone deactivated
// is not let back in by a link: that is the administrator's to undo.
func (r *Room) joinCompany(txApp core.App, invite, user *core.Record) error {
	known, _ := txApp.FindFirstRecordByFilter(collections.Members, "user = {:user} && company = {:company}",
		map[string]any{"user": user.Id, "company": invite.GetString("company")})
	switch {
	case known != nil && known.GetBool("active"):
		return apierr.New(http.StatusConflict, "already_member", "You are a member of this company already.", nil)
	case known != nil:
		return apierr.New(http.StatusForbidden, "member_inactive", "Your membership was deactivated. Ask an administrator to activate it.", nil)
	}

	// In every queue, as in a team that has only just one: whoever manages the
	// members takes them out of those that are not theirs.
	var queues []string
	err := txApp.DB().Select("id").From(collections.Queues).
		Where(dbx.HashExp{"company": invite.GetString("company")}).OrderBy("name").Column(&queues)
	if err != nil {
		return err
	}
	m := maker{app: txApp, company: invite.GetString("company")}
	m.make(collections.Members, map[string]any{"user": user.Id, "role": invite.GetString("role"), "queues": queues, "active": true})
	if m.err != nil {
		return m.err
	}

	used, err := types.ParseDateTime(r.deps.Now())
	if err != nil {
		return err
	}
	invite.Set("used_at", used)
	invite.Set("used_by", user.Id)

	return txApp.Save(invite)
}
