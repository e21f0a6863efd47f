package notify

import (
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/agenda"
	"recado/hooks/channels"
	"recado/hooks/dialogue/replies"
	"recado/hooks/inbox"
)

// What a customer can tap under a reminder.
const (
	answerConfirm = "confirm"
	answerMove    = "move"
	answerCancel  = "cancel"
)

const payloadPrefix = "reminder:"

func payload(reminder, answer string) string { return payloadPrefix + reminder + ":" + answer }

// Hear implements inbox.Listener: it understands answers to the reminder that
// was sent last. What it does not understand it leaves to whoever answers. Where
// a person does, only what is clear counts, and nothing is said.
func (r *Room) Hear(txApp core.App, turn inbox.Turn, attended bool) (*inbox.Answer, bool, error) {
	h, ok, err := r.heard(txApp, turn)
	if err != nil || !ok {
		return nil, false, err
	}
	h.attended = attended

	verdict := h.verdict
	if h.tapped == "" && !h.direct {
		// Somebody has spoken since. To a person one can still say "I confirm"; a
		// dialogue under way has asked something of its own.
		if verdict = verdict.Clear(); !attended {
			return nil, false, nil
		}
	}
	if verdict == replies.Stop {
		verdict = replies.Cancel // nothing else can be meant
	}
	if h.reminder.GetString("reply") == "confirmed" && h.tapped == "" && verdict != replies.Cancel {
		// Confirmed already: what follows at once is politeness.
		if polite := h.direct && (verdict == replies.Confirm || verdict == replies.Maybe || h.thanks); polite {
			return nil, true, nil
		}
		if verdict != replies.Ask {
			return nil, false, nil
		}
	}

	switch verdict {
	case replies.Confirm, replies.Maybe:
		return nil, true, r.confirmed(txApp, h)
	case replies.Cancel:
		return nil, true, r.cancelled(txApp, h)
	case replies.Ask, replies.No, replies.Move:
		return r.asked(txApp, h, verdict)
	default:
		return nil, false, nil
	}
}

// hearing is what is known of an answer.
type hearing struct {
	turn        inbox.Turn
	reminder    *core.Record
	appointment *core.Record
	text        string
	tapped      string // the answer tapped, or ""
	verdict     replies.Verdict
	thanks      bool
	direct      bool // nothing was said to the customer since
	attended    bool // a person answers the conversation
}

// heard finds the reminder that the new messages answer, and reads them; ok is
// false where they answer none.
func (r *Room) heard(txApp core.App, turn inbox.Turn) (h hearing, ok bool, err error) {
	h.turn = turn
	bound, since := turn.Conversation.GetString("reminder"), turn.Conversation.GetString("reminder_said")
	var lines []string
	for _, message := range turn.Messages {
		if id, answer, found := tappedOf(message.GetString("payload")); found {
			bound, h.tapped, lines = id, answer, nil
			continue
		}
		if message.GetString("payload") != "" {
			return h, false, nil // an option of the dialogue's
		}
		if message.Id > since && message.GetString("text") != "" {
			lines = append(lines, message.GetString("text"))
		}
	}
	h.text = strings.Join(lines, "\n")
	if bound == "" || h.tapped == "" && h.text == "" {
		return h, false, nil
	}

	if h.reminder, err = txApp.FindRecordById(collections.Reminders, bound); err != nil {
		return h, false, ignoreMissing(err)
	}
	if h.reminder.GetString("contact") != turn.Contact.Id || h.reminder.GetString("company") != turn.Company.Id {
		return h, false, nil
	}
	if h.appointment, err = txApp.FindRecordById(collections.Appointments, h.reminder.GetString("appointment")); err != nil {
		return h, false, ignoreMissing(err)
	}
	if !r.holds(h) {
		return h, false, bind(txApp, turn.Conversation.Id, "", "")
	}

	v, err := r.visit(txApp, h.appointment, r.speaker(h))
	if err != nil {
		return h, false, err
	}
	locale := v.words.Locale()
	if h.tapped != "" {
		h.verdict = map[string]replies.Verdict{answerConfirm: replies.Confirm, answerCancel: replies.Cancel, answerMove: replies.Move}[h.tapped]
	} else {
		h.verdict, h.thanks = replies.Read(locale, h.text, v.start), replies.Thanks(locale, h.text)
	}

	var last string
	err = txApp.DB().Select("id").From(collections.Messages).
		Where(dbx.HashExp{"conversation": turn.Conversation.Id, "direction": "out"}).
		AndWhere(dbx.NewExp("kind NOT IN ('note', 'system')")).OrderBy("id DESC").Limit(1).Row(&last)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return h, false, err
	}
	h.direct = last == since

	return h, true, nil
}

