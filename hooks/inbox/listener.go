package inbox

import (
	"context"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/channels"
)

// Listener hears what a customer wrote before anybody answers it, in the
// transaction of the answer. attended says that a person answers the
// conversation. done: nobody else shall answer. An answer, if there is one, is
// given as an answerer's is; what the listener says by itself it says by [Room.Say].
type Listener interface {
	Hear(txApp core.App, turn Turn, attended bool) (answer *Answer, done bool, err error)
}

// Listen sets the listener. It is called before the app serves.
func (r *Room) Listen(listener Listener) { r.listener = listener }

// hear lets the listener answer; done is false where it leaves that to others.
func (r *Room) hear(txApp core.App, turn Turn, attended bool) (done bool, err error) {
	if r.listener == nil {
		return false, nil
	}
	answer, done, err := r.listener.Hear(txApp, turn, attended)
	if err != nil || answer == nil {
		return done, err
	}

	return done, r.give(txApp, turn, *answer)
}

// Said is a message of the server's own. After Expires, if set, it is not sent
// any more.
type Said struct {
	Text    string
	Options []channels.Option
	Expires time.Time
}

// Say queues a message to the customer of a conversation, for another room and
// in its transaction.
func (r *Room) Say(txApp core.App, conversation *core.Record, said Said) (*core.Record, error) {
	message, err := r.outgoingText(txApp, conversation, "bot", Reply{Text: said.Text, Options: said.Options})
	if err != nil {
		return nil, err
	}
	if !said.Expires.IsZero() {
		message.Set("expires_at", said.Expires.UTC())
	}

	return message, txApp.SaveNoValidate(message)
}

// Event writes a line of what happened into a conversation, for the team.
func (r *Room) Event(txApp core.App, conversation *core.Record, name string, details map[string]any) error {
	return event(txApp, conversation, "", name, details)
}

// AnswerCall says something to whoever made the missed call that a channel tells of
// under an id, once, where they may be answered without a person.
func (r *Room) AnswerCall(_ context.Context, channel, external, text string) error {
	return r.app.RunInTransaction(func(txApp core.App) error {
		call := &core.Record{}
		err := txApp.RecordQuery(collections.Messages).AndWhere(dbx.HashExp{"channel": channel, "external_id": external}).Limit(1).One(call)
		if err != nil {
			return ignoreNotFound(err)
		}
		conversation, err := lookup(txApp, collections.Conversations, call.GetString("conversation"))
		if err != nil {
			return err
		}
		turn, err := r.turn(txApp, conversation, nil)
		if err != nil || turn.Contact.GetBool("bot_off") || !mayAnswer(turn.Channel, turn.Contact) {
			return err
		}
		client := "answer-" + external
		said, err := exists(txApp, collections.Messages, dbx.HashExp{"conversation": conversation.Id, "client_id": client})
		if err != nil || said {
			return err
		}
		message, err := r.outgoingText(txApp, conversation, "bot", Reply{Text: text})
		if err != nil {
			return err
		}
		message.Set("client_id", client)

		return txApp.SaveNoValidate(message)
	})
}
