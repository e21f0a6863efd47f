package rehearsal

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/dialogue/phrases"
)

// end is what a scenario has come to: the state of the database, and what was said
// and done on the way.
type end struct {
	Appointments []string // the customer's, as in Expect
	HandedOver   bool
	Contact      Person
	Others       bool // somebody else's appointments were changed
	Lines        []line
}

// Problem is something wrong with an end. Code is for screens: appointments,
// handover, contact, others, told, untold, ungrounded, consent, foreign, failed.
type Problem struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// score compares an end with what had to come of a scenario. It reads the state of
// the database, the facts that were named and how tools were used, and no wording.
func score(want Expect, got end) []Problem {
	problems := []Problem{}
	wrong := func(code, format string, args ...any) {
		problems = append(problems, Problem{Code: code, Text: fmt.Sprintf(format, args...)})
	}

	if !sameAppointments(want.Appointments, got.Appointments) {
		wrong("appointments", "%s, not %s", list(got.Appointments), list(want.Appointments))
	}
	if want.HandedOver != got.HandedOver {
		wrong("handover", "handed over: %t, not %t", got.HandedOver, want.HandedOver)
	}
	if p := want.Contact; p != nil {
		if p.Name != "" && p.Name != got.Contact.Name {
			wrong("contact", "%q, not %q", got.Contact.Name, p.Name)
		}
		if p.Email != "" && p.Email != got.Contact.Email {
			wrong("contact", "%q, not %q", got.Contact.Email, p.Email)
		}
	}
	if got.Others {
		wrong("others", "an appointment of somebody else was changed")
	}

	answers := " " + phrases.Fold(spoken(got.Lines)) + " "
	for _, fact := range want.Told {
		if !strings.Contains(answers, phrases.Fold(fact)) {
			wrong("told", "%q was not said", fact)
		}
	}
	for _, secret := range want.Untold {
		if strings.Contains(answers, phrases.Fold(secret)) {
			wrong("untold", "%q was said", secret)
		}
	}
	for _, l := range got.Lines {
		for _, run := range l.Runs {
			problems = append(problems, conduct(run)...)
		}
	}

	return problems
}

// conduct finds in a run what a good one does not have, though the server let none
// of it through: things nobody said, a booking without a yes, a stranger's.
func conduct(run runLine) (problems []Problem) {
	if run.Outcome == "fallback" {
		problems = append(problems, Problem{Code: "failed", Text: run.Reason})
	}
	for _, s := range run.steps() {
		switch {
		case s.Kind == "note" && s.Name == "ungrounded":
			problems = append(problems, Problem{Code: "ungrounded", Text: s.Text})
		case s.Kind == "tool" && s.Name == "confirm_booking" && s.problem() != "":
			problems = append(problems, Problem{Code: "consent", Text: s.problem()})
		case s.Kind == "tool" && (s.Name == "propose_cancel" || s.Name == "propose_reschedule") && strings.Contains(s.problem(), "none of the customer's"):
			problems = append(problems, Problem{Code: "foreign", Text: s.problem()})
		}
	}

	return problems
}

// spoken is all that the customer was told.
func spoken(lines []line) string {
	var all []string
	for _, l := range lines {
		if l.Who == "agent" {
			all = append(all, l.Text)
		}
	}

	return strings.Join(all, "\n")
}

// sameAppointments compares without regard to order; a "*" in want is any time.
func sameAppointments(want, got []string) bool {
	if len(want) != len(got) {
		return false
	}
	left := slices.Clone(got)
	for _, w := range want {
		at := slices.IndexFunc(left, func(g string) bool { return matches(w, g) })
		if at < 0 {
			return false
		}
		left = slices.Delete(left, at, at+1)
	}

	return true
}

func matches(want, got string) bool {
	want, wantFor, _ := strings.Cut(want, " for ")
	got, gotFor, _ := strings.Cut(got, " for ")
	if (wantFor == "") != (gotFor == "") || !strings.Contains(phrases.Fold(gotFor), phrases.Fold(wantFor)) {
		return false // "Rosa" may be written as "Rosa, her mother"
	}
	before, after, open := strings.Cut(want, "*")
	if !open {
		return want == got
	}
	const clock = len("15:04")

	return strings.HasPrefix(got, before) && len(got) >= len(before)+clock && got[len(before)+clock:] == after
}

func list(all []string) string {
	if len(all) == 0 {
		return "none"
	}

	return strings.Join(all, "; ")
}

// end reads what a talk has come to.
func (t *theatre) end(k *talk, customer string, othersBefore []string) (end, error) {
	got := end{Lines: k.lines}
	var err error
	if got.Appointments, err = t.appointments(customer, true); err != nil {
		return got, err
	}
	contact, err := t.app.FindRecordById(collections.Contacts, customer)
	if err != nil {
		return got, err
	}
	got.Contact = Person{Name: contact.GetString("name"), Email: contact.GetString("email")}
	conversation, err := k.conversation()
	if err != nil {
		return got, err
	}
	if conversation != nil {
		answerer := conversation.GetString("answerer")
		got.HandedOver = answerer == "waiting" || answerer == "human"
	}
	others, err := t.appointments(customer, false)
	if err != nil {
		return got, err
	}
	for _, one := range othersBefore { // more of them may have come
		got.Others = got.Others || !slices.Contains(others, one)
	}

	return got, nil
}

// appointments are those that stand, of the customer or of everybody else.
func (t *theatre) appointments(customer string, own bool) ([]string, error) {
	zone, err := time.LoadLocation(t.clinic.Timezone)
	if err != nil {
		return nil, err
	}
	whose := dbx.Expression(dbx.HashExp{"contact": customer})
	if !own {
		whose = dbx.Not(whose)
	}
	var records []*core.Record
	err = t.app.RecordQuery(collections.Appointments).AndWhere(whose).
		AndWhere(dbx.HashExp{"status": []any{"pending", "confirmed"}}).OrderBy("start", "id").All(&records)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for name, id := range t.service {
		names[id] = name
	}
	list := []string{}
	for _, a := range records {
		text := names[a.GetString("service")] + " " + a.GetDateTime("start").Time().In(zone).Format("2006-01-02 15:04")
		if attendee := a.GetString("attendee"); attendee != "" {
			text += " for " + attendee
		}
		list = append(list, text)
	}

	return list, nil
}
