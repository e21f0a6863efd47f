package contacts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// forgetTraces removes what speaks of contacts without referring to them: raw
// events of channels, answers kept for repeated requests, the journals and files
// of imports, what the audit says beside the fact.
func (r *Room) forgetTraces(ctx context.Context, ids []string) error {
	contacts, err := r.app.FindRecordsByIds(collections.Contacts, ids)
	if err != nil {
		return err
	}
	byCompany := map[string][]mentioned{}
	for _, contact := range contacts {
		words, err := r.wordsOf(contact)
		if err != nil {
			return err
		}
		company := contact.GetString("company")
		byCompany[company] = append(byCompany[company], words)
		if err := r.forgetRows(ctx, company, contact.Id, words); err != nil {
			return err
		}
	}
	for company, people := range byCompany {
		if err := r.forgetImportFiles(ctx, company, people); err != nil {
			return fmt.Errorf("erasing files of imports: %w", err)
		}
	}

	return nil
}

func (r *Room) forgetRows(ctx context.Context, company, id string, words mentioned) error {
	if err := r.forgetEvents(ctx, company, id, words); err != nil {
		return fmt.Errorf("erasing raw events: %w", err)
	}
	answers, err := r.mentioning(collections.IdempotencyKeys, "response", company, id)
	if err != nil {
		return err
	}
	if err := r.eraseRows(ctx, collections.IdempotencyKeys, answers); err != nil {
		return err
	}
	if err := r.forgetInJournals(company, id); err != nil {
		return fmt.Errorf("erasing in journals of imports: %w", err)
	}
	_, err = r.app.NonconcurrentDB().Update(collections.Audit, dbx.Params{"data": "null"}, dbx.HashExp{"company": company, "record": id}).Execute()

	return err
}

// mentioned are the words by which a table or an event can speak of a person.
type mentioned struct {
	name      string   // folded
	addresses []string // e-mail, digits of phones, ids on channels
}

// wordsOf gathers them, with those of contacts that are part of this one. One that
// is part of another is gone, not the person.
func (r *Room) wordsOf(contact *core.Record) (mentioned, error) {
	var values []string
	if into := contact.GetString("merged_into"); into != "" {
		if _, err := r.app.FindRecordById(collections.Contacts, into); err == nil {
			return mentioned{}, nil
		}
	}
	parts, err := r.app.FindAllRecords(collections.Contacts, dbx.HashExp{"merged_into": contact.Id}, dbx.NewExp("merged_into != ''"))
	if err != nil {
		return mentioned{}, err
	}
	for _, part := range parts {
		values = append(values, part.GetString("email"))
		values = append(values, Variants(part.GetString("phone"))...)
	}
	var ids []string
	if err := r.app.DB().Select("value").From(collections.Identities).Where(dbx.HashExp{"contact": contact.Id}).Column(&ids); err != nil {
		return mentioned{}, err
	}
	values = append(values, ids...)
	words := mentioned{name: Fold(contact.GetString("name"))}
	values = append(values, Variants(contact.GetString("phone"))...)
	for _, value := range append(values, contact.GetString("email")) {
		value = strings.TrimPrefix(strings.ToLower(value), "+")
		if len(value) >= 6 && !slices.Contains(words.addresses, value) { // a shorter one would be found everywhere
			words.addresses = append(words.addresses, value)
		}
	}

	return words, nil
}

// forgetEvents removes the raw events the contact's messages came from, those that
// name an address of it, and the parts of earlier chats that a phone sent: each holds
// many people, and which ones can't be seen from here.
func (r *Room) forgetEvents(ctx context.Context, company, contact string, words mentioned) error {
	var ids []string
	err := r.app.DB().NewQuery(`SELECT id FROM channel_events WHERE company = {:company} AND external_id IN (SELECT external_id FROM messages
			WHERE conversation IN (SELECT id FROM conversations WHERE contact = {:contact}) AND external_id != '')`).
		Bind(dbx.Params{"company": company, "contact": contact}).Column(&ids)
	if err != nil {
		return err
	}
	for _, address := range words.addresses {
		more, err := r.mentioning(collections.ChannelEvents, "payload", company, address)
		if err != nil {
			return err
		}
		ids = append(ids, more...)
	}
	if words.onPhones() {
		var parts []string
		err := r.app.DB().Select("id").From(collections.ChannelEvents).Where(dbx.HashExp{"company": company, "kind": historyKind}).Column(&parts)
		if err != nil {
			return err
		}
		ids = append(ids, parts...)
	}

	return r.eraseRows(ctx, collections.ChannelEvents, ids)
}

// historyKind is the kind of the events that are parts of earlier chats.
const historyKind = "history"

