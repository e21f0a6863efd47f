package hooks

import (
	"context"
	"time"

	"recado/collections"
	"recado/hooks/jobs"
)

// Schedule says what runs when. What is due is a row, so each of these also
// makes up for a wake that was lost or a process that died.
func (r *Rooms) Schedule() []jobs.Job {
	return []jobs.Job{
		{Name: "outbox", Every: 5 * time.Second, Run: r.Inbox.Tick},
		{Name: "agents", Every: 5 * time.Second, Run: r.Agents.Tick},
		{Name: "rehearsals", Every: 10 * time.Second, Run: r.Rehearsal.Tick},
		{Name: "received", Every: 5 * time.Second, Run: r.WhatsApp.Tick},
		{Name: "distribution", Every: 30 * time.Second, Run: r.Inbox.Distribute},
		{Name: "snoozed", Every: 10 * time.Second, Run: r.Inbox.WakeSnoozed},
		{Name: "idle conversations", Every: time.Minute, Run: r.Inbox.CloseIdle},
		{Name: "imports", Every: 10 * time.Second, Run: r.Contacts.Tick},
		{Name: "knowledge", Every: 30 * time.Second, Run: r.Knowledge.Tick},
		{Name: "search index", Every: 15 * time.Second, Run: r.Search.Tick},
		{Name: "held slots", Every: 30 * time.Second, Run: r.Agenda.Tick},
		{Name: "reminders", Every: 15 * time.Second, Run: r.Notify.Tick},
		{Name: "numbers off", Every: 30 * time.Second, Run: r.Notify.NumberOff},
		{Name: "colleagues", Every: 30 * time.Second, Run: r.Notify.Colleagues},
		{Name: "summaries", Every: 5 * time.Minute, Run: r.Notify.Summaries},
		{Name: "domains", Every: time.Minute, Run: r.Domains.Tick},
		{Name: "mail", Every: 5 * time.Second, Run: r.Mail.Tick},
		{Name: "old mails", Every: time.Hour, Run: r.Mail.Forget},
		{Name: "sign-ins", Every: time.Minute, Run: r.Access.Tick},
		{Name: "log of changes", Every: 24 * time.Hour, Run: r.Access.ForgetAudit},
		{Name: "exports", Every: 10 * time.Second, Run: r.Takeout.Tick},
		{Name: "deleted companies", Every: time.Hour, Run: r.Access.RemoveCompanies},
		{Name: "health", Every: time.Minute, Run: func(ctx context.Context) error { return jobs.Check(ctx, r.app) }},
		{Name: "bin", Every: time.Hour, Run: r.Contacts.EmptyBin},
		{Name: "retention", Every: 24 * time.Hour, Run: r.Contacts.Retain},
		{Name: "backup", Every: 10 * time.Minute, Run: r.Backup.Tick},
		{Name: "storage", Every: time.Hour, Run: r.Storage.Measure},
		{Name: "clean-up", Every: time.Hour, Run: func(ctx context.Context) error { return jobs.CleanUp(ctx, r.app, r.now()) }},
	}
}

// Queues are the rows that are work, for whoever looks how it is going. A room
// that adds such rows adds its line.
func (r *Rooms) Queues() []jobs.Queue {
	return []jobs.Queue{
		{
			Name: "messages", Collection: collections.Messages,
			Waiting: "status = 'queued' OR status = 'sending'", Failed: "status = 'failed'", Retry: r.Inbox.Resend,
		},
		{
			Name: "mails", Collection: collections.Mails,
			Waiting: "status = 'queued'", Failed: "status = 'failed'", Retry: r.Mail.Retry,
		},
	}
}
