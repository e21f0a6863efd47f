package whatsapp

import (
	"context"
	"log/slog"

	"github.com/pocketbase/dbx"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"recado/collections"
	"recado/hooks/channels"
)

// addresses are those of the other side of a chat: the first is what its identity
// is found by, a phone number wherever it is known, else the hidden id; also is
// what is new of it. alt is the other form of the chat's id, or empty.
func (r *Room) addresses(ctx context.Context, company string, chat, alt types.JID) (address channels.Address, also []channels.Address) {
	if chat.Server == types.GroupServer {
		return channels.Address{Kind: "group", Value: chat.User}, nil
	}
	phone, lid := chat, alt
	if chat.Server == types.HiddenUserServer {
		phone, lid = alt, chat
	}
	if phone.IsEmpty() && !lid.IsEmpty() {
		phone = r.phoneOf(ctx, lid)
	}
	if phone.IsEmpty() {
		return channels.Address{Kind: "lid", Value: lid.User}, nil
	}

	address = channels.Address{Kind: "phone", Value: "+" + phone.User}
	if lid.IsEmpty() {
		return address, nil
	}
	if _, told := r.aliases.Load(aliasKey(company, phone, lid)); told {
		return address, nil
	}

	return address, []channels.Address{{Kind: "lid", Value: lid.User}}
}

func aliasKey(company string, phone, lid types.JID) string {
	return company + " " + phone.User + " " + lid.User
}

// aliased notes that the contacts know of both forms.
func (r *Room) aliased(company string, address channels.Address, also []channels.Address) {
	for _, one := range also {
		r.aliases.Store(company+" "+address.Value[1:]+" "+one.Value, true)
	}
}

// phoneOf is the number of a hidden id, where whatsmeow has seen both together.
func (r *Room) phoneOf(ctx context.Context, lid types.JID) types.JID {
	container, err := r.storage.open(ctx, r.app.Logger())
	if err != nil {
		return types.EmptyJID
	}
	phone, err := container.LIDMap.GetPNForLID(ctx, lid.ToNonAD())
	if err != nil {
		return types.EmptyJID
	}

	return phone.ToNonAD()
}

// jidOf is where a message to an address goes.
func jidOf(a channels.Address) (types.JID, bool) {
	switch {
	case a.Kind == "phone" && len(a.Value) > 1 && a.Value[0] == '+':
		return types.NewJID(a.Value[1:], types.DefaultUserServer), true
	case a.Kind == "phone" && a.Value != "":
		return types.NewJID(a.Value, types.DefaultUserServer), true
	case a.Kind == "group" && a.Value != "":
		return types.NewJID(a.Value, types.GroupServer), true
	case a.Kind == "lid" && a.Value != "":
		return types.NewJID(a.Value, types.HiddenUserServer), true
	}

	return types.EmptyJID, false
}

// activeConversation is the id of the conversation going on with an address; ""
// where there is none.
func (r *Room) activeConversation(channel, company string, a channels.Address) (string, error) {
	var ids []string
	err := r.app.ConcurrentDB().NewQuery(`SELECT conversations.id FROM identities
			JOIN conversations ON conversations.contact = identities.contact AND conversations.channel = {:channel} AND conversations.status != 'closed'
		WHERE identities.company = {:company} AND identities.kind = {:kind} AND identities.value = {:value} AND identities.scope = ''`).
		Bind(dbx.Params{"channel": channel, "company": company, "kind": a.Kind, "value": a.Value}).Column(&ids)
	if err != nil || len(ids) == 0 {
		return "", err
	}

	return ids[0], nil
}

// calledNow takes over what a customer calls themselves now, where the contact has
// the name they had before: what the team wrote stays.
func (n *number) calledNow(e *events.PushName) {
	if e.OldPushName == "" || e.NewPushName == "" || ignored(e.JID) {
		return
	}
	address, _ := n.room.addresses(n.ctx, n.company, e.JID.ToNonAD(), e.JIDAlt.ToNonAD())
	if err := n.room.rename(n.company, address, e.OldPushName, e.NewPushName); err != nil {
		n.room.app.Logger().Error("A contact was not renamed", slog.Any("error", err))
	}
}

// rename gives the contact of an address another name in place of a given one.
func (r *Room) rename(company string, a channels.Address, from, to string) error {
	from, to = clip(from, nameMost), clip(to, nameMost)
	identity, err := r.app.FindFirstRecordByFilter(collections.Identities,
		"company = {:company} && kind = {:kind} && value = {:value} && scope = ''", dbx.Params{"company": company, "kind": a.Kind, "value": a.Value})
	if err != nil {
		return ignoreMissing(err)
	}
	contact, err := r.app.FindRecordById(collections.Contacts, identity.GetString("contact"))
	if err != nil || contact.GetString("name") == to || from != "" && contact.GetString("name") != from {
		return err
	}
	contact.Set("name", to)
	contact.IgnoreUnchangedFields(true)

	return r.app.Save(contact)
}
