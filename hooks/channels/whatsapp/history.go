package whatsapp

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/proto/waWeb"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"

	"recado/collections"
	"recado/hooks/channels"
)

// A phone that is linked sends what was said before, in parts. Each part is an
// event that names a file; settings.history_days says how far back it is brought
// in. That happens beside what arrives, in small commits, and nobody is answered.

const (
	historyMax   = 3650 // days
	historyBatch = 200  // messages of one commit
	historyTries = 10 * time.Minute
)

// historyDays is how many days before the link are brought in; 0 is none.
func historyDays(channel *core.Record) int {
	var settings struct {
		Days float64 `json:"history_days"`
	}
	_ = channel.UnmarshalJSONField("settings", &settings) // unreadable settings are none

	return max(0, min(historyMax, int(settings.Days)))
}

func (n *number) keepHistory(info types.MessageInfo, notice *waE2E.HistorySyncNotification) error {
	raw, err := proto.Marshal(notice)
	if err != nil {
		return err
	}

	return n.room.journal.keep(n, event{Kind: eventHistory, ID: info.ID, Chat: "history", Message: raw, At: info.Timestamp.UTC()})
}

// processHistory brings a part of the history in, beside the events of the present.
func (r *Room) processHistory(_ context.Context, row *row) (done bool, err error) {
	channel, err := r.app.FindRecordById(collections.Channels, row.Channel)
	if err != nil || historyDays(channel) == 0 {
		return true, ignoreMissing(err)
	}
	since := row.event.At.AddDate(0, 0, -historyDays(channel))
	r.journal.aside(row, r.journal.histories, func() error { return r.importHistory(row, since) })

	return false, nil
}

// importHistory goes on where it was when it was last cut short.
func (r *Room) importHistory(row *row, since time.Time) error {
	client := r.number(row.Channel).ready()
	if client == nil {
		return errOffline
	}
	var notice waE2E.HistorySyncNotification
	if err := proto.Unmarshal(row.event.Message, &notice); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.ctx, historyTries)
	defer cancel()
	sync, err := client.DownloadHistorySync(ctx, &notice, true)
	if isGone(err) {
		r.app.Logger().Warn("A part of the history is not there any more", slog.String("channel", row.Channel))

		return nil
	}
	if err != nil {
		return err
	}

	groups := r.groups(row.Channel) != groupsIgnored
	chats := r.pastChats(ctx, client, row, sync, since, groups)
	total := 0
	for _, chat := range chats {
		total += len(chat.Messages)
	}
	passed, done, added := 0, row.event.Done, row.event.Added
	if kept, err := r.journal.progress(row, done, total, added); err != nil || !kept {
		return err
	}
	for _, chat := range chats {
		for batch := range slices.Chunk(chat.Messages, historyBatch) {
			if passed += len(batch); passed <= done {
				continue
			}
			if err := r.journal.keepFiles(row, chat.files, batch); err != nil {
				return err
			}
			chat.Messages = batch
			n, err := r.deps.Inbox.Import(ctx, chat.History)
			if err != nil {
				return err
			}
			added += n
			if kept, err := r.journal.progress(row, passed, total, added); err != nil || !kept {
				return err
			}
			r.deps.Live.LinkChanged(row.Company, row.Channel)
		}
	}

	return nil
}

// isGone holds for a file that WhatsApp has no more.
func isGone(err error) bool {
	return errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith403) || errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith404) ||
		errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith410)
}

// pastChat is a chat of the history. Of messages with a file it has what it takes to
// fetch that when someone wants it.
type pastChat struct {
	channels.History
	files map[string]event // by the id of the message
}

