package whatsapp

import (
	"encoding/json"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
)

// ownFields of a channel are written by the room alone.
var ownFields = []string{"state", "state_since", "state_reason", "number", "device", "linked_at", "off_since", "off_told"}

// bindChannels keeps what the room knows of a channel from being written by
// anyone else, sees to it that a number answers nobody until someone wants it to,
// and stops numbers whose channel is switched off or deleted.
func (r *Room) bindChannels() {
	r.app.OnRecordCreateRequest(collections.Channels).BindFunc(func(e *core.RecordRequestEvent) error {
		if e.Record.GetString("kind") == Kind && !e.HasSuperuserAuth() {
			for _, field := range ownFields {
				e.Record.Set(field, "")
			}
			e.Record.Set("state", stateUnlinked)
			answerNobody(e.Record)
		}

		return e.Next()
	})
	r.app.OnRecordUpdateRequest(collections.Channels).BindFunc(func(e *core.RecordRequestEvent) error {
		if e.Record.GetString("kind") == Kind && !e.HasSuperuserAuth() {
			for _, field := range ownFields {
				e.Record.SetRaw(field, e.Record.Original().GetRaw(field))
			}
			answerNobody(e.Record)
			r.noteSwitch(e.Record)
		}

		return e.Next()
	})
	r.app.OnRecordAfterUpdateSuccess(collections.Channels).BindFunc(func(e *core.RecordEvent) error {
		was, is := e.Record.Original(), e.Record
		if is.GetString("kind") == Kind && was.GetBool("active") != is.GetBool("active") {
			go r.switched(is)
		}
		if is.GetString("kind") == Kind && was.GetString("settings") != is.GetString("settings") {
			r.configured(was, is)
		}

		return e.Next()
	})
	r.app.OnRecordAfterUpdateSuccess(collections.Companies).BindFunc(func(e *core.RecordEvent) error {
		if e.Record.GetBool("active") != e.Record.Original().GetBool("active") {
			go r.companySwitched(e.Record)
		}

		return e.Next()
	})
	r.app.OnRecordAfterDeleteSuccess(collections.Channels).BindFunc(func(e *core.RecordEvent) error {
		if e.Record.GetString("kind") == Kind {
			channel := e.Record
			go func() {
				if err := r.unlink(r.ctx, channel); err != nil {
					r.app.Logger().Error("The link of a deleted channel was not removed", "error", err)
				}
			}()
		}

		return e.Next()
	})
}

// configured does what follows from other settings: what waits for the budget may
// have its turn earlier now, and a longer history, or that of groups, is brought in.
func (r *Room) configured(was, is *core.Record) {
	now := r.deps.Now()
	if coldLimit(is, now) > coldLimit(was, now) {
		if err := r.deps.Inbox.Flush(is.Id); err != nil {
			r.app.Logger().Error("Waiting messages were not woken", "error", err)
		}
	}
	if historyDays(is) > historyDays(was) || historyDays(is) > 0 && groupsOf(was) == groupsIgnored && groupsOf(is) != groupsIgnored {
		if err := r.journal.again(is.Id, eventHistory); err != nil {
			r.app.Logger().Error("The history was not asked for again", "error", err)
		}
	}
}

// switched connects a number whose channel was switched on, and the other way round.
func (r *Room) switched(channel *core.Record) {
	if channel.GetBool("active") && channel.GetString("device") != "" {
		r.supervise(channel, nil)

		return
	}
	r.release(channel.Id)
	if err := r.update(channel.Id, func(c *core.Record) { c.Set("off_since", "") }); err != nil { // nobody expects it to be on
		r.app.Logger().Error("The state of a number could not be written", "error", err)
	}
}

// companySwitched does the same for all numbers of a company.
func (r *Room) companySwitched(company *core.Record) {
	var linked []*core.Record
	err := r.app.RecordQuery(collections.Channels).AndWhere(linkedChannels).AndWhere(dbx.HashExp{"company": company.Id}).All(&linked)
	if err != nil {
		r.app.Logger().Error("The numbers of a company could not be switched", "error", err)
	}
	for _, channel := range linked {
		if company.GetBool("active") {
			r.supervise(channel, nil)
		} else {
			r.release(channel.Id)
		}
	}
}

// settingsOf are all settings of a channel.
func settingsOf(channel *core.Record) map[string]any {
	settings := map[string]any{}
	_ = channel.UnmarshalJSONField("settings", &settings) // unreadable settings are none

	return settings
}

func setSettings(channel *core.Record, settings map[string]any) {
	raw, err := json.Marshal(settings)
	if err == nil {
		channel.Set("settings", types.JSONRaw(raw))
	}
}

// answerNobody is where every number begins.
func answerNobody(channel *core.Record) {
	settings := settingsOf(channel)
	switch settings["answer"] {
	case "nobody", "new", "everyone":
	default:
		settings["answer"] = "nobody"
		setSettings(channel, settings)
	}
}

// noteSwitch remembers since when new contacts are answered: those who were there
// before are not new.
func (r *Room) noteSwitch(channel *core.Record) {
	was, is := settingsOf(channel.Original()), settingsOf(channel)
	switch {
	case is["answer"] != "new":
		return
	case was["answer"] == "new":
		is["answer_since"] = was["answer_since"]
	default:
		is["answer_since"] = stamp(r.deps.Now())
	}
	setSettings(channel, is)
}
