package inbox

import (
	"context"
	"log/slog"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/channels"
)

// ReadElsewhere notes that someone of the team has read a conversation past
// Recado, on the phone of a linked number.
func (r *Room) ReadElsewhere(_ context.Context, conversation string) error {
	return r.app.RunInTransaction(func(txApp core.App) error {
		record, err := lookup(txApp, collections.Conversations, conversation)
		if isNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		record.Set("unread", 0)
		record.SetRaw(readThere, true)

		return save(txApp, record)
	})
}

// readThere marks a save that tells what the phone knows already.
const readThere = "@read_there"

// readMost bounds how many messages are told to be read at once.
const readMost = 100

// tellRead tells the channel what someone of the team has read here, after it was saved.
func (r *Room) tellRead(e *core.RecordEvent) error {
	was, is := e.Record.Original(), e.Record
	unread := was.GetInt("unread")
	if there, _ := is.GetRaw(readThere).(bool); unread > 0 && is.GetInt("unread") == 0 && !there {
		if err := r.read(is, unread); err != nil {
			r.app.Logger().Error("The channel was not told what was read", slog.Any("error", err))
		}
	}

	return e.Next()
}

func (r *Room) read(conversation *core.Record, unread int) error {
	channel, err := lookup(r.app, collections.Channels, conversation.GetString("channel"))
	if err != nil {
		return ignoreNotFound(err)
	}
	adapter, _ := r.deps.Channels.Of(channel.GetString("kind"))
	reader, ok := adapter.(channels.Reader)
	if !ok {
		return nil
	}
	var ids []string
	err = r.app.DB().Select("external_id").From(collections.Messages).
		Where(dbx.HashExp{"conversation": conversation.Id, "direction": "in"}).AndWhere(dbx.NewExp("external_id != ''")).
		OrderBy("at DESC", "id DESC").Limit(int64(min(unread, readMost))).Column(&ids)
	if err == nil && len(ids) > 0 {
		reader.Read(conversation, ids)
	}

	return err
}
