package whatsapp

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/tools/router"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"

	"recado/collections"
	"recado/hooks/channels"
)

// process makes of a kept event what it is in the inbox. It may run again for
// the same event after a crash and does the same then. done is false where a file
// is fetched before the event is handled.
func (r *Room) process(ctx context.Context, row *row) (done bool, err error) {
	e := row.event
	switch e.Kind {
	case eventMessage:
		return r.processMessage(ctx, row)
	case eventUndecrypted:
		return true, r.receive(ctx, row, r.signed(ctx, e, said{kind: "unsupported", data: map[string]any{"type": "undecryptable"}}), nil)
	case eventCall:
		return true, r.receive(ctx, row, said{kind: "unsupported", data: map[string]any{"type": "call"}}, nil)
	case eventMissed:
		return true, r.answerCall(row)
	case eventHistory:
		return r.processHistory(ctx, row)
	case eventReceipt:
		return true, r.processReceipt(ctx, row)
	}

	return true, nil
}

func (r *Room) processMessage(ctx context.Context, row *row) (done bool, err error) {
	var m waE2E.Message
	if err := proto.Unmarshal(row.event.Message, &m); err != nil {
		return true, r.receive(ctx, row, r.signed(ctx, row.event, said{kind: "unsupported", data: map[string]any{"type": "unreadable"}}), nil)
	}
	s := r.signed(ctx, row.event, content(&m))
	switch {
	case s.target != "":
		return true, r.amend(ctx, row, s)
	case s.kind == "":
		return true, nil
	case s.file == nil:
		return true, r.receive(ctx, row, s, nil)
	}

	var result channels.Result
	s.data = withFile(s.data, fileWaiting)
	if err := r.receive(ctx, row, s, &result); err != nil {
		return false, err
	}
	if hasFile(result.Message) {
		return true, nil // an earlier try got it
	}
	if result.Duplicate { // someone asks for it, or an earlier try did not get it
		if err := r.noFile(row, s, fileWaiting); err != nil {
			return false, err
		}
	}
	r.journal.fetch(row, func() error { return r.fetchFile(row, s, result.Conversation) })

	return false, nil
}

// receive hands a message to the inbox, as the customer's or as one that was
// typed on the phone. One that could not be read before gets its words.
func (r *Room) receive(ctx context.Context, row *row, s said, into *channels.Result) error {
	e := row.event
	chat, err := types.ParseJID(e.Chat)
	if err != nil {
		return nil //nolint:nilerr // no chat, nobody to show it to
	}
	alt, _ := types.ParseJID(e.Alt)
	address, also := r.addresses(ctx, row.Company, chat, alt)
	name := e.Name
	if chat.Server == types.GroupServer {
		name = clip(r.groupName(ctx, row.Channel, chat), nameMost)
	}
	in := channels.Inbound{
		Company: row.Company, Channel: row.Channel, IdentityKind: address.Kind, IdentityValue: address.Value, Also: also,
		Name: name, ExternalID: e.ID, Kind: s.kind, Text: s.text, Payload: s.payload, At: e.At,
		Data: s.data, Forwarded: s.forwarded, ReplyTo: r.quoted(row.Channel, s.quoted, address, row.Company),
	}
	take := r.deps.Inbox.Ingest
	if e.Mine {
		take = r.deps.Inbox.Typed
	}
	result, err := take(ctx, in)
	if err != nil {
		return err
	}
	r.aliased(row.Company, address, also)
	if address.Kind == "group" && name != "" {
		if err := r.nameGroup(row.Company, chat, name); err != nil {
			return err
		}
	}
	if !e.Mine && !result.Duplicate && chat.Server != types.GroupServer {
		r.lookAt(row, result.Contact, chat)
	}
	if into != nil {
		*into = result
	}
	if result.Duplicate && isPlaceholder(result.Message) && s.kind != "unsupported" {
		data := s.data
		if data == nil {
			data = map[string]any{}
		}

		return r.deps.Inbox.Amend(ctx, channels.Amendment{
			Company: row.Company, Channel: row.Channel, ExternalID: e.ID, Kind: s.kind, Text: &s.text, Data: data,
		})
	}

	return nil
}

