package whatsapp

import (
	"errors"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/channels"
)

// Numbers that write to many people who never wrote to them get closed, new ones
// first. So each has a budget of such people within any 24 hours. Answers never
// wait for it.

const coldWindow = 24 * time.Hour

// warmStep is the budget of a number that has been linked for so long.
type warmStep struct {
	since time.Duration
	limit int
}

// warmUp is how the budget of a number grows.
var warmUp = []warmStep{
	{0, 5},
	{3 * 24 * time.Hour, 10},
	{7 * 24 * time.Hour, 15},
	{14 * 24 * time.Hour, 20},
	{30 * 24 * time.Hour, 30},
}

// Why a message to someone who never wrote waits, or is not sent.
const (
	errColdBudget = "cold_budget"
	errColdOff    = "cold_off"
)

// coldLimit is how many people who never wrote a number writes to within a day:
// what its settings say, else by the table.
func coldLimit(channel *core.Record, now time.Time) int {
	var settings struct {
		Limit *int `json:"cold_limit"`
	}
	_ = channel.UnmarshalJSONField("settings", &settings) // unreadable settings are none
	if settings.Limit != nil {
		return max(0, *settings.Limit)
	}

	linked := channel.GetDateTime("linked_at").Time()
	if linked.IsZero() {
		linked = channel.GetDateTime("created").Time()
	}
	limit := 0
	for _, step := range warmUp {
		if now.Sub(linked) >= step.since {
			limit = step.limit
		}
	}

	return max(limit, warmUp[0].limit)
}

// turnOf says when the next person can be written to: taken are the times of those
// written to within the window, ahead how many others wait before. The zero time
// is now.
func turnOf(taken []time.Time, limit, ahead int, now time.Time) time.Time {
	times := slices.SortedFunc(slices.Values(taken), time.Time.Compare)
	turn := time.Time{}
	for range ahead + 1 {
		turn = time.Time{}
		at := now
		if len(times) >= limit {
			turn = times[len(times)-limit].Add(coldWindow)
			at = turn
		}
		times = append(times, at)
	}

	return turn
}

// takePlace gives a message to someone who never wrote its place in the budget, or
// says until when it waits. Whoever was written to within the window has one.
func (r *Room) takePlace(out channels.Outgoing) error {
	return r.app.RunInTransaction(func(txApp core.App) error {
		now := r.deps.Now()
		channel, err := txApp.FindRecordById(collections.Channels, out.Channel)
		if err != nil {
			return err
		}
		limit := coldLimit(channel, now)
		if limit == 0 {
			return channels.Permanent(errors.New(errColdOff))
		}
		taken, mine, err := coldTimes(txApp, out.Channel, out.Conversation, now)
		if err != nil || mine {
			return err
		}
		ahead, err := coldAhead(txApp, out, now)
		if err != nil {
			return err
		}
		if turn := turnOf(taken, limit, ahead, now); !turn.IsZero() {
			return channels.UnavailableUntil(errors.New(errColdBudget), turn)
		}

		return setCold(txApp, out.Conversation, stamp(now))
	})
}

// leavePlace gives a place back: nobody was written to.
func (r *Room) leavePlace(conversation string) error { return setCold(r.app, conversation, "") }

func setCold(app core.App, conversation, at string) error {
	_, err := app.DB().Update(collections.Conversations, dbx.Params{"cold_at": at}, dbx.HashExp{"id": conversation}).Execute()

	return err
}

// coldTimes are when people who never wrote were written to within the window, and
// whether that of the conversation is among them.
func coldTimes(app core.App, channel, conversation string, now time.Time) (times []time.Time, mine bool, err error) {
	var rows []struct {
		ID string         `db:"id"`
		At types.DateTime `db:"cold_at"`
	}
	err = app.DB().Select("id", "cold_at").From(collections.Conversations).
		Where(dbx.NewExp("cold_at != '' AND channel = {:channel} AND cold_at > {:after}",
			dbx.Params{"channel": channel, "after": stamp(now.Add(-coldWindow))})).All(&rows)
	for _, row := range rows {
		times = append(times, row.At.Time())
		mine = mine || row.ID == conversation
	}

	return times, mine, err
}

// coldAhead counts the people who wait for the budget and were before this message.
func coldAhead(app core.App, out channels.Outgoing, now time.Time) (ahead int, err error) {
	err = app.DB().NewQuery(`SELECT count(DISTINCT conversation) FROM messages
		WHERE (status = 'queued' OR status = 'sending') AND status = 'queued' AND channel = {:channel} AND error = {:reason}
			AND id < {:message} AND conversation != {:conversation} AND due > {:now}`).
		Bind(dbx.Params{
			"channel": out.Channel, "reason": errColdBudget, "message": out.Message, "conversation": out.Conversation, "now": stamp(now),
		}).Row(&ahead)

	return ahead, err
}

// budget is how much of a number's budget is used, for the screen.
type budget struct {
	Limit   int    `json:"limit"`
	Used    int    `json:"used"`
	Until   string `json:"until"`   // RFC 3339, when the next place is free; "" is now
	Waiting int    `json:"waiting"` // people who wait for one
}

func (r *Room) budgetOf(channel *core.Record) (budget, error) {
	now := r.deps.Now()
	times, _, err := coldTimes(r.app, channel.Id, "", now)
	if err != nil {
		return budget{}, err
	}
	b := budget{Limit: coldLimit(channel, now), Used: len(times)}
	b.Waiting, err = coldAhead(r.app, channels.Outgoing{Channel: channel.Id, Message: "~"}, now) // behind all others
	if b.Limit > 0 {
		if turn := turnOf(times, b.Limit, b.Waiting, now); !turn.IsZero() {
			b.Until = turn.UTC().Format(time.RFC3339)
		}
	}

	return b, err
}

// cold says whether the customer has never written on this channel.
func (r *Room) cold(out channels.Outgoing) (bool, error) {
	var one int
	err := r.app.ConcurrentDB().NewQuery(`SELECT EXISTS (SELECT 1 FROM conversations
			JOIN messages ON messages.conversation = conversations.id AND messages.direction = 'in'
		WHERE conversations.company = {:company} AND conversations.contact = {:contact} AND conversations.channel = {:channel})`).
		Bind(dbx.Params{"company": out.Company, "contact": out.Contact, "channel": out.Channel}).Row(&one)

	return one == 0, err
}
