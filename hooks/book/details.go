package book

import (
	"encoding/hex"
	"io"
	"net/http"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"

	"recado/hooks/agenda"
)

// form is what a visitor fills in.
type form struct {
	Key      string // makes sending it twice booking it once
	At, With string
	Name     string
	Phone    string
	Email    string
	Note     string
	For      string // "other": the appointment is for Attendee
	Attendee string
}

// The longest a field may be, in characters.
const (
	longestName = 120
	longestNote = 1000
)

// formPage is the third step.
type formPage struct {
	Step      int
	Service   *service
	Slot      moment
	When      string
	Who       string // the agenda chosen, or ""
	Zone      string
	Form      form
	Errors    map[string]string
	Alert     string
	Others    []otherTime // where the time was lost
	Attendees bool
	Back      string
	Action    string
}

// otherTime is another time to take with what is already filled in.
type otherTime struct {
	moment
	When string
}

// details is the form for a chosen time. One that is gone by now is said to be,
// with others to choose.
func (r *Room) details(e *core.RequestEvent, v *visit, s *service) error {
	query := e.Request.URL.Query()
	start, err := time.Parse(time.RFC3339, query.Get("at"))
	if err != nil {
		return r.showTimes(e, v, s, false)
	}
	key := make([]byte, 16)
	if _, err := io.ReadFull(r.deps.Random, key); err != nil {
		return err
	}
	f := form{Key: hex.EncodeToString(key), At: start.UTC().Format(time.RFC3339), With: withOf(s, query.Get("with"))}

	free, err := r.deps.Agenda.Free(e.App, agenda.FreeQuery{Company: v.Company.Id, Service: s.ID, Agenda: f.With, From: start, To: start.Add(time.Second)})
	if err != nil {
		return err
	}
	if len(free) == 0 {
		return r.lost(e, v, s, f, start)
	}

	return r.write(e, v, http.StatusOK, "details", r.formPage(v, s, f, free[0].Start))
}

func (r *Room) formPage(v *visit, s *service, f form, start time.Time) *formPage {
	p := &formPage{
		Step: 3, Service: s, Slot: v.moment(start), When: v.Date(start, v.Now), Zone: zoneName(start),
		Form: f, Attendees: v.Settings.Attendees, Errors: map[string]string{},
		Back:   v.link(s.Address, "month", start.Format(monthLayout), "day", start.Format(dayLayout), "with", f.With),
		Action: v.link(s.Address),
	}
	if i := slices.IndexFunc(s.Agendas, func(a agendaName) bool { return a.ID == f.With }); i >= 0 {
		p.Who = s.Agendas[i].Name
	}

	return p
}

// readForm takes what was sent, in its one form.
func readForm(values map[string][]string, s *service) form {
	get := func(name string) string {
		if len(values[name]) == 0 {
			return ""
		}

		return strings.TrimSpace(strings.ToValidUTF8(values[name][0], ""))
	}
	f := form{
		Key: get("key"), At: get("at"), With: withOf(s, get("with")), Name: strings.Join(strings.Fields(get("name")), " "),
		Phone: get("phone"), Email: strings.ToLower(get("email")), Note: get("note"), For: get("for"), Attendee: strings.Join(strings.Fields(get("attendee")), " "),
	}
	// an alternative's button takes the place of the time that was lost
	if other := get("instead"); other != "" {
		f.At = other
	}

	return f
}

// check says what is missing or wrong, by field, as keys of texts.
func (r *Room) check(v *visit, f form) map[string]string {
	wrong := map[string]string{}
	switch {
	case f.Name == "":
		wrong["name"] = "name_missing"
	case utf8.RuneCountInString(f.Name) > longestName:
		wrong["name"] = "too_long"
	}
	if f.Phone == "" && f.Email == "" {
		wrong["phone"] = "reach_missing"
	}
	if f.Phone != "" {
		if _, err := r.deps.Phone(f.Phone, v.Company.GetString("timezone")); err != nil {
			wrong["phone"] = "phone_wrong"
		}
	}
	if f.Email != "" {
		address, err := mail.ParseAddress(f.Email)
		if err != nil || address.Address != f.Email || len(f.Email) > 255 || !strings.Contains(f.Email[strings.LastIndexByte(f.Email, '@'):], ".") {
			wrong["email"] = "email_wrong"
		}
	}
	if utf8.RuneCountInString(f.Note) > longestNote {
		wrong["note"] = "too_long"
	}
	if v.Settings.Attendees && f.For == "other" {
		switch {
		case f.Attendee == "":
			wrong["attendee"] = "attendee_missing"
		case utf8.RuneCountInString(f.Attendee) > longestName:
			wrong["attendee"] = "too_long"
		}
	}

	return wrong
}
