package notify

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/channels"
	"recado/hooks/inbox"
)

const (
	sendBatch = 200

	// lastCall: a reminder that comes later than this before the start is none.
	lastCall = 30 * time.Minute
)

// Tick sends the reminders that are due, each in a transaction of its own. Those
// of an inactive company wait.
func (r *Room) Tick(ctx context.Context) error {
	var ids []string
	err := r.app.DB().Select("r.id").From(collections.Reminders+" r").
		InnerJoin(collections.Companies+" c", dbx.NewExp("c.id = r.company AND c.active = 1")).
		Where(dbx.NewExp("r.status = 'scheduled' AND r.due <= {:now}", dbx.Params{"now": stamp(r.deps.Now())})).
		OrderBy("r.due", "r.id").Limit(sendBatch).Column(&ids)
	if err != nil {
		return err
	}

	var failures error
	for _, id := range ids {
		if ctx.Err() != nil {
			return failures
		}
		err := r.app.RunInTransaction(func(txApp core.App) error { return r.remind(txApp, id) })
		failures = errors.Join(failures, err)
	}

	return failures
}

// remind sends one reminder, or says why not. What it writes, the message or the
// mail and the reminder's own state, is one transaction: of two processes one
// finds it sent, and a killed one has sent it or not begun. What happens to the
// message from there on is the outbox's.
func (r *Room) remind(txApp core.App, id string) error {
	now := r.deps.Now()
	claimed, err := txApp.DB().NewQuery("UPDATE reminders SET sent_at = {:now} WHERE id = {:id} AND status = 'scheduled' AND due <= {:now}").
		Bind(dbx.Params{"id": id, "now": stamp(now)}).Execute()
	if err != nil {
		return err
	}
	if mine, _ := claimed.RowsAffected(); mine == 0 {
		return nil // another process was faster, or it was cancelled
	}
	reminder, err := txApp.FindRecordById(collections.Reminders, id)
	if err != nil {
		return err
	}
	a, err := txApp.FindRecordById(collections.Appointments, reminder.GetString("appointment"))
	if err != nil {
		return err
	}

	reason, err := r.obsolete(txApp, reminder, a, now)
	if err != nil {
		return err
	}
	if reason == "" {
		reason, err = r.sendReminder(txApp, reminder, a)
	}
	if err != nil {
		return err
	}
	switch {
	case reason == "":
		reminder.Set("reason", "") // an earlier way's
	case reason == "no_channel" && len(triedWays(reminder)) > 0:
		reminder.Load(map[string]any{"status": "failed", "sent_at": ""}) // the reason is the last way's
	default:
		reminder.Load(map[string]any{"status": "skipped", "reason": reason, "sent_at": ""})
	}

	return save(txApp, reminder)
}

// obsolete says why a reminder shall not be sent any more: the appointment is
// not expected, it is too late, or the next reminder is due as well.
func (r *Room) obsolete(txApp core.App, reminder, a *core.Record, now time.Time) (string, error) {
	start := a.GetDateTime("start").Time()
	switch {
	case a.GetString("status") == "cancelled":
		return "cancelled", nil
	case !stands(a):
		return "over", nil
	case now.After(start.Add(-lastCall)):
		return "too_late", nil
	}

	later, err := txApp.CountRecords(collections.Reminders, dbx.HashExp{"appointment": a.Id, "status": "scheduled"},
		dbx.NewExp("due <= {:now} AND due > {:due}", dbx.Params{"now": stamp(now), "due": reminder.GetString("due")}))
	if err != nil || later == 0 {
		return "", err
	}

	return "later_due", nil
}

// sendReminder takes the first way of the service's that works. Where no chat is
// live and nothing else is left, it is still written into the last one: better
// than nothing. reason is why nothing was sent.
func (r *Room) sendReminder(txApp core.App, reminder, a *core.Record) (reason string, err error) {
	p, err := r.person(txApp, a.GetString("company"), a.GetString("contact"))
	if err != nil {
		return "", err
	}
	if p.absent() && p.contact.GetString("source") != demoSource {
		return "no_channel", nil
	}
	v, err := r.visit(txApp, a, p)
	if err != nil {
		return "", err
	}
	list, err := rulesOf(v.service)
	if err != nil {
		return "", err
	}

	ways := list.channels()
	if slices.Contains(ways, "chat") {
		ways = append(slices.Clone(ways), "lastchat")
	}
	tried := triedWays(reminder)
	for _, way := range ways {
		switch {
		case slices.Contains(tried, strings.TrimPrefix(way, "last")):
		case way == "chat" && p.live, way == "lastchat" && p.conversation != nil:
			return "", r.remindInChat(txApp, reminder, v, list)
		case way == "email" && p.email() != "" && !p.absent() && r.deps.Mail.Kept() == "":
			return "", r.remindByMail(txApp, reminder, a, p)
		}
	}
	// A mail nobody sends is still kept and shown, for who sets Recado up.
	if p.email() != "" && !p.absent() && slices.Contains(ways, "email") && !slices.Contains(tried, "email") {
		if err := r.remindByMail(txApp, reminder, a, p); err != nil {
			return "", err
		}
	}
	if p.absent() {
		return "demo", nil
	}

	return "no_channel", nil
}

