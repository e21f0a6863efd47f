package inbox

import (
	"log/slog"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
)

// Who is answered by people only: settings.answer of a channel. Anything else is
// everyone.
const (
	answerNobody = "nobody"
	answerNew    = "new"
)

// mayAnswer says whether a contact is answered without a person on this channel.
// A WhatsApp number has chats of years: until it is switched on it answers
// nobody (its room sees to that when it is linked), and then perhaps only those
// who came after that. Other channels answer everyone.
func mayAnswer(channel, contact *core.Record) bool {
	var settings struct {
		Answer string `json:"answer"`
		Since  string `json:"answer_since"`
	}
	_ = channel.UnmarshalJSONField("settings", &settings) // unreadable settings are none
	switch settings.Answer {
	case answerNobody:
		return false
	case answerNew:
		since, err := types.ParseDateTime(settings.Since)

		return err == nil && !since.IsZero() && !contact.GetDateTime("created").Before(since)
	}

	return true
}

// bindSwitch looks at those again who wait for a person where who is answered
// without one has changed: to them there may be something to tell now.
func (r *Room) bindSwitch() {
	r.app.OnRecordAfterUpdateSuccess(collections.Channels).BindFunc(func(e *core.RecordEvent) error {
		if was, is := e.Record.Original(), e.Record; was.GetString("settings") != is.GetString("settings") {
			_, err := e.App.DB().Update(collections.Conversations, dbx.Params{"away_until": ""}, dbx.And(
				dbx.HashExp{"company": is.GetString("company"), "channel": is.Id, "answerer": "waiting"},
				dbx.NewExp("status != 'closed' AND away_until != ''"),
			)).Execute()
			if err != nil {
				e.App.Logger().Error("Those who wait are told nothing until tomorrow", slog.String("channel", is.Id), slog.Any("error", err))
			}
		}

		return e.Next()
	})
}
