package agenda

import (
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/apierr"
)

// InHand counts the coming appointments of a member: on their agendas, and those
// they take part in.
func (r *Room) InHand(app core.App, member string) (count int, err error) {
	coming, err := r.coming(app, member)

	return len(coming), err
}

// HandOver gives the agendas of a member to a colleague, with every appointment in
// its place: nothing is moved, so nothing can collide. Where the member takes part
// in somebody else's, the colleague does. Without a colleague an agenda that nobody
// waits on is closed.
func (r *Room) HandOver(txApp core.App, member, to, by string) error {
	agendas, err := txApp.FindAllRecords(collections.Agendas, dbx.HashExp{"member": member})
	if err != nil {
		return err
	}
	coming, err := r.coming(txApp, member)
	if err != nil {
		return err
	}
	if to == "" && len(coming) > 0 {
		return apierr.Invalid("appointments", "Name the member who takes the appointments over.")
	}
	for _, id := range coming {
		appointment, err := txApp.FindRecordById(collections.Appointments, id)
		if err != nil {
			return err
		}
		members := appointment.GetStringSlice("members")
		if !slices.Contains(members, member) {
			continue
		}
		members = slices.DeleteFunc(members, func(one string) bool { return one == member || one == to })
		appointment.Set("members", append(members, to))
		appointment.IgnoreUnchangedFields(true)
		if err := txApp.Save(appointment); err != nil {
			return err
		}
	}
	for _, agenda := range agendas {
		if to == "" {
			agenda.Set("active", false)
		} else {
			agenda.Set("member", to)
		}
		agenda.IgnoreUnchangedFields(true)
		if err := txApp.Save(agenda); err != nil {
			return err
		}
	}

	return nil
}

// coming are the ids of a member's appointments that are still to come.
func (r *Room) coming(app core.App, member string) (ids []string, err error) {
	now, _ := types.ParseDateTime(r.deps.Now())
	err = app.DB().NewQuery(`
		SELECT a.id FROM members m JOIN agendas g ON g.company = m.company AND g.member = m.id JOIN appointments a ON a.agenda = g.id
		WHERE m.id = {:member} AND a.start >= {:now} AND a.status IN ('held', 'pending', 'confirmed')
		UNION
		SELECT a.id FROM members m JOIN appointments a ON a.company = m.company, json_each(a.members) one
		WHERE m.id = {:member} AND a.start >= {:now} AND a.status IN ('held', 'pending', 'confirmed') AND one.value = {:member}`).
		Bind(dbx.Params{"member": member, "now": now.String()}).Column(&ids)

	return ids, err
}
