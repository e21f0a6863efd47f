package hooks

import (
	"context"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/access"
	"recado/hooks/agenda"
	"recado/hooks/agents"
	"recado/hooks/channels"
	"recado/hooks/contacts"
	"recado/hooks/dialogue"
	"recado/hooks/inbox"
	"recado/hooks/knowledge"
	"recado/hooks/live"
	"recado/hooks/rehearsal"
	"recado/hooks/search"
)

// stage opens on another app the rooms a conversation with an agent needs, for
// rehearsals: no mail, no reminders, no WhatsApp, no routes. real are the deps of
// the agents' room, whose keys it uses and where its money is counted.
// A made-up company has no knowledge; any other has its own.
func stage(app core.App, now func() time.Time, real agents.Deps, ledger agents.Ledger, madeUp bool) rehearsal.Rooms {
	ids := collections.NewIDs(now)
	collections.BindIDs(app, ids)
	feed := live.Open(app, live.Deps{Now: now})
	people := contacts.Open(app, contacts.Deps{Now: now, IDs: ids, Require: access.Require, Live: feed, Unindex: search.Remove, Compact: search.Compact})

	kinds, answerers := &channels.Registry{}, map[string]inbox.Answerer{}
	desk := inbox.Open(app, inbox.Deps{Now: now, IDs: ids, Contacts: people, Channels: kinds, Answerers: answerers, Live: feed})
	calendar := agenda.Open(app, agenda.Deps{Now: now, Notifier: desk, Phone: contacts.E164})
	guide := dialogue.Open(app, dialogue.Deps{Now: now, Agenda: calendar, Buttons: kinds.Buttons})
	answerers["bot"] = guide

	deps := real
	deps.Now, deps.Inbox, deps.Agenda, deps.Dialogue, deps.Ledger = now, desk, calendar, guide, ledger
	deps.Knowledge = elsewhere{real.Knowledge, ledger.App}
	if madeUp {
		deps.Knowledge = nil
	}
	room := agents.Open(app, deps)
	answerers["agent"] = room

	return rehearsal.Rooms{Inbox: desk, Agents: room, Agenda: calendar, Channels: kinds}
}

// elsewhere is the knowledge of another app than the one that asks.
type elsewhere struct {
	agents.Knowledge
	app core.App
}

func (k elsewhere) Find(ctx context.Context, _ core.App, reach knowledge.Reach, question string) ([]knowledge.Passage, error) {
	return k.Knowledge.Find(ctx, k.app, reach, question)
}
