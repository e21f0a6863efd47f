package whatsapp

import (
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"go.mau.fi/whatsmeow/types/events"

	"recado/collections"
)

// keepMissedCall notes a call that ended without anyone taking it, also on the phone.
func (n *number) keepMissedCall(call *events.CallTerminate) error {
	switch call.Reason {
	case "accepted_elsewhere", "rejected_elsewhere":
		return nil
	}
	from := call.CallCreator
	if from.IsEmpty() {
		from = call.From
	}
	if ignored(from) {
		return nil
	}
	e := event{Kind: eventMissed, ID: "call-" + call.CallID, Chat: from.ToNonAD().String(), At: call.Timestamp.UTC()}
	if !call.CallCreatorAlt.IsEmpty() {
		e.Alt = call.CallCreatorAlt.ToNonAD().String()
	}

	return n.room.journal.keep(n, e)
}

// callReply is what is answered to a missed call: settings.call_reply of a channel,
// "" for nothing.
func callReply(channel *core.Record) string {
	text, _ := settingsOf(channel)["call_reply"].(string)

	return strings.TrimSpace(text)
}

// callPatience is how long after a call an answer to it makes sense.
const callPatience = 10 * time.Minute

// answerCall answers a missed call, where the channel has words for it and the
// customer is one who may be answered without a person. An event that is handled
// again finds its answer there.
func (r *Room) answerCall(row *row) error {
	channel, err := r.app.FindRecordById(collections.Channels, row.Channel)
	if err != nil {
		return ignoreMissing(err)
	}
	text := callReply(channel)
	if text == "" || r.deps.Now().Sub(row.event.At) > callPatience {
		return nil
	}

	return r.deps.Inbox.AnswerCall(r.ctx, row.Channel, row.event.ID, text)
}
