package contacts

import (
	"net/http"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// mergeUndo is how long a merge can be taken back; so long the merged contact is
// in the bin.
const mergeUndo = 30 * 24 * time.Hour

// Merge makes one contact of two, in the caller's transaction: what hangs on
// merged hangs on contact from then on, and merged goes to the bin. What contact
// does not know it learns from merged (merge_learn.go). A conversation of merged is
// closed where contact has an active one on the same channel. by is the member who
// did it, "" where a channel revealed it (reason revealed). Both must be of one company.
func (r *Room) Merge(txApp core.App, contact, merged *core.Record, by, reason string) (*core.Record, error) {
	if contact.Id == merged.Id || contact.GetString("company") != merged.GetString("company") {
		return nil, apierr.Invalid("contact", "Only two contacts of the same company can be merged.")
	}

	note := merge{Moved: map[string][]string{}, Learned: learned(contact, merged)}
	var err error
	if note.Closed, err = r.closeTwins(txApp, contact.Id, merged.Id); err != nil {
		return nil, err
	}
	for _, link := range mergeable() {
		ids, err := idsOf(txApp, link, merged.Id)
		if err != nil {
			return nil, err
		}
		if err := r.move(txApp, link, ids, contact.Id); err != nil {
			return nil, err
		}
		if len(ids) > 0 {
			note.Moved[link.collection] = ids
		}
	}

	for field, change := range note.Learned {
		contact.Set(field, change[1])
	}
	merged.Set("merged_into", contact.Id)
	merged.Set("deleted", r.now())
	for _, record := range []*core.Record{contact, merged} {
		record.SetRaw(byMember, by)
		record.IgnoreUnchangedFields(true)
		if err := txApp.Save(record); err != nil {
			return nil, err
		}
	}
	if err := countAnew(txApp, contact, merged); err != nil {
		return nil, err
	}

	return r.noteMerge(txApp, contact, merged, by, reason, note)
}

// merge is what has to be known of a merge to take it back.
type merge struct {
	Moved   map[string][]string // ids by collection
	Closed  map[string]string   // conversations that were closed, by what they were
	Learned map[string][2]any   // fields of the contact: before, after
}

func (r *Room) noteMerge(txApp core.App, contact, merged *core.Record, by, reason string, m merge) (*core.Record, error) {
	collection, err := txApp.FindCachedCollectionByNameOrId(collections.ContactMerges)
	if err != nil {
		return nil, err
	}
	note := core.NewRecord(collection)
	note.Load(map[string]any{
		"company": contact.GetString("company"), "contact": contact.Id, "merged": merged.Id,
		"member": by, "reason": reason, "moved": m.Moved, "closed": m.Closed, "learned": m.Learned,
	})

	return note, txApp.Save(note)
}

// idsOf are the rows of a contact in a collection.
func idsOf(txApp core.App, link link, contact string) (ids []string, err error) {
	err = txApp.DB().Select("id").From(link.collection).Where(dbx.HashExp{link.field: contact}).Column(&ids)

	return ids, err
}

// countAnew writes what of contacts follows from the rows that were moved: by
// which name their conversations are found, how often they did not come.
func countAnew(txApp core.App, contacts ...*core.Record) error {
	for _, contact := range contacts {
		_, err := txApp.DB().Update(collections.Conversations, dbx.Params{"search": ConversationSearch(contact)}, dbx.HashExp{"contact": contact.Id}).Execute()
		if err != nil {
			return err
		}
		_, err = txApp.DB().NewQuery(`UPDATE contacts SET no_shows = (SELECT count(*) FROM appointments WHERE contact = {:id} AND status = 'no_show') WHERE id = {:id}`).
			Bind(dbx.Params{"id": contact.Id}).Execute()
		if err != nil {
			return err
		}
	}

	return nil
}

// mergeable are the rows that belong to a person, by the declared relations.
// What was changed and merged before stays with whom it happened to.
func mergeable() []link {
	var list []link
	for _, one := range linksTo(collections.Contacts) {
		switch one.collection {
		case collections.Contacts, collections.ContactChanges, collections.ContactMerges:
		default:
			list = append(list, one)
		}
	}

	return list
}

// move gives rows to a contact and tells open screens of those they show.
func (r *Room) move(txApp core.App, link link, ids []string, to string) error {
	for batch := range slices.Chunk(ids, eraseBatch) {
		_, err := txApp.DB().Update(link.collection, dbx.Params{link.field: to}, dbx.In("id", anys(batch)...)).Execute()
		if err != nil {
			return err
		}
		if link.collection != collections.Conversations {
			continue
		}
		for _, id := range batch {
			if err := r.deps.Live.Updated(txApp, link.collection, id); err != nil {
				return err
			}
		}
	}

	return nil
}

// twins are the active conversations of merged on channels on which contact has
// one: there can only be one.
func twins(txApp core.App, contact, merged string) (ids []string, err error) {
	err = txApp.DB().NewQuery(`SELECT id FROM conversations WHERE contact = {:merged} AND status != 'closed' AND channel IN (
		SELECT channel FROM conversations WHERE contact = {:contact} AND status != 'closed')`).
		Bind(dbx.Params{"merged": merged, "contact": contact}).Column(&ids)

	return ids, err
}

// closeTwins closes them and returns what they were.
func (r *Room) closeTwins(txApp core.App, contact, merged string) (map[string]string, error) {
	ids, err := twins(txApp, contact, merged)
	if err != nil {
		return nil, err
	}
	were := map[string]string{}
	for _, id := range ids {
		conversation, err := txApp.FindRecordById(collections.Conversations, id)
		if err != nil {
			return nil, err
		}
		were[id] = conversation.GetString("status")
		conversation.Load(map[string]any{"status": "closed", "closed_at": r.now(), "snoozed_until": "", "triage_due": ""})
		conversation.IgnoreUnchangedFields(true)
		if err := txApp.SaveNoValidate(conversation); err != nil {
			return nil, err
		}
	}

	return were, nil
}

// Unmerge takes a merge back: what was moved goes back, as far as it is still
// where the merge had brought it, conversations that it closed are open again,
// what the contact learned is forgotten unless it was changed since, and the
// merged contact leaves the bin. by is the member who does it.
func (r *Room) Unmerge(txApp core.App, note *core.Record, by string) error {
	switch {
	case !note.GetDateTime("undone").IsZero():
		return apierr.New(http.StatusConflict, "merge_undone", "This was taken back already.", nil)
	case r.now().Sub(note.GetDateTime("created").Time()) > mergeUndo:
		return apierr.New(http.StatusConflict, "merge_old", "This was done more than 30 days ago and can't be taken back any more.", nil)
	}
	contact, err := txApp.FindRecordById(collections.Contacts, note.GetString("contact"))
	if err != nil {
		return apierr.NotFound("contact")
	}
	merged, err := txApp.FindRecordById(collections.Contacts, note.GetString("merged"))
	if err != nil {
		return apierr.NotFound("contact")
	}
	var m merge
	if err := note.UnmarshalJSONField("moved", &m.Moved); err != nil {
		return err
	}
	_ = note.UnmarshalJSONField("closed", &m.Closed) // older notes have a list
	_ = note.UnmarshalJSONField("learned", &m.Learned)

	if err := r.moveBack(txApp, m.Moved, contact.Id, merged.Id); err != nil {
		return err
	}
	for id, was := range m.Closed {
		if err := r.openAgain(txApp, id, was, merged.Id); err != nil {
			return err
		}
	}
	for field, value := range forgotten(contact, m.Learned) {
		contact.Set(field, value)
	}
	merged.Set("merged_into", "")
	merged.Set("deleted", "")
	note.Set("undone", r.now())
	for _, changed := range []*core.Record{contact, merged, note} {
		if changed != note {
			changed.SetRaw(byMember, by)
		}
		changed.IgnoreUnchangedFields(true)
		if err := txApp.Save(changed); err != nil {
			return err
		}
	}

	return countAnew(txApp, contact, merged)
}

// moveBack gives merged what of the moved rows contact still has.
func (r *Room) moveBack(txApp core.App, moved map[string][]string, contact, merged string) error {
	for _, link := range mergeable() {
		var still []string
		for batch := range slices.Chunk(moved[link.collection], eraseBatch) {
			var ids []string
			err := txApp.DB().Select("id").From(link.collection).
				Where(dbx.HashExp{link.field: contact}).AndWhere(dbx.In("id", anys(batch)...)).Column(&ids)
			if err != nil {
				return err
			}
			still = append(still, ids...)
		}
		if err := r.move(txApp, link, still, merged); err != nil {
			return err
		}
	}

	return nil
}

// openAgain opens a conversation that a merge has closed, unless something has
// happened with it since or its contact has another one.
func (r *Room) openAgain(txApp core.App, id, was, contact string) error {
	conversation, err := txApp.FindRecordById(collections.Conversations, id)
	if err != nil || conversation.GetString("contact") != contact || conversation.GetString("status") != "closed" {
		return nil //nolint:nilerr // gone: nothing to open
	}
	count, err := txApp.CountRecords(collections.Conversations,
		dbx.HashExp{"contact": contact, "channel": conversation.GetString("channel")}, dbx.NewExp("status != 'closed'"))
	if err != nil || count > 0 {
		return err
	}
	if was == "snoozed" { // its hour may be over
		was = "open"
	}
	conversation.Load(map[string]any{"status": was, "closed_at": ""})
	conversation.IgnoreUnchangedFields(true)

	return txApp.SaveNoValidate(conversation)
}

// takenApart says whether a person has taken a merge of two contacts back: then
// they stay two, whatever a channel tells.
func takenApart(txApp core.App, one, other string) (bool, error) {
	var found int
	err := txApp.DB().NewQuery(`SELECT EXISTS (SELECT 1 FROM contact_merges WHERE contact = {:one} AND merged = {:other} AND undone != '')
			OR EXISTS (SELECT 1 FROM contact_merges WHERE contact = {:other} AND merged = {:one} AND undone != '')`).
		Bind(dbx.Params{"one": one, "other": other}).Row(&found)

	return found == 1, err
}
