package whatsapp

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"recado/collections"
	"recado/hooks/channels"
)

// What a number does with its groups: settings.groups of a channel. A group is a
// contact of its own with one conversation, in which only people write.
const (
	groupsIgnored  = "ignored"
	groupsReadOnly = "read_only"
	groupsHandled  = "handled"
)

const errGroupReadOnly = "group_read_only"

func groupsOf(channel *core.Record) string {
	switch settingsOf(channel)["groups"] {
	case groupsReadOnly:
		return groupsReadOnly
	case groupsHandled:
		return groupsHandled
	}

	return groupsIgnored
}

// groups is how the channel treats groups.
func (r *Room) groups(channel string) string {
	record, err := r.app.FindRecordById(collections.Channels, channel)
	if err != nil {
		return groupsIgnored
	}

	return groupsOf(record)
}

// skips holds for chats that are left alone: status broadcasts, newsletters, and
// groups unless the channel wants them.
func (n *number) skips(chat types.JID) bool {
	if chat.Server == types.GroupServer {
		return n.room.groups(n.channel) == groupsIgnored
	}

	return ignored(chat)
}

// participant is who wrote in a group, as it stands in the data of a message.
type participant struct {
	ID    string `json:"id"`              // their address over there
	Name  string `json:"name,omitempty"`  // what they call themselves
	Phone string `json:"phone,omitempty"` // E.164, where WhatsApp tells
}

// participantOf is who sent an event, where its chat is a group's; nil where it is
// not, or where the team did.
func (r *Room) participantOf(ctx context.Context, e event) *participant {
	sender, err := types.ParseJID(e.From)
	if err != nil || e.From == "" || e.Mine {
		return nil
	}
	p := &participant{ID: e.From, Name: e.Name}
	phone, _ := types.ParseJID(e.FromAlt)
	if sender.Server == types.DefaultUserServer {
		phone = sender
	} else if phone.Server != types.DefaultUserServer {
		phone = r.phoneOf(ctx, sender)
	}
	if !phone.IsEmpty() {
		p.Phone = "+" + phone.User
	}

	return p
}

// signed notes on what was said in a group who said it.
func (r *Room) signed(ctx context.Context, e event, s said) said {
	if from := r.participantOf(ctx, e); from != nil && s.kind != "" {
		s.data = with(s.data, "from", from)
	}

	return s
}

// authorOf is who wrote a message of a group by what is kept with it; empty where
// that is not known.
func authorOf(message *core.Record) types.JID {
	var data struct {
		From participant `json:"from"`
	}
	_ = message.UnmarshalJSONField("data", &data)
	author, _ := types.ParseJID(data.From.ID)

	return author
}

// wrote says whether the sender of an event is who wrote a message of its group.
func wrote(e event, message *core.Record) bool {
	author := authorOf(message).String()

	return author != "" && (author == e.From || author == e.FromAlt)
}

// groupPatience bounds asking for the name of a group: its messages wait for it.
const groupPatience = 10 * time.Second

// groupName is what a group is called; "" where that can't be had now.
func (r *Room) groupName(ctx context.Context, channel string, group types.JID) string {
	if name, ok := r.groupNames.Load(group); ok {
		return name.(string)
	}
	client := r.number(channel).ready()
	if client == nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, groupPatience)
	defer cancel()
	info, err := client.GetGroupInfo(ctx, group)
	if err != nil {
		r.app.Logger().Warn("The name of a group is not known", slog.String("channel", channel), slog.Any("error", err))

		return ""
	}
	r.groupNames.Store(group, info.Name)

	return info.Name
}

// renamed takes over what a group is called now.
func (n *number) renamed(e *events.GroupInfo) {
	if e.Name == nil || n.skips(e.JID) {
		return
	}
	n.room.groupNames.Store(e.JID, e.Name.Name)
	if err := n.room.nameGroup(n.company, e.JID, e.Name.Name); err != nil {
		n.room.app.Logger().Error("A group was not renamed", slog.Any("error", err))
	}
}

// nameGroup gives the contact of a group its name, if there is one.
func (r *Room) nameGroup(company string, group types.JID, name string) error {
	if name == "" {
		return nil
	}

	return r.rename(company, channels.Address{Kind: "group", Value: group.User}, "", name)
}

// mayWrite says why a message can't go to a chat; nil where it can.
func (r *Room) mayWrite(channel string, chat types.JID) error {
	if chat.Server == types.GroupServer && r.groups(channel) != groupsHandled {
		return errors.New(errGroupReadOnly)
	}

	return nil
}
