package whatsapp

import (
	"context"
	"time"

	"github.com/pocketbase/dbx"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"recado/collections"
)

// Kinds of event.
const (
	eventMessage     = "message"
	eventUndecrypted = "undecryptable"
	eventReceipt     = "receipt"
	eventCall        = "call"
	eventMissed      = "missed"  // a call that nobody took
	eventHistory     = "history" // a part of what was said before
)

// event is what a number received, as it is kept.
type event struct {
	Kind    string    `json:"kind"`
	ID      string    `json:"id"`             // of the message, or the call
	Chat    string    `json:"chat"`           // the other side: 5511…@s.whatsapp.net or …@lid
	Alt     string    `json:"alt,omitempty"`  // the other form of it, where WhatsApp told
	From    string    `json:"from,omitempty"` // who wrote it, in a group
	FromAlt string    `json:"from_alt,omitempty"`
	Mine    bool      `json:"mine,omitempty"`
	Name    string    `json:"name,omitempty"` // what the other side calls itself
	At      time.Time `json:"at"`
	Message []byte    `json:"message,omitempty"` // waE2E.Message, unwrapped
	Votes   [][]byte  `json:"votes,omitempty"`   // hashes of the options chosen in a poll
	Status  string    `json:"status,omitempty"`  // of a receipt: delivered, read
	Asked   int       `json:"asked,omitempty"`   // how often the phone was asked for the file again
	Path    string    `json:"path,omitempty"`    // where the phone has put it

	// Of a part of the history: messages that were looked at, of how many, and those
	// that were new.
	Done  int `json:"done,omitempty"`
	Total int `json:"total,omitempty"`
	Added int `json:"added,omitempty"`
}

// key is what makes the event one of its channel.
func (e event) key() string {
	switch e.Kind {
	case eventUndecrypted:
		return e.ID + "/undecryptable"
	case eventMissed:
		return e.ID + "/missed"
	case eventReceipt:
		return e.ID + "/" + e.Status
	}

	return e.ID
}

// lane is what keeps events in order: those of one chat follow each other. A
// receipt that waits for its message must not hold up the chat.
func (e event) lane() string {
	switch e.Kind {
	case eventReceipt:
		return "receipts " + e.ID
	case eventHistory:
		return "history " + e.ID
	}

	return e.Chat
}

// ignored are chats that are no person's: groups, status broadcasts, newsletters.
func ignored(chat types.JID) bool {
	return chat.Server != types.DefaultUserServer && chat.Server != types.HiddenUserServer
}

func (n *number) keepMessage(client *whatsmeow.Client, m *events.Message) error {
	if notice := m.Message.GetProtocolMessage().GetHistorySyncNotification(); notice != nil && m.Info.IsFromMe {
		return n.keepHistory(m.Info, notice)
	}
	if m.Info.Category == "peer" || isChatter(m) || n.skips(m.Info.Chat) {
		return nil
	}
	raw, err := proto.Marshal(m.Message)
	if err != nil {
		return err
	}
	e := of(eventMessage, m.Info)
	e.Message = raw
	if m.Message.GetPollUpdateMessage() != nil {
		if vote, err := client.DecryptPollVote(context.Background(), m); err == nil {
			e.Votes = vote.GetSelectedOptions()
		}
	}

	return n.room.journal.keep(n, e)
}

// isChatter holds for messages by which WhatsApp talks to itself.
func isChatter(m *events.Message) bool {
	inner := m.Message.GetProtocolMessage()
	switch {
	case inner != nil:
		return inner.GetKey() == nil // neither an edit nor a deletion
	case m.Message.GetSenderKeyDistributionMessage() != nil:
		return content(m.Message).kind == ""
	}

	return m.Message == nil
}

func of(kind string, info types.MessageInfo) event {
	e := event{
		Kind: kind, ID: info.ID, Chat: info.Chat.ToNonAD().String(), Mine: info.IsFromMe, At: info.Timestamp.UTC(),
	}
	alt := info.SenderAlt
	if info.IsFromMe {
		alt = info.RecipientAlt
	} else {
		e.Name = clip(info.PushName, nameMost)
	}
	if info.Chat.Server == types.GroupServer {
		e.From = info.Sender.ToNonAD().String()
		if !info.SenderAlt.IsEmpty() {
			e.FromAlt = info.SenderAlt.ToNonAD().String()
		}

		return e
	}
	if !alt.IsEmpty() {
		e.Alt = alt.ToNonAD().String()
	}

	return e
}

