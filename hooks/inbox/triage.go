package inbox

import (
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/channels"
)

const (
	triageBatch    = 50
	triageAttempts = 5
	triageBackoff  = 2 * time.Second // times the square of the attempt
)

// triageDue answers every conversation that is due, one transaction each.
func (r *Room) triageDue(ctx context.Context) error {
	for ctx.Err() == nil {
		var ids []string
		err := r.app.DB().Select("id").From(collections.Conversations).
			Where(dbx.NewExp("triage_due != '' AND triage_due <= {:now}", dbx.Params{"now": stamp(r.deps.Now())})).
			AndWhere(collections.OfActiveCompany()).
			OrderBy("triage_due").Limit(triageBatch).Column(&ids)
		if err != nil || len(ids) == 0 {
			return err
		}

		for _, id := range ids {
			if ctx.Err() != nil {
				return nil
			}
			if err := r.triageOne(id); err != nil {
				r.app.Logger().Error("Triage failed", slog.String("conversation", id), slog.Any("error", err))
				if err := r.triageLater(id); err != nil {
					return err
				}
			}
		}
	}

	return nil
}

// stamp is a moment as PocketBase stores it.
func stamp(t time.Time) string {
	return t.UTC().Format(types.DefaultDateLayout)
}

func (r *Room) triageOne(id string) error {
	return r.app.RunInTransaction(func(txApp core.App) error {
		conversation, err := lookup(txApp, collections.Conversations, id)
		if err != nil {
			return err
		}
		if conversation.GetDateTime("triage_due").IsZero() {
			return nil // another process was faster, or a person took over
		}

		messages, err := unanswered(txApp, conversation)
		if err != nil {
			return err
		}
		if until := r.awaitsWords(txApp, messages); !until.IsZero() {
			conversation.Set("triage_due", until)

			return save(txApp, conversation)
		}
		if len(messages) > 0 {
			if err := r.answer(txApp, conversation, messages); err != nil {
				return err
			}
			// The replies have changed the row meanwhile.
			if conversation, err = lookup(txApp, collections.Conversations, id); err != nil {
				return err
			}
			conversation.Set("triaged", messages[len(messages)-1].Id)
		}
		conversation.Set("triage_due", "")
		conversation.Set("triage_attempts", 0)

		return save(txApp, conversation)
	})
}

// unanswered are the incoming messages since the last triage, oldest first.
func unanswered(app core.App, conversation *core.Record) ([]*core.Record, error) {
	var messages []*core.Record
	err := app.RecordQuery(collections.Messages).
		AndWhere(dbx.HashExp{"conversation": conversation.Id, "direction": "in"}).
		AndWhere(dbx.NewExp("id > {:after}", dbx.Params{"after": conversation.GetString("triaged")})).
		OrderBy("id").Limit(200).All(&messages)

	return messages, err
}

// answer decides who answers, and lets them.
func (r *Room) answer(txApp core.App, conversation *core.Record, messages []*core.Record) error {
	turn, err := r.turn(txApp, conversation, messages)
	if err != nil {
		return err
	}

	attended := r.personIsOnIt(turn)
	if done, err := r.hear(txApp, turn, attended); done || err != nil {
		return err
	}
	allowed := mayAnswer(turn.Channel, turn.Contact)
	if attended && allowed {
		return r.tellAway(txApp, turn)
	}
	if attended {
		return nil
	}
	answerer, ok := r.deps.Answerers[turn.Channel.GetString("answerer")]
	if !ok || turn.Contact.GetBool("bot_off") || !allowed {
		conversation.Set("answerer", "waiting")
	}
	if state := conversation.GetString("answerer"); state == "waiting" {
		// Handed over, and nobody has come yet.
		if !allowed {
			r.awayTold(conversation, time.Time{}) // by nobody, until the switch says otherwise
		}
		if err := save(txApp, conversation); err != nil || !allowed {
			return err
		}

		return r.tellAway(txApp, turn)
	}

	conversation.Set("answerer", turn.Channel.GetString("answerer"))
	answer, err := answerer.Answer(txApp, turn)
	if err != nil {
		return err
	}

	return r.give(txApp, turn, answer)
}

// personIsOnIt holds while a person's last message is not too long ago. After
// that the conversation goes back to the bot.
func (r *Room) personIsOnIt(turn Turn) bool {
	conversation := turn.Conversation
	if conversation.GetString("answerer") != "human" {
		return false
	}

	last := "human_at"
	if conversation.GetDateTime(last).IsZero() {
		last = "updated" // taken, but nothing written yet
	}
	if r.since(conversation, last) < settingsOf(turn.Company).human() {
		return true
	}

	conversation.Set("answerer", "bot")
	conversation.Set("assignee", "")
	conversation.Set("status", "pending")

	return false
}

