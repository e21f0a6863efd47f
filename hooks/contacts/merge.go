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
// does not know it learns from merged. A conversation of merged is closed where
// contact has an active one on the same channel. by is the member who did it, "" where
// a channel revealed it (reason revealed). Both must be of one company.
func (r *Room) Merge(txApp core.App, contact, merged *core.Record, by, reason string) (*core.Record, error) {
	if contact.Id == merged.Id || contact.GetString("company") != merged.GetString("company") {
		return nil, apierr.Invalid("contact", "Only two contacts of the same company can be merged.")
	}

	closed, err := r.closeTwins(txApp, contact.Id, merged.Id)
	if err != nil {
		return nil, err
	}
	moved := map[string][]string{}
	for _, link := range mergeable() {
		var ids []string
		if err := txApp.DB().Select("id").From(link.collection).Where(dbx.HashExp{link.field: merged.Id}).Column(&ids); err != nil {
			return nil, err
		}
		if err := r.move(txApp, link, ids, contact.Id); err != nil {
			return nil, err
		}
		if len(ids) > 0 {
			moved[link.collection] = ids
		}
	}

	for _, field := range []string{"name", "phone", "email", "locale", "birthday", "category", "source", "owner"} {
		if contact.GetString(field) == "" {
			contact.Set(field, merged.GetString(field))
		}
	}
	contact.Set("tags", joined(contact.GetStringSlice("tags"), merged.GetStringSlice("tags")))
	if notes := merged.GetString("notes"); notes != "" && contact.GetString("notes") == "" {
		contact.Set("notes", notes)
	}
	contact.Set("bot_off", contact.GetBool("bot_off") || merged.GetBool("bot_off"))
	merged.Set("merged_into", contact.Id)
	merged.Set("deleted", r.now())
	for _, record := range []*core.Record{contact, merged} {
		record.IgnoreUnchangedFields(true)
		if err := txApp.Save(record); err != nil {
			return nil, err
		}
	}

	return r.noteMerge(txApp, contact, merged, by, reason, moved, closed)
}

func (r *Room) noteMerge(txApp core.App, contact, merged *core.Record, by, reason string, moved map[string][]string, closed []string) (*core.Record, error) {
	collection, err := txApp.FindCachedCollectionByNameOrId(collections.ContactMerges)
	if err != nil {
		return nil, err
	}
	note := core.NewRecord(collection)
	note.Load(map[string]any{
		"company": contact.GetString("company"), "contact": contact.Id, "merged": merged.Id,
		"member": by, "reason": reason, "moved": moved, "closed": closed,
	})

	return note, txApp.Save(note)
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

// closeTwins closes the active conversations of merged on channels on which
// contact has one: there can only be one.
func (r *Room) closeTwins(txApp core.App, contact, merged string) ([]string, error) {
	var ids []string
	err := txApp.DB().NewQuery(`SELECT id FROM conversations WHERE contact = {:merged} AND status != 'closed' AND channel IN (
		SELECT channel FROM conversations WHERE contact = {:contact} AND status != 'closed')`).
		Bind(dbx.Params{"merged": merged, "contact": contact}).Column(&ids)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		conversation, err := txApp.FindRecordById(collections.Conversations, id)
		if err != nil {
			return nil, err
		}
		conversation.Set("status", "closed")
		conversation.Set("closed_at", r.now())
		conversation.Set("triage_due", "")
		conversation.IgnoreUnchangedFields(true)
		if err := txApp.SaveNoValidate(conversation); err != nil {
			return nil, err
		}
	}

	return ids, nil
}

// Unmerge takes a merge back: what was moved goes back, as far as it is still
// where the merge had brought it, and the merged contact leaves the bin.
func (r *Room) Unmerge(txApp core.App, note *core.Record) error {
	switch {
	case !note.GetDateTime("undone").IsZero():
		return apierr.New(http.StatusConflict, "merge_undone", "This was taken back already.", nil)
	case r.now().Sub(note.GetDateTime("created").Time()) > mergeUndo:
		return apierr.New(http.StatusConflict, "merge_old", "This was done more than 30 days ago and can't be taken back any more.", nil)
	}
	contact, merged := note.GetString("contact"), note.GetString("merged")
	record, err := txApp.FindRecordById(collections.Contacts, merged)
	if err != nil {
		return apierr.NotFound("contact")
	}

	var moved map[string][]string
	if err := note.UnmarshalJSONField("moved", &moved); err != nil {
		return err
	}
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

	record.Set("merged_into", "")
	record.Set("deleted", "")
	note.Set("undone", r.now())
	for _, changed := range []*core.Record{record, note} {
		changed.IgnoreUnchangedFields(true)
		if err := txApp.Save(changed); err != nil {
			return err
		}
	}

	return nil
}

// joined keeps the order of the first list.
func joined(first, second []string) []string {
	all := slices.Clone(first)
	for _, one := range second {
		if !slices.Contains(all, one) {
			all = append(all, one)
		}
	}

	return all
}
