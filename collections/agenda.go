package collections

import "github.com/pocketbase/pocketbase/core"

// agendas are bookable calendars: of a member, a room or a device.
func agendas() Def {
	return Def{
		Name:    Agendas,
		Company: true,
		Fields: []core.Field{
			required(text("name", 120)),
			required(choice("kind", "member", "room", "device")),
			relation("member", Members),
			required(text("timezone", 60)),
			text("color", 20),
			flag("active"),
		},
		Indexes: []Index{{Name: "company_name", Columns: "company, name, id"}},
		Rules: Rules{
			List: anyMember(), View: anyMember(),
			Create: can("agenda.manage"), Update: can("agenda.manage"), Delete: can("agenda.manage"),
		},
		Sorts: []Sort{{Order: "name"}},
	}
}

// availabilities are the weekly opening hours of an agenda. weekday 0 is Sunday;
// end may pass 1440, into the next day.
func availabilities() Def {
	return Def{
		Name:    Availabilities,
		Company: true,
		Fields: []core.Field{
			required(relation("agenda", Agendas)),
			between("weekday", 0, 6),
			between("start", 0, 1439),
			between("end", 1, 2879),
		},
		Indexes: []Index{
			{Name: "agenda", Columns: "agenda, weekday, start, end"},
			{Name: "company_agenda", Columns: "company, agenda, weekday, start, id"},
		},
		Rules: managedBy("agenda.manage"),
		Sorts: []Sort{{Filter: "agenda = '{agenda}'", Order: "weekday,start"}},
	}
}

// availabilityOverrides replace the weekly hours on one date. windows:
// [[start,end],…] in minutes; empty means closed.
func availabilityOverrides() Def {
	return Def{
		Name:    AvailabilityOverrides,
		Company: true,
		Fields: []core.Field{
			required(relation("agenda", Agendas)),
			required(pattern("date", `^\d{4}-\d{2}-\d{2}$`)),
			data("windows", 5_000),
			text("reason", 200),
		},
		Indexes: []Index{
			{Name: "date", Unique: true, Columns: "agenda, date"},
			{Name: "company_agenda", Columns: "company, agenda, date, id"},
		},
		Rules: managedBy("agenda.manage"),
		Sorts: []Sort{{Filter: "agenda = '{agenda}'", Order: "date"}},
	}
}

// services are what can be booked. Durations in minutes, price in minor units.
func services() Def {
	return Def{
		Name:    Services,
		Company: true,
		Fields: []core.Field{
			required(text("name", 120)),
			relations("agendas", Agendas),
			between("duration", 1, 60*24*7),
			between("step", 0, 60*24),
			between("buffer_before", 0, 60*24),
			between("buffer_after", 0, 60*24),
			between("min_notice", 0, 60*24*365),
			between("horizon_days", 0, 3650),
			between("capacity", 0, 1000),
			between("max_per_day", 0, 1000),
			between("max_open", 0, 1000),
			between("price", 0, 1e12),
			pattern("currency", `^[A-Z]{3}$`),
			text("color", 20),
			text("description", 2_000),
			flag("private"),
			data("reminders", 20_000),
			flag("active"),
		},
		Indexes: []Index{{Name: "company_name", Columns: "company, name, id"}},
		Rules:   managedBy("agenda.manage"),
		Sorts:   []Sort{{Order: "name"}},
	}
}

var appointmentScope = Scope{Noun: "agenda", Owner: "agenda.member"}

// appointments are what was booked. What blocks time is in occupancies, derived
// from here by the agenda room in the same transaction.
func appointments() Def {
	return Def{
		Name:    Appointments,
		Company: true,
		TimeIDs: true,
		Scope:   appointmentScope,
		Fields: []core.Field{
			required(relation("agenda", Agendas)),
			required(relation("service", Services)),
			required(relation("contact", Contacts)),
			relation("conversation", Conversations),
			text("attendee", 200),
			relations("members", Members),
			required(date("start")),
			required(date("end")),
			required(choice("status", "held", "pending", "confirmed", "arrived", "done", "cancelled", "no_show")),
			choice("source", "bot", "agent", "member", "page", "api", "calendar"),
			text("note", 5_000),
			number("price"),
			pattern("currency", `^[A-Z]{3}$`),
			flag("overbook"),
			choice("cancelled_by", "contact", "member", "system"),
			text("cancel_reason", 500),
			date("confirmed_at"),
			number("expires_at"),
			number("sequence"),
		},
		Indexes: []Index{
			{Name: "company_start", Columns: "company, start, id, end, created, status, agenda, service"}, // for lists and reports
			{Name: "company_agenda", Columns: "company, agenda, start, id"},
			{Name: "company_contact", Columns: "company, contact, start, id"},
			{Name: "agenda_start", Columns: "agenda, start, status"},
			{Name: "service", Columns: "service, start"},
			{Name: "held", Columns: "expires_at", Where: "status = 'held'"},
		},
		Rules: Rules{
			List: appointmentScope.rule("view"), View: appointmentScope.rule("view"),
			Create: appointmentScope.rule("edit", "agenda.book"),
			Update: appointmentScope.rule("edit", "agenda.book"),
		},
		Sorts: []Sort{
			{Filter: "start >= '2026-01-01 00:00:00.000Z'", Order: "start"},
			{Filter: "agenda = '{agenda}' && start >= '2026-01-01 00:00:00.000Z'", Order: "start"},
			{Filter: "contact = '{contact}'", Order: "-start"},
		},
	}
}

// occupancies are what blocks time on an agenda. Seconds since 1970, half-open.
// Overlap is refused by triggers, whoever writes; no API writes here.
func occupancies() Def {
	scope := Scope{Noun: "agenda", Owner: "resource.member"}

	return Def{
		Name:    Occupancies,
		Company: true,
		Scope:   scope,
		Fields: []core.Field{
			relation("appointment", Appointments),
			required(choice("kind", "appointment", "block", "external")),
			text("title", 200),
			required(relation("resource", Agendas)),
			number("blocked_start"),
			number("blocked_end"),
			number("expires_at"),
			required(choice("status", "held", "pending", "confirmed", "arrived", "done", "cancelled", "no_show")),
			flag("overbook"),
		},
		Indexes: []Index{
			{Name: "busy", Columns: "resource, blocked_start, blocked_end, status, expires_at, overbook, appointment"},
			{Name: "long", Columns: "resource, blocked_start, blocked_end, status, expires_at, overbook, appointment", Where: "blocked_end - blocked_start > 86400"},
			{Name: "company_resource", Columns: "company, resource, blocked_start, id"},
			{Name: "appointment", Columns: "appointment"},
			{Name: "company_start", Columns: "company, blocked_start, id"},
			{Name: "closed", Columns: "company, blocked_start, blocked_end, resource, status, expires_at, kind", Where: "kind != 'appointment'"},
		},
		Rules: scope.readOnly(),
		Sorts: []Sort{
			{Filter: "kind = 'block' && blocked_start < 2000000000", Order: "blocked_start"},
			{Filter: "resource = '{agenda}'", Order: "blocked_start"},
		},
	}
}
