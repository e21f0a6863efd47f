package inbox

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
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
