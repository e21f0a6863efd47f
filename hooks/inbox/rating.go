package inbox

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/channels"
	"recado/hooks/inbox/score"
	"recado/hooks/texts"
)

// ratingOption begins the id of a button that gives a score.
const ratingOption = "rating:"

// askRating asks the customer of a conversation that was just closed how it was,
// in the transaction that closed it. At most once in a conversation's life, and
// only where a person has answered: nobody rates a desk that said nothing, and
// what was held elsewhere is not ours to be rated.
func (r *Room) askRating(txApp core.App, conversation *core.Record) error {
	turn, err := r.turn(txApp, conversation, nil)
	if err != nil {
		return err
	}
	settings := settingsOf(turn.Company)
	scale := settings.RatingScale
	if scale != 5 && scale != 10 || conversation.GetBool("imported") || conversation.GetBool("is_group") {
		return nil
	}
	asked, err := exists(txApp, collections.Ratings, dbx.HashExp{"conversation": conversation.Id})
	if err != nil || asked {
		return err
	}
	answered, err := exists(txApp, collections.Messages, dbx.And(
		dbx.HashExp{"conversation": conversation.Id, "direction": "out", "answered_by": "human"},
		dbx.NewExp("kind != 'note' AND kind != 'system' AND status != 'failed' AND status != 'skipped'")))
	if err != nil || !answered {
		return err
	}

	rating, err := newRecord(txApp, collections.Ratings, map[string]any{
		"company": conversation.GetString("company"), "conversation": conversation.Id, "contact": conversation.GetString("contact"),
		"member": conversation.GetString("assignee"), "scale": scale, "status": "asked", "expires_at": r.deps.Now().Add(settings.rating()),
	})
	if err != nil {
		return err
	}
	if err := txApp.SaveNoValidate(rating); err != nil {
		return err
	}

	locale := localeOf(conversation, turn.Contact, turn.Channel, turn.Company)
	reply := Reply{Text: texts.Get(locale, "rating.ask_"+strconv.Itoa(scale), nil, overrides(turn.Company, locale))}
	if r.deps.Channels.Buttons(turn.Channel.GetString("kind")) > scale-score.Lowest(scale) {
		for value := score.Lowest(scale); value <= scale; value++ {
			reply.Options = append(reply.Options, channels.Option{ID: fmt.Sprint(ratingOption, value), Label: strconv.Itoa(value)})
		}
	}
	_, err = r.say(txApp, conversation, "bot", reply)

	return err
}

// rated is a score that an incoming message gives to a closed conversation.
type rated struct {
	rating, conversation *core.Record
	score                int
	comment              string
}

// ratingIn reads an incoming message as the answer to the question of the
// contact's last conversation on the channel. nil if nothing was asked, if it is
// too late, or if the message says something else: then it is one as any other.
func (r *Room) ratingIn(txApp core.App, in channels.Inbound, contact, channel *core.Record) (*rated, error) {
	conversation, err := latestConversation(txApp, in.Company, contact.Id, channel.Id)
	if isNotFound(err) {
		return nil, nil
	}
	if err != nil || conversation.GetString("status") != "closed" {
		return nil, err
	}
	rating := &core.Record{}
	err = txApp.RecordQuery(collections.Ratings).
		AndWhere(dbx.HashExp{"conversation": conversation.Id, "status": "asked"}).
		AndWhere(dbx.NewExp("expires_at > {:now}", dbx.Params{"now": stamp(r.deps.Now())})).Limit(1).One(rating)
	if isNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}

	text := in.Text
	if value, pressed := strings.CutPrefix(in.Payload, ratingOption); pressed {
		text = value
	}
	value, comment, ok := score.Parse(text, rating.GetInt("scale"))
	if !ok {
		return nil, nil
	}

	return &rated{rating: rating, conversation: conversation, score: value, comment: comment}, nil
}

// keepRating stores a score and thanks for it. The conversation stays closed.
func (r *Room) keepRating(txApp core.App, given *rated) error {
	given.rating.Load(map[string]any{
		"score": given.score, "comment": shortened(given.comment, 2_000), "status": "answered", "answered_at": r.deps.Now(),
	})
	if err := save(txApp, given.rating); err != nil {
		return err
	}
	err := event(txApp, given.conversation, "", "rated", map[string]any{"score": given.score, "scale": given.rating.GetInt("scale")})
	if err != nil {
		return err
	}

	turn, err := r.turn(txApp, given.conversation, nil)
	if err != nil {
		return err
	}
	locale := localeOf(given.conversation, turn.Contact, turn.Channel, turn.Company)
	_, err = r.say(txApp, given.conversation, "bot", Reply{Text: texts.Get(locale, "rating.thanks", nil, overrides(turn.Company, locale))})

	return err
}

// isRating holds for an incoming message that gave a score.
func isRating(message *core.Record) bool {
	var data struct {
		Rating *int `json:"rating"`
	}

	return message.UnmarshalJSONField("data", &data) == nil && data.Rating != nil
}

const expireBatch = 200

// expireRatings marks the questions nobody answered in time.
func (r *Room) expireRatings(ctx context.Context) error {
	for ctx.Err() == nil {
		var due []*core.Record
		err := r.app.RecordQuery(collections.Ratings).
			AndWhere(dbx.NewExp("status = 'asked' AND expires_at <= {:now}", dbx.Params{"now": stamp(r.deps.Now())})).
			OrderBy("expires_at").Limit(expireBatch).All(&due)
		if err != nil || len(due) == 0 {
			return err
		}
		err = r.app.RunInTransaction(func(txApp core.App) error {
			for _, rating := range due {
				// an answer may have come since it was read
				fresh, err := lookup(txApp, collections.Ratings, rating.Id)
				if err != nil {
					return err
				}
				if fresh.GetString("status") != "asked" {
					continue
				}
				fresh.Set("status", "expired")
				if err := save(txApp, fresh); err != nil {
					return err
				}
			}

			return nil
		})
		if err != nil {
			return err
		}
	}

	return nil
}

func exists(app core.App, collection string, where dbx.Expression) (bool, error) {
	err := app.DB().Select("id").From(collection).Where(where).Limit(1).Row(new(string))
	if isNotFound(err) {
		return false, nil
	}

	return err == nil, err
}

func shortened(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}

	return text
}

// rating is how long a score is taken.
func (s settings) rating() time.Duration { return lasting(s.RatingHours, 24) }
