package contacts

import (
	"encoding/json"
	"maps"
	"slices"

	"recado/hooks/contacts/table"
)

// imported are the fields of a contact an import can write.
var imported = []string{
	"name", "phone", "email", "locale", "birthday", "lifecycle", "lead_status", "category", "source", "owner", "tags", "notes", "custom",
}

// person is a contact as an import sees it: one that is stored, or one it makes.
type person struct {
	id      string
	fresh   bool
	values  values // of the imported fields
	before  values // as they were, for those that were changed; with `updated`
	updated string
}

// people finds who a row speaks of, among those stored and those of earlier rows.
type people map[string]*person

func (p people) add(who *person) {
	for _, key := range keysOf(who.id, who.values["phone"], who.values["email"]) {
		if p[key] == nil {
			p[key] = who
		}
	}
}

// match finds a person by id, else by phone in any of its variants, else by e-mail.
func (p people) match(v values) *person {
	for _, key := range keysOf(v["id"], v["phone"], v["email"]) {
		if who := p[key]; who != nil {
			return who
		}
	}

	return nil
}

// keysOf are what a person is known by, the surest first.
func keysOf(id, phone, email string) []string {
	var keys []string
	if id != "" {
		keys = append(keys, "id:"+id)
	}
	if phone != "" {
		for _, number := range Variants(phone) {
			keys = append(keys, "phone:"+number)
		}
	}
	if email != "" {
		keys = append(keys, "email:"+email)
	}

	return keys
}

// Outcomes of a row.
const (
	outcomeCreate = "create"
	outcomeUpdate = "update"
	outcomeSkip   = "skip"
	outcomeError  = "error"
)

// plan decides what a row does to the people known so far, and does it to them.
// mode says what happens to someone who is there already: skip them, update
// them, or create another one. may says whether the importing member may change a
// contact of that owner. It is pure but for the people and newID.
func (p people) plan(v values, mode string, may func(owner string) bool, newID func() string) (string, *person, *problem) {
	who := p.match(v)
	if mode == "create" || who == nil {
		if v["name"] == "" && v["phone"] == "" && v["email"] == "" {
			return outcomeError, nil, &problem{"id", "unknown"}
		}
		fresh := &person{id: newID(), fresh: true, values: maps.Clone(v)}
		delete(fresh.values, "id")
		if fresh.values["lifecycle"] == "" {
			fresh.values["lifecycle"] = "lead"
		}
		p.add(fresh)

		return outcomeCreate, fresh, nil
	}
	if mode == "skip" || !may(who.values["owner"]) {
		return outcomeSkip, who, nil
	}
	if !who.merge(v) {
		return outcomeSkip, who, nil
	}
	p.add(who) // by what it now has

	return outcomeUpdate, who, nil
}

// merge takes over what the row says; it reports whether that changed anything.
// Tags are added to those there are, and values of the company's own fields to
// the others. A phone that is only written differently
// stays as it is.
func (who *person) merge(v values) bool {
	changed := false
	for _, field := range imported {
		now, old := v[field], who.values[field]
		if now == "" {
			continue
		}
		switch field {
		case "phone":
			if slices.Contains(Variants(old), now) {
				continue
			}
		case "tags":
			if now = union(old, now); now == old {
				continue
			}
		case "custom":
			if now = overlay(old, now); now == old {
				continue
			}
		default:
			if table.Clean(old) == now {
				continue
			}
		}
		if !changed && !who.fresh && who.before == nil {
			who.before = maps.Clone(who.values)
			who.before["updated"] = who.updated
		}
		who.values[field] = now
		changed = true
	}

	return changed
}

// union adds the elements of a JSON array of texts to another's; what is there
// already stays as it is written.
func union(old, more string) string {
	var have, add []string
	_ = json.Unmarshal([]byte(old), &have)
	_ = json.Unmarshal([]byte(more), &add)
	before := len(have)
	for _, tag := range add {
		if !slices.Contains(have, tag) {
			have = append(have, tag)
		}
	}
	if len(have) == before {
		return old
	}
	raw, _ := json.Marshal(have) // strings only

	return string(raw)
}
