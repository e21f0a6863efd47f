package access

import (
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// copied are the collections of which a copy of a company has its own rows, those
// that are referred to before those that refer to them. A row is taken where `where`
// holds. Customers, conversations, channels, keys and people stay where they are.
var copied = []struct {
	collection, where string
}{
	{collections.Roles, "key = ''"},
	{collections.Queues, ""},
	{collections.Tags, ""},
	{collections.ContactFields, ""},
	{collections.QuickReplies, "owner = ''"},
	{collections.Agendas, ""},
	{collections.Availabilities, ""},
	{collections.AvailabilityOverrides, ""},
	{collections.Services, ""},
	{collections.AgentPrompts, ""},
	{collections.AgentPromptVersions, "state = 'live'"},
	{collections.Agents, ""},
}

// copyCompany fills a company that has just been made from its model, in the
// caller's transaction. roles are the seeded ones of the new company by their key.
func copyCompany(txApp core.App, n NewCompany, c Created, roles map[string]*core.Record, owner *core.Record) (Created, error) {
	k := copier{maker: maker{app: txApp, company: c.Company.Id}, ids: map[string]string{}}

	c.Company.Set("settings", n.model.Get("settings"))
	if err := txApp.Save(c.Company); err != nil {
		return Created{}, err
	}
	seeded, err := txApp.FindAllRecords(collections.Roles, dbx.HashExp{"company": n.model.Id}, dbx.NewExp("key != ''"))
	if err != nil {
		return Created{}, err
	}
	for _, role := range seeded {
		twin := roles[role.GetString("key")]
		k.ids[role.Id] = twin.Id
		twin.Set("permissions", role.Get("permissions"))
		if err := txApp.Save(twin); err != nil {
			return Created{}, err
		}
	}
	c.Member = k.make(collections.Members, map[string]any{"user": owner.Id, "role": roles["owner"].Id, "active": true})
	for _, one := range copied {
		if err := k.copyAll(n.model.Id, one.collection, one.where, owner.Id, c.Member); err != nil {
			return Created{}, err
		}
	}

	queues, err := allQueues(txApp, c.Company.Id)
	if err != nil {
		return Created{}, err
	}
	first := ""
	if len(queues) > 0 {
		first = queues[0]
	}
	c.Channel = k.make(collections.Channels, n.website(first))
	if k.err != nil {
		return Created{}, k.err
	}
	c.Member.Set("queues", queues)

	return c, txApp.Save(c.Member)
}

// copier makes rows from those of another company. ids maps theirs to its own.
type copier struct {
	maker
	ids map[string]string
}

// copyAll copies the rows of a collection. References to what was copied follow;
// those to anything else, and what only the server reads, are left out.
func (k *copier) copyAll(model, collection, where, owner string, member *core.Record) error {
	if k.err != nil {
		return k.err
	}
	conditions := []dbx.Expression{dbx.HashExp{"company": model}}
	if where != "" {
		conditions = append(conditions, dbx.NewExp(where))
	}
	var rows []*core.Record
	if err := k.app.RecordQuery(collection).AndWhere(dbx.And(conditions...)).OrderBy("created", "id").All(&rows); err != nil {
		return err
	}
	for _, row := range rows {
		values := map[string]any{}
		for _, field := range row.Collection().Fields {
			name := field.GetName()
			if field.GetHidden() || slices.Contains([]string{"id", "company", "created", "updated"}, name) {
				continue
			}
			switch field.Type() {
			case core.FieldTypeFile:
			case core.FieldTypeRelation:
				var own []string
				for _, id := range row.GetStringSlice(name) {
					if mapped := k.ids[id]; mapped != "" {
						own = append(own, mapped)
					}
				}
				values[name] = own
			default:
				values[name] = row.Get(name)
			}
		}
		switch collection {
		case collections.Agendas:
			if whose, err := k.app.FindRecordById(collections.Members, row.GetString("member")); err == nil && whose.GetString("user") == owner {
				values["member"] = member.Id
			}
		case collections.Agents:
			values["active"] = false // it has no key yet
		}
		made := k.make(collection, values)
		if k.err != nil {
			return k.err
		}
		k.ids[row.Id] = made.Id
	}

	return nil
}
