package inbox

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/channels"
	"recado/hooks/contacts"
)

// Import takes in what was said with one person before Recado was there, oldest
// first, and returns how many messages were new. It goes into a closed
// conversation of its own: nothing waits, nobody is answered, and what comes later
// begins another one. The same messages again change nothing.
func (r *Room) Import(_ context.Context, h channels.History) (added int, err error) {
	err = r.app.RunInTransaction(func(txApp core.App) error {
		added = 0
		channel, err := r.channel(txApp, channels.Inbound{Company: h.Company, Channel: h.Channel})
		if err != nil {
			return err
		}
		fresh, err := unknown(txApp, h)
		if err != nil || len(fresh) == 0 {
			return err
		}
		contact, identity, err := r.deps.Contacts.Resolve(txApp, contacts.Person{
			Company: h.Company, Kind: h.Address.Kind, Value: h.Address.Value, Scope: h.Address.Scope,
			Channel: channel.GetString("kind"), Name: h.Name, Also: also(h.Also), Since: fresh[0].At,
		})
		if err != nil {
			return err
		}
		conversation, err := r.importedConversation(txApp, channel, contact, identity, fresh[0].At)
		if err != nil {
			return err
		}
		for _, past := range fresh {
			if err := r.storePast(txApp, conversation, past); err != nil {
				return err
			}
		}
		added = len(fresh)

		return save(txApp, conversation)
	})

	return added, err
}

// unknown are the messages that are not here yet.
func unknown(txApp core.App, h channels.History) ([]channels.Past, error) {
	ids := make([]any, len(h.Messages))
	for i, past := range h.Messages {
		ids[i] = past.ExternalID
	}
	var known []string
	err := txApp.DB().Select("external_id").From(collections.Messages).Where(dbx.HashExp{"channel": h.Channel}).
		AndWhere(dbx.In("external_id", ids...)).AndWhere(dbx.NewExp("external_id != ''")).Column(&known)
	seen := map[string]bool{"": true}
	for _, id := range known {
		seen[id] = true
	}
	var fresh []channels.Past
	for _, past := range h.Messages {
		if !seen[past.ExternalID] {
			seen[past.ExternalID] = true
			fresh = append(fresh, past)
		}
	}

	return fresh, err
}

// importedConversation is the closed one that what was said before goes into.
func (r *Room) importedConversation(txApp core.App, channel, contact, identity *core.Record, first time.Time) (*core.Record, error) {
	conversation := &core.Record{}
	err := txApp.RecordQuery(collections.Conversations).
		AndWhere(dbx.HashExp{"company": channel.GetString("company"), "contact": contact.Id, "channel": channel.Id, "imported": true, "status": "closed"}).
		OrderBy("id DESC").Limit(1).One(conversation)
	if !isNotFound(err) {
		return conversation, err
	}
	conversation, err = newRecord(txApp, collections.Conversations, map[string]any{
		"company": channel.GetString("company"), "contact": contact.Id, "channel": channel.Id, "identity": identity.Id,
		"queue": channel.GetString("queue"), "status": "closed", "answerer": "bot", "imported": true,
		"search": contacts.ConversationSearch(contact), "last_message_at": first, "closed_at": first,
	})
	if err != nil {
		return nil, err
	}
	if identity.GetString("kind") == "group" {
		conversation.Load(map[string]any{"is_group": true, "answerer": "human"})
	}

	return conversation, txApp.SaveNoValidate(conversation)
}

// storePast writes one message. None of the hooks around a message runs: they are
// for what happens now.
func (r *Room) storePast(txApp core.App, conversation *core.Record, past channels.Past) error {
	direction, by := "in", ""
	if past.Mine {
		direction, by = "out", "human"
	}
	text := strings.ToValidUTF8(past.Text, "\uFFFD")
	if runes := []rune(text); len(runes) > textMax {
		text = string(runes[:textMax])
	}
	message, err := newRecord(txApp, collections.Messages, map[string]any{
		"id": r.deps.IDs.Next(), "company": conversation.GetString("company"), "conversation": conversation.Id,
		"contact": conversation.GetString("contact"), "channel": conversation.GetString("channel"), "direction": direction,
		"kind": past.Kind, "text": text, "status": past.Status, "at": past.At, "answered_by": by, "external_id": past.ExternalID, "data": past.Data,
	})
	if err != nil {
		return err
	}
	data, err := json.Marshal(past.Data)
	if err != nil {
		return err
	}
	now := stamp(r.deps.Now())
	_, err = txApp.DB().Insert(collections.Messages, dbx.Params{
		"id": message.Id, "company": message.GetString("company"), "conversation": conversation.Id, "contact": message.GetString("contact"),
		"channel": message.GetString("channel"), "direction": direction, "kind": past.Kind, "text": text, "status": past.Status,
		"at": stamp(past.At), "answered_by": by, "external_id": past.ExternalID, "data": string(data), "created": now, "updated": now,
	}).Execute()
	if err != nil {
		return err
	}

	applyLatest(conversation, message)
	if conversation.GetDateTime("closed_at").Time().Before(past.At) {
		conversation.Set("closed_at", past.At)
	}
	conversation.Set("triaged", message.Id)

	return nil
}
