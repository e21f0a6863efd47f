// Package contacts knows who a customer is.
//
// In: an identity a channel saw (a phone, a visitor id) and what the customer
// says of themselves. Out: the contact it belongs to. It also keeps a contact's
// phone, e-mail and search text in their one form, whoever writes them.
package contacts

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/apierr"
)

// Room is the contacts room.
type Room struct {
	app  core.App
	now  func() time.Time
	deps Deps

	imports background
	busy    sync.Mutex // held while an import runs
}

// Deps are what the room needs of others.
type Deps struct {
	Now func() time.Time
	IDs *collections.IDs

	// Require returns the caller's active membership if it holds the permission.
	Require func(e *core.RequestEvent, company, permission string) (*core.Record, error)

	Live Live

	// Export is how a person wants their tables where they say nothing: csv or xlsx,
	// with the notes or not. Default csv, with the notes.
	Export func(user *core.Record) (format string, notes bool)

	// Unindex takes messages out of the search, in the transaction that removes
	// them; Compact rewrites its index, which keeps their words until then.
	Unindex func(txApp core.App, messages ...string) error
	Compact func(ctx context.Context, app core.App) error
}

// Live tells open screens of rows changed by plain SQL in the transaction.
type Live interface {
	Updated(txApp core.App, collection, id string) error
	Deleted(txApp core.App, record *core.Record) error
}

// Open binds the hooks and routes of the room.
func Open(app core.App, deps Deps) *Room {
	room := &Room{app: app, now: deps.Now, deps: deps}
	room.imports.run = room.RunImports

	app.OnRecordCreate(collections.Contacts).BindFunc(normalize)
	app.OnRecordUpdate(collections.Contacts).BindFunc(normalize)
	bindTags(app)
	bindFields(app)
	app.OnRecordCreateRequest(collections.Contacts).BindFunc(samePhone)
	app.OnRecordUpdateRequest(collections.Contacts).BindFunc(room.memberUpdates)
	app.OnRecordUpdate(collections.Contacts).BindFunc(renameConversations)
	app.OnRecordUpdate(collections.Contacts).BindFunc(logChanges)
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		room.routes(e.Router)
		room.tableRoutes(e.Router)
		room.imports.start()

		return e.Next()
	})
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		room.Stop()

		return e.Next()
	})

	return room
}

// normalize brings phone and e-mail into their one form and writes the search text.
func normalize(e *core.RecordEvent) error {
	record := e.Record
	record.Set("name", strings.TrimSpace(record.GetString("name")))
	record.Set("email", strings.ToLower(strings.TrimSpace(record.GetString("email"))))

	if phone := record.GetString("phone"); record.IsNew() || phone != record.Original().GetString("phone") {
		company, err := e.App.FindRecordById(collections.Companies, record.GetString("company"))
		if err != nil {
			return apierr.Invalid("company", "The company does not exist.")
		}
		number, err := E164(phone, company.GetString("timezone"))
		if err != nil {
			return apierr.Invalid("phone", "This is "+err.Error()+".")
		}
		record.Set("phone", number)
	}

	if record.GetString("lifecycle") == "" {
		record.Set("lifecycle", "lead")
	}
	record.Set("search", SearchText(record.GetString("name"), record.GetString("email"), record.GetString("phone"), record.GetString("notes")))

	return e.Next()
}

// renameConversations lets a contact's conversations be found by the new name,
// and by none while the contact is in the bin.
func renameConversations(e *core.RecordEvent) error {
	return collections.InTransaction(e, func() error {
		was, is := ConversationSearch(e.Record.Original()), ConversationSearch(e.Record)
		if err := e.Next(); err != nil || was == is {
			return err
		}

		_, err := e.App.DB().Update(collections.Conversations,
			dbx.Params{"search": is},
			dbx.HashExp{"contact": e.Record.Id}).Execute()

		return err
	})
}

// ConversationSearch is what the conversations of a contact are found by: not by
// the notes, which who sees a conversation need not see, and by nothing while the
// contact is in the bin.
func ConversationSearch(contact *core.Record) string {
	if contact.GetString("deleted") != "" {
		return ""
	}

	return SearchText(contact.GetString("name"), contact.GetString("email"), contact.GetString("phone"), "")
}

