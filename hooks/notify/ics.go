package notify

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// event is an appointment as calendars exchange it (RFC 5545). Times are written
// in UTC, so no time zone has to be described.
type event struct {
	UID        string
	Sequence   int
	Start, End time.Time
	Stamp      time.Time

	Summary, Location, Description, URL string

	Organizer, OrganizerName string // an address; empty where there is none
	Attendee, AttendeeName   string
}

// Methods of a calendar file: an invitation, its withdrawal, and what somebody
// adds to a calendar by themselves.
const (
	methodRequest = "REQUEST"
	methodCancel  = "CANCEL"
	methodPublish = "PUBLISH"
)

// ics writes the event. A request and its withdrawal need an organizer and an
// attendee.
func (e event) ics(method string) string {
	var out strings.Builder
	add := func(name, value string) { out.WriteString(fold(name + ":" + value)) }

	add("BEGIN", "VCALENDAR")
	add("VERSION", "2.0")
	add("PRODID", "-//Recado//Appointments//EN")
	add("METHOD", method)
	add("BEGIN", "VEVENT")
	add("UID", e.UID)
	add("SEQUENCE", fmt.Sprint(e.Sequence))
	add("DTSTAMP", utc(e.Stamp))
	add("DTSTART", utc(e.Start))
	add("DTEND", utc(e.End))
	add("SUMMARY", escape(e.Summary))
	if e.Location != "" {
		add("LOCATION", escape(e.Location))
	}
	if e.Description != "" {
		add("DESCRIPTION", escape(e.Description))
	}
	if e.URL != "" {
		add("URL", e.URL)
	}
	if method != methodPublish {
		add(`ORGANIZER;CN="`+quote(e.OrganizerName)+`"`, "mailto:"+e.Organizer)
	}
	if method != methodPublish && e.Attendee != "" {
		add(`ATTENDEE;CN="`+quote(e.AttendeeName)+`";PARTSTAT=NEEDS-ACTION;RSVP=FALSE`, "mailto:"+e.Attendee)
	}
	status := "CONFIRMED"
	if method == methodCancel {
		status = "CANCELLED"
	}
	add("STATUS", status)
	add("END", "VEVENT")
	add("END", "VCALENDAR")

	return out.String()
}

func utc(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// escape writes a text value.
func escape(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")

	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(printable(text, true))
}

// quote writes a parameter in quotes, which know no escape.
func quote(text string) string { return strings.ReplaceAll(printable(text, false), `"`, "'") }

// printable leaves out what can't stand in a line.
func printable(text string, newlines bool) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' && newlines:
			return r
		case r == '\n' || r == '\r':
			return ' '
		case r < ' ' || r == 0x7f || r == utf8.RuneError:
			return -1
		default:
			return r
		}
	}, text)
}

// fold breaks a line after at most 75 bytes, never within a character.
func fold(text string) string {
	const most = 75

	var out strings.Builder
	for room := most; len(text) > room; room = most - 1 {
		cut := room
		for !utf8.RuneStart(text[cut]) {
			cut--
		}
		out.WriteString(text[:cut] + "\r\n ")
		text = text[cut:]
	}

	return out.String() + text + "\r\n"
}