// holds: the appointment still stands where the reminder said, and lies ahead.
func (r *Room) holds(h hearing) bool {
	start := h.appointment.GetDateTime("start").Time()
	reminded := h.reminder.GetDateTime("due").Time().Add(minutes(h.reminder.GetInt("offset")))
	retried := len(triedWays(h.reminder)) > 0 // its due is when another way was tried

	return stands(h.appointment) && start.After(r.deps.Now()) && (retried || reminded.Equal(start))
}

func tappedOf(payload string) (reminder, answer string, ok bool) {
	rest, ok := strings.CutPrefix(payload, payloadPrefix)
	if !ok {
		return "", "", false
	}
	reminder, answer, ok = strings.Cut(rest, ":")

	return reminder, answer, ok && slices.Contains([]string{answerConfirm, answerMove, answerCancel}, answer)
}

func (r *Room) confirmed(txApp core.App, h hearing) error {
	_, err := r.deps.Agenda.Confirm(txApp, agenda.Confirmation{
		Company: h.turn.Company.Id, Appointment: h.appointment.Id, Contact: h.turn.Contact.Id,
	})
	if err != nil {
		return err
	}

	return r.done(txApp, h, "confirmed", "reminder.thanks")
}

func (r *Room) cancelled(txApp core.App, h hearing) error {
	_, err := r.deps.Agenda.Cancel(txApp, agenda.Cancellation{
		Company: h.turn.Company.Id, Appointment: h.appointment.Id, Contact: h.turn.Contact.Id, By: agenda.ByContact,
	})
	if err != nil {
		return err
	}

	return r.done(txApp, h, "cancelled", "reminder.cancelled")
}

// done notes the answer, and thanks for it where no person is there to do so. A
// line in the conversation says what happened.
func (r *Room) done(txApp core.App, h hearing, reply, key string) error {
	h.reminder.Set("reply", reply)
	if err := save(txApp, h.reminder); err != nil {
		return err
	}
	err := r.deps.Inbox.Event(txApp, h.turn.Conversation, "appointment_"+reply, map[string]any{
		"appointment": h.appointment.Id, "start": h.appointment.GetString("start"),
	})
	if err != nil || h.attended || h.turn.Contact.GetBool("bot_off") {
		return err
	}

	return r.tell(txApp, h, key, nil)
}

// tell says something about the appointment, and stays bound to its reminder.
func (r *Room) tell(txApp core.App, h hearing, key string, options func(v visit) []channels.Option) error {
	v, err := r.visit(txApp, h.appointment, r.speaker(h))
	if err != nil {
		return err
	}
	say := said(v.text(key, r.deps.Now()))
	if options != nil {
		say.Options = options(v)
		if !r.fits(v.channelKind, say.Options) {
			say.Options = nil
			say.Text += "\n\n" + v.words.Get("reminder.how")
		}
	}
	message, err := r.deps.Inbox.Say(txApp, h.turn.Conversation, say)
	if err != nil {
		return err
	}

	return bind(txApp, h.turn.Conversation.Id, h.reminder.Id, message.Id)
}

// speaker is the customer in the conversation they answer in.
func (r *Room) speaker(h hearing) person {
	return person{
		contact: h.turn.Contact, company: h.turn.Company, conversation: h.turn.Conversation,
		channelKind: h.turn.Channel.GetString("kind"), live: true,
	}
}

// asked answers what is neither yes nor no. Another time is found by the
// dialogue; where the channel has none, a person has to.
func (r *Room) asked(txApp core.App, h hearing, verdict replies.Verdict) (*inbox.Answer, bool, error) {
	conversation := h.turn.Conversation
	free := !h.attended && conversation.GetString("answerer") != "waiting" && conversation.GetString("answerer") != "human" &&
		h.turn.Channel.GetString("answerer") == "bot" && !h.turn.Contact.GetBool("bot_off")
	if !free {
		return nil, false, nil
	}
	h.reminder.Set("reply", "asked")
	if err := save(txApp, h.reminder); err != nil {
		return nil, false, err
	}
	if verdict == replies.No {
		return nil, true, r.tell(txApp, h, "reminder.unsure", func(v visit) []channels.Option { return r.choices(v, h.reminder.Id, false) })
	}

	answer, err := r.deps.Dialogue.Move(txApp, h.turn, h.appointment.Id, h.text)

	return &answer, true, err
}

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }

func ignoreMissing(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}

	return err
}
