package agenda

import (
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// who is the one who asks: a member of the company, or a superuser.
type who struct {
	app         core.App
	root        bool
	member      string
	key         bool // an API key, not a person
	permissions []string
}

// who resolves the caller within the company the thing belongs to. To anyone
// else the thing, called noun in the error, does not exist.
func (r *Room) who(e *core.RequestEvent, company, noun string) (who, error) {
	asked := e.Request.URL.Query().Get("company")
	if asked != "" && asked != company {
		return who{}, apierr.NotFound(noun)
	}
	if e.HasSuperuserAuth() {
		return who{app: e.App, root: true}, nil
	}
	if e.Auth == nil {
		return who{}, apierr.NotFound(noun)
	}

	member := &core.Record{}
	err := e.App.RecordQuery(collections.Members).
		AndWhere(dbx.HashExp{"user": e.Auth.Id, "company": company, "active": true}).Limit(1).One(member)
	if err != nil {
		return who{}, notFound(err, noun)
	}

	w := who{app: e.App, member: member.Id, key: e.Auth.GetString("kind") == "key"}

	return w, member.UnmarshalJSONField("permissions", &w.permissions)
}

func (w who) has(permission string) bool { return w.root || slices.Contains(w.permissions, permission) }

// may checks one permission.
func (w who) may(permission string) error {
	if !w.has(permission) {
		return apierr.Forbidden(permission)
	}

	return nil
}

// mayEdit checks that the agenda is within the caller's edit scope, as the rules
// of appointments have it, and the further permissions.
func (w who) mayEdit(agenda *core.Record, further ...string) error {
	if !w.reaches(agenda, "edit") {
		return apierr.Forbidden("agenda.edit_all")
	}
	for _, permission := range further {
		if err := w.may(permission); err != nil {
			return err
		}
	}

	return nil
}

// reaches: own is an agenda that is mine, team one of a member I manage.
func (w who) reaches(agenda *core.Record, verb string) bool {
	if w.has("agenda." + verb + "_all") {
		return true
	}
	owner := agenda.GetString("member")
	if owner == "" {
		return false
	}
	if w.has("agenda."+verb+"_own") && owner == w.member {
		return true
	}
	if !w.has("agenda." + verb + "_team") {
		return false
	}
	mine, err := w.app.CountRecords(collections.Members, dbx.HashExp{"id": owner, "manager": w.member})

	return err == nil && mine > 0
}

// source of what the caller books.
func (w who) source() string {
	if w.root || w.key {
		return "api"
	}

	return "member"
}

// agendaFor loads the agenda of the path and who asks for it.
func (r *Room) agendaFor(e *core.RequestEvent) (*core.Record, who, error) {
	agenda, err := e.App.FindRecordById(collections.Agendas, e.Request.PathValue("id"))
	if err != nil {
		return nil, who{}, apierr.NotFound("agenda")
	}
	w, err := r.who(e, agenda.GetString("company"), "agenda")

	return agenda, w, err
}

// appointmentFor loads the appointment of the path and checks that the caller
// may change it.
func (r *Room) appointmentFor(e *core.RequestEvent) (*core.Record, who, error) {
	a, err := e.App.FindRecordById(collections.Appointments, e.Request.PathValue("id"))
	if err != nil {
		return nil, who{}, apierr.NotFound("appointment")
	}
	w, err := r.who(e, a.GetString("company"), "appointment")
	if err != nil {
		return nil, w, err
	}
	agenda, err := e.App.FindRecordById(collections.Agendas, a.GetString("agenda"))
	if err != nil {
		return nil, w, err
	}
	if !w.reaches(agenda, "view") {
		return nil, w, apierr.NotFound("appointment")
	}

	return a, w, w.mayEdit(agenda, "agenda.book")
}

// mayEditAgenda checks the agenda an appointment is moved to.
func (r *Room) mayEditAgenda(app core.App, w who, id string) error {
	agenda, err := app.FindRecordById(collections.Agendas, id)
	if err != nil {
		return apierr.NotFound("agenda")
	}

	return w.mayEdit(agenda, "agenda.book")
}
