package inbox

import (
	"errors"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// Why an answer that took time is not given.
var (
	// ErrTakenOver: a person answers the conversation, or it is handed over or closed.
	ErrTakenOver = errors.New("inbox: a person has the conversation")
	// ErrOvertaken: the customer has written since.
	ErrOvertaken = errors.New("inbox: the customer has written since")
)

// Current tells whether an answer may still be given in a conversation, in the
// transaction that would give it: nobody took over, and seen is still the last
// that the customer wrote. If not the error is ErrTakenOver or ErrOvertaken.
func (r *Room) Current(txApp core.App, conversation, seen string) (*core.Record, error) {
	record, err := lookup(txApp, collections.Conversations, conversation)
	if err != nil {
		return nil, err
	}
	if record.GetString("answerer") != "agent" || record.GetString("status") == "closed" {
		return record, ErrTakenOver
	}

	var newer string
	err = txApp.DB().Select("id").From(collections.Messages).
		Where(dbx.HashExp{"conversation": conversation, "direction": "in"}).
		AndWhere(dbx.NewExp("id > {:seen}", dbx.Params{"seen": seen})).Limit(1).Row(&newer)
	switch {
	case isNotFound(err):
		return record, nil
	case err != nil:
		return nil, err
	default:
		return record, ErrOvertaken
	}
}

// Turn is what an answerer is given of a conversation, outside of triage:
// messages are what the customer wrote after since, up to seen.
func (r *Room) Turn(app core.App, conversation *core.Record, since, seen string) (Turn, error) {
	var messages []*core.Record
	err := app.RecordQuery(collections.Messages).
		AndWhere(dbx.HashExp{"conversation": conversation.Id, "direction": "in"}).
		AndWhere(dbx.NewExp("id > {:since} AND id <= {:seen}", dbx.Params{"since": since, "seen": seen})).
		OrderBy("id").Limit(200).All(&messages)
	if err != nil {
		return Turn{}, err
	}

	return r.turn(app, conversation, messages)
}

// Answer gives an answer that took time ([Answer.Later]), in the transaction
// that has asked [Room.Current].
func (r *Room) Answer(txApp core.App, turn Turn, answer Answer) error {
	return r.give(txApp, turn, answer)
}

// Types shows the customer, where the channel can, that an answer is being written.
func (r *Room) Types(channel, conversation *core.Record, on bool) {
	if adapter, ok := r.deps.Channels.Of(channel.GetString("kind")); ok {
		if typer, ok := adapter.(Typer); ok {
			typer.Typing(conversation, on)
		}
	}
}