func (n *number) keepUndecryptable(m *events.UndecryptableMessage) error {
	if m.Info.Category == "peer" || n.skips(m.Info.Chat) {
		return nil
	}

	return n.room.journal.keep(n, of(eventUndecrypted, m.Info))
}

func (n *number) keepCall(call *events.CallOffer) error {
	from := call.CallCreator
	if from.IsEmpty() {
		from = call.From
	}
	if ignored(from) {
		return nil
	}
	e := event{Kind: eventCall, ID: "call-" + call.CallID, Chat: from.ToNonAD().String(), At: call.Timestamp.UTC()}
	if !call.CallCreatorAlt.IsEmpty() {
		e.Alt = call.CallCreatorAlt.ToNonAD().String()
	}

	return n.room.journal.keep(n, e)
}

// takeReceipt notes how far messages have come. Receipts of messages that are
// not known yet are kept until they are.
func (n *number) takeReceipt(r *events.Receipt) error {
	if n.skips(r.Chat) {
		return nil
	}
	status := map[types.ReceiptType]string{
		types.ReceiptTypeDelivered: "delivered", types.ReceiptTypeRead: "read", types.ReceiptTypePlayed: "read",
	}[r.Type]
	if r.Chat.Server == types.GroupServer && status == "read" {
		status = "delivered" // one has read it, not all
	}
	switch {
	case r.Type == types.ReceiptTypeReadSelf:
		return n.readOnPhone(r)
	case status == "" || r.IsFromMe:
		return nil
	}

	known, err := n.room.outgoing(n.channel, r.MessageIDs)
	if err != nil {
		return err
	}
	var ids []string
	for _, id := range r.MessageIDs {
		if record, ok := known[id]; ok {
			ids = append(ids, record)

			continue
		}
		err := n.room.journal.keep(n, event{Kind: eventReceipt, ID: id, Chat: r.Chat.ToNonAD().String(), Status: status, At: r.Timestamp.UTC()})
		if err != nil {
			return err
		}
	}
	if len(ids) == 0 {
		return nil
	}

	return n.room.deps.Inbox.Receipt(n.ctx, ids, status)
}

// outgoing finds the records of sent messages by their ids over there.
func (r *Room) outgoing(channel string, external []string) (map[string]string, error) {
	list := make([]any, len(external))
	for i, id := range external {
		list[i] = id
	}
	var rows []struct {
		ID       string `db:"id"`
		External string `db:"external_id"`
	}
	err := r.app.ConcurrentDB().Select("id", "external_id").From(collections.Messages).
		Where(dbx.HashExp{"channel": channel, "direction": "out"}).AndWhere(dbx.In("external_id", list...)).
		AndWhere(dbx.NewExp("external_id != ''")).All(&rows)
	found := map[string]string{}
	for _, row := range rows {
		found[row.External] = row.ID
	}

	return found, err
}

// readOnPhone marks the conversation as read that someone has read on the phone.
func (n *number) readOnPhone(r *events.Receipt) error {
	address, _ := n.room.addresses(n.ctx, n.company, r.Chat.ToNonAD(), types.EmptyJID)
	conversation, err := n.room.activeConversation(n.channel, n.company, address)
	if err != nil || conversation == "" {
		return err
	}

	return n.room.deps.Inbox.ReadElsewhere(n.ctx, conversation)
}

// showTyping shows the team that a customer types.
func (n *number) showTyping(p *events.ChatPresence) {
	if p.IsFromMe || n.skips(p.Chat) {
		return
	}
	address, _ := n.room.addresses(n.ctx, n.company, p.Chat.ToNonAD(), p.SenderAlt.ToNonAD())
	id, err := n.room.activeConversation(n.channel, n.company, address)
	if err != nil || id == "" {
		return
	}
	if conversation, err := n.room.app.FindRecordById(collections.Conversations, id); err == nil {
		n.room.deps.Live.Typing(conversation, "contact", p.State == types.ChatPresenceComposing)
	}
}

// showTypingTo is for the look of it: whether it arrives does not matter.
func showTypingTo(ctx context.Context, client *whatsmeow.Client, to types.JID, on bool) {
	state := types.ChatPresencePaused
	if on {
		state = types.ChatPresenceComposing
	}
	_ = client.SendChatPresence(ctx, to, state, types.ChatPresenceMediaText)
}