// quoted is the record of a message that is answered, if it is one of the same
// person's; else none.
func (r *Room) quoted(channel, external string, a channels.Address, company string) string {
	if external == "" {
		return ""
	}
	id, _, err := r.message(channel, external, a, company)
	if err != nil {
		return ""
	}

	return id
}

// message finds a message of a chat by its id over there: its record and its direction.
func (r *Room) message(channel, external string, a channels.Address, company string) (id, direction string, err error) {
	var row struct {
		ID        string `db:"id"`
		Direction string `db:"direction"`
	}
	err = r.app.ConcurrentDB().NewQuery(`SELECT messages.id, messages.direction FROM messages
			JOIN identities ON identities.contact = messages.contact AND identities.company = {:company}
				AND identities.kind = {:kind} AND identities.value = {:value} AND identities.scope = ''
		WHERE messages.channel = {:channel} AND messages.external_id = {:external} AND messages.external_id != ''`).
		Bind(dbx.Params{"company": company, "kind": a.Kind, "value": a.Value, "channel": channel, "external": external}).One(&row)

	return row.ID, row.Direction, err
}

// targetPatience is how long a change waits for the message it is about: it may
// have overtaken it.
const targetPatience = 10 * time.Minute

var errTargetUnknown = errors.New("the message this is about has not come yet")

// amend changes the message an event is about. A person changes their own
// messages, and reacts to any of the chat; what someone at the phone did to the
// customer's is not shown.
func (r *Room) amend(ctx context.Context, row *row, s said) error {
	e := row.event
	chat, err := types.ParseJID(e.Chat)
	if err != nil {
		return nil //nolint:nilerr // see receive
	}
	alt, _ := types.ParseJID(e.Alt)
	address, _ := r.addresses(ctx, row.Company, chat, alt)
	id, direction, err := r.message(row.Channel, s.target, address, row.Company)
	if err != nil {
		if r.deps.Now().Sub(e.At) > targetPatience {
			return nil
		}

		return errTargetUnknown
	}
	if chat.Server == types.GroupServer {
		if message, err := r.app.FindRecordById(collections.Messages, id); err != nil || s.vote || s.reaction == nil && !e.Mine && !wrote(e, message) {
			return err // in a group each changes their own; votes are not counted
		}
	}
	mine := direction == "out"
	if (s.reaction != nil || s.vote) && e.Mine || (s.edited != nil || s.deleted) && mine != e.Mine {
		return nil
	}

	a := channels.Amendment{
		Company: row.Company, Channel: row.Channel, ExternalID: s.target,
		Edited: s.edited, Deleted: s.deleted, Reaction: s.reaction,
	}
	if s.vote {
		if a.Data, err = r.voted(row, s.target); err != nil || a.Data == nil {
			return err
		}
	}
	err = r.deps.Inbox.Amend(ctx, a)
	var api *router.ApiError
	if errors.As(err, &api) && api.Status == http.StatusNotFound {
		return nil
	}

	return err
}

// voted is the data of a poll with the customer's vote in it.
func (r *Room) voted(row *row, poll string) (map[string]any, error) {
	message, err := r.app.FindFirstRecordByFilter(collections.Messages, "channel = {:channel} && external_id = {:id}",
		dbx.Params{"channel": row.Channel, "id": poll})
	if err != nil {
		return nil, nil //nolint:nilerr // gone meanwhile
	}
	data := map[string]any{}
	_ = message.UnmarshalJSONField("data", &data)
	var choices []string
	if list, ok := data["choices"].([]any); ok {
		for _, choice := range list {
			if text, ok := choice.(string); ok {
				choices = append(choices, text)
			}
		}
	}
	data["voted"] = chosen(choices, row.event.Votes)

	return data, nil
}

func (r *Room) processReceipt(ctx context.Context, row *row) error {
	e := row.event
	known, err := r.outgoing(row.Channel, []string{e.ID})
	if err != nil {
		return err
	}
	id, ok := known[e.ID]
	if !ok {
		if r.deps.Now().Sub(e.At) > targetPatience {
			return nil // of a message from before Recado
		}

		return errTargetUnknown
	}

	return r.deps.Inbox.Receipt(ctx, []string{id}, e.Status)
}