// pastChats are the chats of a part of the history, each oldest first: those with
// people, and with groups where the channel wants them.
func (r *Room) pastChats(ctx context.Context, client *whatsmeow.Client, row *row, sync *waHistorySync.HistorySync, since time.Time, groups bool) []pastChat {
	names := map[string]string{}
	for _, one := range sync.GetPushnames() {
		names[one.GetID()] = one.GetPushname()
	}
	var list []pastChat
	for _, c := range sync.GetConversations() {
		chat, err := types.ParseJID(c.GetID())
		isGroup := chat.Server == types.GroupServer
		if err != nil || ignored(chat) && !(isGroup && groups) || chat.User == client.Store.GetJID().User {
			continue
		}
		alt, _ := types.ParseJID(cmp.Or(c.GetPnJID(), c.GetLidJID()))
		if alt.Server == chat.Server {
			alt = types.EmptyJID
		}
		address, also := r.addresses(ctx, row.Company, chat, alt)
		name := cmp.Or(names[c.GetID()], c.GetDisplayName(), c.GetName())
		if isGroup {
			name = cmp.Or(c.GetName(), c.GetDisplayName(), r.groupName(ctx, row.Channel, chat))
		}
		past := pastChat{files: map[string]event{}, History: channels.History{
			Company: row.Company, Channel: row.Channel, Address: address, Also: also, Name: clip(name, nameMost),
		}}
		for _, m := range c.GetMessages() {
			said, e, ok := pastMessage(client, chat, m.GetMessage(), since, row.event.At)
			if !ok {
				continue
			}
			e.Name = cmp.Or(e.Name, clip(names[e.From], nameMost))
			said = r.signed(ctx, e, said)
			if len(e.Message) > 0 {
				past.files[e.ID] = e
			}
			one := channels.Past{ExternalID: e.ID, Mine: e.Mine, Kind: said.kind, Text: said.text, Data: said.data, At: e.At, Status: "received"}
			if one.Mine {
				one.Status = pastStatus(m.GetMessage().GetStatus())
			}
			past.Messages = append(past.Messages, one)
		}
		if len(past.Messages) == 0 {
			continue
		}
		slices.SortStableFunc(past.Messages, func(a, b channels.Past) int { return a.At.Compare(b.At) })
		list = append(list, past)
	}

	return list
}

// pastMessage converts a message of the history: what it says, and the event it would
// have been, with the message itself where that has a file. What it did to others is
// in them. Nothing of the past is later than when the phone sent it.
func pastMessage(client *whatsmeow.Client, chat types.JID, m *waWeb.WebMessageInfo, since, sent time.Time) (s said, e event, ok bool) {
	if m.GetKey().GetID() == "" || time.Unix(int64(m.GetMessageTimestamp()), 0).Before(since) {
		return s, e, false
	}
	parsed, err := client.ParseWebMessage(chat, m)
	if err != nil {
		return s, e, false
	}
	s, e = content(parsed.Message), of(eventMessage, parsed.Info)
	if s.kind == "" || s.target != "" {
		return s, e, false
	}
	if e.At.After(sent) {
		e.At = sent
	}
	if s.file != nil {
		lighten(s.file.media)
		if e.Message, err = proto.Marshal(parsed.Message); err != nil {
			return s, e, false
		}
		s.data = withFile(s.data, fileEarlier)
	}

	return s, e, true
}

func pastStatus(status waWeb.WebMessageInfo_Status) string {
	switch status {
	case waWeb.WebMessageInfo_READ, waWeb.WebMessageInfo_PLAYED:
		return "read"
	case waWeb.WebMessageInfo_DELIVERY_ACK:
		return "delivered"
	}

	return "sent"
}

// historyState is how far the history of a number is, for the screen.
type historyState struct {
	Days  int `json:"days"`
	Added int `json:"added"` // messages brought in
	Parts int `json:"parts"` // that wait or are under way
}

func (r *Room) historyOf(channel *core.Record) (historyState, error) {
	state := historyState{Days: historyDays(channel)}
	err := r.app.ConcurrentDB().NewQuery(`SELECT coalesce(sum(json_extract(payload, '$.added')), 0), coalesce(sum(handled = ''), 0) FROM channel_events
		WHERE channel = {:channel} AND kind = 'history'`).Bind(dbx.Params{"channel": channel.Id}).Row(&state.Added, &state.Parts)

	return state, err
}
