package inbox

import (
	"context"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// hearPatience is how long a voice note waits for its words before it is answered
// without them.
const hearPatience = 90 * time.Second

// voiceData is what the data of a voice note say.
type voiceData struct {
	Voice      bool   `json:"voice"`
	File       string `json:"file"`       // why it has none yet
	Transcript string `json:"transcript"` // what was said
	Unheard    bool   `json:"unheard"`    // nobody could find out
}

func voiceOf(message *core.Record) (v voiceData) {
	if message.GetString("kind") == "audio" {
		_ = message.UnmarshalJSONField("data", &v) // none: no voice note
	}

	return v
}

// awaitsWords is until when the answer to these messages waits for a voice note to
// be transcribed, zero if it does not.
func (r *Room) awaitsWords(txApp core.App, messages []*core.Record) time.Time {
	if r.deps.Hears == nil {
		return time.Time{}
	}
	for _, message := range messages {
		v := voiceOf(message)
		if !v.Voice || v.Transcript != "" || v.Unheard || v.File != "" && v.File != "waiting" {
			continue
		}
		until := message.GetDateTime("created").Time().Add(hearPatience)
		if r.deps.Now().Before(until) && r.deps.Hears(txApp, message.GetString("company")) {
			return until
		}
	}

	return time.Time{}
}

// worded gives answerers the words of voice notes, as if they had been written. It
// changes nothing that is stored.
func worded(messages []*core.Record) {
	for _, message := range messages {
		if v := voiceOf(message); v.Transcript != "" {
			message.Set("text", v.Transcript)
			message.Set("kind", "text")
			message.Set("attachments", nil)
		}
	}
}

// Heard writes the words of a voice note on its message, "" where they could not be
// found out, and lets it be answered.
func (r *Room) Heard(_ context.Context, id, transcript string) error {
	err := r.app.RunInTransaction(func(txApp core.App) error {
		message, err := lookup(txApp, collections.Messages, id)
		if isNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		data := map[string]any{}
		_ = message.UnmarshalJSONField("data", &data)
		if transcript == "" {
			data["unheard"] = true
		} else {
			data["transcript"] = transcript
		}
		message.Set("data", data)
		if err := save(txApp, message); err != nil {
			return err
		}
		conversation, err := lookup(txApp, collections.Conversations, message.GetString("conversation"))
		if err != nil || conversation.GetDateTime("triage_due").IsZero() {
			return err
		}
		conversation.Set("triage_due", r.deps.Now())

		return save(txApp, conversation)
	})
	r.triage.wake()

	return err
}
