package whatsapp

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"

	"recado/collections"
	"recado/hooks/channels"
)

const readPatience = 20 * time.Second

// readsBack says whether what the team reads here is read on the phone, too, and the
// customer told so: settings.read_back of a channel, on where it says nothing.
func readsBack(channel *core.Record) bool { return settingsOf(channel)["read_back"] != false }

// Read tells WhatsApp what the team has read here. While the number is offline
// nobody is told: the phone shows it as unread then.
func (r *Room) Read(conversation *core.Record, external []string) {
	channel, err := r.app.FindRecordById(collections.Channels, conversation.GetString("channel"))
	client := r.number(conversation.GetString("channel")).ready()
	if err != nil || client == nil || !readsBack(channel) {
		return
	}
	identity, err := r.app.FindRecordById(collections.Identities, conversation.GetString("identity"))
	if err != nil {
		return
	}
	chat, ok := jidOf(channels.Address{Kind: identity.GetString("kind"), Value: identity.GetString("value")})
	if !ok {
		return
	}
	senders, err := r.senders(conversation, chat, external)
	if err != nil {
		r.app.Logger().Error("What was read is not known", slog.Any("error", err))

		return
	}
	go markRead(r.ctx, r.app.Logger(), client, chat, senders, r.deps.Now())
}

// senders are messages by who wrote them, which matters in groups; newest last.
func (r *Room) senders(conversation *core.Record, chat types.JID, external []string) (map[types.JID][]types.MessageID, error) {
	ids := slices.Clone(external)
	slices.Reverse(ids)
	if chat.Server != types.GroupServer {
		return map[types.JID][]types.MessageID{chat: ids}, nil
	}
	list := make([]any, len(ids))
	for i, id := range ids {
		list[i] = id
	}
	var messages []*core.Record
	err := r.app.RecordQuery(collections.Messages).
		AndWhere(dbx.HashExp{"channel": conversation.GetString("channel")}).AndWhere(dbx.In("external_id", list...)).
		AndWhere(dbx.NewExp("external_id != ''")).OrderBy("at", "id").All(&messages)
	by := map[types.JID][]types.MessageID{}
	for _, message := range messages {
		if author := authorOf(message); !author.IsEmpty() {
			by[author] = append(by[author], message.GetString("external_id"))
		}
	}

	return by, err
}

func markRead(ctx context.Context, log *slog.Logger, client *whatsmeow.Client, chat types.JID, senders map[types.JID][]types.MessageID, at time.Time) {
	ctx, cancel := context.WithTimeout(ctx, readPatience)
	defer cancel()
	for sender, ids := range senders {
		if err := client.MarkRead(ctx, ids, at, chat, sender); err != nil {
			log.Info("WhatsApp was not told what was read", slog.Any("error", err))
		}
	}
}
