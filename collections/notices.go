package collections

import "github.com/pocketbase/pocketbase/core"

// mails are the e-mails to customers, and a few to the team and to whom it invites. A row is a job until it is sent: due,
// attempts, claimed_until, error. body: {html, text, ics}; it goes when nobody
// needs it any more.
func mails() Def {
	return Def{
		Name:    Mails,
		Company: true,
		Fields: []core.Field{
			required(email("to")),
			text("to_name", 200),
			required(text("subject", 300)),
			required(choice("kind", "confirmation", "moved", "cancelled", "reminder", "test", "number_off", "invite", "notice", "daily_summary")),
			relation("contact", Contacts),
			relation("appointment", Appointments),
			text("locale", 20),
			required(choice("status", "queued", "sent", "failed", "skipped")),
			date("due"),
			number("attempts"),
			date("claimed_until"),
			text("error", 1_000),
			date("sent_at"),
			hidden(data("body", 500_000)),
		},
		Indexes: []Index{
			{Name: "company_created", Columns: "company, created, id"},
			{Name: "company_status", Columns: "company, status, created, id"},
			{Name: "due", Columns: "due", Where: "status = 'queued'"},
			{Name: "failed", Columns: "company, id", Where: "status = 'failed'"},
			{Name: "appointment", Columns: "appointment"},
			{Name: "contact", Columns: "contact"},
			{Name: "created", Columns: "created"},
		},
		Rules: Rules{List: can("company.manage"), View: can("company.manage")},
		Sorts: []Sort{
			{Order: "-created,-id"},
			{Filter: "status = 'failed'", Order: "-created,-id"},
		},
	}
}

// reminders are what a customer is told before an appointment, one row for each
// time. A row is a job until it is sent. offset: minutes before the start.
func reminders() Def {
	scope := Scope{Noun: "agenda", Owner: "agenda.member"}

	return Def{
		Name:    Reminders,
		Company: true,
		Scope:   scope,
		Fields: []core.Field{
			required(relation("appointment", Appointments)),
			required(relation("agenda", Agendas)),
			required(relation("contact", Contacts)),
			required(choice("kind", "before")),
			number("offset"),
			required(date("due")),
			required(choice("status", "scheduled", "sent", "skipped", "failed", "cancelled")),
			text("reason", 200),
			choice("channel", "chat", "email"),
			data("tried", 200),
			relation("message", Messages),
			relation("mail", Mails),
			date("sent_at"),
			choice("reply", "confirmed", "cancelled", "asked"),
		},
		Indexes: []Index{
			{Name: "due", Columns: "due", Where: "status = 'scheduled'"},
			{Name: "appointment", Columns: "appointment, status"},
			{Name: "company_appointment", Columns: "company, appointment, due, id"},
			{Name: "company_due", Columns: "company, due, id"},
			{Name: "message", Columns: "message", Where: "message != ''"},
			{Name: "mail", Columns: "mail", Where: "mail != ''"},
			{Name: "contact", Columns: "contact"},
		},
		Rules: scope.readOnly(),
		Sorts: []Sort{
			{Filter: "appointment = '{appointment}'", Order: "due"},
			{Filter: "due >= '2026-01-01 00:00:00.000Z'", Order: "due"},
		},
	}
}