// onPhones tells whether the person can be in the chats of a phone: they have a number,
// or an id that is one.
func (m mentioned) onPhones() bool {
	return slices.ContainsFunc(m.addresses, func(address string) bool { return Digits(address) == address })
}

// mentioning finds the rows of a company whose column has a text in it.
func (r *Room) mentioning(collection, column, company, text string) (ids []string, err error) {
	err = r.app.DB().Select("id").From(collection).
		Where(dbx.And(dbx.HashExp{"company": company}, dbx.NewExp("instr(lower([["+column+"]]), {:text}) > 0", dbx.Params{"text": strings.ToLower(text)}))).
		Column(&ids)

	return ids, err
}

// forgetInJournals takes the contact out of what imports remember to be undone.
func (r *Room) forgetInJournals(company, contact string) error {
	ids, err := r.mentioning(collections.ImportBatches, "entries", company, contact)
	if err != nil {
		return err
	}
	for _, id := range ids {
		err := r.app.RunInTransaction(func(txApp core.App) error {
			batch, err := txApp.FindRecordById(collections.ImportBatches, id)
			if err != nil {
				return err
			}
			var done journal
			if err := batch.UnmarshalJSONField("entries", &done); err != nil {
				return err
			}
			done.Created = slices.DeleteFunc(done.Created, func(id string) bool { return id == contact })
			done.Changed = slices.DeleteFunc(done.Changed, func(entry journalEntry) bool { return entry.ID == contact })
			raw, err := json.Marshal(done)
			if err != nil {
				return err
			}
			_, err = txApp.DB().Update(collections.ImportBatches, dbx.Params{"entries": string(raw)}, dbx.HashExp{"id": id}).Execute()

			return err
		})
		if err != nil {
			return err
		}
	}

	return nil
}

// forgetImportFiles removes the tables a person stands in: with a draft goes all
// of it, an import that is over can still be undone, and only its left-out rows
// can't be downloaded any more. Where many people go at once the tables go unread.
func (r *Room) forgetImportFiles(ctx context.Context, company string, people []mentioned) error {
	imports, err := r.app.FindAllRecords(collections.Imports, dbx.HashExp{"company": company}, dbx.NewExp("file != ''"))
	if err != nil {
		return err
	}
	for _, record := range imports {
		found := len(people) > mostSearched
		if !found {
			if found, err = r.standIn(record, people); err != nil {
				return err
			}
		}
		switch {
		case !found:
		case record.GetString("state") == "draft":
			err = r.removeWithBytes(ctx, record)
		default:
			if err = r.removeBytes(record); err == nil {
				_, err = r.app.NonconcurrentDB().Update(collections.Imports, dbx.Params{"file": ""}, dbx.HashExp{"id": record.Id}).Execute()
			}
		}
		if err != nil {
			return err
		}
	}

	return nil
}

// mostSearched is how many people a table is looked through for.
const mostSearched = 20

// standIn tells whether any of the people stands in the table of an import.
func (r *Room) standIn(record *core.Record, people []mentioned) (bool, error) {
	content, err := r.importFile(record)
	if err != nil {
		return true, nil // what can't be read any more can go
	}
	defer content.Close()

	err = eachRow(content, func(_ int, cells []string) error {
		row := strings.Join(cells, " ") // a name may be in two columns
		if slices.ContainsFunc(people, func(person mentioned) bool { return person.in(row, cells) }) {
			return errEnough
		}

		return nil
	})
	if errors.Is(err, errEnough) {
		return true, nil
	}

	return false, err
}

// in tells whether a row speaks of the person.
func (m mentioned) in(row string, cells []string) bool {
	folded := Fold(row)
	if m.name != "" && strings.Contains(folded, m.name) {
		return true
	}

	return slices.ContainsFunc(m.addresses, func(address string) bool {
		if strings.Contains(folded, address) {
			return true
		}
		// the last eight digits are the same with and without country and ninth digit
		return Digits(address) == address && slices.ContainsFunc(cells, func(cell string) bool {
			digits := Digits(cell)

			return len(digits) >= 8 && strings.HasSuffix(address, digits[len(digits)-8:])
		})
	})
}

// importingCompanies are the companies of which an import runs or earlier chats are
// brought in: either may be about to make the person that is to be erased. A part of
// them whose first try failed may wait for long and goes with the person.
const importingCompanies = `SELECT company FROM imports WHERE due != ''
	UNION SELECT company FROM channel_events WHERE kind = 'history' AND handled = '' AND attempts = 0`

func importing(app core.App, company string) (running bool, err error) {
	err = app.DB().NewQuery("SELECT {:company} IN (" + importingCompanies + ")").Bind(dbx.Params{"company": company}).Row(&running)

	return running, err
}
