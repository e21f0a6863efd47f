package inbox

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/texts"
)

// autoCloseBatch is how many conversations of a channel one look closes.
const autoCloseBatch = 100

// CloseIdle closes the conversations in which the customer has not answered for
// as long as their channel says, with a last word, and lets go of questions for a
// rating that nobody answered. For the schedule.
func (r *Room) CloseIdle(ctx context.Context) error {
	var listed []*core.Record
	err := r.app.RecordQuery(collections.Channels).AndWhere(dbx.HashExp{"active": true}).AndWhere(collections.OfActiveCompany()).All(&listed)
	if err != nil {
		return err
	}

	var errs []error
	for _, channel := range listed {
		if idle := autoCloseOf(channel); idle.after > 0 {
			errs = append(errs, r.closeIdleOf(ctx, channel, idle))
		}
	}

	return errors.Join(append(errs, r.expireRatings(ctx))...)
}

// autoClose is a channel's setting: after how long without a reply of the
// customer, and the last word; "" is the server's own.
type autoClose struct {
	after time.Duration
	text  string
}

func autoCloseOf(channel *core.Record) autoClose {
	var settings struct {
		Hours float64 `json:"auto_close_hours"`
		Text  string  `json:"auto_close_text"`
	}
	_ = channel.UnmarshalJSONField("settings", &settings) // unreadable settings are default settings

	return autoClose{after: max(0, time.Duration(settings.Hours*float64(time.Hour))), text: strings.TrimSpace(settings.Text)}
}

// idle selects conversations in which we said the last word before a moment. A
// customer who waits for us is never sent away; what sleeps or was imported stays.
func idle(channel *core.Record, before time.Time) dbx.Expression {
	return dbx.And(
		dbx.HashExp{"company": channel.GetString("company"), "channel": channel.Id, "last_direction": "out", "imported": false, "is_group": false},
		dbx.In("status", "open", "pending"),
		dbx.NewExp("last_message_at <= {:before}", dbx.Params{"before": stamp(before)}),
	)
}

func (r *Room) closeIdleOf(ctx context.Context, channel *core.Record, setting autoClose) error {
	before := r.deps.Now().Add(-setting.after)
	var ids []string
	err := r.app.DB().Select("id").From(collections.Conversations).Where(idle(channel, before)).
		OrderBy("last_message_at").Limit(autoCloseBatch).Column(&ids)
	if err != nil {
		return err
	}

	for _, id := range ids {
		if ctx.Err() != nil {
			return nil
		}
		err := r.app.RunInTransaction(func(txApp core.App) error {
			conversation := &core.Record{}
			err := txApp.RecordQuery(collections.Conversations).AndWhere(idle(channel, before)).
				AndWhere(dbx.HashExp{"id": id}).One(conversation)
			if isNotFound(err) {
				return nil // the customer was faster
			}
			if err != nil {
				return err
			}

			return r.closeWithLastWord(txApp, conversation, setting)
		})
		if err != nil {
			return err
		}
	}

	return nil
}

// closeWithLastWord says it and closes. What comes later is as after any close.
func (r *Room) closeWithLastWord(txApp core.App, conversation *core.Record, setting autoClose) error {
	turn, err := r.turn(txApp, conversation, nil)
	if err != nil {
		return err
	}
	word := setting.text
	if word == "" {
		locale := localeOf(conversation, turn.Contact, turn.Channel, turn.Company)
		word = texts.Get(locale, "auto_close.text", nil, overrides(turn.Company, locale))
	}
	if _, err := r.say(txApp, conversation, "bot", Reply{Text: word}); err != nil {
		return err
	}

	// the message has changed the row
	if conversation, err = lookup(txApp, collections.Conversations, conversation.Id); err != nil {
		return err
	}
	conversation.Set("status", "closed")
	r.applyClose(conversation)
	if err := save(txApp, conversation); err != nil {
		return err
	}
	if err := event(txApp, conversation, "", "auto_closed", nil); err != nil {
		return err
	}

	return r.askRating(txApp, conversation)
}
