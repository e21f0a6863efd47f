package contacts

import (
	"net/http"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// duplicatesMax bounds the list of who a contact may be twice.
const duplicatesMax = 10

// duplicate is a contact that may be the same person, and why.
type duplicate struct {
	Contact *core.Record `json:"contact"`
	Reasons []string     `json:"reasons"` // phone, email, name
}

// duplicates lists the contacts that may be the same person as the one of the
// path, the likeliest first, of those the caller may edit: the same phone however
// it is written, the same e-mail, the same name.
func (r *Room) duplicates(e *core.RequestEvent) error {
	contact, err := r.editable(e, e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	if contact.GetString("deleted") != "" {
		return e.JSON(http.StatusOK, map[string]any{"items": []duplicate{}})
	}
	info, err := e.RequestInfo()
	if err != nil {
		return err
	}

	found := map[string]*duplicate{}
	var order []*duplicate
	hints, err := hintsOf(e.App, contact)
	if err != nil {
		return err
	}
	for _, hint := range hints {
		records, err := sharing(e.App, info, contact, hint)
		if err != nil {
			return err
		}
		for _, record := range records {
			if found[record.Id] == nil {
				found[record.Id] = &duplicate{Contact: record}
				order = append(order, found[record.Id])
			}
			if one := found[record.Id]; !slices.Contains(one.Reasons, hint.reason) {
				one.Reasons = append(one.Reasons, hint.reason)
			}
		}
	}
	slices.SortStableFunc(order, func(a, b *duplicate) int { return len(b.Reasons) - len(a.Reasons) })
	order = order[:min(len(order), duplicatesMax)]

	records := make([]*core.Record, len(order))
	for i, one := range order {
		records[i] = one.Contact
	}
	if err := apis.EnrichRecords(e, records); err != nil {
		return err
	}

	return e.JSON(http.StatusOK, map[string]any{"items": append([]*duplicate{}, order...)})
}

// hint is something that two contacts of one person share.
type hint struct {
	reason string
	where  dbx.Expression
}

// hintsOf are those of a contact, the surest first. The conditions on emptiness
// are those of the partial indexes.
func hintsOf(app core.App, contact *core.Record) ([]hint, error) {
	company := contact.GetString("company")
	var addresses []struct {
		Kind  string `db:"kind"`
		Value string `db:"value"`
	}
	err := app.ConcurrentDB().Select("kind", "value").From(collections.Identities).Where(dbx.HashExp{"contact": contact.Id}).All(&addresses)
	if err != nil {
		return nil, err
	}
	phones, emails := Variants(contact.GetString("phone")), []string{contact.GetString("email")}
	for _, address := range addresses {
		switch address.Kind {
		case "phone":
			phones = joined(phones, Variants("+"+Digits(address.Value)))
		case "email":
			emails = joined(emails, []string{address.Value})
		}
	}

	var hints []hint
	for _, one := range []struct {
		kind   string
		values []string
	}{{"phone", phones}, {"email", emails}} {
		values := anys(slices.DeleteFunc(one.values, func(value string) bool { return value == "" }))
		if len(values) == 0 {
			continue
		}
		var known []string
		err := app.ConcurrentDB().Select("contact").From(collections.Identities).
			Where(dbx.HashExp{"company": company, "kind": one.kind}).AndWhere(dbx.In("value", values...)).Limit(hintMax).Column(&known)
		if err != nil {
			return nil, err
		}
		column := "contacts." + one.kind
		hints = append(hints,
			hint{one.kind, dbx.And(dbx.NewExp(column+" != ''"), dbx.In(column, values...))},
			hint{one.kind, dbx.In("contacts.id", anys(known)...)})
	}
	// The search text begins with the folded name, so that an index finds it. A first
	// name alone is no hint.
	if name := Fold(contact.GetString("name")); strings.Contains(name, " ") {
		hints = append(hints, hint{"name", dbx.NewExp("contacts.search >= {:name} AND contacts.search < {:after}",
			dbx.Params{"name": name, "after": name + "!"})}) // the first character behind the space
	}

	return hints, nil
}

// hintMax is how many contacts one hint is followed to.
const hintMax = 200

// sharing are the other contacts, out of the bin, that a hint leads to, of those
// the caller may edit.
func sharing(app core.App, info *core.RequestInfo, contact *core.Record, h hint) ([]*core.Record, error) {
	definition, err := app.FindCachedCollectionByNameOrId(collections.Contacts)
	if err != nil {
		return nil, err
	}
	query, err := reaching(app, info, definition, definition.UpdateRule, "")
	if err != nil {
		return nil, err
	}
	var records []*core.Record
	err = query.AndWhere(dbx.HashExp{"contacts.company": contact.GetString("company"), "contacts.deleted": "", "contacts.merged_into": ""}).
		AndWhere(dbx.Not(dbx.HashExp{"contacts.id": contact.Id})).AndWhere(h.where).
		Distinct(true).OrderBy("contacts.id").Limit(hintMax).All(&records)
	if err != nil {
		return nil, err
	}
	if h.reason == "name" { // a name that only begins like it is another one
		name := Fold(contact.GetString("name"))
		records = slices.DeleteFunc(records, func(other *core.Record) bool { return Fold(other.GetString("name")) != name })
	}

	return records, nil
}