func (r *Room) turn(txApp core.App, conversation *core.Record, messages []*core.Record) (Turn, error) {
	worded(messages)
	turn := Turn{Conversation: conversation, Messages: messages}
	for collection, target := range map[string]**core.Record{
		collections.Companies: &turn.Company, collections.Channels: &turn.Channel, collections.Contacts: &turn.Contact,
	} {
		field := map[string]string{
			collections.Companies: "company", collections.Channels: "channel", collections.Contacts: "contact",
		}[collection]
		record, err := lookup(txApp, collection, conversation.GetString(field))
		if err != nil {
			return turn, err
		}
		*target = record
	}

	turn.Greet = conversation.GetDateTime("greeted_at").IsZero() ||
		r.since(conversation, "greeted_at") >= settingsOf(turn.Company).greeting()
	if raw := conversation.GetString("dialogue"); raw != "" && raw != "null" {
		turn.State = json.RawMessage(raw)
	}

	return turn, nil
}

// give turns an answer into message records, and remembers where the dialogue stands.
func (r *Room) give(txApp core.App, turn Turn, answer Answer) error {
	conversation := turn.Conversation
	if answer.By != "" {
		conversation.Set("answerer", answer.By)
	}
	conversation.Set("dialogue", types.JSONRaw(answer.State))
	if answer.Later {
		return save(txApp, conversation)
	}
	if turn.Greet && len(answer.Replies) > 0 {
		conversation.Set("greeted_at", r.deps.Now())
	}
	by := cmp.Or(answer.By, turn.Channel.GetString("answerer"))
	if answer.Handoff {
		conversation.Set("answerer", "waiting")
		conversation.Set("status", "open")
		conversation.Set("dialogue", nil)
		_, until, _, err := r.deskHours(txApp, turn)
		if err != nil {
			return err
		}
		r.awayTold(conversation, until) // by the answer itself
	} else if now := conversation.GetString("answerer"); now == "bot" || now == "agent" {
		conversation.Set("waiting_since", "") // whoever has their answer waits for nobody
	}
	if err := save(txApp, conversation); err != nil {
		return err
	}

	for _, reply := range answer.Replies {
		if _, err := r.say(txApp, conversation, by, reply); err != nil {
			return err
		}
	}
	if answer.Handoff {
		return event(txApp, conversation, "", "handoff", map[string]any{"reason": answer.Reason})
	}

	return nil
}

// say queues one message to the customer. by is who answers: bot, agent or human.
func (r *Room) say(txApp core.App, conversation *core.Record, by string, reply Reply) (*core.Record, error) {
	message, err := r.outgoingText(txApp, conversation, by, reply)
	if err != nil {
		return nil, err
	}

	return message, txApp.SaveNoValidate(message)
}

func (r *Room) outgoingText(txApp core.App, conversation *core.Record, by string, reply Reply) (*core.Record, error) {
	message, err := newRecord(txApp, collections.Messages, map[string]any{
		"company": conversation.GetString("company"), "conversation": conversation.Id,
		"contact": conversation.GetString("contact"), "channel": conversation.GetString("channel"),
		"direction": "out", "kind": "text", "text": reply.Text, "status": "queued",
		"answered_by": by, "due": r.deps.Now(),
	})
	if err != nil {
		return nil, err
	}
	if len(reply.Options) > 0 {
		message.Set("options", reply.Options)
	}

	return message, nil
}

// event writes a line of what happened into the conversation. by is a member.
func event(txApp core.App, conversation *core.Record, by, name string, extra map[string]any) error {
	details := map[string]any{"event": name}
	for key, value := range extra {
		details[key] = value
	}

	message, err := newRecord(txApp, collections.Messages, map[string]any{
		"company": conversation.GetString("company"), "conversation": conversation.Id,
		"contact": conversation.GetString("contact"), "channel": conversation.GetString("channel"),
		"direction": "out", "kind": "system", "status": "sent", "author": by, "data": details,
	})
	if err != nil {
		return err
	}

	return txApp.SaveNoValidate(message)
}

// triageLater tries a failed triage again after a while, and in the end gives
// the conversation to a person: a customer is never left to a broken bot.
func (r *Room) triageLater(id string) error {
	return r.app.RunInTransaction(func(txApp core.App) error {
		conversation, err := lookup(txApp, collections.Conversations, id)
		if err != nil {
			return err
		}

		attempt := conversation.GetInt("triage_attempts") + 1
		conversation.Set("triage_attempts", attempt)
		conversation.Set("triage_due", r.deps.Now().Add(triageBackoff*time.Duration(attempt*attempt)))
		if attempt >= triageAttempts {
			conversation.Set("triage_due", "")
			conversation.Set("answerer", "waiting")
			conversation.Set("status", "open")
			conversation.Set("dialogue", nil)
		}

		return save(txApp, conversation)
	})
}

// options is a reply's buttons as the outbox reads them back.
func options(message *core.Record) []channels.Option {
	var list []channels.Option
	_ = message.UnmarshalJSONField("options", &list) // none, or what say wrote

	return list
}