func triedWays(reminder *core.Record) []string {
	var tried []string
	_ = reminder.UnmarshalJSONField("tried", &tried)

	return tried
}

func (r *Room) remindByMail(txApp core.App, reminder, a *core.Record, p person) error {
	row, err := r.write(txApp, a, p, "reminder")
	if err != nil {
		return err
	}
	reminder.Load(map[string]any{"status": "sent", "channel": "email", "mail": row.Id})

	return nil
}

// remindInChat writes the reminder with what can be answered, and notes on the
// conversation that an answer is for this one.
func (r *Room) remindInChat(txApp core.App, reminder *core.Record, v visit, list rules) error {
	now := r.deps.Now()
	confirmed := v.appointment.GetString("confirmed_at") != ""
	key := "reminder.ask"
	if confirmed {
		key = "reminder.confirmed"
	}
	text := v.text(key, now)
	if own := strings.TrimSpace(list.Texts[v.words.Locale()]); own != "" {
		text = v.own(own, now)
	}
	say := inbox.Said{Text: text, Options: r.choices(v, reminder.Id, confirmed), Expires: v.start.Add(-lastCall)}
	if !r.fits(v.channelKind, say.Options) {
		say.Text += "\n\n" + v.words.Get("reminder.how")
		say.Options = nil
	}

	message, err := r.deps.Inbox.Say(txApp, v.conversation, say)
	if err != nil {
		return err
	}
	reminder.Load(map[string]any{"status": "sent", "channel": "chat", "message": message.Id})

	return bind(txApp, v.conversation.Id, reminder.Id, message.Id)
}

// choices are what the customer can tap under a reminder.
func (r *Room) choices(v visit, reminder string, confirmed bool) []channels.Option {
	option := func(answer string) channels.Option {
		return channels.Option{ID: payload(reminder, answer), Label: v.words.Get("reminder." + answer)}
	}
	if confirmed {
		return []channels.Option{option(answerMove), option(answerCancel)}
	}

	return []channels.Option{option(answerConfirm), option(answerMove), option(answerCancel)}
}

// bind notes which reminder an answer in the conversation is for, and the last
// message that spoke of it. "" unbinds.
func bind(txApp core.App, conversation, reminder, message string) error {
	row, err := txApp.FindRecordById(collections.Conversations, conversation)
	if err != nil {
		return err
	}
	row.Load(map[string]any{"reminder": reminder, "reminder_said": message})

	return save(txApp, row)
}

// bindOutcomes follows what became of a reminder's message or mail: where one
// way failed the next one is tried.
func (r *Room) bindOutcomes() {
	for collection, way := range map[string]string{collections.Messages: "chat", collections.Mails: "email"} {
		field := map[string]string{"chat": "message", "email": "mail"}[way]
		r.app.OnRecordUpdate(collection).BindFunc(func(e *core.RecordEvent) error {
			status, was := e.Record.GetString("status"), e.Record.Original().GetString("status")
			if status != "failed" || was == "failed" {
				return e.Next()
			}

			return collections.InTransaction(e, func() error {
				if err := e.Next(); err != nil {
					return err
				}

				return r.failed(e.App, field, way, e.Record)
			})
		})
	}
}

func (r *Room) failed(txApp core.App, field, way string, row *core.Record) error {
	reminders, err := txApp.FindAllRecords(collections.Reminders, dbx.HashExp{field: row.Id, "status": "sent"})
	if err != nil {
		return err
	}
	for _, reminder := range reminders {
		reason := []rune(row.GetString("error"))
		reminder.Load(map[string]any{
			"status": "scheduled", "due": r.deps.Now().UTC(), "sent_at": "",
			"tried": append(triedWays(reminder), way), "reason": string(reason[:min(len(reason), 200)]),
		})
		if err := save(txApp, reminder); err != nil {
			return err
		}
	}

	return nil
}
