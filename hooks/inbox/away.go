package inbox

import (
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/hours"
	"recado/hooks/texts"
)

// awayUnknown is how long it is not asked again whether anyone is there, where
// the hours don't say when that changes.
const awayUnknown = 24 * time.Hour

// tellAway tells a customer who waits for a person that nobody is there now, and
// when someone is back: once for each time the desk is closed. away_until on the
// conversation is until when what there is to tell has been told, so that most
// messages need no look at the hours at all (see countIncomingSQL).
func (r *Room) tellAway(txApp core.App, turn Turn) error {
	conversation, now := turn.Conversation, r.deps.Now()
	if turn.Contact.GetBool("bot_off") || conversation.GetDateTime("away_until").Time().After(now) {
		return nil
	}
	open, until, queue, err := r.deskHours(txApp, turn)
	if err != nil {
		return err
	}
	r.awayTold(conversation, until)
	if err := save(txApp, conversation); err != nil || open {
		return err
	}

	locale := localeOf(conversation, turn.Contact, turn.Channel, turn.Company)
	_, err = r.say(txApp, conversation, "bot", Reply{Text: r.awayText(turn.Company, queue, locale, until)})

	return err
}

// awayTold notes that there is nothing more to tell of the hours until they change.
func (r *Room) awayTold(conversation *core.Record, until time.Time) {
	if until.IsZero() {
		until = r.deps.Now().Add(awayUnknown)
	}
	conversation.Set("away_until", until)
}

// awayText is what the queue says outside its hours, in its own words or ours.
func (r *Room) awayText(company, queue *core.Record, locale string, back time.Time) string {
	own := overrides(company, locale)
	when := texts.Get(locale, "handoff.soon", nil, own)
	if !back.IsZero() {
		when = texts.When(locale, back, r.deps.Now().In(back.Location()))
	}
	if queue != nil {
		if text := strings.TrimSpace(queue.GetString("out_of_hours")); text != "" {
			return strings.ReplaceAll(text, "{when}", when)
		}
	}
	if back.IsZero() {
		return texts.Get(locale, "away.closed", nil, own)
	}

	return texts.Get(locale, "handoff.back", map[string]any{"when": when}, own)
}

// deskHours tells whether people are there for a conversation and when that
// changes, in the company's time zone, with the queue it waits in, if any.
func (r *Room) deskHours(app core.App, turn Turn) (open bool, until time.Time, queue *core.Record, err error) {
	id := turn.Conversation.GetString("queue")
	if id == "" {
		id = turn.Channel.GetString("queue")
	}
	own := hours.Hours{}
	if id != "" {
		if queue, err = lookup(app, collections.Queues, id); err != nil {
			return false, time.Time{}, nil, err
		}
		own = hours.Parse(queue.GetString("hours"))
	}
	open, until = hours.OfQueue(settingsOf(turn.Company).Hours, own).At(r.localNow(turn.Company))

	return open, until, queue, nil
}

// localNow is the time in the company's zone.
func (r *Room) localNow(company *core.Record) time.Time {
	zone, err := time.LoadLocation(company.GetString("timezone"))
	if err != nil {
		zone = time.UTC
	}

	return r.deps.Now().In(zone)
}