// Person is what a channel knows of who wrote.
type Person struct {
	Company string
	Kind    string // kind of identity: phone, lid, bsuid, email, visitor, group
	Value   string
	Scope   string
	Channel string // kind of channel; becomes the contact's source

	// Also are further addresses of the same person, as the channel vouches: a hidden
	// id beside a phone number.
	Also []Identity

	// What the person says of themselves. It fills a new contact; it never joins
	// an existing one, because anyone can type anyone's e-mail.
	Name, Email, Phone, Locale string

	// Since is when someone who is new here was met first; the zero time is now.
	Since time.Time
}

// Identity is an address of a person.
type Identity struct{ Kind, Value, Scope string }

// Resolve finds or makes the contact and the identity of a person. It runs
// inside the caller's write transaction, so one identity gets one contact.
func (r *Room) Resolve(txApp core.App, p Person) (contact, identity *core.Record, err error) {
	if p.Value == "" {
		return nil, nil, apierr.New(http.StatusBadRequest, "invalid", "A message needs a sender.", map[string]any{"field": "identity"})
	}

	if contact, identity, err = known(txApp, p.Company, Identity{p.Kind, p.Value, p.Scope}); err != nil {
		return nil, nil, err
	}
	if contact != nil {
		return contact, identity, r.alias(txApp, contact, p)
	}

	if contact, err = r.knownOtherwise(txApp, p); err != nil {
		return nil, nil, err
	}
	if contact == nil {
		if contact, err = r.create(txApp, p); err != nil {
			return nil, nil, err
		}
	}
	if identity, err = identify(txApp, contact, Identity{p.Kind, p.Value, p.Scope}); err != nil {
		return nil, nil, err
	}
	if err := learnPhone(txApp, contact, Identity{Kind: p.Kind, Value: p.Value}); err != nil {
		return nil, nil, err
	}

	return contact, identity, r.alias(txApp, contact, p)
}

// known finds the contact of an address, out of the bin if it is there; nil where
// the address is new.
func known(txApp core.App, company string, address Identity) (contact, identity *core.Record, err error) {
	identity = &core.Record{}
	err = txApp.RecordQuery(collections.Identities).
		AndWhere(dbx.HashExp{"company": company, "kind": address.Kind, "value": address.Value, "scope": address.Scope}).
		Limit(1).One(identity)
	if isNotFound(err) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	contact, err = txApp.FindRecordById(collections.Contacts, identity.GetString("contact"))
	if err == nil && contact.GetString("deleted") != "" {
		err = restore(txApp, contact)
	}

	return contact, identity, err
}

// knownOtherwise finds the contact of a new address by another address of the
// same person, or by a phone that was taken down; nil where there is none.
func (r *Room) knownOtherwise(txApp core.App, p Person) (*core.Record, error) {
	if contact, err := knownByPhone(txApp, p); contact != nil || err != nil {
		return contact, err
	}
	for _, address := range p.Also {
		if contact, _, err := known(txApp, p.Company, address); contact != nil || err != nil {
			return contact, err
		}
		phone := Person{Company: p.Company, Kind: address.Kind, Value: address.Value}
		if contact, err := knownByPhone(txApp, phone); contact != nil || err != nil {
			return contact, err
		}
	}

	return nil, nil
}

// identify writes an address of a contact down.
func identify(txApp core.App, contact *core.Record, address Identity) (*core.Record, error) {
	collection, err := txApp.FindCachedCollectionByNameOrId(collections.Identities)
	if err != nil {
		return nil, err
	}
	identity := core.NewRecord(collection)
	identity.Load(map[string]any{
		"company": contact.GetString("company"), "contact": contact.Id,
		"kind": address.Kind, "value": address.Value, "scope": address.Scope,
	})

	return identity, txApp.Save(identity)
}

// learnPhone notes the phone of a contact that had none.
func learnPhone(txApp core.App, contact *core.Record, address Identity) error {
	if address.Kind != "phone" || contact.GetString("phone") != "" {
		return nil
	}
	contact.Set("phone", address.Value)
	contact.IgnoreUnchangedFields(true)

	return txApp.Save(contact)
}

