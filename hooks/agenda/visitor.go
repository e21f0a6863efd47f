package agenda

import (
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// Visitor is a person to book for who may not be a contact yet.
type Visitor struct {
	Name   string `json:"name"`
	Phone  string `json:"phone"`
	Email  string `json:"email"`
	Locale string `json:"-"`
}

// VisitorContact finds the contact by phone, else by e-mail, or makes one of the
// given source, if mayAdd (which may be nil) lets it. What is known of a contact
// stays as it is: anyone can type anyone's number. Whoever shows something to
// the visitor shows what they typed, not what the contact holds.
func (r *Room) VisitorContact(txApp core.App, company string, v Visitor, source string, mayAdd func() error) (string, error) {
	name, email := strings.TrimSpace(v.Name), strings.ToLower(strings.TrimSpace(v.Email))
	if name == "" {
		return "", apierr.Invalid("visitor", "Give a contact, or at least the name of the visitor.")
	}

	row, err := txApp.FindRecordById(collections.Companies, company)
	if err != nil {
		return "", err
	}
	phone, err := r.deps.Phone(v.Phone, row.GetString("timezone"))
	if err != nil {
		return "", apierr.Invalid("visitor", "This is "+err.Error()+".")
	}

	for _, known := range []struct{ field, value string }{{"phone", phone}, {"email", email}} {
		if known.value == "" {
			continue
		}
		contact := &core.Record{}
		err := txApp.RecordQuery(collections.Contacts).
			AndWhere(dbx.HashExp{"company": company, known.field: known.value, "deleted": "", "merged_into": ""}).
			OrderBy("created").Limit(1).One(contact)
		if err == nil {
			return contact.Id, nil
		}
		if !isNoRows(err) {
			return "", err
		}
	}

	if mayAdd != nil {
		if err := mayAdd(); err != nil {
			return "", err
		}
	}
	collection, err := txApp.FindCachedCollectionByNameOrId(collections.Contacts)
	if err != nil {
		return "", err
	}
	contact := core.NewRecord(collection)
	contact.Load(map[string]any{"company": company, "name": name, "phone": phone, "email": email, "locale": v.Locale, "lifecycle": "lead", "source": source})

	return contact.Id, txApp.Save(contact)
}
