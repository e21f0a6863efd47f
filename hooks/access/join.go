package access

import (
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/limits"
)

// inviteCode is POST /api/recado/companies/{id}/invite-code: a code by which anyone
// who has it joins as an agent. The one before is good for nothing from then on;
// with {"off": true} there is none. It is shown once; only its hash is kept.
func (r *Room) inviteCode(e *core.RequestEvent) error {
	me, err := Require(e, e.Request.PathValue("id"), "members.manage")
	if err != nil {
		return err
	}
	var form struct {
		Off bool `json:"off"`
	}
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("off", `Send {} for a new code, or {"off": true} for none.`)
	}

	code, kept := "", ""
	if !form.Off {
		code = security.RandomStringWithAlphabet(12, "ABCDEFGHJKMNPQRSTUVWXYZ23456789")
		kept = hash(code)
		code = code[:4] + "-" + code[4:8] + "-" + code[8:]
	}
	company, err := e.App.FindRecordById(collections.Companies, me.GetString("company"))
	if err != nil {
		return err
	}
	company.Set("join_hash", kept)
	company.Set("joinable", kept != "")
	company.IgnoreUnchangedFields(true)
	if err := e.App.Save(company); err != nil {
		return err
	}

	return e.JSON(http.StatusOK, map[string]string{"code": code})
}

// joinable is the company a code opens. It is forgiving about case and the dashes
// people read into it.
func joinable(app core.App, code string) (*core.Record, error) {
	unknown := apierr.New(http.StatusNotFound, "code_unknown", "No company has this code. Check it, or ask for the present one.", nil)
	given := strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(code))
	if given == "" {
		return nil, unknown
	}
	company, err := app.FindFirstRecordByData(collections.Companies, "join_hash", hash(given))
	if err != nil || !company.GetBool("active") {
		return nil, unknown
	}

	return company, nil
}

// join is POST /api/recado/companies/join: into the company of a code, with a new
// account or as who is signed in.
func (r *Room) join(e *core.RequestEvent) error {
	if err := r.allow(e, asked{limits.Join, e.RealIP()}); err != nil {
		return err
	}
	var form struct {
		Account
		Code string `json:"code"`
	}
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("", `Send {"code"} when you are signed in, else also name, email and password.`)
	}
	if _, err := joinable(e.App, form.Code); err != nil { // before anything else is said
		return err
	}
	signed, err := joiner(e, &form.Account)
	if err != nil {
		return err
	}

	var user, company *core.Record
	err = e.App.RunInTransaction(func(txApp core.App) error {
		if company, err = joinable(txApp, form.Code); err != nil {
			return err
		}
		if user = signed; user == nil {
			if user, err = createUser(txApp, form.Account, company.GetString("locale")); err != nil {
				return err
			}
		}
		role, err := txApp.FindFirstRecordByFilter(collections.Roles, "company = {:company} && key = 'agent'", map[string]any{"company": company.Id})
		if err != nil {
			return apierr.New(http.StatusGone, "role_gone", "The role that people join with was deleted. Ask for an invite instead.", nil)
		}

		return addTo(txApp, company.Id, user, role.Id, "")
	})
	if err != nil {
		return err
	}

	return r.joined(e, user, company)
}

// joiner is who joins: the account that is signed in or, where it is nil, a new
// one, whose data are checked.
func joiner(e *core.RequestEvent, a *Account) (signed *core.Record, err error) {
	a.Email = strings.TrimSpace(a.Email)
	switch {
	case e.Auth == nil:
		return nil, a.check("")
	case e.Auth.Collection().Name != collections.Users || e.Auth.GetString("kind") == "key":
		return nil, apierr.New(http.StatusForbidden, "not_a_person", "A superuser or a key can't be a member. Sign out and make an account.", nil)
	default:
		return e.Auth, nil
	}
}

// addTo makes an account a member of a company. Someone deactivated is not let back
// in by a link or a code: that is the administrator's to undo.
func addTo(txApp core.App, company string, user *core.Record, role, manager string) error {
	known, _ := txApp.FindFirstRecordByFilter(collections.Members, "user = {:user} && company = {:company}",
		map[string]any{"user": user.Id, "company": company})
	switch {
	case known != nil && known.GetBool("active"):
		return apierr.New(http.StatusConflict, "already_member", "You are a member of this company already.", nil)
	case known != nil:
		return apierr.New(http.StatusForbidden, "member_inactive", "Your membership was deactivated. Ask an administrator to activate it.", nil)
	}
	queues, err := allQueues(txApp, company)
	if err != nil {
		return err
	}
	if above, err := txApp.FindRecordById(collections.Members, manager); err != nil || !above.GetBool("active") {
		manager = "" // they left meanwhile
	}
	m := maker{app: txApp, company: company}
	m.make(collections.Members, map[string]any{"user": user.Id, "role": role, "manager": manager, "queues": queues, "active": true})

	return m.err
}

// lets tells whether an invite or a code, named by a sign-in that would else be
// refused because every company has let the person go, opens another one to them.
func (r *Room) lets(app core.App, user *core.Record, token string) bool {
	company, wanted := "", ""
	if invite, err := r.openInvite(app, token); err == nil {
		company, wanted = invite.GetString("company"), invite.GetString("email")
	} else if open, err := joinable(app, token); err == nil {
		company = open.Id
	}
	if company == "" || wanted != "" && !strings.EqualFold(wanted, user.Email()) {
		return false
	}
	_, err := app.FindFirstRecordByFilter(collections.Members, "user = {:user} && company = {:company}", map[string]any{"user": user.Id, "company": company})

	return err != nil // who was let go there is not let in by a link
}