// alias notes the further addresses of a contact. One that has a contact of its
// own shows that both are one person.
func (r *Room) alias(txApp core.App, contact *core.Record, p Person) error {
	for _, address := range p.Also {
		other, _, err := known(txApp, p.Company, address)
		switch {
		case err != nil:
			return err
		case other == nil:
			if _, err := identify(txApp, contact, address); err != nil {
				return err
			}
			if err := learnPhone(txApp, contact, address); err != nil {
				return err
			}
		case other.Id != contact.Id:
			apart, err := takenApart(txApp, contact.Id, other.Id)
			if err != nil {
				return err
			}
			if apart {
				continue
			}
			if _, err := r.Merge(txApp, contact, other, "", "revealed"); err != nil {
				return err
			}
		}
	}

	return nil
}

// knownByPhone finds the contact of a phone the channel vouches for: one that
// wrote before from a variant of it, else the oldest that was taken down with it,
// by hand or by an import. It is nil where there is none.
func knownByPhone(txApp core.App, p Person) (*core.Record, error) {
	if p.Kind != "phone" {
		return nil, nil
	}
	// The condition on emptiness is that of the partial index; each plus keeps SQLite
	// from walking the whole company instead.
	const known = `SELECT contacts.id FROM contacts WHERE %s AND deleted = '' AND merged_into = '' ORDER BY +created, id LIMIT 1`
	numbers, err := json.Marshal(Variants("+" + Digits(p.Value)))
	if err != nil {
		return nil, err
	}
	for _, by := range []string{
		"+company = {:company} AND id IN (SELECT contact FROM identities WHERE identities.company = {:company} AND kind = 'phone' AND value IN (SELECT value FROM json_each({:numbers})))",
		"company = {:company} AND phone != '' AND phone IN (SELECT value FROM json_each({:numbers}))",
	} {
		var ids []string
		err := txApp.DB().NewQuery(fmt.Sprintf(known, by)).Bind(dbx.Params{"company": p.Company, "numbers": string(numbers)}).Column(&ids)
		if err != nil {
			return nil, err
		}
		if len(ids) > 0 {
			return txApp.FindRecordById(collections.Contacts, ids[0])
		}
	}

	return nil, nil
}

func (r *Room) create(txApp core.App, p Person) (*core.Record, error) {
	collection, err := txApp.FindCachedCollectionByNameOrId(collections.Contacts)
	if err != nil {
		return nil, err
	}

	phone := p.Phone
	for _, address := range append([]Identity{{Kind: p.Kind, Value: p.Value}}, p.Also...) {
		if address.Kind == "phone" {
			phone = address.Value
		}
	}

	contact := core.NewRecord(collection)
	contact.Load(map[string]any{
		"company": p.Company, "name": p.Name, "email": p.Email, "phone": phone,
		"locale": p.Locale, "lifecycle": "lead", "source": p.Channel,
	})
	if p.Kind == "group" { // nobody's lead, and no place for machines
		contact.Load(map[string]any{"lifecycle": "other", "bot_off": true})
	}

	if err := txApp.Save(contact); err != nil {
		// A message must not be lost for a mistyped e-mail or phone of its sender.
		contact.Set("email", "")
		contact.Set("phone", "")
		if err := txApp.Save(contact); err != nil {
			return nil, err
		}
	}
	contact.SetRaw(made, true)
	if p.Since.IsZero() {
		return contact, nil
	}
	_, err = txApp.DB().Update(collections.Contacts, dbx.Params{"created": p.Since.UTC().Format(types.DefaultDateLayout)}, dbx.HashExp{"id": contact.Id}).Execute()

	return contact, err
}

// made marks a contact that was made just now.
const made = "@made"

// Made says whether Resolve has made the contact it returned.
func Made(contact *core.Record) bool {
	fresh, _ := contact.GetRaw(made).(bool)

	return fresh
}

func isNotFound(err error) bool { return errors.Is(err, sql.ErrNoRows) }
