package inbox

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// bindConversations binds what a change of a conversation means.
func (r *Room) bindConversations() {
	r.app.OnRecordUpdateRequest(collections.Conversations).BindFunc(r.memberUpdates)
	r.app.OnRecordUpdate(collections.Conversations).BindFunc(r.conversationUpdated)
	r.app.OnRecordAfterUpdateSuccess(collections.Conversations).BindFunc(r.tellRead)
}

// changeable are the fields a member may write; the rest is kept by the server.
var changeable = map[string]bool{
	"status": true, "assignee": true, "queue": true, "answerer": true, "tags": true,
	"unread": true, "locale": true, "snoozed_until": true,
}

// memberUpdates checks what a member may change: take, assign, close, reopen,
// return to the bot, mark as read.
func (r *Room) memberUpdates(e *core.RecordRequestEvent) error {
	if e.HasSuperuserAuth() {
		return e.Next()
	}

	conversation, was := e.Record, e.Record.Original()
	for _, field := range conversation.Collection().Fields {
		if name := field.GetName(); !changeable[name] {
			conversation.SetRaw(name, was.GetRaw(name))
		}
	}
	conversation.IgnoreUnchangedFields(true)

	me, err := e.App.FindFirstRecordByFilter(collections.Members, "user = {:user} && company = {:company} && active = true",
		map[string]any{"user": e.Auth.Id, "company": conversation.GetString("company")})
	if err != nil {
		return apierr.NotFound("conversation")
	}
	if err := mayAssign(me, was, conversation); err != nil {
		return err
	}
	if to := conversation.GetString("assignee"); to != "" && to != was.GetString("assignee") {
		if err := canTake(e.App, conversation.GetString("company"), to); err != nil {
			return err
		}
	}
	if err := r.checkSnooze(was, conversation); err != nil {
		return err
	}
	if conversation.GetInt("unread") != 0 {
		conversation.Set("unread", was.GetInt("unread"))
	}
	if conversation.GetBool("is_group") && conversation.GetString("answerer") == "bot" && was.GetString("answerer") != "bot" {
		return apierr.Invalid("answerer", "In a group only people write.")
	}
	if answerer := conversation.GetString("answerer"); answerer != was.GetString("answerer") && answerer == "agent" {
		return apierr.Invalid("answerer", "An AI agent answers only where the channel has one.")
	}

	// Who did it goes into the lines of the conversation.
	conversation.SetRaw(byMember, me.Id)

	return e.Next()
}

// byMember carries the acting member from the request to the save.
const byMember = "@by"

// mayAssign lets a member take what nobody has and pass on what is theirs;
// everything else about who has a conversation needs inbox.assign.
func mayAssign(me, was, conversation *core.Record) error {
	from, to := was.GetString("assignee"), conversation.GetString("assignee")
	queue := was.GetString("queue") != conversation.GetString("queue")
	if from == to && !queue {
		return nil
	}
	if holds(me, "inbox.assign") || from == me.Id {
		return nil
	}
	if !queue && to == me.Id && from == "" {
		return nil
	}
	if !queue && to == me.Id {
		return apierr.New(http.StatusConflict, "already_taken", "A colleague has taken this conversation.", map[string]any{"assignee": from})
	}

	return apierr.Forbidden("inbox.assign")
}

// holds says whether the member has the permission.
func holds(member *core.Record, permission string) bool {
	for _, held := range member.GetStringSlice("permissions") {
		if held == permission {
			return true
		}
	}

	return false
}

// conversationUpdated applies what follows from a change of status, assignee or
// answerer, and writes it into the conversation as a line.
func (r *Room) conversationUpdated(e *core.RecordEvent) error {
	conversation, was := e.Record, e.Record.Original()
	by, _ := conversation.GetRaw(byMember).(string)
	if by == "" {
		return e.Next() // the inbox's own bookkeeping
	}

	return collections.InTransaction(e, func() error {
		events, err := r.transition(e.App, was, conversation)
		if err != nil {
			return err
		}
		if conversation.GetString("status") != "snoozed" {
			conversation.Set("snoozed_until", "")
		}
		if conversation.GetBool("is_group") && conversation.GetString("status") == "pending" {
			leaveToPeople(conversation)
		}
		if err := e.Next(); err != nil {
			return err
		}
		for _, name := range events {
			extra := map[string]any{}
			switch name {
			case "assigned":
				extra["assignee"] = conversation.GetString("assignee")
			case "queued":
				extra["queue"] = conversation.GetString("queue")
			case "snoozed":
				extra["until"] = conversation.GetString("snoozed_until")
			}
			if err := event(e.App, conversation, by, name, extra); err != nil {
				return err
			}
			if name == "closed" {
				if err := r.askRating(e.App, conversation); err != nil {
					return err
				}
			}
		}

		return nil
	})
}

// transition completes the change of a conversation and names what happened.
func (r *Room) transition(app core.App, was, conversation *core.Record) (events []string, err error) {
	changed := func(field string) bool { return was.GetString(field) != conversation.GetString(field) }
	now := r.deps.Now()

	switch {
	case changed("status") && conversation.GetString("status") == "closed":
		r.applyClose(conversation)

		return []string{"closed"}, nil

	case changed("status") && was.GetString("status") == "closed":
		if err := noOtherActive(app, conversation); err != nil {
			return nil, err
		}
		conversation.Set("closed_at", "")
		if conversation.GetString("assignee") != "" {
			conversation.Set("answerer", "human")
		}
		events = append(events, "reopened")

	case conversation.GetString("status") == "snoozed" && (changed("status") || changed("snoozed_until")):
		conversation.Set("unread", 0)
		events = append(events, "snoozed")

	case changed("status") && was.GetString("status") == "snoozed" && !changed("assignee") && !changed("answerer"):
		events = append(events, "woken")

	case changed("answerer") && conversation.GetString("answerer") == "bot":
		conversation.Set("assignee", "")
		conversation.Set("status", "pending")
		conversation.Set("waiting_since", "")
		forgetTriage(conversation)

		return []string{"returned_to_bot"}, nil
	}

	if changed("assignee") {
		if conversation.GetString("assignee") == "" {
			conversation.Set("answerer", "waiting")
			conversation.Set("status", "pending")
			if conversation.GetDateTime("waiting_since").IsZero() {
				conversation.Set("waiting_since", now)
			}
			events = append(events, "released")
		} else {
			conversation.Set("answerer", "human")
			if conversation.GetString("status") != "snoozed" {
				conversation.Set("status", "open")
			}
			conversation.Set("human_at", now)
			forgetTriage(conversation)
			events = append(events, "assigned")
		}
	}
	if changed("queue") {
		conversation.Set("away_until", "") // other hours
		events = append(events, "queued")
	}

	return events, nil
}

// applyClose is what a close means, whoever or whatever closes.
func (r *Room) applyClose(conversation *core.Record) {
	conversation.Set("closed_at", r.deps.Now())
	conversation.Set("answerer", "bot")
	conversation.Set("unread", 0)
	conversation.Set("waiting_since", "")
	conversation.Set("snoozed_until", "")
	forgetTriage(conversation)
}
